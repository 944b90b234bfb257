"""Which of today's places the ground of former ones belongs to."""

import datetime
from collections.abc import Iterable, Mapping, Set
from typing import TypeVar

Place = TypeVar("Place")


def followed_by(rows: Iterable[tuple[Place, Place, datetime.date]]) -> dict[Place, set[Place]]:
    """Of successions (former, later, day) in the order of their days, the places that are gone, and what followed each at once.

    A place that ended and follows another one on a later day is a place again.
    """
    followed: dict[Place, set[Place]] = {}
    ended: dict[Place, datetime.date] = {}
    for former, later, day in rows:
        if ended.get(former) != day:
            followed[former], ended[former] = set(), day
        followed[former].add(later)
        if later in ended and ended[later] < day:
            followed.pop(later, None)
    return followed


def standing_heirs(followed: Mapping[Place, Set[Place]]) -> dict[Place, frozenset[Place]]:
    """For each place that ended, the places at the ends of its line: those that no other followed.

    `followed` names for each place that ended those that followed it at once. No place is its own heir: the database keeps
    days and lines apart, and a line that came back to itself is cut there.
    """
    return {place: frozenset(_ends(place, followed, frozenset({place}))) for place in followed}


def _ends(place: Place, followed: Mapping[Place, Set[Place]], seen: frozenset[Place]) -> set[Place]:
    """The ends of one place's line."""
    found: set[Place] = set()
    for later in followed[place]:
        if later not in followed:
            found.add(later)
        elif later not in seen:
            found |= _ends(later, followed, seen | {later})
    return found
