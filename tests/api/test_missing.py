"""Missing reports over the API: which did not come and what is said of each; saying it, of a place or a facility."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from PIL.ExifTags import IFD

from coordination.reporting.actions.missing import explain
from coordination.reporting.models import ExpectedReport, ExplainedReport, MissingEvidence
from directorates.models import AuditEvent, User
from directorates.rules.attached import MOST_BYTES
from tests.api.callers import Caller, found
from tests.factories import OrganisationFactory, member
from tests.reporting.attached import SOMEWHERE, jpeg, pdf, png
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


# --- What shows it --------------------------------------------------------------------------------------------------


def with_files(person: User, body: dict[str, Any], *files: tuple[str, bytes]) -> Any:
    """Say why as a form does, with files."""
    caller = Caller(person)
    form = body | {"files": [SimpleUploadedFile(name, content) for name, content in files]}
    return caller.client.post("/api/v1/missing/", form, headers=caller.headers)


def test_files_show_why_and_are_read_by_whoever_reads_the_reason(region: Region) -> None:
    said = with_files(region.coordinator, body_of(region), ("road.png", png()), ("letter.pdf", pdf("The road is cut")))
    assert (said.status_code, said.json()) == (200, {"done": 4, "same": 0, "received": 0})
    shown = Caller(region.officer).get("missing/", {"reason": "cut_off"}).json()["results"][0]
    files = shown["reasons"][0]["files"]
    assert [(one["name"], one["type"]) for one in files] == [
        ("road.png", "image/png"),
        ("letter.pdf", "application/pdf"),
    ]
    address = f"missing/files/{files[0]['id']}/"
    opened = Caller(region.officer).get(address)
    assert opened.content.startswith(b"\x89PNG")
    assert "attachment" in opened.headers["Content-Disposition"]
    assert AuditEvent.objects.filter(what="open_evidence", concerns=region.ngo).count() == 1
    stranger = Caller(member("ngo_coordinator", OrganisationFactory()))
    assert stranger.get(address).status_code == stranger.get("missing/files/999999/").status_code == 404
    assert Caller().get(address).status_code == 401


def test_the_same_files_again_change_nothing_and_others_are_a_new_word(region: Region) -> None:
    first = ("road.png", png())
    with_files(region.coordinator, body_of(region), first)
    again = with_files(region.coordinator, body_of(region), ("other-name.png", png()))
    assert again.json() == {"done": 0, "same": 4, "received": 0}
    assert MissingEvidence.objects.count() == 1
    other = with_files(region.coordinator, body_of(region), ("road.png", png(colour="red")))
    assert other.json()["done"] == 4


def test_what_may_give_a_location_or_is_no_picture_or_too_much_refuses_the_whole_all_told_at_once(
    region: Region,
) -> None:
    given = (("where.pdf", pdf(SOMEWHERE)), ("a.txt", b"text"), ("b.png", png()), ("c.png", png()))
    answer = with_files(region.coordinator, body_of(region, text="x" * 2001), *given)
    codes = sorted((one["field"], one["code"]) for one in answer.json()["errors"])
    assert (answer.status_code, codes) == (
        400,
        [("files", "location"), ("files", "too_many"), ("files", "type"), ("text", "too_long")],
    )
    assert "34.50123" not in answer.content.decode(), "where is not repeated"
    assert not ExplainedReport.objects.exists()
    assert not MissingEvidence.objects.exists()


def test_where_a_photograph_was_taken_is_not_kept_and_a_pdf_that_holds_such_a_one_is_refused(region: Region) -> None:
    taken = jpeg(located=True)
    assert Image.open(BytesIO(taken)).getexif().get_ifd(IFD.GPSInfo)
    assert with_files(region.coordinator, body_of(region), ("road.jpg", taken)).status_code == 200
    kept = Image.open(BytesIO(bytes(MissingEvidence.objects.get().content))).getexif()
    assert not kept.get_ifd(IFD.GPSInfo)
    inside = with_files(region.coordinator, body_of(region, text="Scanned"), ("road.pdf", pdf("", photograph=taken)))
    assert [one["code"] for one in inside.json()["errors"]] == ["location"]


def test_every_fault_of_a_form_is_told_before_a_file_is_looked_at(region: Region) -> None:
    big = b"\x89PNG" + b"0" * MOST_BYTES
    body = body_of(region, period="never", colour="red")
    del body["reason"]
    answer = with_files(region.coordinator, body, ("big.png", big))
    fields = {(one["field"], one["code"]) for one in answer.json()["errors"]}
    assert {("reason", "required"), ("files", "large"), ("colour", "unknown_field")} <= fields
    assert "period" in {field for field, _code in fields}


def test_a_file_is_no_part_of_a_body_in_json_nor_of_taking_back(region: Region) -> None:
    caller = Caller(region.coordinator)
    answer = caller.post("missing/", body_of(region, files=["cm9hZA=="]))
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("files", "unknown_field")]
    named = with_files(region.coordinator, body_of(region, reason=""), ("road.png", png()))
    assert ("files", "not_asked") in {(one["field"], one["code"]) for one in named.json()["errors"]}


def test_nobody_gives_files_for_what_is_somebody_elses(region: Region) -> None:
    other = member("ngo_coordinator", OrganisationFactory())
    assert with_files(other, body_of(region), ("road.png", png())).status_code == 409
    assert (
        with_files(member("donor", OrganisationFactory(kind="donor")), body_of(region), ("r.png", png())).status_code
        == 403
    )
    assert not MissingEvidence.objects.exists()
