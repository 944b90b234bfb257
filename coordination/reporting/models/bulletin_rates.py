"""Indicators of a bulletin as they are read: the rows of its parts, what they were divided by, and what a correction shows otherwise."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from coordination.reporting.models.bulletin_indicators import (
    BulletinPopulation,
    BulletinValue,
    elements_in,
    period_of,
    taken_of,
    told_of,
    worked,
)
from coordination.reporting.models.bulletins import Bulletin, BulletinPart
from coordination.reporting.models.indicators import Indicator, IndicatorVersion
from coordination.reporting.models.populations import PopulationGroup
from coordination.reporting.rules.bulletin_indicators import Basis, Cause, causes
from coordination.reporting.rules.indicators import Reason
from coordination.reporting.rules.periods import Period
from directorates.models import Place
from directorates.models.places import Level

# Of several sources of one sum so many are named.
NAMED = 3


@dataclass(frozen=True)
class People:
    """How many people of a group a value was divided by, and the figures of sources that make them up."""

    place: Place
    figures: tuple[BulletinPopulation, ...]

    @property
    def year(self) -> int:
        """Of which year."""
        return self.figures[0].year

    @property
    def group(self) -> str:
        """Of whom, as a code."""
        return self.figures[0].group

    @property
    def group_words(self) -> str:
        """Of whom, in words."""
        return str(PopulationGroup(self.group).label)

    @property
    def number(self) -> int:
        """How many."""
        return sum(one.number for one in self.figures)

    @property
    def is_sum(self) -> bool:
        """Whether it is the sum of the figures of places inside."""
        return [one.place_id for one in self.figures] != [self.place.pk]

    @property
    def sources(self) -> list[tuple[str, date]]:
        """Who said so, and the day of each source; the first of them where there are many."""
        return list(dict.fromkeys((one.source, one.dated) for one in self.figures))[:NAMED]

    @property
    def more(self) -> int:
        """How many sources are not named."""
        return len({(one.source, one.dated) for one in self.figures}) - len(self.sources)


@dataclass(frozen=True)
class PeopleOf:
    """The numbers of one group and year that the same sources give, by place."""

    rows: tuple[People, ...]

    @property
    def first(self) -> People:
        """What tells of all: of whom, of which year, by whom."""
        return self.rows[0]

    @property
    def with_sums(self) -> bool:
        """Whether some are sums of places inside."""
        return any(one.is_sum for one in self.rows)


@dataclass(frozen=True)
class Rate:
    """The value of an indicator as it is shown: a number with its two sides, or why there is none; `percent` of the largest."""

    row: BulletinValue
    people: tuple[People, ...] = ()
    percent: Decimal | None = None

    @property
    def number(self) -> Decimal | None:
        """The number; None where it is not computable."""
        return self.row.value

    @property
    def version(self) -> IndicatorVersion | None:
        """The formula that held."""
        return self.row.version

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why there is none."""
        return tuple(Reason(one) for one in self.row.reasons)

    @property
    def hidden(self) -> bool:
        """Whether there is none because a part of it is hidden."""
        return Reason.HIDDEN in self.reasons


@dataclass(frozen=True)
class RateChanged:
    """A value that a correction has otherwise, and where the difference comes from; none of one that is not there."""

    indicator: Indicator
    place: Place
    period: Period
    before: Rate | None
    after: Rate | None
    causes: tuple[Cause, ...]


