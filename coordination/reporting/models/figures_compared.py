"""Figures side by side: some places in one period, or one place in some periods, each with what lies between it and the first.

Values are read as the page of figures reads them, by the reader's rights. Where borders changed between what is compared,
that is told with it: as then each period counts by its own borders, as now all of them by today's (decision 0036).
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from coordination.reporting.models.border_changes import BorderChange, border_changes, day_of_borders, place_changes
from coordination.reporting.models.contested import contested_beside
from coordination.reporting.models.corrections import corrected_in
from coordination.reporting.models.elements import Element
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


class Told(Protocol):
    """A figure, a published one or an indicator, as it is told of a place in a period."""

    @property
    def number(self) -> Decimal | None:
        """The number; None where there is none."""

    @property
    def least(self) -> bool:
        """Whether it is at least so much."""


@dataclass(frozen=True)
class Side:
    """A place in a period: what is told of it, its completeness where that is told, and what lies between it and the first."""

    place: Place
    period: Period
    value: Told
    covered: Covered | None
    # False where the report does not ask the item in the period.
    asked: bool = True
    difference: Difference | None = None
    # Of the largest figure, from 0 to 100, for the picture.
    percent: Decimal | None = None
    # Who claimed to lead what it is about, where two did.
    contested: Sequence[MandateDispute] = ()
    # How many of the counted reports behind it are corrected; editions say it by their errata.
    corrected: int = 0


class Compares(Protocol):
    """What is compared for whom: an item of figures or of editions, or an indicator; by the borders of each period or today's."""

    @property
    def name(self) -> str:
        """What it is called, in the reader's language."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def template(self) -> ReportTemplate:
        """The report by whose rules weeks are numbered."""

    @property
    def borders(self) -> Borders:
        """By whose borders."""

    @property
    def today(self) -> datetime.date:
        """The day on which it is asked."""

    def sides(self, places: Sequence[Place], periods: Sequence[Period]) -> list[Side] | None:
        """Each place in each period; None where nothing of the kind is asked in any of them."""


@dataclass(frozen=True)
class Compared:
    """Everything that a comparison shows; the first side is what the others are compared with."""

    of: Compares
    sides: tuple[Side, ...]
    border_changes: list[BorderChange]
    place_changes: list[PlaceChange]

    @property
    def borders(self) -> Borders:
        """By whose borders."""
        return self.of.borders

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
    """An item of figures of now, compared for a person who may see them."""

    user: User
    template: ReportTemplate
    element: str
    borders: Borders
    today: datetime.date

    @property
    def code(self) -> str:
        """The item's code."""
        return self.element

    @cached_property
    def name(self) -> str:
        """The item."""
        return Element.objects.get(code=self.element).name

    def sides(self, places: Sequence[Place], periods: Sequence[Period]) -> list[Side] | None:
        """Each place in each period; None where the report asks the item in none of them."""
        measures = {period: measures_of(self.template, period).get(self.element) for period in periods}
        measure = next((one for one in measures.values() if one is not None), None)
        if measure is None:
            return None
        disputes = contested_beside(self.user, self.template, places, periods)
        found = (side for place in places for side in self._of(place, measures, measure))
        return [replace(side, contested=disputes[side.place, side.period]) for side in found]

    def _of(self, place: Place, measures: dict[Period, Measure | None], measure: Measure) -> Iterator[Side]:
        """A place in each period; read at once."""
        parts = {period: [part.start for part in parts_of(self.template, period)] for period in measures}
        owner = whose_place(self.user, self.template, place, self.borders, self.today)
        starts = sorted({start for found in parts.values() for start in found})
        figures = read_figures(self.template, owner, starts, [measure])
        for period, asked in measures.items():
            number = figures.value(place.pk, measure, parts[period]) if asked else None
            least = bool(number is not None and unknowns(self.template, owner, parts[period], [measure]))
            covered = figures.coverage(place.pk, parts[period])
            corrected = corrected_in(self.template, period, place).reports
            yield Side(place, period, Value(measure, number, least), covered, asked is not None, corrected=corrected)


def compare(asking: Compares, places: Sequence[Place], periods: Sequence[Period]) -> Compared | None:
    """Some places in one period, or one place in some periods; None where what is compared is asked in none of them."""
    sides = asking.sides(places, periods)
    if not sides:
        return None
    most = max((side.value.number or Decimal() for side in sides), default=Decimal())
    told = tuple(_beside(sides[0], side, most) for side in sides)
    return Compared(asking, told, *_changes(asking, places, periods))


def _beside(first: Side, side: Side, most: Decimal) -> Side:
    """A side with what lies between it and the first, and how long its bar is."""
    number = side.value.number
    between = None if side is first else difference(first.value.number, number)
    percent = max(Decimal(), 100 * number / most) if number is not None and most > 0 else None
    return replace(side, difference=between, percent=percent)


def _changes(
    asking: Compares, places: Sequence[Place], periods: Sequence[Period]
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
