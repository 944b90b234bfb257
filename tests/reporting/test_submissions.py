"""Filling and sending: who may, in which period, what is refused, and that nothing typed is lost."""

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from coordination.reporting.actions.reviews import approve, send_back
from coordination.reporting.actions.submissions import (
    FiledReport,
    examine,
    file_report,
    open_draft,
    save_draft,
    submit,
    submit_many,
)
from coordination.reporting.models import Draft, Revision, Submission, SubmissionEvent
from coordination.reporting.rules.periods import Period, PeriodType, parse_period
from coordination.reporting.rules.values import Answer
from directorates.acting import act_as
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, User
from directorates.permissions import Refused
from facilities.models import Support
from tests.factories import (
    CategorySetFactory,
    DirectorateFactory,
    DistrictFactory,
    ElementFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    competent,
    lasting,
    member,
    published,
)
from tests.reporting.reports import MAY, Scene

pytestmark = pytest.mark.django_db

PERIOD = Period(PeriodType.MONTH, MAY)
FEWER = {"left": "births", "operator": "<=", "right": "visits", "message_en": "More births than visits."}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are read in English here."""
    with translation.override("en"):
        yield


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


def given(**values: Any) -> list[Answer]:
    """An answer for each element."""
    return [Answer(element, None, value) for element, value in values.items()]


def filed(scene: Scene, **other: Any) -> Submission:
    """The NGO's report for May 2019."""
    wanted: dict[str, Any] = {
        "by": scene.coordinator,
        "template": scene.template,
        "facility": scene.facility,
        "period": PERIOD,
        "reporter": scene.ngo,
        "answers": given(visits=10, births=2),
        "send": True,
        "at": timezone.now(),
    }
    return file_report(**(wanted | other))


def drafted(scene: Scene, **other: Any) -> Submission:
    """The NGO's draft for May 2019."""
    wanted = {"by": scene.coordinator, "template": scene.template, "facility": scene.facility, "period": PERIOD}
    return open_draft(**(wanted | {"reporter": scene.ngo, "at": timezone.now()} | other))


def codes(problem: Problem) -> list[tuple[str, str]]:
    """Where and what each fault is."""
    return [(fault.field, fault.code) for fault in problem.errors]


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
        assert (row.version_id, row.dataset_id, row.due) == (scene.version.pk, scene.template.dataset_id, datetime.date(2019, 6, 10))
    revision = Revision.objects.get()
    assert kept.revision == revision == told.revision
    assert (revision.number, revision.doc, revision.notes, revision.by) == (1, {"s1": 10, "s2": 2}, {}, scene.coordinator)
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
    second = published(first.template, [ElementFactory(code="visits"), ElementFactory(code="beds")], number=2, first=june)
    assert filed(scene, template=first.template).version == first
    later = filed(scene, template=first.template, period=parse_period("201906"), answers=given(visits=1, beds=4))
    assert later.version == second
    assert later.revision is not None
    assert later.revision.doc == {"s1": 1, "s3": 4}


# Who may report


def test_a_supporter_of_one_day_of_the_period_may_report(scene: Scene) -> None:
    facility = FacilityFactory(place=scene.place)
    Support.objects.create(facility=facility, organisation=scene.ngo, valid=lasting(datetime.date(2019, 5, 31)))
    assert filed(scene, facility=facility).status == "submitted"
    with pytest.raises(Refused) as refused:
        filed(scene, facility=facility, period=parse_period("201904"))
    assert refused.value.code == "not_supported"
    told = str(refused.value.detail)
    assert facility.code in told
    assert "April 2019" in told
    assert scene.ngo.short in told


def test_the_competent_directorate_reports_its_own_facilities(scene: Scene) -> None:
    own = filed(scene, by=scene.officer, reporter=scene.directorate)
    assert (own.reporter, own.reviewer) == (scene.directorate, scene.directorate)


def test_another_directorate_does_not(scene: Scene) -> None:
    other = DirectorateFactory(for_place=SubdistrictFactory())
    with pytest.raises(Refused) as refused:
        filed(scene, by=member("data_officer", other), reporter=other)
    assert refused.value.code == "not_supported"


