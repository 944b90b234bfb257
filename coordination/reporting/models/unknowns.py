"""Answers that say "not known": a sum over them is at least what it shows, never more than it says."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, Whose
from coordination.reporting.models.measures import WHOLE, Measure
from coordination.reporting.models.templates import ReportTemplate
from directorates.foundation.sight import unwalled

# Reports whose counted answer to an element, or to a category of it, is "not known"; what a settlement put in its place
# is known.
_UNKNOWN = """SELECT {holder}, m.element, count(DISTINCT c.id)
FROM reporting_countedreport c JOIN reporting_revision v ON v.id = c.revision_id
{stands} {joined}
CROSS JOIN unnest(%(slots)s::text[], %(elements)s::int[]) m(slot, element)
WHERE c.template_id = %(template)s AND c.period_start = ANY(%(periods)s::date[]) AND v.notes ?| %(slots)s::text[]
    AND v.notes -> m.slot ->> 'state' = 'not_known' AND (c.overlay IS NULL OR NOT c.overlay ? m.slot) {within}
GROUP BY 1, 2"""
_PLACE = "JOIN directorates_place a ON a.id = ANY(%(places)s::int[]) AND s.path >= a.path AND s.path < left(a.path, -1) || '0'"
_TODAY = """LEFT JOIN directorates_jurisdiction j ON j.place_id = s.id AND j.valid @> %(today)s::date
    LEFT JOIN unnest(%(formers)s::int[], %(holders)s::int[]) h(former, holder) ON h.former = s.id"""
_AS_COUNTED = "JOIN directorates_place s ON s.id = c.subdistrict_id"
# By today's places the ground of one that ended stands elsewhere; what cannot be divided is a row of its own alone.
_AS_NOW = """LEFT JOIN unnest(%(ended)s::int[], %(stand_ins)s::int[]) g(former, stand_in) ON g.former = c.subdistrict_id
JOIN directorates_place s ON s.id = coalesce(g.stand_in, c.subdistrict_id)"""
_ALONE = " AND (g.stand_in IS DISTINCT FROM g.former OR a.id = g.former OR g.former IS NULL)"


@unwalled
def unknowns(
    template: ReportTemplate, whose: Whose, periods: Iterable[date], measures: Iterable[Measure]
) -> dict[tuple[int, int], int]:
    """By holder and element, how many counted reports do not know an answer; only where there are any. One query."""
    slots = [(slot, one.id) for one in measures if one.adds_up for slot in one.parts[WHOLE].own]
    shifts, stands = whose.shifts, _AS_COUNTED
    if whose.level != FigureLevel.DIRECTORATE:
        holder, joined = "a.id", _PLACE
        if shifts.stand_ins:
            stands, joined = _AS_NOW, _PLACE + _ALONE
    elif whose.borders is Borders.NOW:
        holder, joined = "coalesce(j.organisation_id, h.holder, 0)", _TODAY
    else:
        holder, joined = "coalesce(c.directorate_id, 0)", ""
    within = "AND s.id = ANY(%(within)s::int[])" if whose.within is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNKNOWN.format(holder=holder, stands=stands, joined=joined, within=within),
            {
                "template": template.pk,
                "periods": list(periods),
                "slots": [slot for slot, _ in slots],
                "elements": [element for _, element in slots],
                "places": list(whose.holders),
                "within": whose.within,
                "today": whose.today,
                "ended": list(shifts.stand_ins),
                "stand_ins": list(shifts.stand_ins.values()),
                **shifts.given,
            },
        )
        return {(key, element): count for key, element, count in cursor.fetchall()}
