"""What the page of figures shows of a template and period: a table by place, a series over time, a map."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from coordination.reporting.models.border_changes import BorderChange, border_changes, day_of_borders, place_changes
from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from coordination.reporting.models.endings import Ending, endings
from coordination.reporting.models.figures import Borders, Figures, Whose, parts_of, read_figures, whose, whose_place
from coordination.reporting.models.grounds import Ground
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.models.unknowns import unknowns
from coordination.reporting.rules.counting import Timeliness
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.models import Organisation, Place, PlaceChange, User
from directorates.models.place_names import named_as_of
from directorates.models.places import Level

# How many periods a series has, so that a year of months or a third of a year of weeks stands side by side.
SERIES = {
    PeriodType.MONTH: 13,
    PeriodType.QUARTER: 8,
    PeriodType.YEAR: 5,
    PeriodType.WEEK: 17,
    PeriodType.WEEK_SUNDAY: 17,
}
Holder = Place | Organisation | None


@dataclass(frozen=True)
class Value:
    """A figure; `least` where some report does not know, so that it is at least so much."""

    measure: Measure
    number: Decimal | None
    least: bool = False


@dataclass(frozen=True)
class Row:
    """A place or a directorate (None: outside every jurisdiction) with its coverage and figures."""

    holder: Holder
    covered: Covered
    values: tuple[Value, ...]
    ending: Ending | None = None
    # A place that ended, and cannot be divided among those that its ground belongs to.
    undivided: Ground | None = None

    @property
    def gone(self) -> bool:
        """Whether nothing is expected any more, and nothing came."""
        return self.ending is not None and self.ending.whole and not self.covered.anything

    @property
    def complete(self) -> Decimal | None:
        """Of those expected, the share that counts."""
        return self.covered.complete

    @property
    def timely(self) -> Timeliness:
        """On time over received, and of those expected over all expected."""
        return self.covered.timely

    @property
    def silent(self) -> bool:
        """Whether reports were expected and none came."""
        return self.covered.expected > 0 and not self.covered.received


@dataclass(frozen=True)
class Point:
    """One period of a series: the figure, its part in places that are no longer in any jurisdiction, a year before."""

    period: Period
    covered: Covered
    values: tuple[Value, ...]
    lost: Decimal | None
    year_before: Decimal | None


@dataclass
class Overview:
    """Each part is read when the page asks for it, with the same number of queries whatever there is to show."""

    user: User
    template: ReportTemplate
    period: Period
    focus: Place
    level: FigureLevel
    borders: Borders
    today: datetime.date
    # The code of the element that chart and map show; the first that tells something without one.
    wanted: str = ""
    measures: dict[str, Measure] = field(init=False)

    def __post_init__(self) -> None:
        self.measures = measures_of(self.template, self.period)
        self._as_named([self.focus])

    def _as_named(self, holders: Iterable[object]) -> None:
        """By the borders of the period places bear the names of the period too."""
        if self.borders is Borders.THEN:
            named_as_of(holders, self.period.last_day)

    @cached_property
    def parts(self) -> list[datetime.date]:
        """The first days of the template's own periods that make up the period."""
        return [part.start for part in parts_of(self.template, self.period)]

    @property
    def day(self) -> datetime.date:
        """The day by which jurisdictions are looked at: the period's last, or today."""
        return self.today if self.borders is Borders.NOW else self.period.last_day

    @cached_property
    def headlines(self) -> list[Measure]:
        """The first summed element of each section: what tells the size of the work at a glance."""
        return [one for one in self.measures.values() if one.headline]

    @cached_property
    def size(self) -> Measure | None:
        """The element that tells how much work there was: the first that is summed."""
        return next(iter(self.headlines), None)

    @cached_property
    def measure(self) -> Measure | None:
        """The element that chart and map show: the one asked for or, without one, the headline of the largest figure."""
        if self.wanted in self.measures:
            return self.measures[self.wanted]
        others = [one for one in self.headlines if one is not self.size]
        if not others:
            return self.size
        found, key = self._wide, self.focus.pk
        return max(others, key=lambda one: found.value(key, one, self.parts) or Decimal(-1))

    @cached_property
    def shown(self) -> tuple[Measure, ...]:
        """The elements of the table: the size of the work, and the one asked for."""
        return tuple(dict.fromkeys(one for one in (self.size, self.measure) if one is not None))

    @cached_property
    def periods(self) -> list[Period]:
        """The periods of the series, the shown one last; those before anything was expected are left out."""
        found = [self.period]
        while len(found) < SERIES[self.period.type]:
            found.append(found[-1].previous())
        while len(found) > 1 and not self._wide.coverage(self.focus.pk, self._starts(found[-1])).anything:
            found.pop()
        return found[::-1]

    def _starts(self, period: Period) -> list[datetime.date]:
        return [part.start for part in parts_of(self.template, period)]

    def _year_before(self, period: Period) -> Period:
        """The same period of the year before: the same months, or the week 52 weeks earlier."""
        if period.type.is_week:
            return Period(period.type, period.start - datetime.timedelta(weeks=52))
        return period_containing(period.start.replace(year=period.start.year - 1), period.type)

    @cached_property
    def _wide(self) -> Figures:
        """The place in focus over every period of the series and the same periods a year before."""
        wanted, period = [], self.period
        for _number in range(SERIES[period.type]):
            wanted += [period, self._year_before(period)]
            period = period.previous()
        starts = {start for one in wanted for start in self._starts(one)}
        asked = list(dict.fromkeys([*self.headlines, *filter(None, [self.measures.get(self.wanted)])]))
        owner = whose_place(self.user, self.template, self.focus, self.borders, self.day)
        return read_figures(self.template, owner, sorted(starts), asked)

    @cached_property
    def _directorates(self) -> Whose:
        """Every directorate in the place in focus, by today's (or the period's last) jurisdictions."""
        return whose(self.user, self.template, FigureLevel.DIRECTORATE, self.focus, Borders.NOW, self.day)

    @cached_property
    def _lost(self) -> Figures | None:
        """The element by today's (or the period's last) jurisdictions, for the part that lies outside them."""
        if self.measure is None or not self.measure.adds_up:
            return None
        owners = self._directorates
        starts = [start for period in self.periods for start in self._starts(period)]
        return read_figures(self.template, owners, starts, [self.measure])

    @cached_property
    def series(self) -> list[Point]:
        """The element over time, the shown period last."""
        return [self._point(period) for period in self.periods]

    def _point(self, period: Period) -> Point:
        starts, key, found = self._starts(period), self.focus.pk, self._wide
        before = self.measure and found.value(key, self.measure, self._starts(self._year_before(period)))
        lost = self._lost and self.measure and self._lost.value(OUTSIDE, self.measure, starts)
        values = tuple(Value(one, found.value(key, one, starts)) for one in self.shown)
        return Point(period, found.coverage(key, starts), values, lost or None, before or None)

    @cached_property
    def border_changes(self) -> list[BorderChange]:
        """What changed hands in the place in focus between the first and the last of what the page compares."""
        return border_changes(self.focus, *self._compared)

    @cached_property
    def place_changes(self) -> list[PlaceChange]:
        """Which places in focus were moved, split, merged or renamed between the first and the last of what is compared."""
        return place_changes(self.focus, *self._compared)

    @property
    def _compared(self) -> tuple[datetime.date, datetime.date]:
        """The last day of the first period that the page compares, and the day by whose borders the last one counts."""
        return self.periods[0].last_day, day_of_borders(self.period, self.borders, self.today)

    @property
    def previous(self) -> Point | None:
        """The period before the shown one, where anything was expected or received then."""
        return self.series[-2] if len(self.series) > 1 else None

    @cached_property
    def owners(self) -> Whose:
        """Whose rows the table has."""
        found = whose(self.user, self.template, self.level, self.focus, self.borders, self.day)
        if self.level != FigureLevel.DIRECTORATE:
            self._as_named(found.holders.values())
        return found

    @cached_property
    def _table(self) -> Figures:
        return read_figures(self.template, self.owners, self.parts, self.shown)

    @cached_property
    def _unknown(self) -> dict[tuple[int, int], int]:
        return unknowns(self.template, self.owners, self.parts, self.shown)

    @property
    def doubted(self) -> bool:
        """Whether any figure of the table is at least so much."""
        return bool(self._unknown)

    @cached_property
    def ended(self) -> dict[int, Ending]:
        """By row of the table, where jurisdiction has ended."""
        return endings(self.template, self.level, self.day)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the table: whoever there is something to tell of, and what has been lost."""
        present = self._table.present()
        found = []
        for key, holder in self.owners.holders.items():
            row = self._row(self._table, key, holder, self.ended.get(key))
            told = key in present and (row.covered.anything or any(one.number is not None for one in row.values))
            if told or (row.gone and row.ending and row.ending.last_period):
                found.append(row)
        return found

    def _row(self, figures: Figures, key: int, holder: Holder, ending: Ending | None) -> Row:
        values = tuple(
            Value(one, figures.value(key, one, self.parts), (key, one.id) in self._unknown) for one in self.shown
        )
        undivided = figures.whose.shifts.undivided.get(key)
        return Row(holder, figures.coverage(key, self.parts), values, ending, undivided)

    @cached_property
    def total(self) -> Row:
        """The place in focus itself: what the rows add up to."""
        doubted = {element for _key, element in self._unknown}
        values = tuple(
            Value(one, self._wide.value(self.focus.pk, one, self.parts), one.id in doubted) for one in self.shown
        )
        return Row(self.focus, self._wide.coverage(self.focus.pk, self.parts), values)

    @cached_property
    def outside(self) -> Row | None:
        """What of the total lies outside every jurisdiction (then, or today); None where there is nothing."""
        if self.level == FigureLevel.DIRECTORATE or not self.shown:
            return None
        owners = self._directorates
        if self.borders is Borders.THEN:
            # Within a part of the country its own sub-districts of the period are asked for, also those that ended since.
            asked = (self.user, self.template, FigureLevel.DIRECTORATE, self.focus)
            owners = replace(owners, borders=self.borders) if owners.within is None else whose(*asked)
        figures = read_figures(self.template, owners, self.parts, self.shown)
        covered = figures.coverage(OUTSIDE, self.parts)
        values = tuple(Value(one, figures.value(OUTSIDE, one, self.parts)) for one in self.shown)
        return Row(None, covered, values) if covered.anything else None

    @cached_property
    def governorates(self) -> list[Row]:
        """A row a governorate, for the map: those of the table where it shows them; none for who sees but a part."""
        if self.level == FigureLevel.GOVERNORATE and self.focus.level == Level.COUNTRY:
            owners, figures, ended = self.owners, self._table, self.ended
        else:
            owners = whose(self.user, self.template, FigureLevel.GOVERNORATE, None, self.borders, self.day)
            self._as_named(owners.holders.values())
            figures = read_figures(self.template, owners, self.parts, self.shown)
            ended = endings(self.template, FigureLevel.GOVERNORATE, self.day)
        return [
            Row(
                holder,
                figures.coverage(key, self.parts),
                tuple(Value(one, figures.value(key, one, self.parts)) for one in self.shown),
                ended.get(key),
            )
            for key, holder in owners.holders.items()
        ]