def test_nobody_reports_for_an_organisation_that_is_not_theirs(scene: Scene) -> None:
    other = OrganisationFactory()
    Support.objects.create(facility=scene.facility, organisation=other, valid=lasting(MAY))
    for person in (scene.coordinator, scene.officer, member("observer", other), member("director", scene.directorate)):
        for attempt in (filed, drafted):
            with pytest.raises(Refused) as refused:
                attempt(scene, by=person, reporter=other)
            assert refused.value.code == "forbidden"
            assert other.short in str(refused.value.detail)


def test_a_membership_that_ended_yesterday_gives_nothing(scene: Scene) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    gone = member("ngo_coordinator", scene.ngo, last=yesterday)
    with pytest.raises(Refused):
        filed(scene, by=gone)
    draft = drafted(scene)
    with pytest.raises(Refused):
        save_draft(by=gone, submission=draft, answers=given(visits=1), seen=None, at=timezone.now())
    with pytest.raises(Refused):
        submit(by=gone, submission=draft, at=timezone.now())


def test_a_membership_for_some_places_reports_there_only(scene: Scene) -> None:
    elsewhere = SubdistrictFactory()
    local = member("ngo_coordinator", scene.ngo, places=[elsewhere])
    with pytest.raises(Refused):
        filed(scene, by=local)
    assert filed(scene, by=member("ngo_coordinator", scene.ngo, places=[scene.place])).status == "submitted"


def test_whoever_acts_for_two_organisations_reports_as_the_one_acted_for(scene: Scene) -> None:
    other = OrganisationFactory()
    person = member("ngo_coordinator", other, person=scene.coordinator)
    with pytest.raises(Refused):
        filed(scene, by=act_as(person, other))
    assert filed(scene, by=act_as(person, scene.ngo)).status == "submitted"


# Competence


def test_the_period_belongs_to_whoever_is_competent_on_its_last_day(scene: Scene) -> None:
    place = SubdistrictFactory()
    before, after = DirectorateFactory(), DirectorateFactory()
    competent(before, place, last=datetime.date(2019, 5, 30))
    competent(after, place, first=datetime.date(2019, 5, 31))
    facility = FacilityFactory(place=place, supporters=[scene.ngo])
    may, april = filed(scene, facility=facility), filed(scene, facility=facility, period=parse_period("201904"))
    assert (may.directorate_id, may.reviewer_id) == (after.pk, after.pk)
    assert (april.directorate_id, april.reviewer_id) == (before.pk, before.pk)


def test_where_nobody_is_competent_any_more_the_last_counts_and_the_body_reviews(scene: Scene) -> None:
    place = SubdistrictFactory()
    lost = DirectorateFactory()
    competent(lost, place, last=datetime.date(2018, 7, 1))
    facility = FacilityFactory(place=place, supporters=[scene.ngo])
    sent = filed(scene, facility=facility)
    assert (sent.directorate_id, sent.reviewer_id) == (lost.pk, scene.body.pk)


def test_a_dissolved_directorate_reviews_nothing(scene: Scene) -> None:
    scene.directorate.status = "dissolved"
    scene.directorate.save()
    sent = filed(scene)
    assert (sent.directorate_id, sent.reviewer_id) == (scene.directorate.pk, scene.body.pk)


def test_a_facility_outside_every_jurisdiction_is_reviewed_by_the_body(scene: Scene) -> None:
    facility = FacilityFactory(supporters=[scene.ngo])
    sent = filed(scene, facility=facility)
    assert (sent.directorate_id, sent.reviewer_id) == (None, scene.body.pk)


# Drafts


def test_opening_twice_is_one_draft(scene: Scene) -> None:
    first, again = drafted(scene), drafted(scene)
    assert first == again
    assert first.status == "draft"
    assert [event.what for event in first.history.all()] == ["started"]
    assert AuditEvent.objects.filter(what="start").count() == 1


