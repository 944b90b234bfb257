"""Filing whole reports, one or many: what is written, what is refused, and once however often at once."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.actions.judged import file_judged
from coordination.reporting.actions.submissions import (
    FiledReport,
    save_draft,
    submit,
    submit_many,
)
from coordination.reporting.models import Revision, Submission, SubmissionEvent
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.standings import Filing, standings
from coordination.reporting.rules.periods import parse_period
from coordination.reporting.rules.values import Answer, evaluate
from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled
from directorates.models import AuditEvent, User
from directorates.permissions import Refused
from tests.factories import (
    CategorySetFactory,
    DistrictFactory,
    ElementFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    member,
    published,
)
from tests.reporting.filing import PERIOD, codes, drafted, filed, given
from tests.reporting.reports import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FEWER = {"left": "births", "operator": "<=", "right": "visits", "message_en": "More births than visits."}


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


# Filing a whole report


def test_a_filed_report_is_submission_revision_history_and_record_at_once(scene: Scene) -> None:
    at = timezone.now()
    told = filed(scene, at=at)
    kept = Submission.objects.get(pk=told.pk)
    for row in (told, kept):
        assert (row.status, row.submitted, row.first_submitted, row.changed) == ("submitted", at, at, at)
        assert (row.receipt, row.edition, row.marks) == (told.receipt, 1, 0)
        assert (row.subdistrict_id, row.place_path) == (scene.place.pk, scene.place.path)
        assert (row.directorate_id, row.reviewer_id) == (scene.directorate.pk, scene.directorate.pk)
        assert (row.version_id, row.dataset_id, row.due) == (
            scene.version.pk,
            scene.template.dataset_id,
            datetime.date(2019, 6, 10),
        )
    revision = Revision.objects.get()
    assert kept.revision == revision == told.revision
    assert (revision.number, revision.doc, revision.notes, revision.by) == (
        1,
        {"s1": 10, "s2": 2},
        {},
        scene.coordinator,
    )
    event = SubmissionEvent.objects.get()
    assert (event.what, event.by, event.acting, event.revision) == ("submitted", scene.coordinator, scene.ngo, revision)
    entry = AuditEvent.objects.get(what="submit")
    assert (entry.thing, entry.details["receipt"], entry.acting) == (str(kept.pk), kept.receipt, scene.ngo)


def test_receipts_are_numbered_by_governorate_and_year_of_receiving() -> None:
    governorate = GovernorateFactory(code="SY07")
    scene = Scene(place=SubdistrictFactory(parent=DistrictFactory(parent=governorate)))
    year = timezone.localdate().year
    first, second = filed(scene), filed(scene, period=parse_period("201906"))
    assert (first.receipt, second.receipt) == (f"SY07-{year}-0001", f"SY07-{year}-0002")
    then = datetime.datetime(2019, 8, 1, tzinfo=datetime.UTC)
    assert filed(scene, period=parse_period("201907"), at=then).receipt == "SY07-2019-0001"


def test_a_second_report_of_the_same_reporter_is_told_where_the_first_is(scene: Scene) -> None:
    first = filed(scene)
    with pytest.raises(Problem) as refused:
        filed(scene)
    problem = refused.value
    assert (problem.code, problem.status, problem.extra["id"]) == ("exists", 409, str(first.pk))
    assert str(first.receipt) in str(problem.detail)
    assert Revision.objects.count() == 1


def test_all_faults_are_told_at_once_and_nothing_is_written(scene: Scene) -> None:
    version = published(elements=[ElementFactory(code="visits"), ElementFactory(code="births")], required=True)
    with pytest.raises(Problem) as refused:
        filed(scene, template=version.template, answers=given(visits="many", beds=3))
    assert codes(refused.value) == [
        ("values[0].value", "not_a_number"),
        ("values[1].element", "unknown_element"),
        ("values", "required"),
    ]
    assert not Submission.objects.exists()


def test_zero_blank_not_known_and_closed_are_four_things(scene: Scene) -> None:
    elements = [ElementFactory(code=code) for code in ("nought", "empty", "unknown", "shut")]
    version = published(elements=elements)
    answers = [
        Answer("nought", None, 0),
        Answer("empty", None, None, "blank"),
        Answer("unknown", None, None, "not_known"),
        Answer("shut", None, None, "closed"),
    ]
    revision = filed(scene, template=version.template, answers=answers).revision
    assert revision is not None
    assert revision.doc == {"s1": 0}
    assert revision.notes == {"s3": {"state": "not_known"}, "s4": {"state": "closed"}}


@pytest.mark.parametrize("answers", [[], [Answer("visits", None, "")], [Answer("visits", None, None, "blank")]])
def test_an_empty_report_is_refused(scene: Scene, answers: list[Answer]) -> None:
    with pytest.raises(Problem) as refused:
        filed(scene, answers=answers)
    assert codes(refused.value) == [("values", "empty")]


def test_not_knowing_anything_is_a_report(scene: Scene) -> None:
    assert filed(scene, answers=[Answer("visits", None, None, "not_known")]).status == "submitted"


def test_a_broken_warning_is_sent_with_a_reason_and_marks_the_report(scene: Scene) -> None:
    scene.version = published(rules=[FEWER])
    with pytest.raises(Problem) as refused:
        filed(scene, answers=given(visits=1, births=2))
    assert codes(refused.value) == [("values", "reason_required")]
    assert "More births than visits." in str(refused.value.errors[0].message)
    sent = filed(scene, answers=[Answer("visits", None, 1), Answer("births", None, 2, None, "Twins")])
    assert sent.marks == 1
    assert sent.revision is not None
    assert sent.revision.warnings[0]["reason"] == "Twins"


def test_a_broken_error_blocks(scene: Scene) -> None:
    scene.version = published(rules=[FEWER | {"severity": "error"}])
    with pytest.raises(Problem) as refused:
        filed(scene, answers=[Answer("visits", None, 1), Answer("births", None, 2, None, "Twins")])
    assert codes(refused.value) == [("values[1].value", "rule_broken")]


# Periods and versions


def test_a_period_that_has_not_ended_can_be_drafted_but_not_sent(scene: Scene) -> None:
    at = datetime.datetime(2019, 5, 31, 20, tzinfo=datetime.UTC)
    with pytest.raises(Problem) as refused:
        filed(scene, at=at)
    assert codes(refused.value) == [("period", "period_not_ended")]
    draft = filed(scene, at=at, send=False)
    with pytest.raises(Problem) as refused:
        submit(by=scene.coordinator, submission=draft, at=at)
    assert codes(refused.value) == [("period", "period_not_ended")]
    # 21:30 in London is 00:30 on the first of June in Damascus.
    assert submit(by=scene.coordinator, submission=draft, at=at.replace(hour=21, minute=30)).status == "submitted"


def test_a_period_that_has_not_begun_cannot_be_opened(scene: Scene) -> None:
    with pytest.raises(Problem) as refused:
        drafted(scene, at=datetime.datetime(2019, 4, 30, 12, tzinfo=datetime.UTC))
    assert codes(refused.value) == [("period", "period_not_begun")]


def test_a_period_that_no_version_covers_says_so(scene: Scene) -> None:
    scene.version = published(first=datetime.date(2020, 1, 1))
    for attempt in (filed, drafted):
        with pytest.raises(Problem) as refused:
            attempt(scene)
        assert codes(refused.value) == [("period", "no_version")]


def test_a_period_of_another_type_says_so(scene: Scene) -> None:
    with pytest.raises(Problem) as refused:
        filed(scene, period=parse_period("2019Q2"))
    assert codes(refused.value) == [("period", "wrong_period_type")]


def test_each_period_is_reported_in_its_own_version(scene: Scene) -> None:
    june = datetime.date(2019, 6, 1)
    first = published(last=june - datetime.timedelta(days=1))
    second = published(
        first.template, [ElementFactory(code="visits"), ElementFactory(code="beds")], number=2, first=june
    )
    assert filed(scene, template=first.template).version == first
    later = filed(scene, template=first.template, period=parse_period("201906"), answers=given(visits=1, beds=4))
    assert later.version == second
    assert later.revision is not None
    assert later.revision.doc == {"s1": 1, "s3": 4}


def test_categories_are_answered_one_by_one(scene: Scene) -> None:
    version = published(elements=[ElementFactory(code="cases", category_set=CategorySetFactory())])
    answers = [Answer("cases", "u5", 3), Answer("cases", "o5", 0)]
    revision = filed(scene, template=version.template, answers=answers).revision
    assert revision is not None
    assert revision.doc == {"s1": 3, "s2": 0}


# Many


def report(scene: Scene, period: str, **other: Any) -> FiledReport:
    """The NGO's report of a period, for the bulk form."""
    wanted: dict[str, Any] = {"template": scene.template, "facility": scene.facility, "period": parse_period(period)}
    return FiledReport(**(wanted | {"reporter": scene.ngo, "answers": given(visits=10, births=2)} | other))


