"""Checks of a template's figures: when they run by themselves, asking for one, and the check itself."""

import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.broken_rules import validate_template
from coordination.reporting.actions.consolidation import BATCH, Mark, compute_anew, figures_role
from coordination.reporting.actions.runs import run_kept
from coordination.reporting.models import ConsolidationSchedule, ReportTemplate
from coordination.reporting.models.runs import RunKind
from coordination.reporting.models.schedules import HOURS, Rhythm, Weekday
from coordination.reporting.rules.schedules import due_now, trusted
from directorates.audit import record
from directorates.foundation.jobs import Kind, Tell, ask
from directorates.foundation.models import Job
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, require

CHECK = "reporting.check"
# One asks for a check of a template at a time.
ASKING = 7_204_005
# Whatever has figures, or should have some; what waits to be computed is no fault of what is stored.
_EVERYTHING = """(SELECT %(template)s, period_start, subdistrict FROM belonging WHERE template = %(template)s
UNION SELECT %(template)s, period_start, place FROM cell WHERE template = %(template)s AND level = 3
UNION SELECT %(template)s, period_start, subdistrict_id FROM reporting_countedreport WHERE template_id = %(template)s
UNION SELECT %(template)s, period_start, subdistrict_id FROM reporting_expectedreport WHERE template_id = %(template)s)
EXCEPT SELECT template, period_start, subdistrict FROM touched ORDER BY 2, 3"""


@transaction.atomic
def set_schedule(
    *, by: User, template: ReportTemplate, rhythm: str, hour: int, weekday: int | None, at: datetime.datetime
) -> ConsolidationSchedule:
    """Choose when a template's figures are checked; what was due before is not started after. The same changes nothing."""
    require(by, Permission.MANAGE_TEMPLATES)
    weekday = weekday if rhythm == Rhythm.WEEKLY else None
    _refuse_unfit(rhythm, hour, weekday)
    # Whoever sets it first holds the template: two at once leave one row, and the later word.
    ReportTemplate.objects.select_for_update().get(pk=template.pk)
    held = ConsolidationSchedule.objects.select_for_update().filter(template=template).first()
    wanted = {"rhythm": rhythm, "hour": hour, "weekday": weekday}
    if held is not None and all(getattr(held, name) == value for name, value in wanted.items()):
        return held
    made, _new = ConsolidationSchedule.objects.update_or_create(template=template, defaults=wanted | {"started": at})
    record(by, "schedule_check", template, **wanted)
    return made


def _refuse_unfit(rhythm: str, hour: int, weekday: int | None) -> None:
    """Every fault of a schedule at once."""
    faults = []
    if rhythm not in Rhythm.values:
        faults.append(Fault("rhythm", "unknown", _("This is not one of the choices.")))
    if hour not in HOURS:
        faults.append(Fault("hour", "invalid", _("An hour is a number from 0 to 23.")))
    if rhythm == Rhythm.WEEKLY and weekday not in Weekday.values:
        faults.append(Fault("weekday", "required", _("A day of the week is needed where it runs every week.")))
    if faults:
        raise Problem("invalid", _("The schedule cannot be kept as it is; each fault is told."), errors=faults)


@transaction.atomic
def request_check(*, by: User, template: ReportTemplate, at: datetime.datetime) -> Job:
    """Have a template's figures checked now; requests made while one waits or runs are that one."""
    require(by, Permission.RUN_CONSOLIDATION)
    job, new = _asked(template.pk, by, at)
    if new:
        record(by, "check_figures", template, job=job.pk)
    return job


def _asked(template: int, by: User | None, at: datetime.datetime) -> tuple[Job, bool]:
    """The unfinished check of a template, or a new one, and whether it is new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ASKING, template])
    arguments = {"template": template}
    held = Job.objects.unfinished().filter(kind=CHECK, arguments=arguments).first()
    return (held, False) if held else (ask(kind=CHECK, by=by, at=at, arguments=arguments), True)


def start_due(*, at: datetime.datetime) -> int:
    """Start a check that is due, where none by schedule is at work; answers how many. Called as often as a scheduler likes.

    Those due at one hour follow one another: together they would take every worker from what was approved meanwhile.
    """
    unfinished = Job.objects.unfinished().filter(kind=CHECK, by=None).values_list("arguments", flat=True)
    at_work = {arguments["template"] for arguments in unfinished}
    rows = ConsolidationSchedule.objects.exclude(rhythm=Rhythm.NEVER).order_by("started")
    due = [pk for pk, template in rows.values_list("pk", "template") if not at_work or template in at_work]
    return int(any(_start_one(number, at) for number in due))


@transaction.atomic
def _start_one(number: int, at: datetime.datetime) -> bool:
    """Start the check of one template if it is due: whoever has the row decides, and keeps the moment with the job."""
    rows = ConsolidationSchedule.objects.select_for_update(skip_locked=True).filter(pk=number)
    held = rows.exclude(rhythm=Rhythm.NEVER).first()
    if held is None:
        return False
    started = trusted(held.timing, held.started, at)
    due = due_now(held.timing, started, at)
    if (due or started) != held.started:
        held.started = due or started
        held.save(update_fields=["started"])
    return due is not None and _asked(number, None, at)[1]


def check(job: Job, tell: Tell) -> dict[str, int]:
    """Compute all figures of a template anew where they stand, some at a time; answer how many were otherwise than stored.

    Then all its reports are judged by its rules.

    Each part is a transaction: killed at any moment it leaves every figure as it was or right, and starts over.
    """
    template = int(job.arguments["template"])
    with run_kept(RunKind.CHECK, job, {template}) as tally:
        # As consolidation sees it: whoever asked may not see all of it.
        with transaction.atomic(), connection.cursor() as cursor, figures_role(cursor):
            cursor.execute(_EVERYTHING, {"template": template})
            marks: list[Mark] = cursor.fetchall()
        for first in range(0, len(marks), BATCH):
            tell(first, len(marks))
            tally.add(compute_anew(marks[first : first + BATCH]))
    judged = validate_template(job, template, lambda _done, _of: None)
    tell(len(marks), len(marks))
    return {"marks": tally.marks, "cells": tally.cells, "reports": judged.marks, "rules": judged.cells}


KIND = Kind(
    CHECK,
    gettext_lazy("Checking the figures of a report template"),
    check,
    page="reporting:runs",
    right=Permission.RUN_CONSOLIDATION,
)
