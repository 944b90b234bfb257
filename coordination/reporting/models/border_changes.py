"""Where borders changed between two days that a page or a file compares: it says so, and what is compared."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from coordination.reporting.models.figures import Borders
from coordination.reporting.rules.periods import Period
from directorates.models import Organisation, Place, PlaceChange
from directorates.models.place_changes import taken_over_on
from directorates.models.places import Level

# A sub-district changes hands on the day on which a jurisdiction begins, or the day after the last of one; where a place
# ended or began that day, its ground stays in the same hands, and the change of places is told instead.
_SAME_HANDS = f"""{taken_over_on("e.place_id", "e.day")} OR (before.organisation_id IS NULL AND EXISTS (
    SELECT FROM directorates_placesuccession x WHERE x.later_id = e.place_id AND x.day = e.day))"""
CHANGES = f"""
WITH edge AS (
    SELECT j.place_id, lower(j.valid) AS day FROM directorates_jurisdiction j
    WHERE lower(j.valid) > %(since)s AND lower(j.valid) <= %(until)s
    UNION
    SELECT j.place_id, upper(j.valid) FROM directorates_jurisdiction j
    WHERE upper(j.valid) > %(since)s AND upper(j.valid) <= %(until)s
)
SELECT e.day, before.organisation_id, after.organisation_id, count(*)
FROM edge e JOIN directorates_place p ON p.id = e.place_id AND p.path >= %(path)s AND p.path < %(beyond)s
LEFT JOIN directorates_jurisdiction before ON before.place_id = e.place_id AND before.valid @> (e.day - 1)
LEFT JOIN directorates_jurisdiction after ON after.place_id = e.place_id AND after.valid @> e.day
WHERE before.organisation_id IS DISTINCT FROM after.organisation_id AND NOT ({_SAME_HANDS})
GROUP BY 1, 2, 3 ORDER BY 1, 2 NULLS FIRST, 3 NULLS FIRST
"""


@dataclass(frozen=True)
class BorderChange:
    """So many sub-districts changed hands on a day; None is nobody."""

    day: datetime.date
    before: Organisation | None
    after: Organisation | None
    places: int


def border_changes(place: Place, since: datetime.date, until: datetime.date) -> list[BorderChange]:
    """What changed hands in a place after a day and by another one, by day; two queries where there is anything."""
    given: dict[str, Any] = {"since": since, "until": until, "path": place.path, "beyond": f"{place.path[:-1]}0"}
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, given)
        rows = cursor.fetchall()
    named = (
        Organisation.objects.in_bulk({side for row in rows for side in row[1:3] if side is not None}) if rows else {}
    )
    return [BorderChange(day, named.get(before), named.get(after), places) for day, before, after, places in rows]


@dataclass(frozen=True)
class Changed:
    """What changed in the country between the first of some periods and the day by whose borders they count."""

    borders: Borders
    border_changes: list[BorderChange]
    place_changes: list[PlaceChange]


def day_of_borders(last: Period, borders: Borders, today: datetime.date) -> datetime.date:
    """By whose day the borders of a period count: its last one, or today's."""
    return max(today, last.last_day) if borders is Borders.NOW else last.last_day


def changed_between(first: Period, last: Period, borders: Borders, today: datetime.date) -> Changed:
    """What changed hands and which places changed since the first period's last day, by the last one's or by today."""
    until = day_of_borders(last, borders, today)
    country = Place.objects.filter(level=Level.COUNTRY).first()
    if country is None:
        return Changed(borders, [], [])
    since = first.last_day
    return Changed(borders, border_changes(country, since, until), place_changes(country, since, until))


def place_changes(place: Place, since: datetime.date, until: datetime.date) -> list[PlaceChange]:
    """Which places in a place were moved, split, merged or renamed after a day and by another one, by day."""
    rows = PlaceChange.objects.of(place).filter(first__gt=since, first__lte=until)
    return list(rows.named().order_by("first", "pk"))