def test_many_reports_take_as_many_queries_as_one(scene: Scene) -> None:
    counts = []
    for year, months in (("2017", 1), ("2018", 12)):
        scene.coordinator.rights_kept = {}
        reports = [report(scene, f"{year}{month:02}") for month in range(1, months + 1)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            sent = submit_many(by=scene.coordinator, reports=reports, at=timezone.now())
        counts.append(len(queries))
        assert [row.period.id for row in sent] == [one.period.id for one in reports]
    assert counts[1] <= counts[0]
    numbers = list(Submission.objects.order_by("submitted", "period_start").values_list("receipt", flat=True))
    assert len({number.rsplit("-", 1)[0] for number in numbers if number}) == 1
    assert [int(str(number).rsplit("-", 1)[1]) for number in numbers] == list(range(1, 14))
    assert AuditEvent.objects.filter(what="submit").count() == SubmissionEvent.objects.count() == 13


def test_many_reports_are_filed_all_or_none_and_each_fault_names_its_report(scene: Scene) -> None:
    reports = [report(scene, "201901"), report(scene, "201902", answers=given(visits="x")), report(scene, "2019")]
    with pytest.raises(Problem) as refused:
        submit_many(by=scene.coordinator, reports=reports, at=timezone.now())
    assert codes(refused.value) == [
        ("reports[1].values[0].value", "not_a_number"),
        ("reports[2].period", "wrong_period_type"),
    ]
    filed(scene)
    with pytest.raises(Problem) as refused:
        submit_many(by=scene.coordinator, reports=[report(scene, "201901"), report(scene, "201905")], at=timezone.now())
    assert refused.value.code == "exists"
    assert Submission.objects.count() == 1


def test_what_was_judged_before_is_filed_by_whoever_may_report_it_alone(scene: Scene) -> None:
    filing = Filing(scene.template, scene.facility, PERIOD, scene.ngo)
    (standing,), today = standings([filing]), timezone.localdate()
    answers = given(visits=10, births=2)
    report = filing, standing, evaluate(specification_of(scene.version), answers, complete=True, today=today)
    for person in (scene.officer, member("ngo_coordinator", OrganisationFactory())):
        with pytest.raises(Refused):
            file_judged(by=person, reports=[report], at=timezone.now())
    assert not Submission.objects.exists()
    assert file_judged(by=scene.coordinator, reports=[report], at=timezone.now()) == 1


def test_each_of_many_may_have_its_own_moment_of_sending(scene: Scene) -> None:
    then = datetime.datetime(2019, 7, 1, tzinfo=datetime.UTC)
    (sent,) = submit_many(by=scene.coordinator, reports=[report(scene, "201905", at=then)], at=timezone.now())
    assert (sent.submitted, sent.created) == (then, then)


# At once


@pytest.mark.django_db(transaction=True)
def test_reports_filed_at_once_get_numbers_without_gap_or_repetition() -> None:
    scene = Scene()
    periods = [f"{year}{month:02}" for year in (2017, 2018) for month in range(1, 13)]

    @unwalled
    def work(period: str) -> None:
        try:
            filed(scene, by=User.objects.get(pk=scene.coordinator.pk), period=parse_period(period))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, periods))
    numbers = sorted(
        int(str(receipt).rsplit("-", 1)[1]) for receipt in Submission.objects.values_list("receipt", flat=True)
    )
    assert numbers == list(range(1, 25))


@pytest.mark.django_db(transaction=True)
def test_the_same_report_opened_and_filed_at_once_exists_once() -> None:
    scene = Scene()

    @unwalled
    def work(number: int) -> str:
        try:
            by = User.objects.get(pk=scene.coordinator.pk)
            (filed if number % 2 else drafted)(scene, by=by)
        except Problem as problem:
            return problem.code
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(work, range(16)))
    assert answers <= {"done", "exists"}
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_sending_one_draft_at_once_send_it_once() -> None:
    scene = Scene()
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=timezone.now())

    @unwalled
    def work(_number: int) -> str:
        try:
            submit(by=User.objects.get(pk=scene.coordinator.pk), submission=draft, at=timezone.now())
        except Problem as problem:
            return problem.code
        else:
            return "sent"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(work, range(6)))
    assert answers == ["sent"] + ["wrong_state"] * 5
    assert Revision.objects.count() == 1
