"""Which of today's places the ground of former ones belongs to."""

from collections.abc import Mapping, Set
from typing import TypeVar

Place = TypeVar("Place")


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
