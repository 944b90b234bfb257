"""Deciding proposals field by field: what is approved is done by the register's own actions, in the same transaction."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.permissions import Permission, Refused
from directorates.rules.text import clean_text
from facilities.actions.facilities import describe_facility, register_facility
from facilities.actions.statuses import change_status
from facilities.actions.support import begin_support, end_support
from facilities.actions.wishes import text_faults
from facilities.models import ChangeProposal, Facility, FieldChange, ProposalEvent
from facilities.models.facilities import FacilityType, Service
from facilities.models.proposals import (
    DESCRIPTIVE,
    Field,
    ProposalState,
    ProposalWhat,
    compared,
    may_decide,
    rivals_of,
    seen,
    standing_values,
)
from facilities.models.statuses import Operating
from facilities.rules.proposals import outcome

LEADS_TO = {
    ProposalWhat.APPROVED: ProposalState.APPROVED,
    ProposalWhat.REFUSED: ProposalState.REFUSED,
    ProposalWhat.WITHDRAWN: ProposalState.WITHDRAWN,
    ProposalWhat.OVERTAKEN: ProposalState.OVERTAKEN,
    ProposalWhat.MERGED: ProposalState.OVERTAKEN,
}
# What `RegisterForm` asks of a code, for whoever calls without the form.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,19}", re.ASCII)


@transaction.atomic
def decide(
    *,
    proposal: ChangeProposal,
    approve: Collection[str],
    refuse: Collection[str],
    reason: str,
    keep: bool = False,
    code: str = "",
    read: str = "",
    by: User,
    at: dt.datetime,
) -> ChangeProposal:
    """Approve some fields of a proposal, refuse others with a reason, leave the rest open; all or nothing.

    Other open proposals that cannot stand beside what is approved are overtaken unless `keep`. A new facility is
    approved as a whole and gets the `code`. Where `read` names another state than the present one, nobody saw what
    would be decided: 409 `changed`.
    """
    held, today = locked(proposal), timezone.localdate(at)
    _demand_right(held, by, today)
    demand_open(held)
    lines = compared(held, today)
    if read and read != seen(lines):
        told = _("The register or this proposal changed in the meantime. Nothing was decided: read it once more.")
        raise Problem("changed", told, 409, [Fault("", "changed", told)])
    waiting = [line.change for line in lines if line.change.state == ProposalState.OPEN]
    approved = [change for change in waiting if change.field in approve]
    refused = [change for change in waiting if change.field in refuse and change.field not in approve]
    reason = clean_text(reason, multiline=True)
    faults = [*_faults(held, waiting, approved, refused, reason), *_code_faults(held, approved, code)]
    if faults:
        raise _invalid(faults)
    others = [] if keep else rivals_of(approved)
    _apply(held, approved, code, by, at)
    close(held, approved, ProposalWhat.APPROVED, "" if refused else reason, by, at)
    close(held, refused, ProposalWhat.REFUSED, reason, by, at)
    _overtake(others, ProposalWhat.OVERTAKEN, by, at)
    return held


def close_with_facility(*, facility: Facility, by: User, at: dt.datetime) -> None:
    """Close all open proposals about a facility that was merged into another one; within the caller's transaction."""
    rows = FieldChange.objects.filter(facility=facility, state=ProposalState.OPEN).select_related("proposal")
    _overtake(list(rows), ProposalWhat.MERGED, by, at)


def locked(proposal: ChangeProposal) -> ChangeProposal:
    """The proposal as it stands now, and its facility, locked."""
    if proposal.facility_id is not None:
        Facility.objects.select_for_update().get(pk=proposal.facility_id)
    rows = ChangeProposal.objects.select_for_update(of=("self",)).select_related("facility__place", "place", "acting")
    return rows.get(pk=proposal.pk)


