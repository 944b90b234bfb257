"""Reviewing: approve, send back, reopen; who may, in which state, once."""

import datetime
from collections.abc import Callable, Iterator
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.actions.reviews import approve, approve_many, reopen, send_back, undo_approval
from coordination.reporting.actions.submissions import open_draft, save_draft, submit
from coordination.reporting.models import CountedReport, Draft, Revision, Submission, SubmissionEvent, Touched
from coordination.reporting.models.reviews import document_before, waiting
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.periods import parse_period
from directorates.acting import act_as
from directorates.foundation.models import OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, User
from directorates.permissions import Refused
from tests.factories import DirectorateFactory, OrganisationFactory, SubdistrictFactory, member
from tests.reporting.reports import Scene, send_again, wide_scene
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


@pytest.fixture
def quiet_broker() -> Iterator[None]:
    """Threads commit for real; nobody is asked to relay."""
    with mock.patch("directorates.foundation.outbox.hurry"):
        yield


def test_approving_writes_status_history_and_record_in_the_name_of_the_directorate(scene: Scene) -> None:
    at = timezone.now()
    submission = approve(by=scene.officer, submission=scene.sent(), note="  Checked by phone \u202e", at=at)
    kept = Submission.objects.get(pk=submission.pk)
    assert (kept.status, kept.changed, kept.edition) == ("approved", at, 1)
    event = kept.history.last()
    assert event is not None
    assert (event.what, event.by, event.acting, event.at) == ("approved", scene.officer, scene.directorate, at)
    assert (event.note, event.revision_id) == ("Checked by phone", kept.revision_id)
    entry = AuditEvent.objects.get(what="approve")
    assert (entry.by, entry.acting, entry.thing, entry.refused) == (
        scene.officer,
        scene.directorate,
        str(kept.pk),
        False,
    )


@pytest.mark.parametrize("status", ["draft", "returned", "approved"])
def test_only_a_submitted_report_is_approved_and_the_state_is_named(scene: Scene, status: str) -> None:
    submission = scene.sent()
    Submission.objects.filter(pk=submission.pk).update(status=status)
    with pytest.raises(Problem) as caught:
        approve(by=scene.officer, submission=submission, at=timezone.now())
    assert (caught.value.code, caught.value.status, caught.value.extra) == ("wrong_state", 409, {"state": status})
    assert not SubmissionEvent.objects.filter(what="approved").exists()


@pytest.mark.parametrize("status", ["draft", "returned", "approved"])
def test_only_a_submitted_report_is_sent_back(scene: Scene, status: str) -> None:
    submission = scene.sent()
    Submission.objects.filter(pk=submission.pk).update(status=status)
    with pytest.raises(Problem) as caught:
        send_back(by=scene.officer, submission=submission, reason="Deaths above cases", at=timezone.now())
    assert (caught.value.code, caught.value.extra) == ("wrong_state", {"state": status})


@pytest.mark.parametrize("status", ["draft", "returned", "submitted"])
def test_only_an_approved_report_is_reopened(scene: Scene, status: str) -> None:
    submission = scene.sent()
    Submission.objects.filter(pk=submission.pk).update(status=status)
    with pytest.raises(Problem) as caught:
        reopen(by=scene.officer, submission=submission, reason="Wrong register", at=timezone.now())
    assert (caught.value.code, caught.value.extra) == ("wrong_state", {"state": status})


def test_an_author_never_approves_their_own_report(scene: Scene) -> None:
    submission = scene.sent(reporter=scene.directorate, by=scene.officer)
    with pytest.raises(Refused) as caught:
        approve(by=scene.officer, submission=submission, at=timezone.now())
    assert caught.value.code == "own_report"
    approve(by=member("data_officer", scene.directorate), submission=submission, at=timezone.now())


def test_whoever_wrote_an_earlier_revision_is_an_author_too(scene: Scene) -> None:
    colleague = member("data_officer", scene.directorate)
    submission = scene.sent(reporter=scene.directorate, by=scene.officer)
    send_again(submission, by=colleague)
    for author in (scene.officer, colleague):
        with pytest.raises(Refused) as caught:
            approve(by=author, submission=submission, at=timezone.now())
        assert caught.value.code == "own_report"


def test_whoever_started_the_draft_is_an_author_too(scene: Scene) -> None:
    submission = scene.sent(reporter=scene.directorate, by=member("data_officer", scene.directorate))
    SubmissionEvent.objects.create(submission=submission, at=timezone.now(), by=scene.officer, what="started")
    with pytest.raises(Refused) as caught:
        approve(by=scene.officer, submission=submission, at=timezone.now())
    assert caught.value.code == "own_report"


