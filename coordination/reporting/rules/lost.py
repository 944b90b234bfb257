"""Services lost: what facilities with an excused missing report would usually have given, with a range; never a figure.

For each facility and item: the median of the last values that were accepted before, at most twelve, of the report's own
periods and of the 24 months before; from the 10th to the 90th percentile is its range. Fewer than three values give
nothing. Percentiles are interpolated between neighbours, as PostgreSQL's `percentile_cont` does. Over facilities medians
and both ends are added up: the range is that of everything being low, or high, at once, so it is rather too wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from coordination.reporting.rules.numbers import plain

MOST_VALUES, FEWEST_VALUES, MONTHS_BACK = 12, 3, 24
LOW, MIDDLE, HIGH = Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)
# An interpolated value is rounded here.
DECIMALS = 2


@dataclass(frozen=True)
class Lost:
    """An estimate: the middle, both ends of its range, and how many facilities stand behind it."""

    middle: Decimal = Decimal(0)
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    facilities: int = 0

    def __add__(self, other: Lost) -> Lost:
        """Both together."""
        return Lost(
            self.middle + other.middle,
            self.low + other.low,
            self.high + other.high,
            self.facilities + other.facilities,
        )


def earliest(start: date) -> date:
    """The first day of periods whose values still tell something of a period that begins on `start`."""
    months = start.year * 12 + start.month - 1 - MONTHS_BACK
    # The first of the month would be later than a day that its month does not have.
    return date(months // 12, months % 12 + 1, min(start.day, 28))


def estimate(values: Sequence[Decimal]) -> Lost | None:
    """What one facility would usually have given, from its accepted values, the last first; None where they are too few."""
    held = sorted(values[:MOST_VALUES])
    if len(held) < FEWEST_VALUES:
        return None
    return Lost(percentile(held, MIDDLE), percentile(held, LOW), percentile(held, HIGH), 1)


def percentile(held: Sequence[Decimal], share: Fraction) -> Decimal:
    """The value below which a share of some sorted values lies, interpolated between neighbours."""
    place = share * (len(held) - 1)
    below = int(place)
    one, other = Fraction(held[below]), Fraction(held[min(below + 1, len(held) - 1)])
    exact = one + (other - one) * (place - below)
    return plain(round(Decimal(exact.numerator) / Decimal(exact.denominator), DECIMALS))