def demand_open(proposal: ChangeProposal) -> None:
    """Raise 409 `wrong_state`, naming the state, unless a proposal waits."""
    if proposal.state != ProposalState.OPEN:
        told = _("This proposal waits no longer. Its state: %(state)s.") % {"state": proposal.get_state_display()}
        raise Problem("wrong_state", told, 409, extra={"state": proposal.state})


def close(
    proposal: ChangeProposal,
    changes: Sequence[FieldChange],
    what: ProposalWhat,
    note: str,
    by: User,
    at: dt.datetime,
) -> None:
    """Give some changes of a proposal their end, with a line of history; the proposal closes with the last of them."""
    if not changes:
        return
    state = LEADS_TO[what]
    FieldChange.objects.filter(pk__in=[change.pk for change in changes]).update(state=state)
    fields = [change.field for change in changes]
    ProposalEvent.objects.create(
        proposal=proposal, at=at, by=by, acting_id=by.acting_id, what=what, fields=fields, note=note
    )
    proposal.state = outcome(set(proposal.changes.values_list("state", flat=True)))
    if proposal.state != ProposalState.OPEN:
        proposal.closed = at
    ChangeProposal.objects.filter(pk=proposal.pk).update(
        state=proposal.state, closed=proposal.closed, facility=proposal.facility
    )
    record(by, f"proposal_{what.value}", proposal, fields=fields)


def _demand_right(proposal: ChangeProposal, by: User, today: dt.date) -> None:
    """Raise unless it is the person's to decide, saying whose it is."""
    if may_decide(by, proposal, today):
        return
    competent = proposal.competent_today
    if competent in (None, by.acting_id):
        raise Refused(Permission.MANAGE_FACILITIES, proposal)
    told = _("The competent directorate decides: %(directorate)s. After fourteen days the coordination body may.")
    name = Organisation.objects.get(pk=competent).name
    raise Refused(Permission.MANAGE_FACILITIES, proposal, code="not_competent", detail=told % {"directorate": name})


def _faults(
    proposal: ChangeProposal,
    waiting: Sequence[FieldChange],
    approved: Sequence[FieldChange],
    refused: Sequence[FieldChange],
    reason: str,
) -> list[Fault]:
    """Everything that speaks against a decision, at once."""
    found = text_faults("reason", reason)
    if not approved and not refused:
        found.append(
            Fault("", "nothing_chosen", _("Nothing was chosen: each value is approved, refused or left open."))
        )
    if refused and not reason:
        found.append(Fault("reason", "required", _("A reason is needed: whoever proposed this reads it.")))
    if proposal.new and (approved or refused) and len(waiting) not in (len(approved), len(refused)):
        found.append(Fault("", "whole", _("A new facility is approved or refused as a whole.")))
    return found


def _code_faults(proposal: ChangeProposal, approved: Sequence[FieldChange], code: str) -> list[Fault]:
    """What is wrong with the code that a new facility would get."""
    if not proposal.new or not approved or CODE.fullmatch(code):
        return []
    told = _("A code has 2 to 20 letters A to Z, digits and hyphens, for example SY07-H012.")
    return [Fault("code", "invalid", told)]


def _invalid(faults: list[Fault]) -> Problem:
    """All faults of a decision."""
    return Problem("invalid", _("This cannot be decided like this; each fault is listed."), errors=faults)


def _apply(proposal: ChangeProposal, changes: Sequence[FieldChange], code: str, by: User, at: dt.datetime) -> None:
    """Write what was approved by the register's own actions; what speaks against any of it is told together."""
    faults: list[Fault] = []

    def tried(field: str, deed: Callable[[], object]) -> None:
        try:
            deed()
        except Problem as problem:
            told = problem.errors or [Fault("", problem.code, problem.detail)]
            faults.extend(Fault(field or fault.field, fault.code, fault.message) for fault in told)

    approved = {change.field: change for change in changes}
    if proposal.new and changes:
        tried("", lambda: _register(proposal, approved, code, by, at))
    elif changes:
        _describe(proposal, approved, by, at)
    facility = proposal.facility
    if facility is not None and not faults:
        for field, deed in _dated_deeds(facility, approved, proposal.reason, by, at).items():
            tried(field, deed)
    if faults:
        raise _invalid(faults)


