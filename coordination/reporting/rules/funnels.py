"""Funnels: a rate against the number of reports, within limits that chance alone would seldom pass; no ranking.

Source: D. J. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005), 1185-1202.
The limits are exact quantiles of the binomial distribution about the common mean, in whole reports. They are not interpolated
between these, as its appendix A.1.1 proposes for smooth lines: of two reports, two would lie beyond a limit of 1.999. So at most 5 and
0.2 of 100 units lie outside by chance, of small ones fewer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, lgamma, log, sqrt

# The limits hold 95 and 99.8 of 100 units of a size about which nothing is unusual.
INNER, OUTER = 0.95, 0.998
# Outside of so many standard deviations lies nothing that a number could hold.
FAR = 12
# Drawn for a desk and for a phone: words keep their size.
WIDTH, NARROW, HEIGHT, PAD = 1060.0, 336.0, 320.0, 8.0
AXIS, BASE = 48.0, 26.0
STEPS = 120


class Verdict(StrEnum):
    """Where a unit lies."""

    WITHIN = "within"
    PERHAPS = "perhaps"
    BEYOND = "beyond"


@dataclass(frozen=True)
class Limits:
    """Between what a rate lies, by chance, in 95 and in 99.8 of 100 cases."""

    low: float
    high: float
    outer_low: float
    outer_high: float

    def verdict(self, rate: float) -> Verdict:
        """Where a rate lies; on a limit it is within it."""
        if rate < self.outer_low or rate > self.outer_high:
            return Verdict.BEYOND
        return Verdict.PERHAPS if rate < self.low or rate > self.high else Verdict.WITHIN


@lru_cache(maxsize=4096)
def limits(number: int, mean: float) -> Limits:
    """The limits for a unit of so many reports about a mean rate; a unit of none has none but 0 and 1."""
    if number <= 0:
        return Limits(0.0, 1.0, 0.0, 1.0)
    if mean <= 0.0 or mean >= 1.0:
        return Limits(mean, mean, mean, mean)
    tails = [(1 - OUTER) / 2, (1 - INNER) / 2, (1 + INNER) / 2, (1 + OUTER) / 2]
    outer_low, low, high, outer_high = (count / number for count in _quantiles(number, mean, tails))
    return Limits(low, high, outer_low, outer_high)


def _quantiles(number: int, mean: float, tails: Sequence[float]) -> list[int]:
    """The quantiles of the binomial distribution at some probabilities in rising order: the least counts that reach them."""
    spread = FAR * sqrt(number * mean * (1 - mean)) + FAR
    count = max(0, int(number * mean - spread))
    chance = exp(
        lgamma(number + 1)
        - lgamma(count + 1)
        - lgamma(number - count + 1)
        + count * log(mean)
        + (number - count) * log(1 - mean)
    )
    odds, sum_so_far, found = mean / (1 - mean), chance, []
    for tail in tails:
        while sum_so_far < tail and count < number:
            chance *= (number - count) / (count + 1) * odds
            count += 1
            sum_so_far += chance
        found.append(count)
    return found


@dataclass(frozen=True)
class Unit:
    """One facility or organisation: so many of so many reports."""

    part: int
    whole: int

    @property
    def rate(self) -> float:
        """The share."""
        return self.part / self.whole


@dataclass(frozen=True)
class Dot:
    """A unit as it is drawn: where, and its verdict; `index` is its place among those given."""

    index: int
    x: float
    y: float
    verdict: Verdict


@dataclass(frozen=True)
class Tick:
    """A line across with its number."""

    at: float
    value: float


@dataclass(frozen=True)
class Funnel:
    """Everything that is drawn, in the units of the view box; lines are paths.

    `dots` are the units beyond a limit; those within are one path of all spots at which some lie, as thousands share a few.
    """

    width: float
    height: float
    mean: float
    mean_y: float
    inner: str
    outer: str
    dots: tuple[Dot, ...]
    within: str
    rates: tuple[Tick, ...]
    sizes: tuple[Tick, ...]
    start: float
    end: float
    base: float


def mean_of(units: Sequence[Unit]) -> float | None:
    """The common mean: all parts of all wholes; None where there is nothing."""
    whole = sum(unit.whole for unit in units)
    return sum(unit.part for unit in units) / whole if whole else None


def verdicts(units: Sequence[Unit]) -> list[Verdict | None]:
    """Where each unit lies about the common mean; None where it has no report."""
    mean = mean_of(units)
    return [limits(unit.whole, mean).verdict(unit.rate) if mean is not None and unit.whole else None for unit in units]


def draw(units: Sequence[Unit], *, rtl: bool, width: float = WIDTH) -> Funnel | None:
    """The funnel of some units; sizes run with reading. None where there is nothing to draw."""
    mean = mean_of(units)
    if mean is None:
        return None
    most = max(unit.whole for unit in units)

    def across(size: float) -> float:
        x = AXIS + size / most * (width - AXIS - PAD)
        return round(width - x if rtl else x, 1)

    def down(rate: float) -> float:
        return round(PAD + (1 - rate) * (HEIGHT - BASE - 2 * PAD), 1)

    sizes = sorted({max(1, round(most * (step / STEPS) ** 2)) for step in range(1, STEPS + 1)})
    held = [(across(size), limits(size, mean)) for size in sizes]
    dots = [
        Dot(index, across(unit.whole), down(unit.rate), limits(unit.whole, mean).verdict(unit.rate))
        for index, unit in enumerate(units)
        if unit.whole
    ]
    return Funnel(
        width=width,
        height=HEIGHT,
        mean=mean,
        mean_y=down(mean),
        inner=_lines([(x, down(one.low), down(one.high)) for x, one in held]),
        outer=_lines([(x, down(one.outer_low), down(one.outer_high)) for x, one in held]),
        dots=tuple(dot for dot in dots if dot.verdict is not Verdict.WITHIN),
        within=_spots(dot for dot in dots if dot.verdict is Verdict.WITHIN),
        rates=tuple(Tick(down(rate), rate) for rate in (0.0, 0.25, 0.5, 0.75, 1.0)),
        sizes=tuple(Tick(across(size), size) for size in _round_sizes(most)),
        start=across(0),
        end=across(most),
        base=down(0.0),
    )


def _spots(dots: Iterable[Dot]) -> str:
    """Lines of no length, whose round ends are the dots; each spot once."""
    return "".join(f"M{x:g} {y:g}h0" for x, y in dict.fromkeys((dot.x, dot.y) for dot in dots))


def _lines(points: Sequence[tuple[float, float, float]]) -> str:
    """Two lines through the lower and the upper limits."""
    low = "L".join(f"{x:g} {y:g}" for x, y, _high in points)
    high = "L".join(f"{x:g} {y:g}" for x, _low, y in points)
    return f"M{low}M{high}"


def _round_sizes(most: int) -> list[int]:
    """A few round sizes up to the greatest."""
    step = 1
    while most / step > 5:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return [step * number for number in range(most // step + 1)]
