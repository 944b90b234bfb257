"""Whose the ground of former places is: what figures by today's borders add to which place or directorate, and take from which.

Cells stay where they were counted. A sub-district that was moved or merged gives its cells to the place that its ground
lies in today. One that was split cannot be divided: it gives them to the first place above that all its parts lie in, and
below that level it stands as a row of its own.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from directorates.models import Jurisdiction, Place
from directorates.models.place_changes import heirs


@dataclass(frozen=True)
class Ground:
    """A sub-district that has ended, and the places that its ground belongs to."""

    place: Place
    heirs: tuple[Place, ...]

    def at(self, level: int) -> str | None:
        """The path of the place of a level that all of it lies in; none where it lies in several."""
        found = {heir.path_above()[level] for heir in self.heirs}
        return found.pop() if len(found) == 1 else None

    def inside(self, focus: Place | None) -> bool:
        """Whether all of it lies in a place."""
        return focus is None or all(heir.path.startswith(focus.path) for heir in self.heirs)

    @property
    def key(self) -> int:
        """What stands for it among directorates, whose ids are positive."""
        return -self.place.pk


@dataclass(frozen=True)
class Shifts:
    """What former sub-districts give (1) to holders and take (-1) from those in which they were counted."""

    formers: tuple[int, ...] = ()
    holders: tuple[int, ...] = ()
    signs: tuple[int, ...] = ()
    # For each ground that can be given to one holder of the level, one of its heirs; itself where it cannot.
    stand_ins: Mapping[int, int] = field(default_factory=dict)
    # Those that cannot: rows of their own, by their key.
    undivided: Mapping[int, Ground] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, list[int]]:
        """The arrays that statements take."""
        return {"formers": list(self.formers), "holders": list(self.holders), "signs": list(self.signs)}


NOTHING = Shifts()


def grounds(day: datetime.date, open_to: Collection[int] | None = None) -> list[Ground]:
    """The sub-districts that had ended by a day, by code, of those whose figures are open to a reader; two queries at most."""
    found = heirs(day)
    wanted = found.keys() if open_to is None else found.keys() & set(open_to)
    if not wanted:
        return []
    places = Place.objects.in_bulk({*wanted, *(heir for place in wanted for heir in found[place])})
    rows = [
        Ground(places[place], tuple(sorted((places[heir] for heir in found[place]), key=lambda one: one.code)))
        for place in wanted
    ]
    return sorted(rows, key=lambda one: one.place.code)


def shifts_of_places(
    found: Sequence[Ground], level: FigureLevel, holders: Mapping[str, int], focus: Place | None
) -> Shifts:
    """What former sub-districts give to and take from places of a level, named by their paths, in a place."""
    rows: list[tuple[int, int, int]] = []
    undivided: dict[int, Ground] = {}
    stand_ins: dict[int, int] = {}
    for one in found:
        then, now = one.place.path_above()[level], one.at(level)
        stand_ins[one.place.pk] = one.heirs[0].pk if now else one.place.pk
        if now == then:
            continue
        if level < FigureLevel.SUBDISTRICT and then in holders:
            rows.append((one.place.pk, holders[then], -1))
        if now is None and one.inside(focus):
            undivided[one.place.pk] = one
            # Its own cells are read like those of any sub-district.
            if level < FigureLevel.SUBDISTRICT:
                rows.append((one.place.pk, one.place.pk, 1))
        elif now is not None and now in holders:
            rows.append((one.place.pk, holders[now], 1))
    return _shifts(rows, stand_ins, undivided)


def shifts_of_directorates(found: Sequence[Ground], day: datetime.date) -> Shifts:
    """Which directorate each former sub-district counts for on a day: the one that holds all of its ground."""
    if not found:
        return NOTHING
    places = {heir.pk for one in found for heir in one.heirs}
    held = dict(Jurisdiction.objects.at(day).filter(place__in=places).values_list("place", "organisation"))
    rows: list[tuple[int, int, int]] = []
    undivided: dict[int, Ground] = {}
    for one in found:
        sides = {held.get(heir.pk, OUTSIDE) for heir in one.heirs}
        if len(sides) == 1:
            rows.append((one.place.pk, sides.pop(), 1))
        else:
            undivided[one.key] = one
            rows.append((one.place.pk, one.key, 1))
    return _shifts(rows, {}, undivided)


def _shifts(
    rows: Iterable[tuple[int, int, int]], stand_ins: Mapping[int, int], undivided: Mapping[int, Ground]
) -> Shifts:
    """Rows as the arrays that statements take."""
    formers, holders, signs = zip(*rows, strict=True) if (rows := list(rows)) else ((), (), ())
    return Shifts(formers, holders, signs, stand_ins, undivided)
