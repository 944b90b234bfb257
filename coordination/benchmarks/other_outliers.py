"""The other side of what stands out: unusual figures of one period's reports as one statement by hand, from documents alone.

It imports nothing of ours: median and MAD are PostgreSQL's own, and the numbers of the rule stand here once more.
"""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

UNUSUAL = """
WITH judged AS (
    SELECT s.id, s.facility_id, s.reporter_id, r.id AS revision, r.doc
    FROM reporting_submission s JOIN reporting_revision r ON r.id = s.revision_id
    WHERE s.template_id = %(template)s AND s.period_start = %(start)s AND s.status <> 'draft'
), past AS (
    SELECT DISTINCT ON (j.id, s.period_start) j.id, r.doc
    FROM judged j JOIN reporting_submission s ON s.facility_id = j.facility_id AND s.template_id = %(template)s
        AND s.period_start >= %(first)s AND s.period_start < %(start)s AND s.status IN ('submitted', 'approved')
    JOIN reporting_revision r ON r.id = s.revision_id
    LEFT JOIN figures.reporting_countedreport c ON c.submission_id = s.id
    ORDER BY j.id, s.period_start, c.submission_id IS NULL, s.reporter_id <> j.reporter_id, s.id
), usual AS (
    SELECT p.id, k.key AS slot, array_agg(k.value::float8 ORDER BY k.value::float8) AS numbers,
        (count(*) >= 10)::int AS aside, percentile_cont(0.5) WITHIN GROUP (ORDER BY k.value::float8) AS middle
    FROM past p CROSS JOIN LATERAL jsonb_each_text(p.doc) k WHERE k.key = ANY(%(slots)s)
    GROUP BY p.id, k.key HAVING count(*) >= 8
), bounded AS (
    SELECT *, numbers[1 + aside] AS low, numbers[cardinality(numbers) - aside] AS high FROM usual
), measured AS (
    SELECT u.*, k.value::float8 AS value, m.mad / 0.6745 AS spread, u.slot = ANY(%(counts)s) AS whole, j.revision,
        CASE WHEN k.value::float8 > u.high THEN u.high ELSE u.low END AS nearest
    FROM bounded u JOIN judged j ON j.id = u.id CROSS JOIN LATERAL jsonb_each_text(j.doc) k
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(n - u.middle)) AS mad FROM unnest(u.numbers) n
    ) m WHERE k.key = u.slot AND k.value::float8 NOT BETWEEN u.low AND u.high
), scored AS (
    SELECT revision, slot, abs(value - middle)
            / nullif(CASE WHEN whole THEN greatest(spread, sqrt(greatest(middle, 0)), 1) ELSE spread END, 0) AS score,
        abs(value - nearest) > CASE WHEN whole THEN 3.5 * greatest(sqrt(greatest(nearest, 0)), 1) ELSE (high - low) / 2 END AS leaps
    FROM measured
)
SELECT revision, slot, round(score::numeric, 2) FROM scored WHERE score > 3.5 AND leaps
"""

Rows = Callable[[str, Any], list[tuple[Any, ...]]]


def unusual_figures(
    rows: Rows,
    *,
    template: int,
    start: datetime.date,
    first: datetime.date,
    slots: Sequence[str],
    counts: Sequence[str],
) -> dict[tuple[int, str], float]:
    """The score of each unusual figure in a period's reports, by revision and slot; the past begins on day `first`."""
    given = {"template": template, "start": start, "first": first, "slots": list(slots), "counts": list(counts)}
    return {(revision, slot): float(score) for revision, slot, score in rows(UNUSUAL, given)}