def test_whoever_only_typed_into_a_colleagues_draft_is_an_author_too(scene: Scene) -> None:
    colleague, reviewer = (member("data_officer", scene.directorate) for _ in range(2))
    now = timezone.now()
    draft = open_draft(
        by=scene.officer,
        template=scene.template,
        facility=scene.facility,
        period=parse_period("201905"),
        reporter=scene.directorate,
        at=now,
    )
    for author, element in ((colleague, "visits"), (scene.officer, "births")):
        save_draft(by=author, submission=draft, answers=[Answer(element, None, 3)], seen=None, at=now)
    # A remark on a colleague's answer does not take its authorship over.
    remarked = Answer("visits", None, 3, None, "Counted twice.")
    save_draft(by=scene.officer, submission=draft, answers=[remarked], seen=None, at=now)
    report = submit(by=scene.officer, submission=draft, at=now)
    assert waiting(colleague).get(pk=report.pk).own
    with pytest.raises(Refused) as caught:
        approve(by=colleague, submission=report, at=timezone.now())
    assert caught.value.code == "own_report"
    approve(by=reviewer, submission=report, at=timezone.now())


def test_one_own_report_among_many_stops_them_all(scene: Scene) -> None:
    own = scene.sent(reporter=scene.directorate, by=scene.officer)
    other = scene.sent(facility=scene.other_facility())
    with pytest.raises(Refused):
        approve_many(by=scene.officer, submissions=[other, own], at=timezone.now())
    assert not Submission.objects.filter(status="approved").exists()


def reviewers_without_the_right(scene: Scene) -> dict[str, User]:
    """People who may not review this report, each for a reason of their own."""
    elsewhere = DirectorateFactory(for_place=SubdistrictFactory())
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    return {
        "the coordinator who sent it": scene.coordinator,
        "the director": member("director", scene.directorate),
        "another directorate's officer": member("data_officer", elsewhere),
        "the body's data manager, where a directorate is competent": member("data_manager", scene.body),
        "an observer": member("observer", scene.body),
        "an officer until yesterday": member("data_officer", scene.directorate, last=yesterday),
        "an officer for another place": member("data_officer", scene.directorate, places=[SubdistrictFactory()]),
        "nobody in particular": User.objects.create_user("nobody@example.org"),
    }


def test_nobody_without_the_right_to_review_it_approves_sends_back_or_reopens(scene: Scene) -> None:
    submission = scene.sent()
    counted = approve(by=scene.officer, submission=scene.sent(facility=scene.other_facility()), at=timezone.now())
    for why, person in reviewers_without_the_right(scene).items():
        deeds: list[Callable[[], object]] = [
            lambda by=person: approve(by=by, submission=submission, at=timezone.now()),  # type: ignore[misc]
            lambda by=person: approve_many(by=by, submissions=[submission], at=timezone.now()),  # type: ignore[misc]
            lambda by=person: send_back(by=by, submission=submission, reason="", at=timezone.now()),  # type: ignore[misc]
            lambda by=person: reopen(by=by, submission=counted, reason="", at=timezone.now()),  # type: ignore[misc]
        ]
        for deed in deeds:
            with pytest.raises(Refused):
                deed()
            assert Submission.objects.get(pk=submission.pk).status == "submitted", why


def test_what_another_body_reported_for_the_period_before_is_no_comparison_for_a_reporter(scene: Scene) -> None:
    report, other = scene.sent(), OrganisationFactory()
    scene.sent(reporter=other, by=member("ngo_coordinator", other), start=datetime.date(2019, 4, 1), doc={"s1": 77})
    assert document_before(report, scene.officer).doc == {"s1": 77}
    assert document_before(report, scene.coordinator).doc == {}


def test_an_officer_limited_to_places_reviews_what_lies_inside_them(scene: Scene) -> None:
    officer = member("data_officer", scene.directorate, places=[scene.place])
    assert approve(by=officer, submission=scene.sent(), at=timezone.now()).status == "approved"


def test_where_no_directorate_is_competent_the_body_reviews_and_it_is_outside(scene: Scene) -> None:
    nowhere = scene.other_facility()
    nowhere.place = SubdistrictFactory()
    nowhere.save()
    submission = scene.sent(facility=nowhere)
    with pytest.raises(Refused):
        approve(by=scene.officer, submission=submission, at=timezone.now())
    approve(by=member("data_manager", scene.body), submission=submission, at=timezone.now())
    assert CountedReport.objects.get().directorate_id is None


