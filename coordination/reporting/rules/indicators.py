"""Indicators: one expression divided by another, over numbers that are already added up; never a mean of rates.

An operand is an element (or one category of it) as its own formulas give it for a place and a period, or one of the
operands named here. Those begin with `_`, which no code of an element does, so none can ever be taken for the other:

- `_days` are the days of the period, `_years` its length in years: a month is 1/12, a quarter 1/4, a week 7 days of the
  365 or 366 of the year in which it ends;
- `_pop_total` and the like are how many people of a group live in the place in the year in which the period ends.

What is not known is no zero: an indicator with an operand that has no number has no value, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations

from coordination.reporting.rules.expressions import Cell, Expression, parse, value_of
from coordination.reporting.rules.numbers import plain
from coordination.reporting.rules.periods import Period, PeriodType

DAYS, YEARS = "_days", "_years"
POPULATION = "_pop_"
FACTORS = (1, 100, 1_000, 10_000, 100_000)
MOST_DECIMALS = 4
# A figure that does not end is rounded here; `decimals` says how much of it is shown.
KEPT_DECIMALS = 10
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)?", re.ASCII)
MONTHS = {PeriodType.MONTH: 1, PeriodType.QUARTER: 3, PeriodType.YEAR: 12}


class Better(StrEnum):
    """Which way an indicator should go."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Group(StrEnum):
    """Of whom a population counts."""

    TOTAL = "total"
    UNDER_ONE = "under_one"
    UNDER_FIVE = "under_five"
    WOMEN = "women_15_49"
    BIRTHS = "expected_births"
    PREGNANCIES = "expected_pregnancies"

    @property
    def operand(self) -> str:
        """Its name in expressions."""
        return f"{POPULATION}{self.value}"


class Reason(StrEnum):
    """Why an indicator has no value, in the order in which one is told before another."""

    NO_FORMULA = "no_formula"  # no version holds in the period
    NOT_OPEN = "not_open"  # the reader may not see one of its parts
    WRONG_PERIOD = "wrong_period"  # a report's periods do not make up the one asked for
    NOT_PUBLISHED = "not_published"  # read from editions, and there is none of a part
    HIDDEN = "hidden"  # read from editions, and a part is hidden there
    NOT_CONSOLIDATED = "not_consolidated"  # reports count that are not added up yet
    NOT_REPORTED = "not_reported"  # nobody answered
    NO_POPULATION = "no_population"
    DIVIDED_BY_ZERO = "divided_by_zero"


NAMED = (DAYS, YEARS, *(group.operand for group in Group))


@dataclass(frozen=True)
class Part:
    """One operand in one place and period: its number, or why there is none, and how many reports answer it."""

    number: Decimal | Fraction | None = None
    reason: Reason | None = None
    answers: int = 0
    # In each period that it is read from, by how many reports it is answered; empty where that is not told.
    by_period: Mapping[date, int] = field(default_factory=dict)
    # Whether some report says that it does not know the number, so that the sum is at least this.
    least: bool = False


