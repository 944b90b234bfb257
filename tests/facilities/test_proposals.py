"""Proposed changes to the register: who may propose what, once; withdrawing; rising while they wait."""

import datetime
import json
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Membership
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, may
from directorates.roles import Role
from facilities.actions.proposals import Wish, escalate, propose, propose_new, withdraw
from facilities.models import ChangeProposal, FieldChange, ProposalEvent
from facilities.models.proposals import Field, ProposalState, fields_open_to, may_decide, open_about
from facilities.rules.proposals import Escalation, compete, escalation, outcome
from facilities.tasks import escalate as escalate_task
from tests.facilities.proposing import DAY, Register
from tests.factories import DirectorateFactory, OrganisationFactory, SubdistrictFactory, member
from tests.threads import at_once

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 5, 20)


@pytest.fixture
def register() -> Register:
    """A directorate, a facility, and the people around it."""
    return Register()


def fault_codes(problem: pytest.ExceptionInfo[Problem]) -> set[tuple[str, str]]:
    """Field and code of every fault."""
    return {(str(fault.field), fault.code) for fault in problem.value.errors}


# --- Rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "step"),
    [(0, "DIRECTORATE"), (6, "DIRECTORATE"), (7, "DIRECTOR"), (13, "DIRECTOR"), (14, "BODY"), (400, "BODY")],
)
def test_a_proposal_rises_after_one_week_and_after_two(days: int, step: str) -> None:
    assert escalation(TODAY - days * DAY, TODAY) is Escalation[step]


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["open", "approved", "refused"], "open"),
        (["refused", "approved", "overtaken"], "approved"),
        (["refused", "withdrawn"], "refused"),
        (["overtaken", "withdrawn"], "overtaken"),
    ],
)
def test_a_proposal_is_what_its_changes_are(states: list[str], state: str) -> None:
    assert outcome(states) == state


def test_of_two_values_of_a_field_one_stands_but_several_may_support() -> None:
    assert compete("type", "hospital", "laboratory")
    assert not compete("support_begin", "uossm", "sams")
    assert compete("support_begin", "uossm", "uossm")


# --- Proposing -----------------------------------------------------------------------------------------------------


def test_a_supporter_proposes_other_values_and_nothing_changes_yet(register: Register) -> None:
    services = Wish(Field.SERVICES, ["surgery", "emergency"])
    closing = Wish(Field.STATUS, "closed", datetime.date(2026, 3, 1))
    proposal = register.proposed(wishes=[services, closing, Wish(Field.NAME_EN, register.facility.name_en)])
    assert [(one.field, one.old, one.new, one.day) for one in proposal.changes.all()] == [
        ("services", [], ["surgery", "emergency"], None),
        ("status", "functioning", "closed", datetime.date(2026, 3, 1)),
    ]
    assert (proposal.acting, proposal.state, proposal.place) == (register.uossm, "open", register.place)
    register.facility.refresh_from_db()
    assert register.facility.status == "functioning"
    assert [(row.what, row.fields) for row in proposal.history.all()] == [("proposed", ["services", "status"])]
    assert AuditEvent.objects.get(what="propose").by == register.nour


@pytest.mark.parametrize("who", ["nour", "officer", "director", "administrator"])
def test_supporters_directorates_and_the_body_propose(register: Register, who: str) -> None:
    assert register.proposed(by=getattr(register, who)).state == ProposalState.OPEN


@pytest.mark.parametrize(
    ("role", "kind"),
    [(Role.OBSERVER, "cluster"), (Role.DONOR, "donor"), (Role.SURVEILLANCE_OFFICER, "surveillance")],
)
def test_readers_propose_nothing_and_see_no_proposal(register: Register, role: Role, kind: str) -> None:
    reader = member(role, OrganisationFactory(kind=kind))
    with pytest.raises(Refused):
        register.proposed(by=reader)
    register.proposed()
    assert not ChangeProposal.objects.visible_to(reader).exists()
    assert ChangeProposal.objects.visible_to(register.tarek).exists()


def test_to_a_reader_no_field_is_offered(register: Register) -> None:
    today = timezone.localdate()
    assert fields_open_to(register.nour, register.facility, today) != ()
    reader = member(Role.OBSERVER, register.uossm)
    assert fields_open_to(reader, register.facility, today) == ()
    proposal = register.proposed()
    assert [row for row, _lines in open_about(register.nour, register.facility, today)] == [proposal]
    assert open_about(reader, register.facility, today) == []


def test_whose_role_has_ended_proposes_nothing(register: Register) -> None:
    yesterday = timezone.localdate() - DAY
    Membership.objects.filter(person=register.nour).update(valid=lasting(yesterday - 9 * DAY, yesterday))
    with pytest.raises(Refused):
        register.proposed()


