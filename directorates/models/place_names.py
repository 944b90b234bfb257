"""Names that places bore before they were renamed: figures of a period say what a place was called then, and what it is today."""

import datetime
from collections.abc import Iterable

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models.naming import TwoNames
from directorates.models.places import Place
from directorates.models.validity import Dated, DatedQuerySet


class PlaceName(TwoNames, Dated):
    """A name that a place bore for a time; the one that it bears now stands on the place itself."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="names")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("former name of a place")
        verbose_name_plural = _("former names of places")
        default_permissions = ()
        ordering = ["place", "valid"]
        constraints = [
            ExclusionConstraint(
                name="one_name_of_a_place_at_a_time",
                expressions=[("place", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(valid__isempty=False, valid__upper_inf=False),
                name="a_former_name_was_borne_and_ended",
            ),
        ]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


def named_as_of(places: Iterable[object], day: datetime.date) -> None:
    """Let places among some holders say what they were called on a day; one query where any of them was ever renamed."""
    renamed = [one for one in places if isinstance(one, Place) and one.former_names]
    borne = {one.place_id: one for one in PlaceName.objects.at(day).filter(place__in=renamed)} if renamed else {}
    for one in renamed:
        one.then = borne.get(one.pk)