def test_someone_of_two_organisations_reviews_only_as_the_one_that_is_competent(scene: Scene) -> None:
    person = member("ngo_coordinator", scene.ngo, first=datetime.date(2009, 1, 1))
    member("data_officer", scene.directorate, person=person)
    submission = scene.sent()
    with pytest.raises(Refused):
        approve(by=act_as(person, scene.ngo), submission=submission, at=timezone.now())
    approve(by=act_as(person, scene.directorate), submission=submission, at=timezone.now())


def test_sending_back_takes_a_reason_and_makes_the_reported_values_the_draft(scene: Scene) -> None:
    submission = scene.sent(doc={"s1": 3}, notes={"s2": {"state": "not_known"}})
    back = send_back(by=scene.officer, submission=submission, reason="Deaths above cases", at=timezone.now())
    assert back.status == "returned"
    draft = Draft.objects.get(submission=submission)
    assert (draft.doc, draft.notes, draft.changed, draft.by) == (
        {"s1": 3},
        {"s2": {"state": "not_known"}},
        {},
        scene.coordinator,
    )
    event = submission.history.last()
    assert event is not None
    assert (event.what, event.note) == ("returned", "Deaths above cases")
    assert not CountedReport.objects.exists()
    assert not Touched.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "\u202e\u200f", "\n\t"])
def test_a_reason_of_nothing_is_no_reason(scene: Scene, reason: str) -> None:
    submission = scene.sent()
    with pytest.raises(Problem) as caught:
        send_back(by=scene.officer, submission=submission, reason=reason, at=timezone.now())
    assert (caught.value.status, [(f.field, f.code) for f in caught.value.errors]) == (400, [("reason", "required")])
    approve(by=scene.officer, submission=submission, at=timezone.now())
    with pytest.raises(Problem) as caught:
        reopen(by=scene.officer, submission=submission, reason=reason, at=timezone.now())
    assert [(f.field, f.code) for f in caught.value.errors] == [("reason", "required")]


def test_a_reason_longer_than_a_page_is_refused_whole(scene: Scene) -> None:
    with pytest.raises(Problem) as caught:
        send_back(by=scene.officer, submission=scene.sent(), reason="x" * 2001, at=timezone.now())
    assert [(f.field, f.code) for f in caught.value.errors] == [("reason", "too_long")]


def test_what_came_again_after_it_was_read_is_not_approved_unseen(scene: Scene) -> None:
    read = scene.sent()
    send_back(by=scene.officer, submission=read, reason="Deaths above cases", at=timezone.now())
    send_again(Submission.objects.get(pk=read.pk), by=scene.coordinator, doc={"s1": 900})
    with pytest.raises(Problem) as caught:
        approve(by=scene.officer, submission=read, at=timezone.now())
    assert (caught.value.code, caught.value.status) == ("changed", 409)
    approve(by=scene.officer, submission=Submission.objects.get(pk=read.pk), at=timezone.now())


def test_a_reopened_report_is_back_in_review_and_can_be_sent_back_or_approved(scene: Scene) -> None:
    submission = approve(by=scene.officer, submission=scene.sent(), at=timezone.now())
    again = reopen(by=scene.officer, submission=submission, reason="Wrong register", at=timezone.now())
    assert again.status == "submitted"
    assert [event.what for event in submission.history.all()] == ["started", "submitted", "approved", "reopened"]
    send_back(by=scene.officer, submission=again, reason="See the note", at=timezone.now())


def test_approving_many_is_all_or_nothing_and_names_every_one_that_cannot_be(scene: Scene) -> None:
    reports = [scene.sent(facility=scene.other_facility()) for _ in range(4)]
    Submission.objects.filter(pk__in=[report.pk for report in reports[:2]]).update(status="returned")
    with pytest.raises(Problem) as caught:
        approve_many(by=scene.officer, submissions=reports, at=timezone.now())
    assert caught.value.code == "wrong_state"
    assert {fault.field for fault in caught.value.errors} == {report.receipt for report in reports[:2]}
    assert not CountedReport.objects.exists()


def test_the_same_report_named_twice_is_approved_once(scene: Scene) -> None:
    submission = scene.sent()
    approve_many(by=scene.officer, submissions=[submission, submission], at=timezone.now())
    assert SubmissionEvent.objects.filter(what="approved").count() == 1


