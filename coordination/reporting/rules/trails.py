"""The small picture of an item's past: a line through earlier answers, the usual range as a band, this answer as a dot.

It is drawn from the earliest to the latest; the style sheet mirrors it where one reads from right to left. The past
takes half of the height at least: a dot at the edge may lie further out than it is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.outliers import Finding
from coordination.reporting.rules.periods import Period

WIDTH, HEIGHT, EDGE = 120.0, 32.0, 4.0

Earlier = tuple[Period, Decimal | None]


@dataclass(frozen=True)
class Trail:
    """Everything that is drawn, and the same as rows, the latest first; a period without an answer is a gap."""

    width: float
    height: float
    line: str
    dots: tuple[tuple[float, float], ...]
    band: tuple[float, float]
    here: tuple[float, float]
    rows: tuple[Earlier, ...]


def trail(period: Period, finding: Finding, earlier: Sequence[Earlier]) -> Trail:
    """The picture of a finding over its item's earlier answers, the earliest first."""
    value = from_json(finding.value or 0)
    low, high = from_json(finding.low or 0), from_json(finding.high or 0)
    numbers = [number for _period, number in earlier if number is not None]
    bottom, top = min([low, *numbers]), max([high, *numbers])
    room = (top - bottom) or Decimal(1)
    bottom, top = min(bottom, max(value, bottom - room)), max(top, min(value, top + room))
    places = _places(period, [one for one, _number in earlier])
    last = max(places[period], 1)

    def across(one: Period) -> float:
        return round(EDGE + places[one] / last * (WIDTH - 2 * EDGE), 1)

    def down(number: Decimal) -> float:
        share = float((min(max(number, bottom), top) - bottom) / (top - bottom))
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    points = [(places[one], across(one), down(number)) for one, number in earlier if number is not None]
    return Trail(
        width=WIDTH,
        height=HEIGHT,
        line=_line(points),
        dots=tuple((x, y) for _place, x, y in points),
        band=(down(high), round(max(down(low) - down(high), 1.0), 1)),
        here=(across(period), down(value)),
        rows=tuple(reversed(earlier)),
    )


def _places(period: Period, earlier: Sequence[Period]) -> dict[Period, int]:
    """The place of each period on the line of time, the first of them at nought."""
    first, found = min([*earlier, period]), [period]
    while found[-1] > first:
        found.append(found[-1].previous())
    return {one: place for place, one in enumerate(reversed(found))}


def _line(points: Sequence[tuple[int, float, float]]) -> str:
    """The line through neighbouring periods; after a gap it begins anew."""
    path, last = "", None
    for place, x, y in points:
        path += f"{'L' if last == place - 1 else 'M'}{x:g} {y:g}"
        last = place
    return path
