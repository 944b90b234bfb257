"""What is done with due dates: put off to a later day, for one expected report or many, with a reason that is kept."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.reminders import LINES, by_reporter, line_of, names, with_names
from coordination.reporting.models import ExpectedReport, Extension
from coordination.reporting.models.extensions import extendable
from directorates.audit import record_many
from directorates.foundation.locations import location_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, rights_of
from directorates.rules.text import clean_text

LONGEST_REASON = 2000
# A date further away than this is a slip of the keyboard.
FURTHEST = datetime.timedelta(days=183)

# Drafts carry the due date as well; what was sent keeps the one it was sent under.
DRAFTS = """
UPDATE reporting_submission s SET due = %(until)s FROM reporting_expectedreport e
WHERE e.id = ANY(%(ids)s) AND s.first_submitted IS NULL
    AND (s.template_id, s.period_start, s.facility_id, s.reporter_id)
        = (e.template_id, e.period_start, e.facility_id, e.reporter_id)
"""


@dataclass(frozen=True)
class Extended:
    """What was put off, and what was not: sent meanwhile, or due on that day or later already."""

    done: tuple[Extension, ...]
    sent: int
    later: int


@transaction.atomic
def extend(
    *, by: User, expected: Sequence[ExpectedReport], until: datetime.date, reason: str, at: datetime.datetime
) -> Extended:
    """Put off the due date of expected reports to a later day; timeliness is reckoned with it, and the reporters are told."""
    rights, today = rights_of(by), timezone.localdate(at)
    held = list(ExpectedReport.objects.filter(pk__in=[row.pk for row in expected]).select_for_update().order_by("pk"))
    for row in held:
        if not rights.allow(Permission.REVIEW_REPORTS, row):
            raise Refused(Permission.REVIEW_REPORTS, row)
    by.instead_of_id = next(filter(None, (rights.instead_of(Permission.REVIEW_REPORTS, row) for row in held)), None)
    reason = clean_text(reason, multiline=True)
    if faults := _faults(until, reason, today):
        raise Problem("invalid", faults[0].message, errors=faults)
    unsent = set(extendable(by).filter(pk__in=[row.pk for row in held]).values_list("pk", flat=True))
    rows = [row for row in held if row.pk in unsent and row.due < until]
    later = sum(row.pk in unsent and row.due >= until for row in held)
    if not rows:
        words = _("None of these reports is put off: they were sent, or are due on that day or later already.")
        raise Problem("nothing_to_extend", words, 409, errors=[Fault("until", "nothing_to_extend", words)])
    done = _write(by, rows, until, reason, at)
    _tell(rows, until, reason, today, at)
    return Extended(tuple(done), len(held) - len(unsent), later)


def _faults(until: datetime.date, reason: str, today: datetime.date) -> list[Fault]:
    """What is wrong with the day and the reason."""
    faults = location_faults(reason=reason)
    if until < today:
        faults.append(Fault("until", "in_the_past", _("This day is over already.")))
    elif until - today > FURTHEST:
        faults.append(Fault("until", "too_far", _("This day is more than half a year away.")))
    if not reason:
        faults.append(Fault("reason", "required", _("Write the reason; the reporter sees it.")))
    elif len(reason) > LONGEST_REASON:
        words = _("This text is too long: at most %(most)d characters.") % {"most": LONGEST_REASON}
        faults.append(Fault("reason", "too_long", words))
    return faults


def _write(
    by: User, rows: list[ExpectedReport], until: datetime.date, reason: str, at: datetime.datetime
) -> list[Extension]:
    """The decisions, the new dates of what is expected and of drafts, and the record."""
    made = Extension.objects.bulk_create(
        Extension(
            template_id=row.template_id,
            facility_id=row.facility_id,
            period_start=row.period_start,
            reporter_id=row.reporter_id,
            directorate_id=row.directorate_id,
            dataset_id=row.dataset_id,
            place_path=row.place_path,
            before=row.due,
            until=until,
            reason=reason,
            by=by,
            acting_id=by.acting_id,
            at=at,
        )
        for row in rows
    )
    ids = [row.pk for row in rows]
    ExpectedReport.objects.filter(pk__in=ids).update(due=until)
    with connection.cursor() as cursor:
        cursor.execute(DRAFTS, {"until": until, "ids": ids})
    days = [(row, {"before": row.before.isoformat(), "until": until.isoformat(), "reason": reason}) for row in made]
    record_many(by, "extend", days)
    return made


def _tell(
    rows: list[ExpectedReport], until: datetime.date, reason: str, today: datetime.date, at: datetime.datetime
) -> None:
    """Tell those who send for the reporters."""
    told = [
        Told(
            person,
            f"extended:{reporter.pk}:{at.isoformat()}",
            {
                "organisation": names(reporter),
                "count": len(kept),
                "until": until.isoformat(),
                "reason": reason,
                "lines": [line_of(row) for row in kept[:LINES]],
                "more": max(len(kept) - LINES, 0),
            },
        )
        for person, reporter, kept in by_reporter(with_names([row.pk for row in rows]), today)
    ]
    notify("extended", told, url=reverse("reporting:due"), at=at)
