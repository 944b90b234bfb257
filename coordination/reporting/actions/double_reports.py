"""Double reports are found and kept in step with what was sent, and those above are told of what is not settled in time.

All of it is the portal's own work: it is safe twice and at once, and changes nothing of what counts.
"""

import datetime
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.models.double_reports import (
    WAITING,
    DoubleDeed,
    DoubleReport,
    DoubleReportEvent,
    DoubleState,
    Settlement,
)
from coordination.reporting.rules.double_reports_sql import FIND, FIND_RECENT, FIND_SHARED, STALE, STALE_SHARED
from coordination.reporting.rules.periods import period_name
from directorates.audit import record
from directorates.foundation.notices import Told, notify
from directorates.foundation.outbox import queue
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.models.deputies import holders, roles_with
from directorates.models.organisations import Kind
from directorates.permissions import Permission

TASK = "reporting.attend_to_double_reports"
# So long the parties have to settle it among themselves, then again before the body is told; a proposal waits as long.
WITHIN = datetime.timedelta(days=14)
# What came so long ago was attended to when it came; the nightly pass looks at everything.
RECENT = datetime.timedelta(days=2)
DIRECTOR, BODY = 1, 2


def await_attention() -> None:
    """Have double reports looked for once the caller's transaction has committed."""
    queue(TASK)


def attend(*, at: datetime.datetime, everything: bool = False) -> int:
    """Find what was reported twice, and bring what is known in step with the reports; answers how many rows changed."""
    since = None if everything else at - RECENT
    with transaction.atomic(), connection.cursor() as cursor:
        given = {"at": at, "due": timezone.localdate(at) + WITHIN, "since": since}
        cursor.execute(FIND if everything else FIND_RECENT, given)
        new = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(FIND_SHARED, given)
        new += [pk for (pk,) in cursor.fetchall()]
        for double in DoubleReport.objects.filter(pk__in=new).named():
            append(double, DoubleDeed.FOUND, None, at)
            record(None, "find_double_report", double)
        cursor.execute(STALE, given)
        stale = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(STALE_SHARED)
        stale += [pk for (pk,) in cursor.fetchall()]
    return len(new) + sum(_bring_in_step(pk, at) for pk in stale)


@transaction.atomic
def _bring_in_step(pk: int, at: datetime.datetime) -> bool:
    """One known double report, locked and looked at again; whether it changed."""
    double = DoubleReport.objects.named().select_for_update(of=("self",)).get(pk=pk)
    now = revisions_of(double)
    if len(now) < 2:
        return double.state != DoubleState.OVER and _over(double, at)
    changed = False
    if double.proposal is not None and sorted(double.proposal.revisions) != now:
        lapse(double, at)
        changed = True
    stands = resting(double, now)
    if double.state in (DoubleState.OVER, DoubleState.SETTLED, DoubleState.AGAIN) and (
        changed or stands != double.state
    ):
        turn(double, stands, due=timezone.localdate(at) + WITHIN, told_above=0)
        append(double, DoubleDeed.AGAIN if double.settlement_id else DoubleDeed.FOUND, None, at)
        changed = True
    return changed


def _over(double: DoubleReport, at: datetime.datetime) -> bool:
    """Only one report is left, or none: what was settled stays, and rests until another comes."""
    turn(double, DoubleState.OVER, proposal=None, arbiter=None)
    append(double, DoubleDeed.OVER, None, at)
    return True


def revisions_of(double: DoubleReport) -> list[int]:
    """The revisions that stand side by side now, in the order of their ids."""
    return sorted(report.revision_id for report in double.reports if report.revision_id is not None)


def resting(double: DoubleReport, now: list[int]) -> DoubleState:
    """How a double report stands while nothing is proposed."""
    if double.arbiter_id is not None and double.state == DoubleState.ARBITRATION:
        return DoubleState.ARBITRATION
    if double.settlement is None:
        return DoubleState.OPEN
    return DoubleState.SETTLED if sorted(double.settlement.revisions) == now else DoubleState.AGAIN


def lapse(double: DoubleReport, at: datetime.datetime) -> None:
    """Let a proposal go that nobody answered in time, or whose reports were corrected."""
    proposal, double.proposal = double.proposal, None
    state = DoubleState.OPEN if double.state == DoubleState.PROPOSED else DoubleState(double.state)
    double.state = state
    turn(double, resting(double, revisions_of(double)), proposal=None)
    append(double, DoubleDeed.LAPSED, None, at, settlement=proposal)


