"""Double reports are found and kept in step with what was sent, and those above are told of what is not settled in time.

All of it is the portal's own work: it is safe twice and at once, and changes nothing of what counts.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from coordination.reporting.actions.double_notices import tell
from coordination.reporting.models.double_reports import (
    BODY,
    DIRECTOR,
    WAITING,
    DoubleDeed,
    DoubleReport,
    DoubleReportEvent,
    DoubleState,
    Settlement,
)
from coordination.reporting.models.double_rows import first_of, otherwise_among, with_reports
from coordination.reporting.rules import double_reports_sql as sql
from directorates.audit import record_many
from directorates.foundation.outbox import queue
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from facilities.models.duplicates import Merge, entries_of

TASK = "reporting.attend_to_double_reports"
# So long the parties have to settle it among themselves, then again before the body is told; a proposal waits as long.
WITHIN = datetime.timedelta(days=14)
# What came so long ago was attended to when it came; the nightly pass looks at everything.
RECENT = datetime.timedelta(days=2)
# So many that were found are written in one transaction.
CHUNK = 500
# Template, perhaps the other template, facility, first day of the period.
Found = tuple[int, int | None, int, datetime.date]


def await_attention(*about: int | str) -> None:
    """Have double reports looked for once the caller's transaction has committed; `about` one facility and first day alone."""
    queue(TASK, *about)


def attend(
    *,
    at: datetime.datetime,
    everything: bool = False,
    since: datetime.datetime | None = None,
    about: tuple[int, datetime.date] | None = None,
) -> int:
    """Find what was reported twice, and bring what is known in step with the reports; answers how many rows changed.

    Of everything, of one facility and first day, or of what changed since a moment, lately where none is given.
    """
    changed = "" if everything else sql.OF_ONE if about else sql.RECENT
    facility, day = about or (None, None)
    entries = entries_of()
    given = {"since": since or at - RECENT, "facility": facility, "day": day, "merged": list(entries)}
    touched = entries if everything else _touched(changed, given, entries)
    given |= {"entries": list(touched), "lasts": list(touched.values())}
    found: list[Found] = [*_asked(sql.find(changed), given), *_asked(sql.find_shared(changed), given)]
    if touched:
        found += [*_asked(sql.FIND_MERGED, given), *_asked(sql.FIND_SHARED_MERGED, given)]
    written = sum(_keep(found[start : start + CHUNK], at) for start in range(0, len(found), CHUNK))
    rows = [*_asked(sql.stale(changed), given), *_asked(sql.stale_shared(changed), given)]
    return written + sum(_bring_in_step(pk, at) for pk in [*(pk for (pk,) in rows), *_otherwise(touched)])


def _touched(changed: str, given: dict[str, Any], entries: Mapping[int, int]) -> dict[int, int]:
    """The merged entries of facilities of which something changed, or that were merged since."""
    if not entries:
        return {}
    lasts = {entries[facility] for (facility,) in _asked(sql.changed_among(changed), given)}
    lasts |= {entries[one] for one in Merge.objects.filter(at__gte=given["since"]).values_list("merged", flat=True)}
    return {one: last for one, last in entries.items() if last in lasts}


@unwalled
def _otherwise(entries: Mapping[int, int]) -> list[int]:
    """What is known of merged entries and stands otherwise by now."""
    return otherwise_among(entries) if entries else []


def _asked(statement: str, given: dict[str, Any]) -> list[Any]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


@transaction.atomic
@unwalled
def _keep(found: Sequence[Found], at: datetime.datetime) -> int:
    """Write down what was found, tell of it and record it; what somebody else wrote down meanwhile is left to them."""
    templates, others, facilities, days = (list(column) for column in zip(*found, strict=True))
    columns = {"templates": templates, "others": others, "facilities": facilities, "days": days}
    ids = [pk for (pk,) in _asked(sql.KEEP, {**columns, "at": at, "due": timezone.localdate(at) + WITHIN})]
    doubles = with_reports(DoubleReport.objects.filter(pk__in=ids).order_by("pk").named())
    if doubles:
        events = (DoubleReportEvent(double=double, kind=DoubleDeed.FOUND, at=at) for double in doubles)
        tell(DoubleReportEvent.objects.bulk_create(events))
        record_many(None, "find_double_report", [(double, {}) for double in doubles])
    return len(doubles)


@transaction.atomic
def _bring_in_step(pk: int, at: datetime.datetime) -> bool:
    """One known double report, locked and looked at again; whether it changed."""
    double = DoubleReport.objects.named().select_for_update(of=("self",)).get(pk=pk)
    if first_of(double) != double.pk:
        return _join(double, at)
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


def _join(double: DoubleReport, at: datetime.datetime) -> bool:
    """Let one about a merged entry rest for good beside the one that stands for the facility; whether it changed.

    What was settled here, and not last, counts no more; whoever sent the reports is told of the other one.
    """
    stands = double.state == DoubleState.OVER and double.settlement_id is None
    if not stands:
        turn(double, DoubleState.OVER, settlement=None, proposal=None, arbiter=None)
        DoubleReportEvent.objects.create(double=double, kind=DoubleDeed.JOINED, at=at)
    return not stands


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
    tell([made])
    return made


def escalate_double_reports(*, at: datetime.datetime) -> int:
    """Let old proposals and silent arbiters go, and tell those above of what is not settled in time; answers how many changed."""
    today = timezone.localdate(at)
    late = list(DoubleReport.objects.filter(proposal__at__lt=at - WITHIN).values_list("pk", flat=True))
    done = sum(_each(pk, partial(_lapse_if_old, at=at)) for pk in late)
    silent = DoubleReport.objects.filter(state=DoubleState.ARBITRATION, due__lt=today).values_list("pk", flat=True)
    done += sum(_each(pk, partial(_let_arbiter_go, at=at)) for pk in list(silent))
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


def _let_arbiter_go(double: DoubleReport, *, at: datetime.datetime) -> bool:
    """Let an arbiter go that did not decide in its time: it reads no more, and whoever named it is asked again."""
    arbiter, today = double.arbiter, timezone.localdate(at)
    late = double.state == DoubleState.ARBITRATION and double.due < today
    if late:
        double.arbiter = None
        double.state = DoubleState.OPEN
        stands = DoubleState.PROPOSED if double.proposal_id else resting(double, revisions_of(double))
        turn(double, stands, arbiter=None, due=today, told_above=DIRECTOR)
        append(double, DoubleDeed.SILENT, None, at, arbiter=arbiter)
    return late


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
