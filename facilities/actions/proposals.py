"""What is done with proposals: make one, withdraw it, let it rise when it waits; deciding is in `decisions.py`."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import Place, User
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text
from facilities.actions.decisions import close, demand_open, locked
from facilities.actions.standing import demand_standing
from facilities.actions.wishes import Wish, cleaned, wish_faults
from facilities.models import ChangeProposal, Facility, FieldChange, ProposalEvent
from facilities.models.proposals import (
    OF_A_NEW_ONE,
    Field,
    ProposalState,
    ProposalWhat,
    fields_open_to,
    standing_values,
)
from facilities.rules.proposals import Escalation, same_value

__all__ = ["Wish", "escalate", "propose", "propose_new", "withdraw"]

_SUPPORT = (Field.SUPPORT_BEGIN, Field.SUPPORT_END)


@transaction.atomic
def propose(*, facility: Facility, wishes: Sequence[Wish], reason: str, by: User, at: dt.datetime) -> ChangeProposal:
    """Propose other values for some fields of a facility; what stands already is left out. Sent twice, it is one.

    A person has one open proposal for a field of a facility; those of others stand beside it.
    """
    require(by, Permission.PROPOSE_FACILITIES, facility)
    today, held = timezone.localdate(at), Facility.objects.select_for_update().get(pk=facility.pk)
    demand_standing(held)
    allowed, stands = fields_open_to(by, held, today), standing_values(held, today)
    reason, given = clean_text(reason, multiline=True), [cleaned(wish) for wish in wishes]
    kept = [one for one in given if one.field in _SUPPORT or not same_value(one.new, stands.get(one.field))]
    mine = FieldChange.objects.filter(facility=held, by=by, state=ProposalState.OPEN).select_related("proposal")
    for proposal in {change.proposal for change in mine}:
        if _says(proposal, kept, reason):
            return proposal
    faults = wish_faults(kept, reason, by, today) + _support_faults(kept, stands)
    faults += [_not_open(one.field) for one in kept if one.field not in allowed]
    faults += [_exists(one.field) for one in kept if one.field in {change.field for change in mine}]
    if not kept:
        faults.append(Fault("", "unchanged", _("Nothing differs from what stands in the register.")))
    if faults:
        raise _invalid(faults)
    return _written(ChangeProposal(facility=held, place=held.place), kept, stands, reason, by, at)


@transaction.atomic
def propose_new(*, place: Place, wishes: Sequence[Wish], reason: str, by: User, at: dt.datetime) -> ChangeProposal:
    """Propose that a facility be entered in the register; the same once more is answered with what is open."""
    proposal = ChangeProposal(new=True, place=place)
    require(by, Permission.PROPOSE_FACILITIES, proposal)
    # A form that is sent twice: the second waits for the first.
    Place.objects.select_for_update().get(pk=place.pk)
    reason, given = clean_text(reason, multiline=True), [cleaned(wish) for wish in wishes]
    kept = [one for one in given if one.field in OF_A_NEW_ONE and one.new not in ("", [], None)]
    for row in ChangeProposal.objects.open().filter(new=True, place=place, by=by):
        if _says(row, kept, reason):
            return row
    faults = wish_faults(kept, reason, by, timezone.localdate(at))
    fields = {one.field for one in kept}
    needed = (one for one in (Field.NAME_AR, Field.NAME_EN, Field.TYPE) if one not in fields)
    faults += [Fault(one, "required", _("This is required.")) for one in needed]
    if faults:
        raise _invalid(faults)
    return _written(proposal, kept, {}, reason, by, at)


@transaction.atomic
def withdraw(*, proposal: ChangeProposal, by: User, at: dt.datetime) -> ChangeProposal:
    """Take back what is still open of a proposal of one's own organisation."""
    held = locked(proposal)
    require(by, Permission.PROPOSE_FACILITIES, held)
    if held.acting_id != by.acting_id:
        told = _("Only the organisation that proposed this can withdraw it.")
        raise Refused(Permission.PROPOSE_FACILITIES, held, code="not_yours", detail=told)
    demand_open(held)
    waiting = list(held.changes.filter(state=ProposalState.OPEN))
    close(held, waiting, ProposalWhat.WITHDRAWN, "", by, at)
    return held


@transaction.atomic
def escalate(*, at: dt.datetime) -> int:
    """Write into the histories that proposals waited for a week, or two; answer how many lines. Twice changes nothing."""
    today, told = timezone.localdate(at), 0
    for days, what in ((Escalation.DIRECTOR, ProposalWhat.TO_DIRECTOR), (Escalation.BODY, ProposalWhat.TO_BODY)):
        rows = ChangeProposal.objects.open().asked_by(today - dt.timedelta(days=days)).exclude(history__what=what)
        events = [ProposalEvent(proposal=row, at=at, what=what) for row in rows]
        ProposalEvent.objects.bulk_create(events, ignore_conflicts=True)
        told += len(events)
    return told


def _says(proposal: ChangeProposal, wishes: Sequence[Wish], reason: str) -> bool:
    """Whether an open proposal says exactly this: then it was sent twice."""
    changes = {change.field: change for change in proposal.changes.all()}
    return (
        proposal.reason == reason
        and set(changes) == {str(one.field) for one in wishes}
        and all(same_value(changes[one.field].new, one.new) and changes[one.field].day == one.day for one in wishes)
    )


def _support_faults(wishes: Sequence[Wish], stands: dict[str, Any]) -> list[Fault]:
    """Support begins where there is none, and ends where there is one."""
    found = []
    for wish in wishes:
        supports = wish.new in stands[Field.SUPPORT_BEGIN]
        if wish.field == Field.SUPPORT_BEGIN and supports:
            found.append(Fault(wish.field, "exists", _("This organisation supports the facility already.")))
        if wish.field == Field.SUPPORT_END and not supports:
            found.append(Fault(wish.field, "not_supported", _("This organisation does not support the facility.")))
    return found


def _not_open(field: Field) -> Fault:
    """Another value for this field is not theirs to propose."""
    told = _("Proposing another value for this is not open to an organisation that does not support the facility.")
    return Fault(field, "not_yours", told)


def _exists(field: Field) -> Fault:
    """The person has an open proposal for the field."""
    told = _("An open proposal of yours for this exists already. It can be withdrawn first.")
    return Fault(field, "exists", told)


def _invalid(faults: list[Fault]) -> Problem:
    """All faults of a proposal."""
    return Problem("invalid", _("This cannot be proposed like this; each fault is listed."), errors=faults)


def _written(
    proposal: ChangeProposal, wishes: Sequence[Wish], stands: dict[str, Any], reason: str, by: User, at: dt.datetime
) -> ChangeProposal:
    """The proposal with its changes, its first line of history, and the entry in the record."""
    assert by.acting is not None  # noqa: S101 - whoever has a right acts as an organisation
    proposal.by, proposal.acting, proposal.at, proposal.reason = by, by.acting, at, reason
    proposal.save(force_insert=True)
    FieldChange.objects.bulk_create(
        FieldChange(
            proposal=proposal,
            facility=proposal.facility,
            by=by,
            field=one.field,
            old=stands.get(one.field),
            new=one.new,
            day=one.day,
        )
        for one in wishes
    )
    fields = [str(one.field) for one in wishes]
    ProposalEvent.objects.create(
        proposal=proposal, at=at, by=by, acting=by.acting, what=ProposalWhat.PROPOSED, fields=fields, note=reason
    )
    record(by, "propose", proposal, facility=proposal.facility.code if proposal.facility else None, fields=fields)
    return proposal
