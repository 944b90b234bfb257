"""Classes of a map: five steps of one hue, each with the range that stands in the legend."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

STEPS = 5


@dataclass(frozen=True)
class Step:
    """A class: its place among the five tones, and the least and greatest value in it."""

    tone: int
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Scale:
    """The classes that are in use, the least first."""

    steps: tuple[Step, ...]

    def tone(self, value: Decimal) -> int:
        """The tone of one of the values from which the scale was made."""
        return next(step.tone for step in self.steps if step.low <= value <= step.high)


def quantiles(values: Iterable[Decimal]) -> Scale:
    """As many values in each of five classes as can be; equal values never part, fewer values spread over the tones."""
    ordered = sorted(values)
    distinct = sorted(set(ordered))
    if len(distinct) <= STEPS:
        spread = STEPS - 1
        last = max(len(distinct) - 1, 1)
        tones = [1 + round(place * spread / last) for place in range(len(distinct))] if len(distinct) > 1 else [3]
        return Scale(tuple(Step(tone, value, value) for tone, value in zip(tones, distinct, strict=False)))
    tones = [1 + STEPS * bisect_left(ordered, value) // len(ordered) for value in distinct]
    return _of(distinct, tones)


def by_bounds(values: Iterable[Decimal], bounds: Sequence[Decimal]) -> Scale:
    """Classes between fixed bounds, so that two maps can be compared; each bound opens the next class."""
    distinct = sorted(set(values))
    return _of(distinct, [1 + sum(value >= bound for bound in bounds) for value in distinct])


def _of(distinct: Sequence[Decimal], tones: Sequence[int]) -> Scale:
    held: dict[int, list[Decimal]] = {}
    for value, tone in zip(distinct, tones, strict=True):
        held.setdefault(tone, []).append(value)
    return Scale(tuple(Step(tone, found[0], found[-1]) for tone, found in held.items()))
