"""What is due over the API: every expected report and how far it is."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.actions.reviews import approve, send_back
from coordination.reporting.models import ExpectedReport
from coordination.reporting.rules.periods import Period, PeriodType, due_date, period_containing
from tests.api.callers import Caller, body_of, found
from tests.factories import OrganisationFactory, member
from tests.reporting.reports import Scene, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


def expect(scene: Scene, start: datetime.date) -> Period:
    """The NGO owes a report of the month."""
    period = Period(PeriodType.MONTH, start)
    ExpectedReport.objects.create(
        template=scene.template,
        facility=scene.facility,
        period_start=start,
        reporter=scene.ngo,
        due=due_date(period, scene.template.due_days),
        subdistrict=scene.place,
        place_path=scene.place.path,
        directorate=scene.directorate,
        dataset=scene.template.dataset,
    )
    return period


def test_an_expected_report_says_how_far_it_is(scene: Scene) -> None:
    today = timezone.localdate()
    now = expect(scene, period_containing(today, PeriodType.MONTH).start)
    for month in range(1, 6):
        expect(scene, datetime.date(2019, month, 1))
    early = datetime.datetime(2019, 3, 1, tzinfo=datetime.UTC)
    late = datetime.datetime(2019, 4, 13, tzinfo=datetime.UTC)
    reports = [
        scene.sent(start=datetime.date(2019, month, 1), at=at) for month, at in ((1, early), (2, early), (3, late))
    ]
    approve(by=scene.officer, submission=reports[1], at=timezone.now())
    send_back(by=scene.officer, submission=reports[2], reason="Why", at=timezone.now())
    caller = Caller(scene.coordinator)
    draft = caller.report(body_of(scene, period="201904", submit=False)).json()
    rows = caller.get("reports-due/").json()["results"]
    days = (today - datetime.date(2019, 5, 10)).days
    assert [(row["period"], row["status"], row["days_late"], row["submission"]) for row in rows] == [
        ("201901", "submitted", 19, str(reports[0].pk)),
        ("201902", "approved", 0, str(reports[1].pk)),
        ("201903", "returned", 3, str(reports[2].pk)),
        ("201904", "draft", days, draft["id"]),
        ("201905", "overdue", days - 31, None),
        (now.id, "due", 0, None),
    ]
    assert rows[0] == {
        "template": scene.template.code,
        "version": 1,
        "facility": scene.facility.code,
        "period": "201901",
        "reporter": scene.ngo.code,
        "status": "submitted",
        "due": "2019-02-10",
        "days_late": 19,
        "submission": str(reports[0].pk),
    }
    office = Caller(scene.officer).get("reports-due/").json()["results"]
    assert [row["status"] for row in office] == ["submitted", "approved", "returned", "overdue", "overdue", "due"]
    for query, count in (({"status": "overdue"}, 1), ({"period": "201901"}, 1), ({"facility": scene.facility.code}, 6)):
        assert len(caller.get("reports-due/", query).json()["results"]) == count


def test_what_others_owe_is_not_shown(scene: Scene) -> None:
    expect(scene, datetime.date(2019, 5, 1))
    for person in (member("ngo_coordinator", OrganisationFactory()), member("observer", scene.ngo)):
        assert Caller(person).get("reports-due/").json()["results"] == []


def test_filters_tell_every_fault(scene: Scene) -> None:
    query = {"period": "20", "facility": "nothing", "status": "gone", "reporter": "?", "template": "?", "place": "\x00"}
    answer = Caller(scene.coordinator).get("reports-due/", query)
    assert answer.status_code == 400
    assert {field for field, _code in found(answer)} == set(query)


def test_queries_do_not_grow_with_the_page(scene: Scene) -> None:
    caller, counts = Caller(scene.coordinator), []
    caller.get("reports-due/")  # what a connection prepares, it prepares once
    for year, months in ((2017, 1), (2018, 12)):
        for month in range(1, months + 1):
            start = datetime.date(year, month, 1)
            expect(scene, start)
            sent(scene.version, facility=scene.facility, reporter=scene.ngo, by=scene.coordinator, start=start)
        with CaptureQueriesContext(connection) as queries:
            caller.get("reports-due/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8  # four of them are the transaction and what it may see
