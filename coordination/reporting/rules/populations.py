"""How many people live where: which of several figures counts, and how figures of places become one of what they lie in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST = 100_000_000


@dataclass(frozen=True)
class Stated:
    """A number of people as a source gives it."""

    place: int
    number: int
    dated: date
    at: datetime
    pk: int


def counting(stated: Iterable[Stated]) -> dict[int, Stated]:
    """By place, the figure that counts: of the source with the latest date and, of equal ones, entered last."""
    found: dict[int, Stated] = {}
    for one in sorted(stated, key=lambda one: (one.dated, one.at, one.pk)):
        found[one.place] = one
    return found


def made_up(
    own: Collection[int], inside: Mapping[int, Sequence[int]], tops: Iterable[int]
) -> dict[int, tuple[int, ...]]:
    """Of each place at or below some tops, whose own figures add up to its population: its parts' where all are known, else its own.

    `inside` names the parts of each place that has any. What is in neither is not known and has no entry.
    """
    found: dict[int, tuple[int, ...]] = {}

    def fill(place: int) -> tuple[int, ...]:
        parts = [fill(part) for part in inside.get(place, ())]
        taken = tuple(one for part in parts for one in part) if parts and all(parts) else ()
        taken = taken or ((place,) if place in own else ())
        if taken:
            found[place] = taken
        return taken

    for top in tops:
        fill(top)
    return found


def together(parts: Iterable[int], known: Mapping[int, int]) -> int | None:
    """The sum over some places, None where there are none or one of them is not known."""
    numbers = [known.get(part) for part in parts]
    if not numbers or any(number is None for number in numbers):
        return None
    return sum(number for number in numbers if number is not None)
