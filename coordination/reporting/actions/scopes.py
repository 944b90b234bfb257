"""Where reports belong, brought in step when who is competent, or which places there were, is recorded late, or a
directorate stops acting.

A period belongs to whoever is competent on its last day; what was sent before that was known moves to them, with what
counts of it. Nothing is asked of a person: it follows from the facts, whenever they are known.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from coordination.reporting.actions.counted import lock_reports, write_counted
from coordination.reporting.models import ReportTemplate, Submission
from coordination.reporting.models.standings import COMPETENT
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.audit import record_many
from facilities.models.placements import placed_on

# So many reports are moved in one transaction.
BATCH = 500

# Reports whose directorate, reviewer or sub-district is another than the facts say. A facility's place is asked for where it
# ever changed; elsewhere a report's place is the facility's.
MISPLACED = f"""
WITH period AS (
    SELECT * FROM unnest(%(firsts)s::date[], %(lasts)s::date[]) AS period(first, last)
), placed AS (
    SELECT s.id, {placed_on("w.last")} AS place
    FROM facilities_facility f JOIN reporting_submission s ON s.facility_id = f.id AND s.template_id = %(template)s
    JOIN period w ON w.first = s.period_start
    WHERE f.id IN (SELECT facility_id FROM facilities_formerplacement)
), lies AS (
    SELECT s.id, s.period_start, s.facility_id, s.subdistrict_id, s.directorate_id, s.reviewer_id,
        coalesce(k.place, s.subdistrict_id) AS place
    FROM reporting_submission s LEFT JOIN placed k ON k.id = s.id WHERE s.template_id = %(template)s
), belongs AS (
    SELECT p.id AS place, p.path, w.first, directorate.id AS directorate, reviewer.id AS reviewer
    FROM (SELECT DISTINCT place, period_start FROM lies) s
    JOIN period w ON w.first = s.period_start
    JOIN directorates_place p ON p.id = s.place
    {COMPETENT}
)
SELECT s.id, s.period_start, s.facility_id, b.directorate, b.reviewer, b.place, b.path
FROM lies s JOIN belongs b ON (b.place, b.first) = (s.place, s.period_start)
WHERE b.reviewer IS NOT NULL
    AND (s.directorate_id, s.reviewer_id, s.subdistrict_id) IS DISTINCT FROM (b.directorate, b.reviewer, b.place)
ORDER BY s.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class _Misplaced:
    """A report, and whom it belongs to by the facts of today."""

    id: UUID
    period_start: date
    facility: int
    directorate: int | None
    reviewer: int
    place: int
    path: str


def rescope() -> int:
    """Move every report to the directorate, reviewer and place that the facts name; answer how many moved. Safe twice."""
    moved = 0
    for template in ReportTemplate.objects.order_by("pk"):
        while found := _move(template):
            moved += found
    return moved


@transaction.atomic
def _move(template: ReportTemplate) -> int:
    """Some reports of a template, in one transaction: rows, what counts, marks, record."""
    misplaced = {row.id: row for row in _misplaced(template)}
    keys = sorted({(row.period_start, row.facility) for row in misplaced.values()})
    # All reports of these facilities and periods, in the order in which reviews lock them too.
    held = lock_reports(template_id=template.pk, keys=keys)
    moved = [row for row in held if row.pk in misplaced]
    for row in moved:
        row.directorate_id, row.reviewer_id = misplaced[row.pk].directorate, misplaced[row.pk].reviewer
        row.subdistrict_id, row.place_path = misplaced[row.pk].place, misplaced[row.pk].path
    if moved:
        Submission.objects.bulk_update(moved, ["directorate", "reviewer", "subdistrict", "place_path"])
        record_many(None, "move_to_competent", [(row, _told(row)) for row in moved])
    approved = {(template.pk, row.period_start, row.facility_id) for row in moved if row.counting_id}
    if approved:
        write_counted(
            sorted(approved), [row for row in held if (row.template_id, row.period_start, row.facility_id) in approved]
        )
    return len(moved)


def _misplaced(template: ReportTemplate) -> list[_Misplaced]:
    """The first reports of a template that belong to another."""
    starts = Submission.objects.filter(template=template).values_list("period_start", flat=True).order_by()
    periods = [Period(PeriodType(template.period_type), start) for start in sorted(set(starts.distinct()))]
    given: dict[str, Any] = {
        "template": template.pk,
        "firsts": [period.start for period in periods],
        "lasts": [period.last_day for period in periods],
        "most": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(MISPLACED, given)
        return [_Misplaced(*row) for row in cursor.fetchall()]


def _told(row: Submission) -> dict[str, int | None]:
    return {"directorate": row.directorate_id, "reviewer": row.reviewer_id}