def test_a_coordinator_for_some_places_proposes_nothing_beside_them(register: Register) -> None:
    limited = member(Role.NGO_COORDINATOR, register.uossm, places=[SubdistrictFactory()])
    assert not may(limited, Permission.PROPOSE_FACILITIES, register.facility)
    with pytest.raises(Refused):
        register.proposed(by=limited)


def test_an_organisation_that_does_not_support_proposes_its_own_support_and_nothing_else(register: Register) -> None:
    with pytest.raises(Problem) as problem:
        register.proposed(by=register.outsider)
    assert fault_codes(problem) == {("type", "not_yours")}
    with pytest.raises(Problem) as problem:
        register.proposed(by=register.outsider, wishes=[Wish(Field.SUPPORT_BEGIN, "sema", TODAY)])
    assert ("support_begin", "not_yours") in fault_codes(problem)
    wish = Wish(Field.SUPPORT_BEGIN, "pac", TODAY)
    assert register.proposed(by=register.outsider, wishes=[wish]).changes.get().new == "pac"


def test_every_fault_of_a_proposal_is_told_at_once(register: Register) -> None:
    wishes = [
        Wish(Field.NAME_AR, " \u202e "),
        Wish(Field.NAME_EN, "x" * 201),
        Wish(Field.TYPE, "castle"),
        Wish(Field.SERVICES, ["magic"]),
        Wish(Field.OTHER_NAMES, ["y" * 300]),
        Wish(Field.STATUS, "closed", timezone.localdate() + DAY),
        Wish(Field.SUPPORT_END, "sams"),
    ]
    with pytest.raises(Problem) as problem:
        register.proposed(wishes=wishes, reason=" ")
    assert fault_codes(problem) == {
        ("name_ar", "required"),
        ("name_en", "wrong_value"),
        ("type", "wrong_value"),
        ("services", "wrong_value"),
        ("other_names", "wrong_value"),
        ("status_day", "in_future"),
        ("support_end", "not_yours"),
        ("support_end_day", "required"),
        ("reason", "required"),
    }
    assert not ChangeProposal.objects.exists()


def test_what_stands_already_is_no_proposal(register: Register) -> None:
    with pytest.raises(Problem) as problem:
        register.proposed(wishes=[Wish(Field.TYPE, "health_centre")])
    assert fault_codes(problem) == {("", "unchanged")}


def test_support_begins_where_there_is_none_and_ends_where_there_is_one(register: Register) -> None:
    begins, ends = Wish(Field.SUPPORT_BEGIN, "uossm", TODAY), Wish(Field.SUPPORT_END, "pac", TODAY)
    with pytest.raises(Problem) as problem:
        register.proposed(by=register.officer, wishes=[begins, ends])
    assert fault_codes(problem) == {("support_begin", "exists"), ("support_end", "not_supported")}


def test_the_same_sent_twice_is_one_proposal_and_another_value_waits_for_the_first(register: Register) -> None:
    first = register.proposed()
    assert register.proposed() == first
    with pytest.raises(Problem) as problem:
        register.proposed(wishes=[Wish(Field.TYPE, "laboratory")])
    assert fault_codes(problem) == {("type", "exists")}
    withdraw(proposal=first, by=register.nour, at=timezone.now())
    assert register.proposed(wishes=[Wish(Field.TYPE, "laboratory")]) != first


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_at_once_is_one_proposal() -> None:
    register = Register()
    answers = at_once(*[lambda: register.proposed().pk] * 4)
    assert answers == [ChangeProposal.objects.get().pk] * 4


def test_the_database_keeps_a_person_to_one_open_change_of_a_field(register: Register) -> None:
    change = register.proposed().changes.get()
    other = register.proposed(by=register.tarek)
    given = {"facility": register.facility, "by": register.nour, "field": "type", "new": "laboratory"}
    with pytest.raises(IntegrityError, match="one_open_change_a_person"), transaction.atomic():
        FieldChange.objects.create(proposal=ChangeProposal.objects.create(
            facility=register.facility, place=register.place, by=register.nour, acting=register.uossm,
            at=timezone.now(), reason="x",
        ), **given)  # fmt: skip
    assert (change.new, other.changes.get().new) == ("hospital", "hospital")


