"""Where jurisdiction has ended: places and directorates of which reports are no longer expected."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.templates import ReportTemplate
from directorates.models.place_changes import taken_over_on

# A sub-district is held where a jurisdiction holds on the day; it is lost where one ended by then and none holds, unless the
# place itself ended and others took its ground over.
_TAKEN_OVER = taken_over_on("j.place_id", "upper(j.valid)")
_PARTS = f"""WITH part AS (
    SELECT j.place_id, {{owner}} AS owner, bool_or(j.valid @> %(day)s::date) AS held, max(upper(j.valid)) AS ended
    FROM directorates_jurisdiction j WHERE (lower(j.valid) IS NULL OR lower(j.valid) <= %(day)s)
        AND NOT (upper(j.valid) <= %(day)s AND {_TAKEN_OVER}) GROUP BY 1, 2
)"""
_COUNTS = """count(*) FILTER (WHERE p.held), count(*) FILTER (WHERE NOT p.held),
    max(p.ended) FILTER (WHERE NOT p.held)"""
_PLACES = f"""{_PARTS.format(owner="NULL")} SELECT a.id, {_COUNTS} FROM part p JOIN directorates_place s ON s.id = p.place_id
JOIN directorates_place a ON a.level = %(level)s AND s.path >= a.path AND s.path < left(a.path, -1) || '0'
GROUP BY a.id HAVING bool_or(NOT p.held)"""
_DIRECTORATES = f"""{_PARTS.format(owner="j.organisation_id")} SELECT p.owner, {_COUNTS} FROM part p
GROUP BY p.owner HAVING bool_or(NOT p.held)"""
_LAST = """SELECT DISTINCT ON (c.place) c.place, c.period_start, c.expected FROM coverage c
WHERE c.template = %(template)s AND c.level = %(level)s AND c.place = ANY(%(places)s::int[]) AND c.expected > 0
    AND c.period_start <= %(day)s ORDER BY c.place, c.period_start DESC"""


@dataclass(frozen=True)
class Ending:
    """A jurisdiction that ended over the whole of a place (or directorate) or over a part of it."""

    since: datetime.date
    whole: bool
    # The last period in which reports were expected, and how many; none where there never were any.
    last_period: datetime.date | None = None
    facilities: int = 0


def endings(template: ReportTemplate, level: FigureLevel, day: datetime.date) -> dict[int, Ending]:
    """By place or directorate of a level, where jurisdiction has ended by a day; two queries."""
    given: dict[str, Any] = {"day": day, "level": int(level), "template": template.pk}
    with connection.cursor() as cursor:
        cursor.execute(_DIRECTORATES if level == FigureLevel.DIRECTORATE else _PLACES, given)
        found = {key: Ending(ended, whole=not held) for key, held, _lost, ended in cursor.fetchall()}
        if not found:
            return found
        cursor.execute(_LAST, given | {"places": list(found)})
        last = {place: (start, expected) for place, start, expected in cursor.fetchall()}
    return {key: Ending(one.since, one.whole, *last.get(key, (None, 0))) for key, one in found.items()}