def test_a_draft_keeps_what_cannot_be_read_and_judges_the_whole(scene: Scene) -> None:
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits="٤٥"), seen=1, at=timezone.now())
    saved = save_draft(by=scene.coordinator, submission=draft, answers=given(births="a few"), seen=2, at=timezone.now())
    kept = Draft.objects.get()
    assert (kept.doc, kept.notes) == ({"s1": 45}, {"s2": {"raw": "a few"}})
    assert saved.edition == 3
    assert [(fault.code, fault.element) for fault in saved.outcome.errors] == [("not_a_number", "births")]
    with pytest.raises(Problem) as refused:
        submit(by=scene.coordinator, submission=draft, at=timezone.now())
    assert codes(refused.value) == [("values[1].value", "not_a_number")]


def test_saving_the_same_again_changes_nothing(scene: Scene) -> None:
    draft = drafted(scene)
    for _attempt in range(3):
        saved = save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=timezone.now())
        assert (saved.edition, saved.theirs) == (2, [])


def test_blank_empties_an_answer(scene: Scene) -> None:
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4, births=1), seen=1, at=timezone.now())
    blank = [Answer("visits", None, None, "blank")]
    save_draft(by=scene.coordinator, submission=draft, answers=blank, seen=2, at=timezone.now())
    assert Draft.objects.get().doc == {"s2": 1}


def test_the_second_of_two_people_is_shown_what_changed_and_overwrites_nothing(scene: Scene) -> None:
    draft = drafted(scene)
    second = member("ngo_coordinator", scene.ngo, name="Second")
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=timezone.now())
    saved = save_draft(by=second, submission=draft, answers=given(visits=5, births=1), seen=1, at=timezone.now())
    assert [(change.element, change.value, change.by) for change in saved.theirs] == [("visits", 4, scene.coordinator.name)]
    assert Draft.objects.get().doc == {"s1": 4, "s2": 1}
    saved = save_draft(by=second, submission=draft, answers=given(visits=5), seen=saved.edition, at=timezone.now())
    assert saved.theirs == []
    assert Draft.objects.get().doc["s1"] == 5


def test_another_window_of_the_same_person_counts_as_another_but_the_same_window_does_not(scene: Scene) -> None:
    draft, at = drafted(scene), timezone.now()
    by = scene.coordinator
    save_draft(by=by, submission=draft, answers=given(visits=4), seen=1, at=at, source="one")
    same = save_draft(by=by, submission=draft, answers=given(visits=45), seen=1, at=at, source="one")
    assert same.theirs == []
    other = save_draft(by=by, submission=draft, answers=given(visits=7), seen=1, at=at, source="two")
    assert [change.value for change in other.theirs] == [45]


def test_a_program_is_refused_whole_where_the_draft_changed_meanwhile(scene: Scene) -> None:
    draft, at = drafted(scene), timezone.now()
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=at)
    with pytest.raises(Problem) as refused:
        save_draft(by=scene.coordinator, submission=draft, answers=given(births=1), seen=1, at=at, strict=True)
    problem = refused.value
    assert (problem.code, problem.status) == ("changed", 412)
    assert [(change["element"], change["value"]) for change in problem.extra["changes"]] == [("visits", "4")]
    assert Draft.objects.get().doc == {"s1": 4}


def test_sending_a_draft_keeps_it_as_a_revision_and_leaves_no_draft(scene: Scene) -> None:
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=timezone.now())
    assert examine(submission=draft, at=timezone.now()).faults == []
    sent = submit(by=scene.coordinator, submission=draft, at=timezone.now())
    assert (sent.status, sent.revision.doc) == ("submitted", {"s1": 4})  # type: ignore[union-attr]
    assert not Draft.objects.exists()
    assert [event.what for event in sent.history.all()] == ["started", "submitted"]


def test_a_sent_report_is_neither_written_nor_sent_again(scene: Scene) -> None:
    sent = filed(scene)
    with pytest.raises(Problem) as refused:
        save_draft(by=scene.coordinator, submission=sent, answers=given(visits=1), seen=None, at=timezone.now())
    assert (refused.value.code, refused.value.status, refused.value.extra["state"]) == ("wrong_state", 409, "submitted")
    with pytest.raises(Problem) as refused:
        submit(by=scene.coordinator, submission=sent, at=timezone.now())
    assert refused.value.code == "wrong_state"