def _register(proposal: ChangeProposal, approved: dict[str, FieldChange], code: str, by: User, at: dt.datetime) -> None:
    """Enter the proposed facility."""
    values = {field: change.new for field, change in approved.items()}
    opened = values.get(Field.OPENED)
    proposal.facility = register_facility(
        code=code,
        name_ar=values[Field.NAME_AR],
        name_en=values[Field.NAME_EN],
        type=FacilityType(values[Field.TYPE]),
        place=proposal.place,
        services=[Service(one) for one in values.get(Field.SERVICES, [])],
        opened=dt.date.fromisoformat(opened) if opened else None,
        other_names=values.get(Field.OTHER_NAMES, []),
        by=by,
        at=at,
    )
    FieldChange.objects.filter(proposal=proposal).update(facility=proposal.facility)


def _describe(proposal: ChangeProposal, approved: dict[str, FieldChange], by: User, at: dt.datetime) -> None:
    """Names, type and services as approved; what is not part of it stays as it stands."""
    facility = proposal.facility
    if facility is None or not set(approved) & {str(one) for one in DESCRIPTIVE}:
        return
    values = standing_values(facility, timezone.localdate(at)) | {f: change.new for f, change in approved.items()}
    describe_facility(
        facility=facility,
        name_ar=values[Field.NAME_AR],
        name_en=values[Field.NAME_EN],
        type=FacilityType(values[Field.TYPE]),
        services=[Service(one) for one in values[Field.SERVICES]],
        other_names=values[Field.OTHER_NAMES],
        by=by,
    )


def _dated_deeds(
    facility: Facility, approved: dict[str, FieldChange], reason: str, by: User, at: dt.datetime
) -> dict[str, Callable[[], object]]:
    """What is to be done about status and support, by field."""
    found: dict[str, Callable[[], object]] = {}
    if change := approved.get(Field.STATUS):
        found[Field.STATUS] = lambda: change_status(
            facility=facility, status=Operating(change.new), reason=reason, since=_day(change), by=by, at=at
        )
    if begin := approved.get(Field.SUPPORT_BEGIN):
        found[Field.SUPPORT_BEGIN] = lambda: begin_support(
            facility=facility, organisation=Organisation.objects.get(code=begin.new), since=_day(begin), by=by
        )
    if end := approved.get(Field.SUPPORT_END):
        found[Field.SUPPORT_END] = lambda: _end(facility, end, by, at)
    return found


def _day(change: FieldChange) -> dt.date:
    """The day of a dated change; the database keeps that there is one."""
    assert change.day is not None  # noqa: S101 - tells the type checker
    return change.day


def _end(facility: Facility, change: FieldChange, by: User, at: dt.datetime) -> None:
    """End the support that stands today, with the proposed last day."""
    rows = facility.supports.filter(organisation__code=change.new, valid__contains=timezone.localdate(at))
    support = rows.select_related("facility__place").first()
    if support is None:
        told = _("This organisation does not support the facility.")
        raise Problem("not_supported", told, errors=[Fault("", "not_supported", told)])
    end_support(support=support, last_day=_day(change), by=by)


def _overtake(changes: Sequence[FieldChange], what: ProposalWhat, by: User, at: dt.datetime) -> None:
    """Close changes that can no longer stand, each proposal with a line of its history."""
    found: dict[int, list[FieldChange]] = defaultdict(list)
    for change in changes:
        found[change.proposal_id].append(change)
    rows = ChangeProposal.objects.select_for_update(of=("self",)).filter(pk__in=found).order_by("pk")
    for proposal in rows:
        close(proposal, found[proposal.pk], what, "", by, at)
