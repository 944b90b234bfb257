"""The geometry of the bar chart: bars over a strip of completeness, time running with reading.

Lengths are the units of the drawing's view box. From right to left everything but the words is mirrored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

HEIGHT = 358
TOP, BASE = 57.0, 246.0
STRIP_TOP, STRIP_BASE = 312.0, 340.0
# Room for the numbers of the axis, a character wide.
CHARACTER, GAP = 8.0, 12.0
# A bar takes so much of its place.
FULLNESS = 0.62


@dataclass(frozen=True)
class Given:
    """One period: the whole figure, its part in places that were lost, a year before; expected and received."""

    whole: Decimal | None
    lost: Decimal | None = None
    before: Decimal | None = None
    expected: int = 0
    received: int = 0


@dataclass(frozen=True)
class Bar:
    """One period as it is drawn: the part still held from the base, the lost part above it, and the strip below."""

    x: float
    width: float
    middle: float
    held: tuple[float, float] | None
    lost: tuple[float, float] | None
    expected: tuple[float, float] | None
    received: tuple[float, float] | None


@dataclass(frozen=True)
class Tick:
    """A line across the chart with its number."""

    y: float
    value: Decimal


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn."""

    width: float
    start: float
    end: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    line: str
    dots: tuple[tuple[float, float], ...]
    axis: float
    borders: tuple[float, ...]


def draw(given: Sequence[Given], width: float, *, rtl: bool, borders: Sequence[int] = (), whole_numbers: bool) -> Chart:
    """The chart of some periods; `borders` are the places of periods before which a line stands."""
    most = max((max(one.whole or 0, one.before or 0) for one in given), default=Decimal(0))
    ticks = _ticks(Decimal(most), whole_numbers=whole_numbers)
    margin = CHARACTER * max(len(f"{tick:,f}") for tick in ticks) + GAP
    room = (width - margin) / max(len(given), 1)
    top = ticks[-1]
    expected = max((one.expected for one in given), default=0)

    def across(x: float) -> float:
        return round(width - x if rtl else x, 1)

    def height(value: Decimal) -> float:
        return round(float(value / top) * (BASE - TOP), 1)

    bars, dots = [], []
    for place, one in enumerate(given):
        middle = margin + room * (place + 0.5)
        thick = min(room * FULLNESS, 44)
        bars.append(_bar(one, across(middle), thick, height, expected))
        if one.before is not None:
            dots.append((place, (across(middle), round(BASE - height(one.before), 1))))
    return Chart(
        width=width,
        start=across(margin),
        end=across(width),
        ticks=tuple(Tick(round(BASE - height(tick), 1), tick) for tick in ticks),
        bars=tuple(bars),
        line=_line(dots),
        dots=tuple(point for _place, point in dots),
        axis=across(margin - 6),
        borders=tuple(across(margin + room * place) for place in borders),
    )


def _bar(one: Given, middle: float, thick: float, height: Callable[[Decimal], float], expected: int) -> Bar:
    x, lost = round(middle - thick / 2, 1), one.lost or Decimal(0)
    held = None if one.whole is None else height(max(one.whole - lost, Decimal(0)))
    above = height(lost) if lost else 0.0
    strip = STRIP_BASE - STRIP_TOP
    due = round(one.expected / expected * strip, 1) if expected else 0.0
    came = round(min(one.received, one.expected) / expected * strip, 1) if expected else 0.0
    return Bar(
        x=x,
        width=round(thick, 1),
        middle=middle,
        held=None if held is None else (round(BASE - held, 1), held),
        lost=(round(BASE - (held or 0) - above, 1), above) if above else None,
        expected=(round(STRIP_BASE - due, 1), due) if due else None,
        received=(round(STRIP_BASE - came, 1), came) if came else None,
    )


def _line(dots: Sequence[tuple[int, tuple[float, float]]]) -> str:
    """The line through neighbouring points; where a period has none, it begins anew."""
    path, last = "", None
    for place, (x, y) in dots:
        path += f"{'L' if last == place - 1 else 'M'}{x:g} {y:g}"
        last = place
    return path


def _ticks(most: Decimal, *, whole_numbers: bool) -> list[Decimal]:
    """Three to five round numbers from nought to the greatest value or a little above."""
    if most <= 0:
        return [Decimal(0), Decimal(1)]
    power = Decimal(10) ** floor(log10(float(most)) - 0.6)
    steps = [power * factor for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))]
    if whole_numbers:
        steps = [step for step in steps if step == int(step)] or [Decimal(1)]
    step = next((step for step in steps if most / step <= 4), steps[-1])
    return [step * number for number in range(ceil(most / step) + 1)]
