"""What an indicator's page draws over time: bars over completeness, as the page of figures draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language_bidi

from coordination.reporting.forms.indicator_values import AskedIndicator
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.charts import Bar, Chart, Given, draw
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.indicators import Outcome
from coordination.reporting.rules.periods import Period
from coordination.reporting.views.figure_drawings import NARROW, ON_A_PHONE, WIDE, labels_of
from coordination.templatetags.tansiq import grouped

Point = tuple[Period, Outcome, list[tuple[ReportTemplate, Covered]]]


@dataclass(frozen=True)
class IndicatorColumn:
    """A bar with its words; of a period without a value there is no bar."""

    bar: Bar
    label: str
    year: str
    here: bool


@dataclass(frozen=True)
class IndicatorDrawing:
    """The chart once: for a desk, or the last periods for a phone."""

    chart: Chart
    columns: list[IndicatorColumn]
    look: str
    rtl: bool
    ticks: list[tuple[float, str]]


def charts_of_indicator(asked: AskedIndicator, points: Sequence[Point]) -> list[IndicatorDrawing]:
    """The chart of a series, for a desk and for a phone; none where nothing can be drawn: no value, or one below zero."""
    values = [found.value for _period, found, _covered in points if found.value is not None]
    if not values or min(values) < 0:
        return []
    return [_drawing(asked, points, WIDE, "wide"), _drawing(asked, points[-ON_A_PHONE:], NARROW, "phone")]


def _drawing(asked: AskedIndicator, points: Sequence[Point], width: int, look: str) -> IndicatorDrawing:
    rtl, given = get_language_bidi(), []
    for _period, found, covered in points:
        together = sum((one for _template, one in covered), Covered())
        given.append(Given(found.value, None, None, together.expected, together.answered))
    chart = draw(given, width, rtl=rtl, whole_numbers=False)
    labels = labels_of(asked.words_of, [period for period, _found, _covered in points])
    columns = [
        IndicatorColumn(bar, *label, here=period == asked.period)
        for bar, (period, _found, _covered), label in zip(chart.bars, points, labels, strict=True)
    ]
    ticks = [(tick.y, grouped(tick.value)) for tick in chart.ticks]
    return IndicatorDrawing(chart, columns, look, rtl, ticks)
