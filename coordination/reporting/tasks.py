"""Background work of reporting."""

import datetime

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from coordination.reporting.actions import (
    consolidation,
    counted,
    double_reports,
    expected,
    outliers,
    reminders,
    runs,
    schedules,
    scopes,
    troubles,
)
from coordination.reporting.models.runs import RunOrigin
from directorates.foundation.jobs import clock

# After a drain the next one waits so long, and takes what has come together meanwhile: however many approve at once,
# recomputing takes little from them.
PAUSE_SECONDS = 1
RECENT, PLANNED = "reporting.drain.recent", "reporting.drain.planned"
PLANNED_SECONDS = 10
# The same for what is reported twice, and when it was looked for last: a report is seen by others a while after its moment.
ATTENDED, ATTENDING, SINCE = "reporting.attend.recent", "reporting.attend.planned", "reporting.attend.since"
OVERLAP, SINCE_SECONDS = datetime.timedelta(minutes=10), 86400


@shared_task(name="reporting.drain")
def drain(*, planned: bool = False, scheduled: bool = False) -> int:
    """Compute figures again wherever marks stand; queued by every mark, collapsed by the relay, and scheduled.

    The scheduled drain waits for no other: what was planned by a clock that was put back since, or lost with the broker,
    holds up nothing.
    """
    if not planned and not scheduled and not cache.add(RECENT, 1, timeout=PAUSE_SECONDS):
        if cache.add(PLANNED, 1, timeout=PLANNED_SECONDS):
            drain.apply_async(kwargs={"planned": True}, countdown=PAUSE_SECONDS)
        return 0
    if planned:
        # Before marks are looked at: what is committed from now on plans the next drain.
        cache.delete(PLANNED)
        cache.set(RECENT, 1, timeout=PAUSE_SECONDS)
    return consolidation.drain(origin=RunOrigin.SCHEDULE if scheduled else RunOrigin.TOUCH).marks


@shared_task(name="reporting.start_due_checks")
def start_due_checks() -> int:
    """Start the checks of figures that are due; scheduled each minute, safe twice. The database's clock counts, on every host."""
    return schedules.start_due(at=clock())


@shared_task(name="reporting.watch_consolidation")
def watch_consolidation() -> list[str]:
    """Tell where figures lag behind or a run failed, once; scheduled each minute, safe twice."""
    return [str(kind) for kind in troubles.watch(at=clock())]


@shared_task(name="reporting.forget_runs")
def forget_runs() -> int:
    """Delete the history of consolidation whose time is over; scheduled each night."""
    return runs.forget_runs(at=clock())


@shared_task(name="reporting.rescope")
def rescope() -> int:
    """Move reports to whoever is competent by the facts; queued when a jurisdiction or an organisation changes."""
    return scopes.rescope()


@shared_task(name="reporting.expect")
def expect() -> int:
    """Bring what is expected in step with the facts; scheduled each hour, queued when a fact changes, safe twice."""
    return expected.expect(today=timezone.localdate())


@shared_task(name="reporting.recount_by_register")
def recount_by_register() -> int:
    """Choose anew what counts where support was written down late or entries were merged; queued by the register, scheduled, safe twice."""
    done = counted.recount_by_register()
    if done:
        # Of merged entries one report counts, and is expected.
        expected.expect(today=timezone.localdate())
    return done


@shared_task(name="reporting.compare")
def compare() -> int:
    """Look for what stands out in reports that were sent; queued by each, collapsed by the relay, and scheduled."""
    return outliers.compare_waiting(at=timezone.now()).reports


@shared_task(name="reporting.remind")
def remind() -> int:
    """Remind reporters of what is due soon or overdue; scheduled each morning, safe twice."""
    return reminders.remind(today=timezone.localdate(), at=timezone.now())


@shared_task(name="reporting.escalate")
def escalate() -> int:
    """Tell those above of reports that nobody reviews; scheduled each morning, safe twice."""
    return reminders.escalate(at=timezone.now())


@shared_task(name="reporting.attend_to_double_reports")
def attend_to_double_reports(
    facility: int | None = None, day: str | None = None, *, planned: bool = False, everything: bool = False
) -> int:
    """Find what was reported twice; queued by each report, collapsed by the relay; what a settlement changed, of its facility.

    Each pass looks at what changed since the one before. The scheduled one (`reporting.attend_to_recent_double_reports`)
    looks at two days, and each night one at all reports, whatever a cache forgot or a clock did.
    """
    at = timezone.now()
    if facility is not None and day is not None:
        return double_reports.attend(at=at, about=(facility, datetime.date.fromisoformat(day)))
    if everything:
        return double_reports.attend(at=at, everything=True)
    if not planned and not cache.add(ATTENDED, 1, timeout=PAUSE_SECONDS):
        if cache.add(ATTENDING, 1, timeout=PLANNED_SECONDS):
            attend_to_double_reports.apply_async(kwargs={"planned": True}, countdown=PAUSE_SECONDS)
        return 0
    if planned:
        cache.delete(ATTENDING)
        cache.set(ATTENDED, 1, timeout=PAUSE_SECONDS)
    before = cache.get(SINCE)
    found = double_reports.attend(at=at, since=before - OVERLAP if before and before <= at else None)
    cache.set(SINCE, at, timeout=SINCE_SECONDS)
    return found


@shared_task(name="reporting.attend_to_recent_double_reports")
def attend_to_recent_double_reports() -> int:
    """Find what was reported twice lately, and was missed; scheduled each ten minutes, safe twice."""
    return double_reports.attend(at=timezone.now())


@shared_task(name="reporting.escalate_double_reports")
def escalate_double_reports() -> int:
    """Tell those above of what was not settled in time; scheduled each morning, safe twice."""
    return double_reports.escalate_double_reports(at=timezone.now())