def test_what_was_proposed_and_its_history_cannot_be_written_over(register: Register) -> None:
    proposal = register.proposed()
    for deed in (
        lambda: FieldChange.objects.update(new="laboratory"),
        lambda: ProposalEvent.objects.update(note=""),
        lambda: ProposalEvent.objects.filter(proposal=proposal).delete(),
        proposal.delete,
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            deed()


def test_texts_are_kept_clean_and_strange_ones_are_kept_or_told(register: Register, shared: Path) -> None:
    strings = json.loads((shared / "bad-input" / "blns.json").read_text("utf-8"))
    told = kept = 0
    for text in strings[::5]:
        try:
            with transaction.atomic():
                proposal = propose(
                    facility=register.facility,
                    wishes=[Wish(Field.NAME_EN, text), Wish(Field.OTHER_NAMES, [text])],
                    reason=text,
                    by=register.nour,
                    at=timezone.now(),
                )
                proposal.refresh_from_db()
                assert not set("\u202e\u200f\x00\u2066") & set(proposal.reason)
                kept += 1
                transaction.set_rollback(True)
        except Problem:
            told += 1
    assert kept > 80
    assert told < 15


def test_a_new_facility_is_proposed_with_its_name_type_and_place(register: Register) -> None:
    wishes = [Wish(Field.NAME_AR, "مركز السرو"), Wish(Field.NAME_EN, "Al-Sarw"), Wish(Field.TYPE, "health_centre")]
    given = {"place": register.place, "reason": "Opened in May", "by": register.nour, "at": timezone.now()}
    opened = Wish(Field.OPENED, "2026-05-01")
    proposal = propose_new(wishes=[*wishes, opened, Wish(Field.SERVICES, [])], **given)  # type: ignore[arg-type]
    assert (proposal.new, proposal.facility, proposal.changes.count()) == (True, None, 4)
    assert str(proposal) in ("مركز السرو", "Al-Sarw")
    assert propose_new(wishes=[*wishes, opened], **given) == proposal  # type: ignore[arg-type]
    late = Wish(Field.OPENED, (timezone.localdate() + DAY).isoformat())
    with pytest.raises(Problem) as problem:
        propose_new(wishes=[wishes[0], late], **given | {"reason": ""})  # type: ignore[arg-type]
    assert fault_codes(problem) == {
        ("name_en", "required"),
        ("type", "required"),
        ("opened", "in_future"),
        ("reason", "required"),
    }


# --- Withdrawing ---------------------------------------------------------------------------------------------------


def test_the_organisation_withdraws_its_own_and_no_other_does(register: Register) -> None:
    proposal = register.proposed()
    for other in (register.tarek, register.officer, member(Role.OBSERVER, register.uossm)):
        with pytest.raises(Refused):
            withdraw(proposal=proposal, by=other, at=timezone.now())
    colleague = member(Role.NGO_COORDINATOR, register.uossm)
    assert withdraw(proposal=proposal, by=colleague, at=timezone.now()).state == ProposalState.WITHDRAWN
    with pytest.raises(Problem) as problem:
        withdraw(proposal=proposal, by=colleague, at=timezone.now())
    assert (problem.value.code, problem.value.status) == ("wrong_state", 409)


# --- Waiting -------------------------------------------------------------------------------------------------------


def test_what_waits_for_whom_is_read_from_the_dates(register: Register) -> None:
    fresh, week, old = (
        register.proposed(facility=facility, days=days)
        for facility, days in ((register.facility, 0), (register.another("B"), 8), (register.another("C"), 15))
    )
    today = timezone.localdate()
    assert list(ChangeProposal.objects.to_decide(register.officer, today)) == [old, week, fresh]
    assert list(ChangeProposal.objects.to_decide(register.director, today)) == [old, week, fresh]
    assert list(ChangeProposal.objects.to_decide(register.administrator, today)) == [old]
    for other in (register.nour, register.outsider, member(Role.DATA_OFFICER, OrganisationFactory(kind="directorate"))):
        assert not ChangeProposal.objects.to_decide(other, today).exists()


def test_where_no_directorate_is_competent_it_waits_for_the_body_at_once(register: Register) -> None:
    place = SubdistrictFactory()
    proposal = register.proposed(facility=register.another("B", place=place))
    assert list(ChangeProposal.objects.to_decide(register.administrator, timezone.localdate())) == [proposal]


def test_the_list_of_what_waits_and_the_single_check_agree(register: Register) -> None:
    away = SubdistrictFactory(parent=register.place.parent)
    neighbour = DirectorateFactory(for_place=away)
    for number, (place, days) in enumerate(
        (p, d) for p in (register.place, away, SubdistrictFactory()) for d in (0, 14)
    ):
        register.proposed(facility=register.another(f"B{number}", place=place), days=days)
    limited = member(Role.DATA_OFFICER, register.directorate, places=[away])
    others = (member(Role.DIRECTOR, neighbour), limited, member(Role.ADMINISTRATOR, register.body, places=[away]))
    today, found = timezone.localdate(), 0
    for person in (register.officer, register.director, register.administrator, register.nour, *others):
        listed = set(ChangeProposal.objects.to_decide(person, today))
        assert listed == {row for row in ChangeProposal.objects.all() if may_decide(person, row, today)}
        found += len(listed)
    assert found > 6


def test_the_history_tells_once_that_a_proposal_waited(register: Register) -> None:
    week, old = register.proposed(days=8), register.proposed(facility=register.another("B"), days=15)
    assert escalate(at=timezone.now()) == 3
    assert escalate_task() == 0
    assert [row.what for row in week.history.all()] == ["proposed", "to_director"]
    assert [row.what for row in old.history.all()] == ["proposed", "to_director", "to_body"]
