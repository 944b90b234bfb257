"""Deciding proposed changes: by whom, field by field, against what stands now, and what becomes of the others."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from directorates.foundation.models import OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Organisation
from directorates.permissions import Refused
from directorates.roles import Role
from facilities.actions.facilities import describe_facility
from facilities.actions.proposals import Wish, propose_new, withdraw
from facilities.actions.statuses import change_status
from facilities.models import ChangeProposal, Facility
from facilities.models.facilities import FacilityType
from facilities.models.proposals import Field, compared
from facilities.models.statuses import Operating
from tests.facilities.proposing import DAY, FIRST, Register, read
from tests.factories import OrganisationFactory, SubdistrictFactory, member
from tests.threads import at_once

pytestmark = pytest.mark.django_db
MARCH = datetime.date(2026, 3, 1)


@pytest.fixture
def register() -> Register:
    """A directorate, a facility, and the people around it."""
    return Register()


def states(*proposals: ChangeProposal) -> list[str]:
    """How proposals stand now."""
    return [ChangeProposal.objects.get(pk=proposal.pk).state for proposal in proposals]


def fault_codes(problem: pytest.ExceptionInfo[Problem]) -> set[tuple[str, str]]:
    """Field and code of every fault."""
    return {(str(fault.field), fault.code) for fault in problem.value.errors}


def all_at_once(register: Register) -> ChangeProposal:
    """A proposal of every field that an organisation which supports may propose."""
    return register.proposed(
        wishes=[
            Wish(Field.NAME_AR, "مشفى الغار"),
            Wish(Field.NAME_EN, "Al-Ghar Hospital"),
            Wish(Field.TYPE, "hospital"),
            Wish(Field.SERVICES, ["surgery"]),
            Wish(Field.STATUS, "partially_functioning", MARCH),
            Wish(Field.SUPPORT_END, "uossm", MARCH),
        ]
    )


def test_what_is_approved_is_done_and_stands_in_every_history(register: Register) -> None:
    proposal = all_at_once(register)
    fields = [change.field for change in proposal.changes.all()]
    assert register.decided(proposal, *fields, read=read(proposal)).state == "approved"
    facility = Facility.objects.get(pk=register.facility.pk)
    assert (facility.name_en, facility.type, facility.status) == (
        "Al-Ghar Hospital",
        "hospital",
        "partially_functioning",
    )
    assert "Centre A" in facility.other_names
    status = facility.statuses.get(status="partially_functioning")
    assert (status.first_day, status.reason, status.by) == (MARCH, "Surgery has begun", register.officer)
    assert facility.supports.get(organisation=register.uossm).last_day == MARCH
    assert [row.what for row in proposal.history.all()] == ["proposed", "approved"]
    done = set(AuditEvent.objects.filter(by=register.officer).values_list("what", flat=True))
    assert done == {"describe", "change_status", "end_support", "proposal_approved"}
    assert OutboxMessage.objects.filter(task="reporting.expect").exists()


def test_some_fields_are_approved_and_others_refused_with_a_reason(register: Register) -> None:
    proposal = all_at_once(register)
    register.decided(proposal, "name_ar", "name_en", refuse=["type"], reason="No operating theatre yet")
    assert states(proposal) == ["open"]
    facility = Facility.objects.get(pk=register.facility.pk)
    assert (facility.name_en, facility.type) == ("Al-Ghar Hospital", "health_centre")
    refused = proposal.history.get(what="refused")
    assert (refused.fields, refused.note, refused.by) == (["type"], "No operating theatre yet", register.officer)
    left = [change.field for change in proposal.changes.filter(state="open")]
    register.decided(proposal, refuse=left, reason="Not before June")
    assert states(proposal) == ["approved"]


def test_a_refusal_needs_a_reason_and_something_must_be_chosen(register: Register) -> None:
    proposal = register.proposed()
    with pytest.raises(Problem) as problem:
        register.decided(proposal, refuse=["type"])
    assert fault_codes(problem) == {("reason", "required")}
    with pytest.raises(Problem) as problem:
        register.decided(proposal, reason="x" * 2001)
    assert fault_codes(problem) == {("", "nothing_chosen"), ("reason", "too_long")}
    assert states(proposal) == ["open"]


@pytest.mark.parametrize("who", ["officer", "director"])
def test_the_competent_directorate_decides(register: Register, who: str) -> None:
    assert register.decided(register.proposed(), "type", by=getattr(register, who)).state == "approved"


@pytest.mark.parametrize("who", ["nour", "tarek", "outsider"])
def test_no_organisation_decides_its_own_proposal_or_anothers(register: Register, who: str) -> None:
    proposal = register.proposed()
    with pytest.raises(Refused):
        register.decided(proposal, "type", by=getattr(register, who))
    assert states(proposal) == ["open"]


def test_a_reader_of_the_competent_directorate_is_told_that_the_right_is_missing(register: Register) -> None:
    reader = member(Role.OBSERVER, register.directorate)
    with pytest.raises(Refused) as refused:
        register.decided(register.proposed(), "type", by=reader)
    assert refused.value.code == "forbidden"


def test_another_directorate_does_not_decide_not_even_its_own_proposal(register: Register) -> None:
    stranger = member(Role.DATA_OFFICER, OrganisationFactory(kind="directorate"))
    proposal = register.proposed(by=stranger)
    with pytest.raises(Refused):
        register.decided(proposal, "type", by=stranger)


def test_the_body_decides_after_fourteen_days_and_is_told_so_before(register: Register) -> None:
    fresh, old = register.proposed(days=13), register.proposed(facility=register.another("B"), days=14)
    with pytest.raises(Refused) as refusal:
        register.decided(fresh, "type", by=register.administrator)
    assert refusal.value.code == "not_competent"
    assert register.directorate.name in str(refusal.value.detail)
    assert register.decided(old, "type", by=register.administrator).state == "approved"


def test_the_body_decides_at_once_where_no_directorate_is_competent(register: Register) -> None:
    proposal = register.proposed(facility=register.another("B", place=SubdistrictFactory()))
    with pytest.raises(Refused):
        register.decided(proposal, "type")
    assert register.decided(proposal, "type", by=register.administrator).state == "approved"


def test_two_proposals_for_one_field_stand_together_and_the_approved_one_overtakes(register: Register) -> None:
    one, other = register.proposed(), register.proposed(by=register.tarek, wishes=[Wish(Field.TYPE, "laboratory")])
    services = register.proposed(by=register.director, wishes=[Wish(Field.SERVICES, ["surgery"])])
    (line,) = compared(one, timezone.localdate())
    assert [rival.new for rival in line.rivals] == ["laboratory"]
    register.decided(one, "type")
    assert states(one, other, services) == ["approved", "overtaken", "open"]
    assert [row.what for row in other.history.all()] == ["proposed", "overtaken"]


def test_the_others_may_be_kept_and_show_what_stood_and_what_stands(register: Register) -> None:
    one, other = register.proposed(), register.proposed(by=register.tarek, wishes=[Wish(Field.TYPE, "laboratory")])
    register.decided(one, "type", keep=True)
    assert states(one, other) == ["approved", "open"]
    (line,) = compared(ChangeProposal.objects.get(pk=other.pk), timezone.localdate())
    assert (line.change.old, line.now, line.change.new, line.moved) == (
        "health_centre",
        "hospital",
        "laboratory",
        True,
    )


def test_support_by_several_stands_beside_one_another(register: Register) -> None:
    facility = register.another("B", supporters=[])
    one = register.proposed(facility=facility, wishes=[Wish(Field.SUPPORT_BEGIN, "uossm", MARCH)])
    other = register.proposed(facility=facility, by=register.tarek, wishes=[Wish(Field.SUPPORT_BEGIN, "sams", MARCH)])
    for proposal in (one, other):
        register.decided(proposal, "support_begin")
    assert states(one, other) == ["approved", "approved"]
    assert {row.organisation.code for row in facility.supports.all()} == {"uossm", "sams"}


def test_nothing_is_decided_on_what_nobody_read(register: Register) -> None:
    proposal = register.proposed()
    before = read(proposal)
    describe_facility(
        facility=register.facility, name_ar="أ", name_en="A", type=FacilityType.LABORATORY, services=[],
        other_names=[], by=register.director,
    )  # fmt: skip
    with pytest.raises(Problem) as problem:
        register.decided(proposal, "type", read=before)
    assert (problem.value.code, problem.value.status) == ("changed", 409)
    assert register.decided(proposal, "type", read=read(proposal)).state == "approved"


def test_nothing_is_decided_past_a_rival_that_nobody_read(register: Register) -> None:
    proposal = register.proposed()
    before = read(proposal)
    rival = register.proposed(by=register.tarek, wishes=[Wish(Field.TYPE, "laboratory")])
    with pytest.raises(Problem) as problem:
        register.decided(proposal, "type", read=before)
    assert problem.value.code == "changed"
    assert states(proposal, rival) == ["open", "open"]


def test_what_the_register_refuses_is_told_at_its_field_and_nothing_is_done(register: Register) -> None:
    proposal = all_at_once(register)
    change_status(
        facility=register.facility, status=Operating.CLOSED, reason="Shelling", since=MARCH + DAY,
        by=register.director, at=timezone.now(),
    )  # fmt: skip
    fields = [change.field for change in proposal.changes.all()]
    with pytest.raises(Problem) as problem:
        register.decided(proposal, *fields)
    assert fault_codes(problem) == {("status", "too_early")}
    assert Facility.objects.get(pk=register.facility.pk).name_en == "Centre A"
    assert states(proposal) == ["open"]


def test_a_decided_proposal_is_decided_once(register: Register) -> None:
    proposal = register.proposed()
    register.decided(proposal, "type")
    with pytest.raises(Problem) as problem:
        register.decided(proposal, refuse=["type"], reason="No")
    assert (problem.value.code, problem.value.status) == ("wrong_state", 409)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts() -> None:
    register = Register()
    one, other = register.proposed(), register.proposed(by=register.tarek, wishes=[Wish(Field.TYPE, "laboratory")])
    answers = at_once(
        lambda: register.decided(one, "type").state,
        lambda: register.decided(other, "type", by=register.director).state,
    )
    assert sorted(str(getattr(answer, "code", answer)) for answer in answers) == ["approved", "wrong_state"]
    assert sorted(states(one, other)) == ["approved", "overtaken"]


def proposed_new(register: Register) -> ChangeProposal:
    """A new facility, supported by who proposes it."""
    wishes: list[tuple[Field, Any]] = [
        (Field.NAME_AR, "مركز السرو"),
        (Field.NAME_EN, "Al-Sarw"),
        (Field.TYPE, "health_centre"),
        (Field.SERVICES, ["outpatient"]),
        (Field.OPENED, FIRST.isoformat()),
    ]
    return propose_new(
        place=register.place,
        wishes=[*(Wish(name, value) for name, value in wishes), Wish(Field.SUPPORT_BEGIN, "uossm", MARCH)],
        reason="Opened",
        by=register.nour,
        at=timezone.now(),
    )


def test_a_new_facility_is_entered_with_the_code_that_the_directorate_gives(register: Register) -> None:
    proposal = proposed_new(register)
    fields = [change.field for change in proposal.changes.all()]
    for code, fault in (("", "invalid"), ("a/../b", "invalid"), ("A", "invalid"), ("AA-1\n", "invalid")):
        with pytest.raises(Problem) as problem:
            register.decided(proposal, *fields, code=code)
        assert fault_codes(problem) == {("code", fault)}
    with pytest.raises(Problem) as problem:
        register.decided(proposal, *fields[:2], code="SY07-C100")
    assert fault_codes(problem) == {("", "whole")}
    register.decided(proposal, *fields, code="SY07-C100")
    facility = Facility.objects.get(code="SY07-C100")
    assert (facility.place, facility.opened, facility.status) == (register.place, FIRST, "functioning")
    assert facility.supports.get().organisation == register.uossm
    assert ChangeProposal.objects.get(pk=proposal.pk).facility == facility


def test_a_code_that_is_taken_is_told_and_the_proposal_waits(register: Register) -> None:
    proposal = proposed_new(register)
    register.another("TAKEN-1")
    with pytest.raises(Problem) as problem:
        register.decided(proposal, *[change.field for change in proposal.changes.all()], code="taken-1")
    assert fault_codes(problem) == {("code", "exists")}
    assert states(proposal) == ["open"]


def test_a_new_facility_that_is_refused_enters_nothing(register: Register) -> None:
    proposal = proposed_new(register)
    count = Facility.objects.count()
    fields = [change.field for change in proposal.changes.all()]
    register.decided(proposal, refuse=fields, reason="It is SY07-C001")
    assert (states(proposal), Facility.objects.count()) == (["refused"], count)


def test_an_organisation_that_acts_no_more_cannot_begin_support_by_a_proposal(register: Register) -> None:
    proposal = register.proposed(by=register.outsider, wishes=[Wish(Field.SUPPORT_BEGIN, "pac", MARCH)])
    Organisation.objects.filter(code="pac").update(kind="donor")
    with pytest.raises(Problem) as problem:
        register.decided(proposal, "support_begin")
    assert fault_codes(problem) == {("support_begin", "not_an_ngo")}
    with pytest.raises(Refused):
        withdraw(proposal=proposal, by=register.nour, at=timezone.now())
