"""Correction requests: once an edition counts a report nothing else changes it, and the approved revision counts meanwhile."""

import datetime
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from coordination.homes import waiting_count
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.corrections import (
    accept_correction,
    ask_correction,
    refuse_correction,
    withdraw_correction,
)
from coordination.reporting.actions.counted import recount
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve, approve_many, reopen, send_back, undo_approval
from coordination.reporting.models import (
    Cell,
    CorrectionRequest,
    CountedReport,
    DoubleReport,
    Draft,
    Element,
    ExpectedReport,
    Revision,
    Submission,
    SubmissionEvent,
)
from coordination.reporting.models.missing import not_received
from coordination.reporting.rules.settlements import Way
from directorates.actions.deputies import name_deputy
from directorates.foundation.models import Notice
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, User
from directorates.permissions import Refused, sight_of
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, confirmed_deputy, member, signed_in
from tests.reporting.corrected import Corrected, edition_of
from tests.reporting.doubled import Doubled
from tests.threads import at_once

pytestmark = pytest.mark.django_db
LOCATION = "Beside 35.93102, 36.63312"


@pytest.fixture
def scene() -> Corrected:
    """An approved report."""
    return Corrected()


@pytest.fixture
def quiet_broker() -> Iterator[None]:
    """Threads commit for real; nobody is asked to relay."""
    with mock.patch("directorates.foundation.outbox.hurry"):
        yield


def code(raised: Any) -> str:
    """The code of what was raised."""
    return str(raised.value.code)


# --- Once an edition counts it -------------------------------------------------------------------------------------


def test_what_no_edition_counts_is_reopened_as_ever(scene: Corrected) -> None:
    assert reopen(by=scene.officer, submission=scene.report, reason="Wrong", at=timezone.now()).status == "submitted"
    assert not CountedReport.objects.exists()


def test_what_an_edition_counts_is_not_reopened_and_the_way_to_ask_is_told(scene: Corrected) -> None:
    scene.publish()
    with pytest.raises(Problem) as told:
        reopen(by=scene.officer, submission=scene.report, reason="Wrong", at=timezone.now())
    assert (code(told), told.value.status) == ("correction_needed", 409)
    assert told.value.extra["ask"] == [f"/reports/{scene.report.pk}/corrections/ask/"]
    assert scene.counts == {"s1": 10, "s2": 2}
    answer = Caller(scene.officer).post(f"submissions/{scene.report.pk}/reopen/", {"reason": "Wrong"})
    assert (answer.status_code, answer.json()["code"]) == (409, "correction_needed")


def test_an_edition_older_than_its_inputs_is_taken_to_count_what_counts(scene: Corrected) -> None:
    edition_of(scene.report, scene.manager, scene.body, keep=False)
    with pytest.raises(Problem) as told:
        reopen(by=scene.officer, submission=scene.report, reason="Wrong", at=timezone.now())
    assert code(told) == "correction_needed"


def test_an_approval_of_many_is_not_undone_once_an_edition_counts_one_of_them(scene: Corrected) -> None:
    now = timezone.now()
    reports = [scene.sent(facility=scene.other_facility()) for _number in range(2)]
    approve_many(by=scene.officer, submissions=reports, at=now)
    scene.publish()
    with pytest.raises(Problem) as told:
        undo_approval(by=scene.officer, approved_at=now, at=now)
    assert code(told) == "correction_needed"
    assert {fault.code for fault in told.value.errors} == {"correction_needed"}
    assert Submission.objects.filter(status="approved").count() == 3


def test_what_was_corrected_by_a_request_is_changed_by_requests_alone(scene: Corrected) -> None:
    approved = timezone.now()
    scene.correct(at=approved)
    with pytest.raises(Problem) as told:
        undo_approval(by=scene.officer, approved_at=approved, at=approved)
    assert code(told) == "correction_needed"


def test_while_a_correction_is_asked_for_the_report_is_not_reopened(scene: Corrected) -> None:
    scene.ask()
    with pytest.raises(Problem) as told:
        reopen(by=scene.officer, submission=scene.report, reason="Wrong", at=timezone.now())
    assert (code(told), told.value.extra["correction"]["organisation"]) == ("correction_asked", scene.ngo.code)


