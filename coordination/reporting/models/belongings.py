"""Which reports belong to others than they are written for: what a change of borders, or of who acts, moves next."""

from typing import Any

from django.db import connection

from coordination.reporting.models.standings import COMPETENT
from coordination.reporting.models.submissions import Status, Submission
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.foundation.sight import unwalled

# By who reviewed (a report that waits) or whose it counts for (one that is approved), and who does by the facts.
MOVING = f"""
WITH belongs AS (
    SELECT w.template, p.id AS place, w.first, directorate.id AS directorate, reviewer.id AS reviewer
    FROM unnest(%(templates)s::bigint[], %(firsts)s::date[], %(lasts)s::date[]) AS w(template, first, last)
    JOIN LATERAL (SELECT DISTINCT s.subdistrict_id FROM reporting_submission s
        WHERE s.template_id = w.template AND s.period_start = w.first) s ON true
    JOIN directorates_place p ON p.id = s.subdistrict_id
    {COMPETENT}
), moving AS (
    SELECT s.status, CASE WHEN s.status = %(approved)s THEN s.directorate_id ELSE s.reviewer_id END AS before,
        CASE WHEN s.status = %(approved)s THEN b.directorate ELSE b.reviewer END AS after
    FROM reporting_submission s
    JOIN belongs b ON (b.template, b.place, b.first) = (s.template_id, s.subdistrict_id, s.period_start)
    WHERE s.status IN (%(approved)s, %(submitted)s) AND b.reviewer IS NOT NULL
)
SELECT before, after, count(*) FILTER (WHERE status = %(submitted)s), count(*) FILTER (WHERE status = %(approved)s)
FROM moving WHERE before IS DISTINCT FROM after GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST
"""


@unwalled
def moving() -> dict[tuple[int | None, int | None], tuple[int, int]]:
    """By organisation before and after, how many reports that wait for review and how many that count change hands.

    Read as the borders stand in the caller's transaction; sums alone, whoever asks.
    """
    rows = Submission.objects.order_by().values_list("template", "template__period_type", "period_start").distinct()
    periods = [(template, Period(PeriodType(kind), start)) for template, kind, start in sorted(rows)]
    given: dict[str, Any] = {
        "templates": [template for template, _period in periods],
        "firsts": [period.start for _template, period in periods],
        "lasts": [period.last_day for _template, period in periods],
        "approved": Status.APPROVED.value,
        "submitted": Status.SUBMITTED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVING, given)
        return {(before, after): (waiting, counted) for before, after, waiting, counted in cursor.fetchall()}
