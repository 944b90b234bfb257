"""When an agreement comes to hold, and until when it can: pure rules over days and organisations."""

import datetime
from collections.abc import Collection, Iterable
from enum import StrEnum

# Fewer stand with nobody.
FEWEST = 2


class ForceRule(StrEnum):
    """Whose signatures bring an agreement into force."""

    ALL = "all"
    TWO = "two"


def comes_into_force(rule: ForceRule, named: Collection[int], signed: Collection[int]) -> bool:
    """Whether those that signed are enough: all that are named, or the first two; never fewer than two."""
    there = set(signed) & set(named)
    return len(there) >= FEWEST and (rule is ForceRule.TWO or there == set(named))


def first_day(wished: datetime.date | None, signed: Iterable[datetime.date]) -> datetime.date:
    """From when it holds: from the day that was agreed on, and never before the last signature that it needed."""
    last = max(signed)
    return last if wished is None else max(wished, last)


def stands_until(last_days: Iterable[datetime.date | None]) -> datetime.date | None:
    """The last day on which two parties stand, of the last days of all of them; None while that is open.

    An agreement of one is none: it ends with the day on which the last but one leaves.
    """
    ends = sorted(last_days, key=lambda day: day or datetime.date.max, reverse=True)
    return ends[FEWEST - 1] if len(ends) >= FEWEST else datetime.date.min


def consented(parties: Collection[int], consents: Collection[int]) -> bool:
    """Whether every party that is asked consented to an amendment: two at least, however many cannot speak."""
    return len(parties) >= FEWEST and set(parties) <= set(consents)