# --- Asking --------------------------------------------------------------------------------------------------------


def test_the_reporter_and_the_directorate_ask_and_nobody_else(scene: Corrected) -> None:
    rival = member("ngo_coordinator", OrganisationFactory())
    for person in (rival, member("director", scene.directorate), scene.manager, member("observer", scene.body)):
        with pytest.raises(Refused):
            scene.ask(person)
    assert scene.ask(scene.officer).acting == scene.directorate
    withdraw_correction(by=scene.officer, request=CorrectionRequest.objects.get(), at=timezone.now())
    assert scene.ask(slots=["s1"]).acting == scene.ngo
    assert AuditEvent.objects.filter(what="ask_correction").count() == 2


def test_every_fault_is_told_at_once_and_a_location_is_not_kept(scene: Corrected) -> None:
    with pytest.raises(Problem) as told:
        scene.ask(reason="", slots=["s9", "x"])
    assert [(one.field, one.code) for one in told.value.errors] == [
        ("reason", "required"),
        ("elements", "unknown"),
        ("elements", "unknown"),
    ]
    for reason, wrong in ((LOCATION, "location"), ("x" * 2001, "too_long")):
        with pytest.raises(Problem) as told:
            scene.ask(reason=reason)
        assert [one.code for one in told.value.errors] == [wrong]
    assert not CorrectionRequest.objects.exists()


def test_the_same_again_changes_nothing_and_a_second_request_is_told_who_asked(scene: Corrected) -> None:
    first = scene.ask()
    assert scene.ask() == first
    for by, reason in ((scene.coordinator, "Something else"), (scene.officer, "Two wards were left out")):
        with pytest.raises(Problem) as told:
            scene.ask(by, reason=reason)
        assert (code(told), told.value.status) == ("correction_asked", 409)
        assert told.value.extra["correction"]["number"] == 1
    assert CorrectionRequest.objects.count() == AuditEvent.objects.filter(what="ask_correction").count() == 1


