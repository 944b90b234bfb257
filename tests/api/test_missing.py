"""Missing reports over the API: which did not come and what is said of each; saying it, of a place or a facility."""

from typing import Any

import pytest
from django.utils import timezone

from coordination.reporting.actions.missing import explain
from coordination.reporting.models import ExpectedReport, ExplainedReport
from tests.api.callers import Caller, found
from tests.factories import OrganisationFactory, member
from tests.reporting.filing import filed
from tests.reporting.test_missing_pages import Region, months, wide_region

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Region:
    """Three facilities that owe three months each."""
    return wide_region()


def body_of(region: Region, **other: Any) -> dict[str, Any]:
    """The district is cut off in the first two months."""
    first, second, _third = (month.id for month in months())
    body = {"template": region.template.code, "period": first, "until": second, "place": region.district}
    return body | {"reason": "cut_off"} | other


def test_what_is_missing_is_listed_with_what_both_sides_say_the_deciding_word_first(region: Region) -> None:
    row = ExpectedReport.objects.filter(facility=region.facility).earliest("period_start")
    at = timezone.now()
    explain(by=region.coordinator, expected=[row], reason="no_link", text="Cable", at=at)
    explain(by=region.officer, expected=[row], reason="not_excused", text="Paper", at=at)
    given = Caller(region.officer).get("missing/", {"facility": region.facility.code, "period": row.period.id})
    (shown,) = given.json()["results"]
    assert shown | {"due": None} == {
        "template": region.template.code,
        "facility": region.facility.code,
        "period": row.period.id,
        "reporter": region.ngo.code,
        "directorate": region.directorate.code,
        "due": None,
        "excused": False,
        "reasons": [
            word("directorate", region.directorate.code, "not_excused", "Paper", shown["reasons"][0]["at"]),
            word("reporter", region.ngo.code, "no_link", "Cable", shown["reasons"][1]["at"]),
        ],
    }
    caller = Caller(region.officer)
    assert len(caller.get("missing/").json()["results"]) == 9
    assert len(caller.get("missing/", {"reason": "not_excused"}).json()["results"]) == 1
    assert len(caller.get("missing/", {"excused": "yes"}).json()["results"]) == 0
    assert Caller(member("ngo_coordinator", OrganisationFactory())).get("missing/").json()["results"] == []


def word(side: str, organisation: str, reason: str, text: str, at: str) -> dict[str, Any]:
    """What one side says."""
    return {"side": side, "organisation": organisation, "reason": reason, "text": text, "at": at, "files": []}


def test_saying_it_of_a_district_twice_changes_nothing_the_second_time_and_null_takes_it_back(region: Region) -> None:
    caller = Caller(region.officer)
    assert caller.post("missing/", body_of(region)).json() == {"done": 4, "same": 0, "received": 0}
    assert caller.post("missing/", body_of(region)).json() == {"done": 0, "same": 4, "received": 0}
    assert caller.post("missing/", body_of(region, reason=None)).json() == {"done": 4, "same": 0, "received": 0}
    assert ExplainedReport.objects.count() == 8


def test_all_faults_are_told_at_once(region: Region) -> None:
    given = {"template": "x", "period": "2019W99", "until": "nothing", "reason": "weather", "colour": 1}
    answer = Caller(region.officer).post("missing/", given)
    assert answer.status_code == 400
    fields = {field for field, _code in found(answer)}
    assert {"template", "period", "until", "colour", "facility"} <= fields
    backwards = body_of(region, period=months()[1].id, until=months()[0].id)
    assert ("until", "too_early") in found(Caller(region.officer).post("missing/", backwards))
    assert ("reason", "required") in found(Caller(region.officer).post("missing/", body_of(region) | {"reason": ""}))
    unknown = Caller(region.officer).post("missing/", body_of(region, reason="weather"))
    assert found(unknown) == [("reason", "unknown")]
    assert not ExplainedReport.objects.exists()


def test_what_is_somebody_elses_is_refused_and_what_came_is_told(region: Region) -> None:
    manager = member("data_manager", region.body)
    assert Caller(manager).post("missing/", body_of(region)).status_code == 403
    month = months()[2]
    filed(region, period=month)
    given = body_of(region, period=month.id, until=month.id, facility=region.facility.code)
    answer = Caller(region.officer).post("missing/", given)
    assert (answer.status_code, answer.json()["code"]) == (409, "received")
    assert (
        Caller(member("donor", OrganisationFactory(kind="donor"))).post("missing/", body_of(region)).status_code == 403
    )