@dataclass(frozen=True)
class Outcome:
    """An indicator in one place and period: the value with its two sides, or every reason why there is none."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reasons: tuple[Reason, ...] = ()
    parts: Mapping[Cell, Part] | None = None
    # Whether the length of the period stands in the formula.
    timed: bool = False

    @property
    def reason(self) -> Reason | None:
        """The reason that is told first."""
        return self.reasons[0] if self.reasons else None

    @property
    def uneven(self) -> bool:
        """Whether the sides may not fit together.

        Where in one period not all operands are answered by as many reports, or some do not know; and where the length of
        the period is reckoned with, while one of the periods that make it up is not answered at all. What is read from the
        last period alone is compared with the others in that one.
        """
        told = [one for one in (self.parts or {}).values() if one.answers or one.by_period]
        return any(one.least for one in told) or _differ(told) or (self.timed and _have_gaps(told))


@dataclass(frozen=True)
class IndicatorFormula:
    """What is divided by what, and by how much it is multiplied."""

    numerator: Expression
    denominator: Expression
    factor: int

    @property
    def operands(self) -> tuple[Cell, ...]:
        """Everything that it reads, each once, elements and named operands alike."""
        return tuple(dict.fromkeys((*self.numerator.operands(), *self.denominator.operands())))

    @property
    def elements(self) -> tuple[Cell, ...]:
        """The elements and categories among them."""
        return tuple(one for one in self.operands if one[0] not in NAMED)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The populations among them."""
        return tuple(group for group in Group if (group.operand, None) in self.operands)

    def outcome(self, parts: Mapping[Cell, Part], period: Period) -> Outcome:
        """The indicator of these parts in a period: a value rounded to ten decimals, or why there is none."""
        held = {**parts, **_of_period(self.operands, period)}
        missing = [part for cell in self.operands if (part := held.get(cell, Part())).number is None]
        if missing:
            told = {part.reason or Reason.NOT_REPORTED for part in missing}
            above, below = (_shown(value_of(side, _numbers(held))) for side in (self.numerator, self.denominator))
            return Outcome(None, above, below, tuple(reason for reason in Reason if reason in told), parts)
        one, other = (value_of(side, _numbers(held)) for side in (self.numerator, self.denominator))
        if one is None or not other:
            return Outcome(None, _shown(one), _shown(other), (Reason.DIVIDED_BY_ZERO,), parts)
        timed = any((name, None) in self.operands for name in (DAYS, YEARS))
        return Outcome(_shown(one * self.factor / other), _shown(one), _shown(other), (), parts, timed)


def _differ(told: Sequence[Part]) -> bool:
    """Whether two operands are answered by different numbers of reports in a period from which both are read."""
    return any(
        one.by_period[day] != other.by_period[day]
        for one, other in combinations(told, 2)
        for day in one.by_period.keys() & other.by_period.keys()
    )


def _have_gaps(told: Sequence[Part]) -> bool:
    """Whether an operand is read from a period in which nobody answers it."""
    return any(not answers for one in told for answers in one.by_period.values())


def formula_of(numerator: str, denominator: str, factor: int) -> IndicatorFormula:
    """The formula that two texts write; `ExpressionProblem` where one of them cannot be read."""
    return IndicatorFormula(parse(numerator), parse(denominator), factor)


def words_of(tree: Expression, named: Callable[[str, str | None], str]) -> str:
    """An expression with the names of its operands in the place of their codes, and the signs that people write."""
    # A written tree holds numbers, names, signs and brackets: whatever begins with a letter or `_` is a name.
    text = str(tree).replace("*", "×").replace(" / ", " ÷ ").replace("-", "−")

    def name(match: re.Match[str]) -> str:
        element, _dot, category = match[0].partition(".")
        return named(element, category or None)

    return _NAME.sub(name, text)


def years_of(period: Period) -> Fraction:
    """A period's length in years."""
    if months := MONTHS.get(period.type):
        return Fraction(months, 12)
    year = period.last_day.year
    return Fraction((period.end - period.start).days, (date(year + 1, 1, 1) - date(year, 1, 1)).days)


def _of_period(operands: Sequence[Cell], period: Period) -> dict[Cell, Part]:
    """The operands that the period alone gives."""
    given = {DAYS: Fraction((period.end - period.start).days), YEARS: years_of(period)}
    return {(name, None): Part(number) for name, number in given.items() if (name, None) in operands}


def _numbers(parts: Mapping[Cell, Part]) -> dict[Cell, Fraction]:
    return {cell: Fraction(one.number) for cell, one in parts.items() if one.number is not None}


def _shown(exact: Fraction | None) -> Decimal | None:
    """A fraction as a decimal number, rounded half away from zero at ten decimals."""
    if exact is None:
        return None
    scaled = abs(exact.numerator) * 10**KEPT_DECIMALS * 2 + exact.denominator
    rounded = scaled // (2 * exact.denominator)
    return plain(Decimal((int(exact < 0), tuple(map(int, str(rounded))), -KEPT_DECIMALS)))
