"""What a change of places brings about, before it is made: the deed itself is tried and undone (`directorates/consequences.py`)."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from directorates.models import Jurisdiction, Membership, Organisation, Place, PlaceChange
from directorates.models.place_changes import PlaceChangeKind, last_of
from facilities.models.counts import working_in


@dataclass(frozen=True)
class Part:
    """A place of a change: who is competent for it, before it ends or once it holds, and the facilities that work there."""

    place: Place
    competent: Organisation | None
    facilities: int


@dataclass(frozen=True)
class PlaceConsequences:
    """Everything that a change of places, or several made together, brings about on its day."""

    change: PlaceChange
    formers: Sequence[Part]
    laters: Sequence[Part]
    # Approved reports of periods that ended before the day, which stay; and later ones, which follow the facilities.
    staying: int
    following: int
    # Roles that were given for some of the places that end alone, and do not follow: what follows is more than these.
    roles: int
    # Those that do: they were given for all of the ground.
    roles_following: int = 0

    @property
    def renames(self) -> bool:
        """Whether it changes names alone."""
        return self.change.kind == PlaceChangeKind.RENAMED

    @property
    def divides(self) -> bool:
        """Whether what was counted before cannot be divided among the places of today."""
        return self.change.kind == PlaceChangeKind.SPLIT

    @property
    def holes(self) -> Sequence[Part]:
        """The places that nobody is competent for."""
        return [one for one in self.laters if one.competent is None]


def foreseen(deed: Callable[[], Sequence[PlaceChange]], day: datetime.date) -> PlaceConsequences:
    """What a deed would bring about; nothing is left written, and what it raises is raised here.

    Its numbers are for whoever keeps places and is told in which sub-district each facility lies, which the deed asks for.
    """
    with transaction.atomic():
        changes = deed()
        formers = [place for change in changes for place in change.formers]
        laters = [place for change in changes for place in change.laters]
        ended = [place.pk for place in formers]
        staying, following = import_string(settings.KNOWS_OF_BORDERS["staying"])(ended, day)
        told = PlaceConsequences(
            changes[0],
            [],
            _parts(laters, day),
            staying,
            following,
            *_roles(ended, [place.pk for place in laters], day),
        )
        transaction.set_rollback(True)
    before = _parts(formers, last_of(day))
    return replace(told, formers=before)


def _roles(ended: Sequence[int], laters: Sequence[int], day: datetime.date) -> tuple[int, int]:
    """Of the roles that were given for places that end, how many do not open what follows, and how many do."""
    held = Membership.objects.at(day).filter(places__in=ended).distinct()
    following = Membership.objects.filter(places__in=laters).values("pk")
    return held.exclude(pk__in=following).count(), held.filter(pk__in=following).count()


def _parts(places: Sequence[Place], day: datetime.date) -> list[Part]:
    """Places with who is competent on a day and how many facilities work there, as it stands in this transaction."""
    rows = Jurisdiction.objects.at(day).filter(place__in=places).select_related("organisation")
    held = {row.place_id: row.organisation for row in rows}
    counts = working_in([place.pk for place in places])
    return [Part(place, held.get(place.pk), counts.get(place.pk, 0)) for place in places]