class Rates:
    """The indicators of one bulletin for whoever sees some places of it."""

    def __init__(self, bulletin: Bulletin, parts: Sequence[BulletinPart], places: Mapping[int, Place]) -> None:
        """Keep what is asked for."""
        self.bulletin, self.parts, self.places = bulletin, [one for one in parts if one.indicator_id], places

    @cached_property
    def _rows(self) -> dict[int, list[BulletinValue]]:
        """The values of each indicator, in the order of periods and places."""
        found: dict[int, list[BulletinValue]] = defaultdict(list)
        if not self.parts:
            return found
        rows = self.bulletin.indicator_values.filter(
            indicator__in={one.indicator_id for one in self.parts},
            place__level__in={Level.COUNTRY, *(one.told_level for one in self.parts)},
        )
        formulas = ("version__operands__element", "version__operands__category")
        for row in rows.prefetch_related(*formulas).order_by("period_start", "place__code"):
            found[row.indicator_id].append(row)
        return found

    @cached_property
    def _people(self) -> dict[int, BulletinPopulation]:
        """What was divided by, by the figure of a source."""
        return {row.stated_id: row for row in self.bulletin.populations.select_related("place")}

    def version(self, part: BulletinPart) -> IndicatorVersion | None:
        """The formula that held in the bulletin's period; None while the indicator is not worked out."""
        rows = self._rows.get(part.indicator_id or 0, ())
        return next((row.version for row in rows if row.period_start == self.bulletin.period_start), None)

    def rates(self, part: BulletinPart) -> list[Rate]:
        """What a part shows: its places in the bulletin's period, or the country over time."""
        found = [one for one in self._rows.get(part.indicator_id or 0, ()) if self._shows(part, one)]
        largest = max((one.value for one in found if one.value is not None), default=Decimal())
        return [self._rate(one, largest) for one in found]

    def _shows(self, part: BulletinPart, row: BulletinValue) -> bool:
        """Whether a value stands in a part, and its place is open."""
        place = self.places.get(row.place_id)
        if place is None or place.level != part.told_level:
            return False
        return part.over_time or row.period_start == self.bulletin.period_start

    def _rate(self, row: BulletinValue, largest: Decimal = Decimal()) -> Rate:
        """A value with what it was divided by; a value below zero has no bar."""
        groups: dict[str, list[BulletinPopulation]] = defaultdict(list)
        for pk in row.people:
            if (one := self._people.get(pk)) is not None:
                groups[one.group].append(one)
        people = tuple(People(self.places[row.place_id], tuple(held)) for held in groups.values())
        shown = row.value is not None and largest > 0
        return Rate(row, people, 100 * max(row.value or Decimal(), Decimal()) / largest if shown else None)

    @cached_property
    def divided_by(self) -> list[People]:
        """Every number of people that a shown value was divided by, once: by group, year and place."""
        found = {
            (people.group, -people.year, people.place.level, people.place.code): people
            for part in self.parts
            for rate in self.rates(part)
            for people in rate.people
        }
        return [found[key] for key in sorted(found)]

    @property
    def by_source(self) -> list[PeopleOf]:
        """The same, in a table for each group, year and sources."""
        found: dict[tuple[object, ...], list[People]] = defaultdict(list)
        for one in self.divided_by:
            found[one.group, one.year, tuple(one.sources), one.more].append(one)
        return [PeopleOf(tuple(rows)) for rows in found.values()]

    @property
    def populations(self) -> list[BulletinPopulation]:
        """What sources said, of all that the shown values were divided by."""
        used = {figure.pk: figure for people in self.divided_by for figure in people.figures}
        return sorted(used.values(), key=lambda one: (one.group, -one.year, one.place.code))

    @cached_property
    def changes(self) -> list[RateChanged]:
        """What the parts show otherwise than the bulletin that this one corrects, of indicators that stood in it already."""
        corrected = self.bulletin.corrects
        if corrected is None or not self.parts:
            return []
        return list(self._changed(Rates(corrected, self.parts, self.places)))

    def kept(self) -> Iterator[BulletinValue]:
        """Every value that is read."""
        for rows in self._rows.values():
            yield from rows

    def shown(self) -> dict[tuple[int, date, int], Rate]:
        """What the parts show, by indicator, period and place."""
        return {
            (rate.row.indicator_id, rate.row.period_start, rate.row.place_id): rate
            for part in self.parts
            for rate in self.rates(part)
        }

    def _changed(self, before: "Rates") -> Iterator[RateChanged]:
        old, new = before.shown(), self.shown()
        old_bases, new_bases = _Bases(before), _Bases(self)
        stood = {indicator for indicator, _start, _place in old}
        indicators = {one.indicator_id: one.indicator for one in self.parts if one.indicator}
        order = {key: (indicators[key[0]].code, key[1], self.places[key[2]].code) for key in {*old, *new}}
        for key in sorted(order, key=lambda one: order[one]):
            one, other = old.get(key), new.get(key)
            if key[0] not in stood or (one and other and _said(one) == _said(other)):
                continue
            row = (other or one or new[key]).row
            found = causes(old_bases.of(one), new_bases.of(other)) if one and other else ()
            place, period = self.places[row.place_id], period_of(self.bulletin, row.period_start)
            yield RateChanged(indicators[key[0]], place, period, one, other, found or (Cause.FIGURES,))


def _said(rate: Rate) -> tuple[Decimal | None, tuple[Reason, ...]]:
    return rate.number, rate.reasons


class _Bases:
    """What the values of a bulletin were made of."""

    def __init__(self, rates: Rates) -> None:
        """Read what its editions tell of the items of all formulas."""
        used = {row.version_id: row.version for row in rates.kept() if row.version}
        self.told = told_of(taken_of(rates.bulletin), elements_in(used.values()))
        self.worked = {pk: worked(version) for pk, version in used.items()}

    def of(self, rate: Rate) -> Basis:
        """That of one value."""
        row, people = rate.row, {one.group: one.number for one in rate.people}
        told, formula = self.told.get(row.period_start, {}), self.worked.get(row.version_id)
        number = row.version.number if row.version else None
        return Basis(number, formula.parts(told, row.place_id) if formula else {}, people)