def test_approving_many_takes_as_many_statements_as_approving_one(scene: Scene) -> None:
    scene.officer.rights_kept = {}
    counts = []
    for number in (1, 1, 40):
        reports = [scene.sent(facility=scene.other_facility()) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            approve_many(by=scene.officer, submissions=reports, at=timezone.now())
        counts.append(len(queries))
    # Savepoint and its release, lock, status with history, record, what counts, mark, outbox.
    assert counts[1] == counts[2] == 9  # one asks whether entries of the register were merged
    assert OutboxMessage.objects.count() == 3
    assert CountedReport.objects.count() == 42


def test_a_bulk_approval_is_taken_back_within_ten_minutes_without_a_reason(scene: Scene) -> None:
    at = timezone.now()
    reports = [scene.sent(facility=scene.other_facility()) for _ in range(3)]
    approve_many(by=scene.officer, submissions=reports, at=at)
    back = undo_approval(by=scene.officer, approved_at=at, at=at + datetime.timedelta(minutes=10))
    assert {report.pk for report in back} == {report.pk for report in reports}
    assert not CountedReport.objects.exists()
    assert all(event.note for event in SubmissionEvent.objects.filter(what="reopened"))


def test_a_bulk_approval_is_not_taken_back_after_ten_minutes_nor_by_another(scene: Scene) -> None:
    at = timezone.now()
    approve_many(by=scene.officer, submissions=[scene.sent()], at=at)
    with pytest.raises(Problem, match="too_late"):
        undo_approval(by=scene.officer, approved_at=at, at=at + datetime.timedelta(minutes=10, seconds=1))
    with pytest.raises(Problem, match="nothing_to_undo"):
        undo_approval(by=member("data_officer", scene.directorate), approved_at=at, at=at)


def test_taking_back_leaves_what_was_reopened_and_approved_again_by_a_colleague(scene: Scene) -> None:
    at, colleague = timezone.now(), member("data_officer", scene.directorate)
    reports = [scene.sent(), scene.sent(facility=scene.other_facility())]
    approve_many(by=scene.officer, submissions=reports, at=at)
    reopen(by=colleague, submission=reports[0], reason="A second look", at=at)
    approve(by=colleague, submission=reports[0], at=at)
    back = undo_approval(by=scene.officer, approved_at=at, at=at)
    assert [report.pk for report in back] == [reports[1].pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_two_approvers_at_once_have_one_effect() -> None:
    scene = Scene()
    submission, other = scene.sent(), member("data_officer", scene.directorate)
    answers = at_once(
        *[lambda by=by: approve(by=by, submission=submission, at=timezone.now()) for by in (scene.officer, other) * 4]
    )
    assert sum(isinstance(answer, Submission) for answer in answers) == 1
    assert all(answer.code == "wrong_state" for answer in answers if isinstance(answer, Problem))
    assert SubmissionEvent.objects.filter(what="approved").count() == 1
    assert AuditEvent.objects.filter(what="approve").count() == 1
    assert Touched.objects.count() == OutboxMessage.objects.count() == CountedReport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_two_reports_of_one_facility_approved_at_once_leave_the_one_that_the_rule_chooses() -> None:
    for _attempt in range(5):
        scene = wide_scene()
        own = scene.sent(reporter=scene.directorate, by=member("data_officer", scene.directorate))
        ngos = scene.sent()
        answers = at_once(
            lambda ngos=ngos, scene=scene: approve(by=scene.officer, submission=ngos, at=timezone.now()),  # type: ignore[misc]
            lambda own=own, scene=scene: approve(by=scene.officer, submission=own, at=timezone.now()),  # type: ignore[misc]
        )
        assert all(isinstance(answer, Submission) for answer in answers)
        counted = CountedReport.objects.get(facility=scene.facility)
        assert (counted.submission_id, counted.rule) == (own.pk, "directorate_first")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_approving_one_while_the_other_is_reopened_leaves_exactly_what_is_approved() -> None:
    for _attempt in range(5):
        scene = wide_scene()
        own = scene.sent(reporter=scene.directorate, by=member("data_officer", scene.directorate))
        approve(by=scene.officer, submission=own, at=timezone.now())
        ngos = scene.sent()
        at_once(
            lambda ngos=ngos, scene=scene: approve(by=scene.officer, submission=ngos, at=timezone.now()),  # type: ignore[misc]
            lambda own=own, scene=scene: reopen(by=scene.officer, submission=own, reason="No", at=timezone.now()),  # type: ignore[misc]
        )
        counted = CountedReport.objects.get(facility=scene.facility)
        assert (counted.submission_id, counted.rule) == (ngos.pk, "only")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_many_and_many_approved_at_once_in_opposite_order_never_wait_for_each_other_forever() -> None:
    scene = Scene()
    reports = [scene.sent(facility=scene.other_facility()) for _ in range(30)]
    answers = at_once(
        lambda: approve_many(by=scene.officer, submissions=reports, at=timezone.now()),
        lambda: approve_many(by=scene.officer, submissions=reports[::-1], at=timezone.now()),
    )
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert CountedReport.objects.count() == 30
    assert Revision.objects.count() == 30
