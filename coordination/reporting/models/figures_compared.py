"""Figures side by side: some places in one period, or one place in some periods, each with what lies between it and the first.

Values are read as the page of figures reads them, by the reader's rights. Where borders changed between what is compared,
that is told with it: as then each period counts by its own borders, as now all of them by today's (decision 0036).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from coordination.reporting.models.border_changes import BorderChange, border_changes, day_of_borders, place_changes
from coordination.reporting.models.contested import contested_beside
from coordination.reporting.models.figures import Borders, parts_of, read_figures, whose_place
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.models.overviews import Value
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.models.unknowns import unknowns
from coordination.reporting.rules.differences import Difference, difference
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.periods import Period, period_containing
from directorates.models import Place, PlaceChange, User
from policies.models import MandateDispute

FEWEST, MOST_COMPARED = 2, 6


@dataclass(frozen=True)
class Side:
    """A place in a period: its figure, its completeness, and what lies between it and the first side."""

    place: Place
    period: Period
    value: Value
    covered: Covered
    # False where the report does not ask the item in the period.
    asked: bool
    difference: Difference | None = None
    # Of the largest figure, from 0 to 100, for the picture.
    percent: Decimal | None = None
    # Who claimed to lead what it is about, where two did.
    contested: Sequence[MandateDispute] = ()


@dataclass(frozen=True)
class Compared:
    """Everything that a comparison shows; the first side is what the others are compared with."""

    template: ReportTemplate
    measure: Measure
    borders: Borders
    sides: tuple[Side, ...]
    border_changes: list[BorderChange]
    place_changes: list[PlaceChange]

    @property
    def over_time(self) -> bool:
        """Whether periods are compared, and not places."""
        return len({side.period for side in self.sides}) > 1

    @property
    def contested(self) -> list[MandateDispute]:
        """The disputes over who leads what any side is about, each once."""
        return list({one.pk: one for side in self.sides for one in side.contested}.values())

    @property
    def doubted(self) -> bool:
        """Whether a figure is at least so much, so that a difference is not exact."""
        return any(side.value.least for side in self.sides)


def same_period_before(period: Period, years: int) -> Period:
    """The same period some years earlier: the same months, or the week as many times 52 weeks earlier."""
    if period.type.is_week:
        return Period(period.type, period.start - datetime.timedelta(weeks=52 * years))
    return period_containing(period.start.replace(year=period.start.year - years), period.type)


@dataclass(frozen=True)
class Asking:
    """Who compares what: an item of a report, by the borders of each period or today's."""

    user: User
    template: ReportTemplate
    element: str
    borders: Borders
    today: datetime.date


def compare(asking: Asking, places: Sequence[Place], periods: Sequence[Period]) -> Compared | None:
    """Some places in one period, or one place in some periods; None where the report asks the item in none of them."""
    measures = {period: measures_of(asking.template, period).get(asking.element) for period in periods}
    measure = next((one for one in measures.values() if one is not None), None)
    if measure is None:
        return None
    sides = [
        side for place in places for side in _sides(asking, place, {one: measures[one] for one in periods}, measure)
    ]
    most = max((side.value.number or Decimal() for side in sides), default=Decimal())
    disputes = contested_beside(asking.user, asking.template, places, periods)
    told = tuple(_beside(sides[0], side, most, disputes[side.place, side.period]) for side in sides)
    hands, changed = _changes(asking, places, periods)
    return Compared(asking.template, measure, asking.borders, told, hands, changed)


def _sides(asking: Asking, place: Place, measures: dict[Period, Measure | None], measure: Measure) -> list[Side]:
    """A place in each period; read at once."""
    parts = {period: [part.start for part in parts_of(asking.template, period)] for period in measures}
    owner = whose_place(asking.user, asking.template, place, asking.borders, asking.today)
    starts = sorted({start for found in parts.values() for start in found})
    figures = read_figures(asking.template, owner, starts, [measure])
    found = []
    for period, asked in measures.items():
        number = figures.value(place.pk, measure, parts[period]) if asked else None
        least = bool(number is not None and unknowns(asking.template, owner, parts[period], [measure]))
        covered = figures.coverage(place.pk, parts[period])
        found.append(Side(place, period, Value(measure, number, least), covered, asked is not None))
    return found


def _beside(first: Side, side: Side, most: Decimal, disputes: Sequence[MandateDispute]) -> Side:
    """A side with what lies between it and the first, how long its bar is, and whether it is disputed who leads."""
    number = side.value.number
    between = None if side is first else difference(first.value.number, number)
    percent = max(Decimal(), 100 * number / most) if number is not None and most > 0 else None
    return replace(side, difference=between, percent=percent, contested=disputes)


def _changes(
    asking: Asking, places: Sequence[Place], periods: Sequence[Period]
) -> tuple[list[BorderChange], list[PlaceChange]]:
    """What changed hands, and which places changed, between the first part of the first period and the end of the last."""
    first, last = min(periods, key=lambda one: one.start), max(periods, key=lambda one: one.last_day)
    since = parts_of(asking.template, first)[0].last_day
    until = day_of_borders(last, asking.borders, asking.today)
    if since >= until:
        return [], []
    hands = {change: None for place in places for change in border_changes(place, since, until)}
    changed = {change.pk: change for place in places for change in place_changes(place, since, until)}
    return sorted(hands, key=lambda one: one.day), sorted(changed.values(), key=lambda one: (one.first, one.pk))
