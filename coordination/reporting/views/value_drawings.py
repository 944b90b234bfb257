"""What pages of indicators and of editions draw over time: bars over completeness, as the page of figures draws them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language_bidi

from coordination.reporting.forms.asked_places import AskedPlaces
from coordination.reporting.forms.edition_values import AskedEditions
from coordination.reporting.forms.indicator_values import AskedIndicator
from coordination.reporting.rules.charts import Bar, Chart, Given, draw
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.indicators import Outcome
from coordination.reporting.rules.periods import Period
from coordination.reporting.templatetags.figures import edition_text
from coordination.reporting.views.figure_drawings import NARROW, ON_A_PHONE, WIDE, labels_of
from coordination.templatetags.tansiq import grouped


@dataclass(frozen=True)
class Plotted:
    """A period with its value, and the reports expected and received behind it."""

    period: Period
    number: Decimal | None
    covered: Covered


@dataclass(frozen=True)
class ValueColumn:
    """A bar with its words; of a period without a value there is no bar."""

    bar: Bar
    label: str
    year: str
    here: bool


@dataclass(frozen=True)
class ValueDrawing:
    """The chart once: for a desk, or the last periods for a phone."""

    chart: Chart
    columns: list[ValueColumn]
    look: str
    rtl: bool
    ticks: list[tuple[float, str]]


def charts_of_indicator(asked: AskedIndicator, found: Sequence[tuple[Period, Outcome]]) -> list[ValueDrawing]:
    """The chart of an indicator in the place in focus."""
    key = asked.focus.pk if asked.focus else 0
    points = [
        Plotted(period, one.value, sum((told for _report, told in asked.whole.covered(key, period)), start=Covered()))
        for period, one in found
    ]
    return _charts(asked, points, grouped)


def charts_of_editions(asked: AskedEditions) -> list[ValueDrawing]:
    """The chart of an item as it was published of the place in focus."""
    points = [Plotted(period, one.number, one.covered or Covered()) for period, one in asked.values]
    return _charts(asked, points, edition_text)


def _charts(asked: AskedPlaces, points: Sequence[Plotted], write: Callable[[Decimal], str]) -> list[ValueDrawing]:
    """For a desk and for a phone; none where nothing can be drawn: no value, or one below zero."""
    values = [one.number for one in points if one.number is not None]
    if not values or min(values) < 0:
        return []
    looks = ((points, WIDE, "wide"), (points[-ON_A_PHONE:], NARROW, "phone"))
    return [_drawing(asked, some, write, width, look) for some, width, look in looks]


def _drawing(
    asked: AskedPlaces, points: Sequence[Plotted], write: Callable[[Decimal], str], width: int, look: str
) -> ValueDrawing:
    rtl = get_language_bidi()
    given = [Given(one.number, None, None, one.covered.expected, one.covered.answered) for one in points]
    chart = draw(given, width, rtl=rtl, whole_numbers=False)
    labels = labels_of(asked.words_of, [one.period for one in points])
    columns = [
        ValueColumn(bar, *label, here=one.period == asked.period)
        for bar, one, label in zip(chart.bars, points, labels, strict=True)
    ]
    return ValueDrawing(chart, columns, look, rtl, [(tick.y, write(tick.value)) for tick in chart.ticks])
