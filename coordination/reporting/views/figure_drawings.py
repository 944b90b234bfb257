"""What the page of figures draws: the chart over time and the map, as templates take them."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from coordination.formats.dates import short_day
from coordination.reporting.models.measures import Measure
from coordination.reporting.models.overviews import Overview, Point, Row
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.outline_files import governorate_outlines
from coordination.reporting.rules.charts import Bar, Chart, Given, draw
from coordination.reporting.rules.outlines import Shape
from coordination.reporting.rules.periods import Period, PeriodType, week_label
from coordination.reporting.rules.scales import Scale, by_bounds, quantiles
from coordination.reporting.rules.specification import ElementType, OverPlace
from coordination.reporting.templatetags.figures import figure_text
from directorates.models import Place

WIDE, NARROW, ON_A_PHONE = 1060, 336, 8
# Completeness is compared between maps, so its classes do not follow the values.
BOUNDS = tuple(Decimal(bound) / 100 for bound in (60, 70, 80, 90))
# A name needs so much room within its outline; narrower places are named beside the coast, with a line.
ROOM, MARGIN, LINE = 110, -92, 64


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


@dataclass(frozen=True)
class Area:
    """A governorate on the map: its look, its words and where they stand."""

    shape: Shape
    row: Row | None
    look: str
    words: str
    below: str
    label: tuple[int, int] | None
    beside: bool


@dataclass(frozen=True)
class Key:
    """A class in the legend."""

    tone: int
    low: str
    high: str


@dataclass(frozen=True)
class Map:
    """The governorates of the country in the tones of a figure."""

    areas: list[Area]
    keys: list[Key]
    width: int
    height: int
    highest: Area | None

    @property
    def looks(self) -> set[str]:
        """The looks that occur, for the legend."""
        return {area.look for area in self.areas}


def map_of(overview: Overview, *, show_completeness: bool) -> Map | None:
    """The map of an element or of completeness; None where no governorate of it is open."""
    rows = {row.holder.code: row for row in overview.governorates if isinstance(row.holder, Place)}
    outlines = governorate_outlines()
    if not any(shape.code in rows for shape in outlines.shapes):
        return None
    values = {code: _value(row, None if show_completeness else overview.measure) for code, row in rows.items()}
    known = {code: value for code, value in values.items() if value is not None}
    scale = by_bounds(known.values(), BOUNDS) if show_completeness else quantiles(known.values())
    measure = None if show_completeness else overview.measure
    taken: list[int] = []
    areas = [
        _area(shape, rows.get(shape.code), known.get(shape.code), scale, measure, taken)
        for shape in sorted(outlines.shapes, key=lambda one: one.middle[1])
    ]
    keys = [Key(step.tone, _written(step.low, measure), _written(step.high, measure)) for step in scale.steps]
    greatest = max(known, key=lambda code: known[code]) if len(known) > 1 else None
    highest = next((area for area in areas if area.shape.code == greatest), None)
    return Map(areas, keys, outlines.width, outlines.height, highest)


def _value(row: Row, measure: Measure | None) -> Decimal | None:
    """The element's figure or, without one, completeness."""
    if measure is None:
        return row.covered.complete
    if row.silent:
        return None
    return next((value.number for value in row.values if value.measure is measure), None)


def _written(value: Decimal, measure: Measure | None) -> str:
    return f"{round(value * 100)}%" if measure is None else figure_text(value, measure)


def _area(
    shape: Shape, row: Row | None, value: Decimal | None, scale: Scale, measure: Measure | None, taken: list[int]
) -> Area:
    """How a governorate looks, and where its words stand without touching others."""
    look, below = _look(row, value, scale, measure)
    if row is None or look == "outside":
        return Area(shape, row, look, row.holder.name if row and row.holder else "", below, None, beside=False)
    beside = shape.room < ROOM
    x, y = (MARGIN, shape.middle[1] - 4) if beside else (shape.middle[0], shape.middle[1] - 4)
    if beside:
        y = max([y, *(other + LINE for other in taken)])
        taken.append(y)
        # There is no room for the day beside the coast; the table has it.
        below = "" if look == "away" else below
    return Area(shape, row, look, row.holder.name if row.holder else "", below, (x, y), beside)


def _look(row: Row | None, value: Decimal | None, scale: Scale, measure: Measure | None) -> tuple[str, str]:
    """The look of a governorate and the words below its name."""
    if row is None:
        return "outside", ""
    if value is not None:
        return f"s{scale.tone(value)}", _written(value, measure)
    if row.gone and row.ending and row.ending.last_period:
        return "away", _("since %(day)s") % {"day": short_day(row.ending.since)}
    if row.covered.anything:
        return "nodata", _("no data")
    return "outside", ""
