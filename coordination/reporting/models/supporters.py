"""Where supporters count first: double reports of which another report counts by what the register says by now."""

import datetime
from typing import Any

from django.db import connection

from coordination.reporting.models.double_reports import DoubleReport, DoubleState
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType
from facilities.models.duplicates import entries_of

# The order of `rules/counting.py` once more, to find where choosing anew gives another report or another reason.
OTHERWISE = """
SELECT d.period_start, d.facility_id
FROM reporting_doublereport d
JOIN unnest(%(firsts)s::date[], %(lasts)s::date[]) AS w(first, last) ON w.first = d.period_start
JOIN figures.reporting_countedreport c USING (template_id, period_start, facility_id)
CROSS JOIN LATERAL (
    SELECT array_agg(s.id ORDER BY k.supports DESC, s.submitted DESC, s.id DESC) AS ids,
        array_agg(k.supports ORDER BY k.supports DESC, s.submitted DESC, s.id DESC) AS supports
    FROM reporting_submission s CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM facilities_support x WHERE x.facility_id = s.facility_id
            AND x.organisation_id = s.reporter_id AND x.valid @> w.last) AS supports
    ) k
    WHERE s.template_id = d.template_id AND s.period_start = d.period_start AND s.facility_id = d.facility_id
        AND s.status = 'approved'
) r
WHERE d.template_id = %(template)s AND d.other_id IS NULL AND d.state <> 'over' AND cardinality(r.ids) > 1
    AND (c.submission_id <> r.ids[1] OR (c.settlement_id IS NULL
        AND c.rule <> CASE WHEN r.supports[1] = r.supports[2] THEN 'later_first' ELSE 'supporter_first' END))
ORDER BY 1, 2
"""


def supported_otherwise(template: ReportTemplate) -> list[tuple[datetime.date, int]]:
    """First days and facilities of a template's double reports for which the support of today's register may choose otherwise."""
    doubles = DoubleReport.objects.of_one_template().filter(template=template).order_by()
    starts = sorted(set(doubles.values_list("period_start", flat=True)))
    periods = [Period(PeriodType(template.period_type), start) for start in starts]
    given: dict[str, Any] = {
        "template": template.pk,
        "firsts": [period.start for period in periods],
        "lasts": [period.last_day for period in periods],
    }
    with connection.cursor() as cursor:
        cursor.execute(OTHERWISE, given)
        found = set(cursor.fetchall())
    # What stands under several entries is not compared here: it is chosen anew, which changes nothing where nothing changed.
    merged = doubles.filter(facility__in=entries_of()).exclude(state=DoubleState.OVER)
    return sorted(found.union(merged.values_list("period_start", "facility")))
