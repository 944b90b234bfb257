"""Arbiters of double reports: named where the sides do not agree, they decide in their time, and read the numbers no longer."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.double_reports import WITHIN, append, turn
from coordination.reporting.actions.settlements import (
    Held,
    Said,
    demand_seen,
    demand_unsealed,
    examined,
    hold,
    make,
    settle,
)
from coordination.reporting.models.double_reports import WAITING, DoubleDeed, DoubleReport, DoubleState
from coordination.reporting.models.double_rows import naming_right
from coordination.reporting.models.submissions import Submission
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.organisations import OrganisationStatus
from directorates.permissions import Permission, Refused, require


def demand_naming(by: User, reports: Sequence[Submission]) -> None:
    """Raise unless a person agrees for the reviewing directorate on who reads its data, or reviews them for the body.

    Merged entries may lie with two directorates: whoever names an arbiter answers for every report that it will read.
    """
    for report in reports:
        require(by, naming_right(report.reviewer), report)


def demand_deciding(by: User, double: DoubleReport) -> None:
    """Raise unless a person decides for the arbiter that was named."""
    require(by, Permission.ARBITRATE_REPORTS)
    if double.arbiter_id != by.acting_id:
        detail = _("Only the arbiter whom the directorate named decides this.")
        raise Refused(Permission.ARBITRATE_REPORTS, double, detail=detail)


@transaction.atomic
def name_arbiter(*, double: DoubleReport, arbiter: Organisation, by: User, at: datetime.datetime) -> DoubleReport:
    """Name the organisation that decides; it reads these reports until it has, or its time is over.

    Another one named later takes its place. 409 `settled` where no report changed since it was, `too_early` while the sides
    have time and none refused the other's proposal.
    """
    held = hold(double, WAITING)
    demand_naming(by, held.sent)
    _demand_time(held.double, timezone.localdate(at))
    faults = _arbiter_faults(held, arbiter)
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    demand_unsealed(held, arbiter.pk)
    if held.double.state == DoubleState.ARBITRATION and held.double.arbiter_id == arbiter.pk:
        return held.double
    due = timezone.localdate(at) + WITHIN
    turn(held.double, DoubleState.ARBITRATION, arbiter=arbiter, due=due, told_above=0)
    append(held.double, DoubleDeed.ARBITER, by, at, arbiter=arbiter)
    record(by, "name_arbiter", held.double, arbiter=arbiter.code)
    return held.double


def _demand_time(double: DoubleReport, day: datetime.date) -> None:
    """Raise 409 `settled` where it is settled, `too_early` while they have time to settle it themselves."""
    if double.settled_still and double.state != DoubleState.ARBITRATION:
        words = _("It is settled, and no report changed since: no arbiter decides it.")
        raise Problem("settled", words, 409)
    if not double.sides_disagree(day):
        words = _("The sides settle it themselves until %(day)s, unless one of them refuses what another proposed.")
        raise Problem("too_early", words % {"day": double.due.isoformat()}, 409)


def _arbiter_faults(held: Held, arbiter: Organisation) -> list[Fault]:
    """Why an organisation cannot decide: it is a side, acts no more, or may not read such data."""
    found = []
    if arbiter.pk in held.sides:
        found.append(Fault("arbiter", "own_case", _("Nobody decides about the own report.")))
    if arbiter.status != OrganisationStatus.ACTIVE:
        found.append(Fault("arbiter", "inactive", _("This organisation does not act any more.")))
    dataset = held.sent[0].dataset
    if dataset.by_agreement and arbiter.pk not in (dataset.custodian_id, held.sent[0].reviewer_id):
        words = _("These data are read by agreement only: their custodian or the reviewing directorate can decide.")
        found.append(Fault("arbiter", "by_agreement", words))
    return found


@transaction.atomic
def decide_settlement(*, double: DoubleReport, said: Said, by: User, at: datetime.datetime) -> DoubleReport:
    """Decide as the arbiter what counts; both sides read why. The parties can still agree on something else together.

    409 `no_arbiter` where the arbiter became a side since, or may not read such data any more.
    """
    held = hold(double, (DoubleState.ARBITRATION,))
    demand_deciding(by, held.double)
    faults = _arbiter_faults(held, held.double.arbiter) if held.double.arbiter else []
    if faults:
        raise Problem("no_arbiter", " ".join(str(one.message) for one in faults), 409)
    demand_unsealed(held)
    now = demand_seen(held, said.seen)
    reason = examined(held, said, by)
    made = make(held, said, reason, now, by, at)
    append(held.double, DoubleDeed.DECIDED, by, at, settlement=made)
    record(by, "decide_settlement", held.double, way=made.way, settlement=made.pk)
    settle(held, made, by, at)
    return held.double
