"""What the page of figures draws over time: the chart, as templates take it."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language_bidi

from coordination.reporting.models.measures import Measure
from coordination.reporting.models.overviews import Overview, Point, Row
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.charts import Bar, Chart, Given, draw
from coordination.reporting.rules.periods import Period, PeriodType, week_label
from coordination.reporting.rules.specification import ElementType, OverPlace
from coordination.reporting.templatetags.figures import figure_text
from directorates.models import Place

WIDE, NARROW, ON_A_PHONE = 1060, 336, 8


@dataclass(frozen=True)
class Column:
    """A bar with its words."""

    bar: Bar
    point: Point
    label: str
    year: str
    here: bool

    @property
    def share(self) -> Decimal | None:
        """Completeness of the period."""
        return self.point.covered.complete


@dataclass(frozen=True)
class Border:
    """A line before the first period in which a place was no longer expected."""

    x: float
    y: int
    words: str


@dataclass(frozen=True)
class Drawing:
    """The chart once: for a desk, or the last periods for a phone."""

    chart: Chart
    columns: list[Column]
    borders: list[Border]
    look: str
    rtl: bool
    ticks: list[tuple[float, str]]

    @property
    def has_lost(self) -> bool:
        """Whether any bar has a part that was lost."""
        return any(bar.lost for bar in self.chart.bars)


def charts_of(overview: Overview) -> list[Drawing]:
    """The chart of the series, for a desk and for a phone."""
    if overview.measure is None or not any(point.values[-1].number is not None for point in overview.series):
        return []
    return [
        _drawing(overview, overview.series, WIDE, "wide"),
        _drawing(overview, overview.series[-ON_A_PHONE:], NARROW, "phone"),
    ]


def _drawing(overview: Overview, points: Sequence[Point], width: int, look: str) -> Drawing:
    rtl, measure = get_language_bidi(), overview.measure
    if measure is None:
        raise AssertionError("a chart is drawn of an element")
    given = [
        Given(_of(point, measure), point.lost, point.year_before, point.covered.expected, point.covered.received)
        for point in points
    ]
    lost = [(index, row) for row in lost_places(overview) if (index := _first_without(points, row)) is not None]
    whole = measure.element.type is ElementType.INTEGER and measure.element.over_place is OverPlace.SUM
    chart = draw(given, width, rtl=rtl, borders=[index for index, _row in lost], whole_numbers=whole)
    labels = labels_of(overview.template, [point.period for point in points])
    columns = [
        Column(bar, point, *label, here=point.period == overview.period)
        for bar, point, label in zip(chart.bars, points, labels, strict=True)
    ]
    borders = [
        Border(x, 14 + 15 * place, row.holder.name if row.holder else "")
        for place, (x, (_index, row)) in enumerate(zip(chart.borders, lost, strict=True))
    ]
    ticks = [(tick.y, figure_text(tick.value, measure)) for tick in chart.ticks]
    return Drawing(chart, columns, borders, look, rtl, ticks)


def _of(point: Point, measure: Measure) -> Decimal | None:
    return next((value.number for value in point.values if value.measure is measure), None)


def lost_places(overview: Overview) -> list[Row]:
    """The governorates around or within the place in focus whose jurisdiction ended during the series, by date."""
    first = overview.periods[0].start
    rows = [
        row
        for row in overview.governorates
        if isinstance(row.holder, Place) and _related(row.holder.path, overview.focus.path)
        if row.ending and row.ending.whole and row.ending.since > first and row.ending.last_period
    ]
    return sorted(rows, key=lambda row: row.ending.since if row.ending else first)


def _related(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _first_without(points: Sequence[Point], row: Row) -> int | None:
    """The place of the first period that belongs to nobody any more; None where the series does not show the change."""
    since = row.ending.since if row.ending else datetime.date.max
    found = next((place for place, point in enumerate(points) if point.period.last_day >= since), None)
    return found or None


def labels_of(template: ReportTemplate, periods: Sequence[Period]) -> Iterator[tuple[str, str]]:
    """The number of each period, and its year where it is the first shown of that year."""
    before = None
    for period in periods:
        if period.type.is_week:
            year, number = week_label(period, template.programme.week_rules_kept)
            label = str(number)
        else:
            year = period.start.year
            label = {PeriodType.MONTH: str(period.start.month), PeriodType.YEAR: str(year)}.get(
                period.type, period.id[4:]
            )
        yield label, "" if year == before or period.type is PeriodType.YEAR else str(year)
        before = year