def turn(double: DoubleReport, state: DoubleState, **fields: Any) -> None:
    """Write how far a double report is."""
    for name, value in {"state": state, **fields}.items():
        setattr(double, name, value)
    double.save(update_fields=["state", *fields])


@unwalled
def append(
    double: DoubleReport,
    kind: DoubleDeed,
    by: User | None,
    at: datetime.datetime,
    *,
    settlement: Settlement | None = None,
    arbiter: Organisation | None = None,
    text: str = "",
) -> DoubleReportEvent:
    """Write what happened, and tell whoever has to do with it."""
    made = DoubleReportEvent.objects.create(
        double=double,
        kind=kind,
        settlement=settlement,
        arbiter=arbiter,
        text=text,
        by=by,
        acting_id=by.acting_id if by else None,
        at=at,
    )
    _tell(made)
    return made


def _tell(event: DoubleReportEvent) -> None:
    """Tell the sides, the arbiter or those above, as far as it is theirs; never whoever did it."""
    double, day = event.double, timezone.localdate(event.at)
    reports = double.reports
    people = set()
    if event.kind == DoubleDeed.ARBITER and event.arbiter_id:
        people |= _holders([event.arbiter_id], Permission.ARBITRATE_REPORTS, day)
    if event.kind == DoubleDeed.ABOVE:
        people |= _above(double, day)
    for report in reports:
        found = holders([report.reporter_id], roles_with(Permission.SUBMIT_REPORTS), day)
        people |= {one.person.pk for one in found if one.covers(report.place_path)}
    rules = double.template.programme.week_rules_kept if double.period.type.is_week else ()
    values = {
        "what": str(event.kind),
        "facility": {"ar": double.facility.name_ar, "en": double.facility.name_en},
        "template": {
            "ar": " · ".join(one.name_ar for one in double.templates),
            "en": " · ".join(one.name_en for one in double.templates),
        },
        "period": {language: period_name(double.period, language, rules) for language in ("ar", "en")},
        "due": double.due.isoformat(),
    }
    told = [Told(pk, f"double:{double.pk}:{event.pk}", values) for pk in people - {event.by_id}]
    notify("double_report", told, url=reverse("reporting:double_report", args=[double.pk]), at=event.at)


def _above(double: DoubleReport, day: datetime.date) -> set[int]:
    """Who above is told now: whoever can name an arbiter for the reviewing directorate, or the body's data managers."""
    if double.told_above >= BODY:
        bodies = Organisation.objects.filter(kind=Kind.BODY, status="active").values_list("pk", flat=True)
        return _holders(bodies, Permission.RUN_CONSOLIDATION, day)
    return _holders({report.reviewer_id for report in double.reports}, Permission.AGREE_ON_SHARING, day)


def _holders(organisations: Iterable[int], permission: Permission, day: datetime.date) -> set[int]:
    """The people who hold a right in some organisations."""
    return {one.person.pk for one in holders(organisations, roles_with(permission), day)}


def escalate_double_reports(*, at: datetime.datetime) -> int:
    """Let old proposals lapse, and tell those above of what is not settled in time, each once; answers how many changed."""
    today = timezone.localdate(at)
    late = list(DoubleReport.objects.filter(proposal__at__lt=at - WITHIN).values_list("pk", flat=True))
    done = sum(_each(pk, partial(_lapse_if_old, at=at)) for pk in late)
    for level in (DIRECTOR, BODY):
        waits = DoubleReport.objects.waiting().filter(due__lt=today - WITHIN * (level - 1), told_above=level - 1)
        done += sum(
            _each(pk, partial(_escalate, level=level, at=at)) for pk in list(waits.values_list("pk", flat=True))
        )
    return done


def _lapse_if_old(double: DoubleReport, *, at: datetime.datetime) -> bool:
    """Let a proposal go that waits for too long."""
    old = double.proposal is not None and double.proposal.at < at - WITHIN
    if old:
        lapse(double, at)
    return old


def _escalate(double: DoubleReport, *, level: int, at: datetime.datetime) -> bool:
    """Tell one level, unless it was told or nothing waits any more."""
    late = double.state in WAITING and double.told_above < level
    if late:
        turn(double, DoubleState(double.state), told_above=level)
        append(double, DoubleDeed.ABOVE, None, at)
    return late


@transaction.atomic
def _each(pk: int, act: Callable[[DoubleReport], bool]) -> bool:
    """Do something with one double report, locked and as it stands now."""
    return act(DoubleReport.objects.named().select_for_update(of=("self",)).get(pk=pk))
