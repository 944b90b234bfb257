"""Which reports belong to others than they are written for: what a change of borders, or of who acts, moves next."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import connection

from coordination.reporting.models.standings import COMPETENT
from coordination.reporting.models.submissions import Status, Submission
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.foundation.sight import unwalled
from facilities.models.placements import placed_on

# By who reviewed (a report that waits) or whose it counts for (one that is approved), and who does by the facts.
MOVING = f"""
WITH period AS (
    SELECT * FROM unnest(%(templates)s::bigint[], %(firsts)s::date[], %(lasts)s::date[]) AS period(template, first, last)
), placed AS (
    SELECT s.id, {placed_on("w.last")} AS place
    FROM facilities_facility f JOIN reporting_submission s ON s.facility_id = f.id
    JOIN period w ON (w.template, w.first) = (s.template_id, s.period_start)
    WHERE f.id IN (SELECT facility_id FROM facilities_formerplacement)
), lies AS (
    SELECT CASE WHEN s.kept_revision_id IS NULL THEN s.status ELSE %(approved)s END AS status,
        s.template_id, s.period_start, s.directorate_id, s.reviewer_id, coalesce(k.place, s.subdistrict_id) AS place
    FROM reporting_submission s LEFT JOIN placed k ON k.id = s.id
    WHERE s.status IN (%(approved)s, %(submitted)s) OR s.kept_revision_id IS NOT NULL
), belongs AS (
    SELECT w.template, p.id AS place, w.first, directorate.id AS directorate, reviewer.id AS reviewer
    FROM (SELECT DISTINCT template_id, period_start, place FROM lies) s
    JOIN period w ON (w.template, w.first) = (s.template_id, s.period_start)
    JOIN directorates_place p ON p.id = s.place
    {COMPETENT}
), moving AS (
    SELECT s.status, CASE WHEN s.status = %(approved)s THEN s.directorate_id ELSE s.reviewer_id END AS before,
        CASE WHEN s.status = %(approved)s THEN b.directorate ELSE b.reviewer END AS after
    FROM lies s
    JOIN belongs b ON (b.template, b.place, b.first) = (s.template_id, s.place, s.period_start)
    WHERE b.reviewer IS NOT NULL
)
SELECT before, after, count(*) FILTER (WHERE status = %(submitted)s), count(*) FILTER (WHERE status = %(approved)s)
FROM moving WHERE before IS DISTINCT FROM after GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST
"""
# Reports that count under some sub-districts, and how many of their periods ended before a day, and so stay there.
STAYING = """
SELECT count(*) FILTER (WHERE w.last < %(day)s), count(*) FILTER (WHERE w.last >= %(day)s)
FROM reporting_submission s
JOIN unnest(%(templates)s::bigint[], %(firsts)s::date[], %(lasts)s::date[]) AS w(template, first, last)
    ON (w.template, w.first) = (s.template_id, s.period_start)
WHERE (s.status = %(approved)s OR s.kept_revision_id IS NOT NULL) AND s.subdistrict_id = ANY(%(places)s::bigint[])
"""


@unwalled
def moving() -> dict[tuple[int | None, int | None], tuple[int, int]]:
    """By organisation before and after, how many reports that wait for review and how many that count change hands.

    Read as the borders stand in the caller's transaction; sums alone, whoever asks.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVING, _given())
        return {(before, after): (waiting, counted) for before, after, waiting, counted in cursor.fetchall()}


@unwalled
def staying(places: Collection[int], day: datetime.date) -> tuple[int, int]:
    """How many approved reports of some sub-districts are of periods that ended before a day, and how many of later ones."""
    with connection.cursor() as cursor:
        cursor.execute(STAYING, _given() | {"places": list(places), "day": day})
        stay, follow = cursor.fetchone()
    return stay, follow


def _given() -> dict[str, Any]:
    """Every template's periods that were reported, with the days on which they begin and end."""
    rows = Submission.objects.order_by().values_list("template", "template__period_type", "period_start").distinct()
    periods = [(template, Period(PeriodType(kind), start)) for template, kind, start in sorted(rows)]
    return {
        "templates": [template for template, _period in periods],
        "firsts": [period.start for _template, period in periods],
        "lasts": [period.last_day for _template, period in periods],
        "approved": Status.APPROVED.value,
        "submitted": Status.SUBMITTED.value,
    }
