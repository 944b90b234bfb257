"""What a change of borders brings about, before it is made: the deed itself is tried and undone, so that both cannot differ.

Borders are of this floor; what lies in a place and which reports change hands is known to higher floors, which the settings
name (`KNOWS_OF_BORDERS`), as they name the tasks that follow (`TASKS_AFTER`).
"""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from directorates.models import Jurisdiction, Organisation, Place


@dataclass(frozen=True)
class Move:
    """A sub-district that changes hands on a day: who was competent, who is then, and how many facilities work there."""

    place: Place
    before: Organisation | None
    after: Organisation | None
    facilities: int


@dataclass(frozen=True)
class Rerouted:
    """Reports that go from one organisation to another: those that wait for review, and those that count."""

    before: Organisation | None
    after: Organisation | None
    waiting: int
    counted: int


@dataclass(frozen=True)
class Consequences:
    """Everything that a change of borders brings about on a day."""

    day: datetime.date
    moves: Sequence[Move]
    reports: Sequence[Rerouted]

    @cached_property
    def holes(self) -> list[Move]:
        """The sub-districts that nobody is competent for from then on."""
        return [one for one in self.moves if one.after is None]

    @cached_property
    def filled(self) -> list[Move]:
        """The sub-districts that nobody was competent for until then."""
        return [one for one in self.moves if one.before is None]

    @property
    def facilities(self) -> int:
        """How many facilities work where something changes."""
        return sum(one.facilities for one in self.moves)

    @property
    def waiting(self) -> int:
        """How many reports that wait for review change hands."""
        return sum(one.waiting for one in self.reports)


def tried(deed: Callable[[], object], day: datetime.date) -> Consequences:
    """What a deed would bring about on a day; nothing is left written, and what it raises is raised here."""
    before = Jurisdiction.objects.competent_by_place(day)
    with transaction.atomic():
        deed()
        after = Jurisdiction.objects.competent_by_place(day)
        reports = reports_moving()
        transaction.set_rollback(True)
    changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    return Consequences(day, _moves(changed, before, after), reports)


def _moves(changed: set[int], before: Mapping[int, int], after: Mapping[int, int]) -> list[Move]:
    """The sub-districts that change hands, by code."""
    places = Place.objects.filter(pk__in=changed).order_by("code")
    named = Organisation.objects.in_bulk(
        {held[place] for held in (before, after) for place in changed if place in held}
    )
    counts = facilities_in(changed)
    return [
        Move(
            place,
            named.get(before.get(place.pk, 0)),
            named.get(after.get(place.pk, 0)),
            counts.get(place.pk, 0),
        )
        for place in places
    ]


def facilities_in(places: Collection[int]) -> Mapping[int, int]:
    """How many facilities work in each of some sub-districts."""
    found: Mapping[int, int] = import_string(settings.KNOWS_OF_BORDERS["facilities"])(places)
    return found


def reports_moving() -> list[Rerouted]:
    """The reports that belong to others than they are written for, as the borders stand in this transaction."""
    counts: Mapping[tuple[int | None, int | None], tuple[int, int]] = import_string(
        settings.KNOWS_OF_BORDERS["reports"]
    )()
    named = Organisation.objects.in_bulk({side for pair in counts for side in pair if side is not None})
    return [
        Rerouted(named.get(before or 0), named.get(after or 0), waiting, counted)
        for (before, after), (waiting, counted) in counts.items()
    ]