def test_a_report_sent_back_starts_from_what_was_reported_and_keeps_its_receipt(scene: Scene) -> None:
    sent = filed(scene)
    send_back(by=scene.officer, submission=sent, reason="Count again", at=timezone.now())
    saved = save_draft(by=scene.coordinator, submission=sent, answers=given(visits=12), seen=None, at=timezone.now())
    assert saved.outcome.doc == {"s1": 12, "s2": 2}
    again = submit(by=scene.coordinator, submission=sent, at=timezone.now())
    assert (again.receipt, again.first_submitted) == (sent.receipt, sent.first_submitted)
    assert again.revision is not None
    assert (again.revision.number, again.status) == (2, "submitted")
    assert Revision.objects.get(number=1).doc == {"s1": 10, "s2": 2}


def test_whoever_reports_for_a_facility_sees_who_else_did_without_values(scene: Scene) -> None:
    filed(scene, by=scene.officer, reporter=scene.directorate)
    found = Submission.objects.others(scene.template, scene.facility, PERIOD, scene.ngo)
    assert [row.reporter for row in found] == [scene.directorate]
    assert not Submission.objects.others(scene.template, scene.facility, PERIOD, scene.directorate).exists()


# Many


def report(scene: Scene, period: str, **other: Any) -> FiledReport:
    """The NGO's report of a period, for the bulk form."""
    wanted = {"template": scene.template, "facility": scene.facility, "period": parse_period(period)}
    return FiledReport(**(wanted | {"reporter": scene.ngo, "answers": given(visits=10, births=2)} | other))


def test_many_reports_take_as_many_queries_as_one(scene: Scene) -> None:
    counts = []
    for year, months in (("2017", 1), ("2018", 12)):
        scene.coordinator.rights_kept = {}
        reports = [report(scene, f"{year}{month:02}") for month in range(1, months + 1)]
        with CaptureQueriesContext(connection, ) as queries:
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
    assert codes(refused.value) == [("reports[1].values[0].value", "not_a_number"), ("reports[2].period", "wrong_period_type")]
    filed(scene)
    with pytest.raises(Problem) as refused:
        submit_many(by=scene.coordinator, reports=[report(scene, "201901"), report(scene, "201905")], at=timezone.now())
    assert refused.value.code == "exists"
    assert Submission.objects.count() == 1


def test_each_of_many_may_have_its_own_moment_of_sending(scene: Scene) -> None:
    then = datetime.datetime(2019, 7, 1, tzinfo=datetime.UTC)
    (sent,) = submit_many(by=scene.coordinator, reports=[report(scene, "201905", at=then)], at=timezone.now())
    assert (sent.submitted, sent.created) == (then, then)


# At once


@pytest.mark.django_db(transaction=True)
def test_reports_filed_at_once_get_numbers_without_gap_or_repetition() -> None:
    scene = Scene()
    periods = [f"{year}{month:02}" for year in (2017, 2018) for month in range(1, 13)]

    def work(period: str) -> None:
        try:
            filed(scene, by=User.objects.get(pk=scene.coordinator.pk), period=parse_period(period))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, periods))
    numbers = sorted(int(str(receipt).rsplit("-", 1)[1]) for receipt in Submission.objects.values_list("receipt", flat=True))
    assert numbers == list(range(1, 25))


@pytest.mark.django_db(transaction=True)
def test_the_same_report_opened_and_filed_at_once_exists_once() -> None:
    scene = Scene()

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


def test_an_approved_report_cannot_be_changed_by_its_reporter(scene: Scene) -> None:
    sent = filed(scene)
    approve(by=scene.officer, submission=sent, at=timezone.now())
    with pytest.raises(Problem) as refused:
        save_draft(by=scene.coordinator, submission=sent, answers=given(visits=1), seen=None, at=timezone.now())
    assert refused.value.extra["state"] == "approved"


def test_categories_are_answered_one_by_one(scene: Scene) -> None:
    version = published(elements=[ElementFactory(code="cases", category_set=CategorySetFactory())])
    answers = [Answer("cases", "u5", 3), Answer("cases", "o5", 0)]
    revision = filed(scene, template=version.template, answers=answers).revision
    assert revision is not None
    assert revision.doc == {"s1": 3, "s2": 0}
