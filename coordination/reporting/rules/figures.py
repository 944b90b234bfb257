"""How stored sums become figures: over place by the element's formula, over time by its other one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coordination.reporting.rules.counting import Timeliness, completeness, over_time, ratio
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.specification import OverPlace, OverTime


@dataclass(slots=True)
class Sums:
    """What is kept of one element in one place and period: the sum, how many reports answer, and a ratio's two sums.

    A page of figures makes thousands; freezing them would take longer than reading them.
    """

    total: Decimal | None = None
    n: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    def __add__(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(
            _both(self.total, other.total),
            self.n + other.n,
            _both(self.numerator, other.numerator),
            _both(self.denominator, other.denominator),
        )


@dataclass(slots=True)
class Covered:
    """How many reports were expected, how many count, and how many of those came on time; unfrozen as `Sums` are.

    `answered` and `answered_on_time` are the same of the expected alone: a report that nobody expected counts, and makes
    nothing complete. `excused` is how many of those expected did not come, for a reason that excuses it.
    """

    expected: int = 0
    received: int = 0
    on_time: int = 0
    answered: int = 0
    answered_on_time: int = 0
    excused: int = 0

    def __add__(self, other: Covered) -> Covered:
        """Both together; over several periods these are facilities times periods."""
        return Covered(
            self.expected + other.expected,
            self.received + other.received,
            self.on_time + other.on_time,
            self.answered + other.answered,
            self.answered_on_time + other.answered_on_time,
            self.excused + other.excused,
        )

    def __neg__(self) -> Covered:
        """What takes as much away."""
        return Covered(
            -self.expected, -self.received, -self.on_time, -self.answered, -self.answered_on_time, -self.excused
        )

    @property
    def anything(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.expected or self.received)

    @property
    def unexpected(self) -> int:
        """How many reports count that nobody expected."""
        return self.received - self.answered

    @property
    def complete(self) -> Decimal | None:
        """Completeness: of those expected, the share that counts; None where none was expected."""
        return completeness(self.expected, self.answered)

    @property
    def complete_unexcused(self) -> Decimal | None:
        """Completeness without the excused: of those expected that nothing excuses, the share that counts."""
        return completeness(self.expected - self.excused, self.answered)

    @property
    def percent(self) -> float:
        """Completeness from 0 to 100, 0 where none was expected."""
        return float(self.complete or 0) * 100

    @property
    def timely(self) -> Timeliness:
        """On time over what was received, and of those expected over what was expected."""
        of_received = ratio(Decimal(self.on_time), Decimal(self.received))
        return Timeliness(of_received, ratio(Decimal(self.answered_on_time), Decimal(self.expected)))


def added(parts: Iterable[Sums]) -> Sums:
    """Some sums together."""
    return sum(parts, Sums())


def _both(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


@dataclass(frozen=True)
class Formula:
    """An element's two formulas."""

    over_time: OverTime
    over_place: OverPlace

    @property
    def pooled(self) -> bool:
        """Whether several periods are added before dividing: a share or a mean is never made from shares or means."""
        return self.over_place in (OverPlace.RATIO, OverPlace.AVERAGE) and (
            self.over_time is OverTime.AVERAGE or (self.over_time, self.over_place) == (OverTime.SUM, OverPlace.RATIO)
        )

    def of_period(self, sums: Sums | None) -> Decimal | None:
        """The figure of one place and period; None where nothing was answered."""
        if sums is None or not sums.n or self.over_place is OverPlace.NONE:
            return None
        if self.over_place is OverPlace.RATIO:
            return ratio(sums.numerator, sums.denominator)
        return sums.total if self.over_place is OverPlace.SUM else ratio(sums.total, Decimal(sums.n))

    def of_periods(
        self, held: Mapping[date, Sums], periods: Sequence[date], answered: Sequence[date] | None = None
    ) -> Decimal | None:
        """The figure of one place over the periods that make up a longer one, in their order.

        `answered` are the periods in which the country answers the element: the last of them is the last for every
        place, so that figures of one moment stand side by side and places add up to the country.
        """
        if len(periods) == 1:
            return self.of_period(held.get(periods[0]))
        parts = self.behind(periods, [day for day in periods if day in held] if answered is None else answered)
        if self.over_time is OverTime.NONE:
            return None
        if self.pooled:
            return self.of_period(added(held[day] for day in parts if day in held))
        return over_time([self.of_period(held.get(day)) for day in parts], self.over_time)

    def behind(self, periods: Sequence[date], answered: Sequence[date]) -> Sequence[date]:
        """The periods whose values make up the figure: all of them, or the last in which the country answers."""
        if len(periods) == 1 or self.over_time is not OverTime.LAST:
            return periods
        return [day for day in periods if day in answered][-1:]


@dataclass(frozen=True)
class Parts:
    """Which slots of a report hold an element: its own, or those of the two parts of a ratio."""

    own: tuple[str, ...] = ()
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()

    @property
    def slots(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.own, *self.numerator, *self.denominator)

    def of(self, doc: Mapping[str, int | float | None]) -> Sums:
        """What one report gives; nothing where it does not answer, and to a ratio only with both parts."""
        if self.own:
            total = _sum_of(doc, self.own)
            return Sums(total, 0 if total is None else 1)
        one, other = _sum_of(doc, self.numerator), _sum_of(doc, self.denominator)
        return Sums() if one is None or other is None else Sums(None, 1, one, other)


def _sum_of(doc: Mapping[str, int | float | None], slots: Iterable[str]) -> Decimal | None:
    """The sum of the answers among some slots, None where there is none."""
    found = [from_json(value) for slot in slots if (value := doc.get(slot)) is not None]
    return sum(found, Decimal(0)) if found else None