def test_a_report_that_is_not_approved_is_corrected_otherwise(scene: Corrected) -> None:
    waiting = scene.sent(facility=scene.other_facility())
    with pytest.raises(Problem) as told:
        ask_correction(by=scene.coordinator, submission=waiting, reason="Wrong", at=timezone.now())
    assert (code(told), told.value.extra) == ("wrong_state", {"state": "submitted"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_of_two_who_ask_at_once_one_asked() -> None:
    scene = Corrected()
    answers = at_once(scene.ask, lambda: scene.ask(scene.officer), lambda: scene.ask(scene.colleague))
    assert sum(isinstance(one, CorrectionRequest) for one in answers) == 1
    assert {one.code for one in answers if isinstance(one, Problem)} == {"correction_asked"}
    assert CorrectionRequest.objects.count() == 1


# --- Deciding ------------------------------------------------------------------------------------------------------


def test_whoever_asked_does_not_decide_nor_does_a_deputy_of_theirs(scene: Corrected) -> None:
    held = scene.ask(scene.officer)
    today = timezone.localdate()
    deputy = member("data_officer", scene.directorate, places=[scene.other_facility().place])
    stand_in: dict[str, Any] = {"membership": scene.officer.memberships.get(), "deputy": deputy}
    named = name_deputy(
        by=member("director", scene.directorate), first=today, last=today, at=timezone.now(), **stand_in
    )
    confirmed_deputy(named)
    with pytest.raises(Refused) as refused:
        accept_correction(by=scene.officer, request=held, at=timezone.now())
    assert refused.value.code == "own_request"
    for person in (scene.coordinator, member("director", scene.directorate), scene.manager):
        with pytest.raises(Refused):
            accept_correction(by=person, request=held, at=timezone.now())
    assert accept_correction(by=scene.colleague, request=held, at=timezone.now()).state == "accepted"


def test_the_database_lets_nobody_decide_their_own(scene: Corrected) -> None:
    held = scene.ask(scene.officer)
    decided = {"decided_by": scene.officer, "decided_acting": scene.directorate, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError, match="nobody_decides_their_own_correction"), transaction.atomic():
        CorrectionRequest.objects.filter(pk=held.pk).update(state="accepted", **decided)


def test_a_refusal_says_why_and_changes_nothing(scene: Corrected) -> None:
    held = scene.ask()
    with pytest.raises(Problem) as told:
        refuse_correction(by=scene.officer, request=held, reason=" ", at=timezone.now())
    assert [one.code for one in told.value.errors] == ["required"]
    refused = refuse_correction(by=scene.officer, request=held, reason="The register says ten", at=timezone.now())
    assert (refused.state, refused.answer) == ("refused", "The register says ten")
    assert Submission.objects.get(pk=scene.report.pk).status == "approved"
    assert scene.counts == {"s1": 10, "s2": 2}
    for deed in (accept_correction, withdraw_correction):
        with pytest.raises(Problem) as told:
            deed(by=scene.officer if deed is accept_correction else scene.coordinator, request=held, at=timezone.now())
        assert (code(told), told.value.extra) == ("wrong_state", {"state": "refused"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_of_a_decision_and_a_withdrawal_at_once_one_holds() -> None:
    for _attempt in range(3):
        scene = Corrected()
        held, now = scene.ask(), timezone.now()
        at_once(
            lambda scene=scene, held=held, now=now: accept_correction(by=scene.officer, request=held, at=now),  # type: ignore[misc]
            lambda scene=scene, held=held, now=now: refuse_correction(  # type: ignore[misc]
                by=scene.colleague, request=held, reason="No", at=now
            ),
            lambda scene=scene, held=held, now=now: withdraw_correction(by=scene.coordinator, request=held, at=now),  # type: ignore[misc]
        )
        held.refresh_from_db()
        report = Submission.objects.get(pk=scene.report.pk)
        assert (report.status == "returned") is (held.state == "accepted")
        assert (report.kept_revision_id is not None) is (held.state == "accepted")
        assert scene.counts == {"s1": 10, "s2": 2}
        assert AuditEvent.objects.filter(what__in=("accept_correction", "refuse_correction")).count() <= 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_a_request_and_a_reopening_at_once_leave_one_of_them() -> None:
    for _attempt in range(3):
        scene = Corrected()
        at_once(
            lambda scene=scene: scene.ask(),  # type: ignore[misc]
            lambda scene=scene: reopen(by=scene.officer, submission=scene.report, reason="No", at=timezone.now()),  # type: ignore[misc]
        )
        open_ones = CorrectionRequest.objects.filter(submission=scene.report).count()
        assert (open_ones, Submission.objects.get(pk=scene.report.pk).status) in {(1, "approved"), (0, "submitted")}


# --- Meanwhile -----------------------------------------------------------------------------------------------------


def test_the_approved_revision_counts_until_the_corrected_one_is_approved(scene: Corrected) -> None:
    scene.publish()
    first = scene.report.revision_id
    held = scene.accepted()
    report = Submission.objects.get(pk=scene.report.pk)
    assert (report.status, report.kept_revision_id, report.counting_id) == ("returned", first, first)
    assert Draft.objects.get(submission=report).doc == {"s1": 10, "s2": 2}
    # Whatever chooses anew what counts leaves it: borders, settlements, other reports.
    recount(template_id=scene.template.pk, keys=[(report.period_start, report.facility_id)])
    assert scene.counts == {"s1": 10, "s2": 2}
    scene.resend(30)
    recount(template_id=scene.template.pk, keys=[(report.period_start, report.facility_id)])
    assert (scene.counts, CountedReport.objects.get().revision_id) == ({"s1": 10, "s2": 2}, first)
    send_back(by=scene.officer, submission=scene.report, reason="Thirty?", at=timezone.now())
    assert scene.counts == {"s1": 10, "s2": 2}
    scene.resend(31)
    approve(by=scene.officer, submission=scene.report, at=timezone.now())
    assert scene.counts == {"s1": 31, "s2": 2}
    held.refresh_from_db()
    assert (held.state, held.revision_id, held.corrected_id) == (
        "done",
        first,
        CountedReport.objects.get().revision_id,
    )
    done = CorrectionRequest.objects.named().get()
    assert [(one.element.code, one.first.number, one.second.number) for one in done.changes] == [("visits", 10, 31)]
    assert Submission.objects.get(pk=scene.report.pk).kept_revision_id is None
    assert Revision.objects.count() == 3
    assert [event.what for event in SubmissionEvent.objects.filter(submission=report)] == [
        *("started", "submitted", "approved", "correcting", "submitted", "returned", "submitted", "approved"),
    ]


def test_totals_keep_the_old_figure_meanwhile(scene: Corrected) -> None:
    visits = Element.objects.get(code="visits").pk
    drain()
    scene.accepted()
    scene.resend(30)
    drain()
    assert {int(cell.total or 0) for cell in Cell.objects.filter(element=visits)} == {10}
    approve(by=scene.officer, submission=scene.report, at=timezone.now())
    drain()
    assert {int(cell.total or 0) for cell in Cell.objects.filter(element=visits)} == {30}


def test_a_report_that_is_being_corrected_is_not_missing(scene: Corrected) -> None:
    ExpectedReport.objects.create(
        template=scene.template,
        facility=scene.facility,
        period_start=scene.report.period_start,
        reporter=scene.ngo,
        due=scene.report.due,
        subdistrict=scene.place,
        place_path=scene.place.path,
        directorate=scene.directorate,
        dataset=scene.template.dataset,
    )
    scene.accepted()
    assert not not_received(ExpectedReport.objects.all()).exists()


def test_whoever_wrote_the_correction_does_not_approve_it(scene: Corrected) -> None:
    own = approve(
        by=scene.officer, submission=scene.sent(reporter=scene.directorate, by=scene.colleague), at=timezone.now()
    )
    held = ask_correction(by=scene.colleague, submission=own, reason="Wrong", at=timezone.now())
    accept_correction(by=scene.officer, request=held, at=timezone.now())
    scene.coordinator, scene.report = scene.officer, own
    scene.resend(30)
    with pytest.raises(Refused) as refused:
        approve(by=scene.officer, submission=scene.report, at=timezone.now())
    assert refused.value.code == "own_report"


def test_an_accepted_correction_that_never_came_is_given_up_and_the_report_is_approved_as_it_was(
    scene: Corrected,
) -> None:
    first = scene.report.revision_id
    held = scene.accepted()
    scene.resend(30)
    with pytest.raises(Refused):
        withdraw_correction(by=member("ngo_coordinator", OrganisationFactory()), request=held, at=timezone.now())
    withdraw_correction(by=scene.colleague, request=held, at=timezone.now())
    report = Submission.objects.get(pk=scene.report.pk)
    assert (report.status, report.revision_id, report.kept_revision_id) == ("approved", first, None)
    assert scene.counts == {"s1": 10, "s2": 2}
    assert report.revisions.count() == 2, "nothing that was sent is lost"
    assert withdraw_correction(by=scene.colleague, request=held, at=timezone.now()).state == "withdrawn", "twice"
    assert AuditEvent.objects.filter(what="withdraw_correction").count() == 1
    # The next one is numbered on.
    scene.report = report
    assert scene.correct(40).corrected.number == 3  # type: ignore[union-attr]
    assert scene.counts == {"s1": 40, "s2": 2}


def test_the_reporter_does_not_give_up_what_the_directorate_asked(scene: Corrected) -> None:
    held = scene.ask(scene.officer)
    accept_correction(by=scene.colleague, request=held, at=timezone.now())
    with pytest.raises(Refused) as refused:
        withdraw_correction(by=scene.coordinator, request=held, at=timezone.now())
    assert refused.value.code == "not_yours"


def test_a_correction_of_a_correction_is_request_number_two_about_the_corrected_revision(scene: Corrected) -> None:
    scene.publish()
    first = scene.correct(30)
    second = scene.correct(25)
    assert (first.number, second.number, second.revision_id) == (1, 2, first.corrected_id)
    assert [(one.first.number, one.second.number) for one in second.changes] == [(30, 25)]
    assert scene.counts == {"s1": 25, "s2": 2}


# --- Double reports ------------------------------------------------------------------------------------------------


def test_a_settlement_holds_while_one_of_its_reports_is_corrected() -> None:
    scene = Doubled()
    scene.settle(Way.ADD)
    assert {slot: int(number) for slot, number in scene.counted.items()} == {"s1": 22, "s2": 7}
    held = ask_correction(by=scene.coordinator, submission=scene.first, reason="Wrong", at=timezone.now())
    accept_correction(by=scene.officer, request=held, at=timezone.now())
    attend(at=timezone.now(), everything=True)
    recount(template_id=scene.template.pk, keys=[(scene.first.period_start, scene.facility.pk)])
    assert scene.double.state == "settled"
    assert {slot: int(number) for slot, number in scene.counted.items()} == {"s1": 22, "s2": 7}
    for person in (scene.coordinator, scene.rival, scene.officer):
        with seeing(sight_of(person)):
            assert DoubleReport.objects.visible_to(person).exists()


def test_the_one_that_the_rule_chose_counts_on_while_it_is_corrected() -> None:
    scene = Doubled()
    before = CountedReport.objects.get().submission_id
    chosen = Submission.objects.get(pk=before)
    by = scene.coordinator if chosen.reporter == scene.ngo else scene.rival
    held = ask_correction(by=by, submission=chosen, reason="Wrong", at=timezone.now())
    accept_correction(by=scene.officer, request=held, at=timezone.now())
    recount(template_id=scene.template.pk, keys=[(chosen.period_start, scene.facility.pk)])
    counted = CountedReport.objects.get()
    assert (counted.submission_id, counted.revision_id) == (before, chosen.revision_id)


# --- What stays, and who sees it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "Another"},
        {"slots": ["s2"]},
        {"number": 7},
        {"at": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)},
    ],
)
def test_what_was_asked_never_changes(scene: Corrected, change: dict[str, Any]) -> None:
    held = scene.ask()
    with pytest.raises(DatabaseError), transaction.atomic():
        CorrectionRequest.objects.filter(pk=held.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        CorrectionRequest.objects.filter(pk=held.pk).delete()


def test_what_ended_never_changes(scene: Corrected) -> None:
    held = scene.correct()
    with pytest.raises(DatabaseError), transaction.atomic():
        CorrectionRequest.objects.filter(pk=held.pk).update(state="accepted", corrected=None)


def test_rivals_see_no_request(scene: Corrected) -> None:
    held = scene.ask()
    rival = member("ngo_coordinator", OrganisationFactory())
    for person, there in ((rival, False), (scene.coordinator, True), (scene.officer, True), (scene.manager, True)):
        assert CorrectionRequest.objects.visible_to(person).exists() is there
        with seeing(sight_of(person)):
            assert CorrectionRequest.objects.filter(pk=held.pk).exists() is there
        address = f"submissions/{scene.report.pk}/corrections/"
        assert Caller(person).get(address).status_code == (200 if there else 404)


def test_whoever_reads_by_a_program_what_was_corrected_is_in_the_reporters_record(scene: Corrected) -> None:
    read = AuditEvent.objects.filter(what="read", thing=str(scene.report.pk), concerns=scene.ngo)
    address = f"submissions/{scene.report.pk}/corrections/"
    assert Caller(scene.officer).get(address).json() == []
    assert not read.exists()
    scene.ask()
    for person, entries in ((scene.coordinator, 0), (scene.officer, 1)):
        assert len(Caller(person).get(address).json()) == 1
        assert read.count() == entries


def test_people_are_told_and_letters_say_nothing_of_it(scene: Corrected) -> None:
    scene.publish()
    scene.correct()
    told = {(row.person, row.values["what"]) for row in Notice.objects.filter(kind="correction")}
    assert told == {
        (scene.officer, "asked"),
        (scene.colleague, "asked"),
        (scene.coordinator, "accepted"),
        (scene.coordinator, "done"),
        (scene.manager, "erratum"),
    }
    for row in Notice.objects.filter(kind="correction"):
        assert "wards" not in str(row.values)
        assert scene.facility.name_en not in str(row.values)


def test_what_waits_is_counted_for_whoever_it_waits_for(scene: Corrected) -> None:
    def waits(person: User) -> int:
        person.rights_kept = {}
        return waiting_count(person)

    before = {person: waits(person) for person in (scene.officer, scene.coordinator, scene.manager)}
    scene.publish()
    held = scene.ask()
    assert waits(scene.officer) == before[scene.officer] + 1
    accept_correction(by=scene.officer, request=held, at=timezone.now())
    assert (waits(scene.officer), waits(scene.coordinator)) == (before[scene.officer], before[scene.coordinator] + 1)
    scene.resend(30)
    assert waits(scene.coordinator) == before[scene.coordinator]
    approve(by=scene.officer, submission=scene.report, at=timezone.now())
    assert waits(scene.manager) == before[scene.manager] + 1
    assert list(signed_in(scene.manager).get("/").context["corrections"].editions)


# --- Pages and programs --------------------------------------------------------------------------------------------


def test_programs_ask_decide_and_read_what_changed(scene: Corrected) -> None:
    scene.publish()
    reporter, officer = Caller(scene.coordinator), Caller(scene.officer)
    address = f"submissions/{scene.report.pk}/corrections/"
    wrong = reporter.post(address, {"reason": 7, "elements": [{"element": "nothing"}, 3], "x": 1})
    assert wrong.status_code == 400
    assert {one["field"] for one in wrong.json()["errors"]} >= {"reason", "elements[0]", "elements[1]", "x"}
    made = reporter.post(address, {"reason": "Two wards", "elements": [{"element": "visits"}]})
    assert (made.status_code, made.json()["status"], made.json()["number"]) == (201, "open", 1)
    assert made.json()["elements"] == [{"element": "visits", "category": None}]
    assert reporter.post(address, {"reason": "Two wards", "elements": [{"element": "visits"}]}).json() == made.json()
    assert reporter.post(address, {"reason": "Other"}).json()["code"] == "correction_asked"
    assert reporter.post(f"{address}1/accept/").status_code == 403
    assert officer.post(f"{address}9/accept/").status_code == 404
    assert officer.post(f"{address}1/accept/", {"note": "Go on"}).json()["status"] == "accepted"
    scene.resend(30)
    officer.post(f"submissions/{scene.report.pk}/approve/")
    (told,) = officer.get(address).json()
    assert (told["status"], told["before"], told["after"]) == ("done", 1, 2)
    assert told["changes"] == [{"element": "visits", "category": None, "before": "10", "after": "30"}]


def test_figures_and_the_reports_behind_them_say_that_they_are_corrected(scene: Corrected) -> None:
    drain()
    asked = {"template": scene.template.code, "period": "201905", "place": scene.place.code, "element": "visits"}
    (row,) = Caller(scene.officer).get("consolidations/sources/", asked).json()["results"]
    assert (row["value"], "corrected" in row) == ("10", False)
    held = scene.correct()
    drain()
    (row,) = Caller(scene.officer).get("consolidations/sources/", asked).json()["results"]
    assert (row["value"], row["corrected"]) == ("30", held.ended_at.isoformat() if held.ended_at else "")
    client = signed_in(scene.officer, "en")
    assert "Corrected," in client.get("/reports/figures/sources/", asked).text
    page = client.get("/reports/figures/", {"template": scene.template.code, "period": "201905"})
    assert page.context["corrected"].reports == 1
    assert "Corrected reports in these figures:" in page.text


def test_a_list_of_requests_is_filtered_and_survives_a_reload(scene: Corrected) -> None:
    scene.ask()
    client = signed_in(scene.officer, "en")
    page = client.get("/reports/corrections/")
    assert scene.facility.name_en in page.text
    assert [row.number for row in client.get("/reports/corrections/?state=mine").context["page"]] == [1]
    assert "No correction request fits" in client.get("/reports/corrections/?state=refused").text
    assert client.get("/reports/corrections/?state=nonsense").status_code == 200
    empty = signed_in(member("ngo_coordinator", OrganisationFactory()), "en").get("/reports/corrections/")
    assert "Nobody asked for a correction yet." in empty.text
