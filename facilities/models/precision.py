"""How precisely a reader is told where a facility lies: by its sub-district, or by a place above."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from directorates.models import User
from directorates.permissions import Columns, Permission, rights_of

# What a facility's sub-district lies in: district, governorate, country.
ABOVE = ("place__parent", "place__parent__parent", "place__parent__parent__parent")


def told_to(user: User | AnonymousUser, column: str, standing: QuerySet[Any]) -> Case | F:
    """A column (`id`, `path`) of the place that a reader is told for each of some facilities.

    That is the sub-district where the reader's rights open it (VIEW_SUBDISTRICTS); elsewhere the district, and a level
    above that for as long as no other of the `standing` facilities lies in another sub-district of it. Places are told as they
    are, never shifted: what is shifted at random comes out of many readings.
    """
    rights = rights_of(user)
    if rights.everywhere(Permission.VIEW_SUBDISTRICTS):
        return F(f"place__{column}")
    open_to = rights.condition(Permission.VIEW_SUBDISTRICTS, Columns(path="place__path"))
    cases = [When(_others_in(level, standing), then=F(f"{level}__{column}")) for level in ABOVE[:-1]]
    return Case(When(open_to, then=F(f"place__{column}")), *cases, default=F(f"{ABOVE[-1]}__{column}"))


def _others_in(level: str, standing: QuerySet[Any]) -> Exists:
    """Whether another facility lies in the same place of a level and in another sub-district: two in one would still tell it.

    The one that an entry was merged into is no other.
    """
    itself = Coalesce(OuterRef("merge__survivor"), OuterRef("pk"))
    return Exists(standing.filter(~Q(place=OuterRef("place")), ~Q(pk=itself), **{level: OuterRef(level)}))
