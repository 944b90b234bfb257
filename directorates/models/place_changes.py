"""Changes of places: one is renamed, moved under another district, split, or merged into another one, from a day on.

A place never moves: what is moved, split or merged away ends, and other places take its ground over. So whatever was
reported, decided and counted under it stays under it, and `heirs` says which places of today its ground belongs to.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models.naming import in_language
from directorates.models.organisations import Organisation
from directorates.models.places import Place
from directorates.rules.successions import followed_by, standing_heirs


class PlaceChangeKind(models.TextChoices):
    """What happened to a place."""

    RENAMED = "place_renamed", pgettext_lazy("place", "Renamed")
    MOVED = "place_moved", pgettext_lazy("place", "Moved")
    SPLIT = "place_split", pgettext_lazy("place", "Split")
    MERGED = "place_merged", pgettext_lazy("place", "Merged")


class PlaceChangeQuerySet(models.QuerySet[Any]):
    """Named queries over changes of places."""

    def named(self) -> Self:
        """With the places that ended and those that took their ground over."""
        related = ("successions__former__parent", "successions__later__parent")
        return self.select_related("place", "decided_as").prefetch_related(*related)

    def of(self, place: Place) -> Self:
        """Those that a place, or anything inside it, was part of."""
        inside = Place.objects.under(place)
        among = Q(successions__former__in=inside) | Q(successions__later__in=inside)
        return self.filter(Q(place__in=inside) | among).distinct()


class PlaceChange(models.Model):
    """One change of places with its day and its reason; it is undone by another one. Who did it stands in the record."""

    kind = models.CharField(_("kind"), max_length=16, choices=PlaceChangeKind)
    # What was renamed, moved, split, or merged into.
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("place"), related_name="changes")
    first = models.DateField(_("from the day"))
    reason = models.TextField(_("reason"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    # What a renamed place was called until then, and is called since.
    former_ar = models.CharField(_("former name in Arabic"), max_length=200, blank=True)
    former_en = models.CharField(_("former name in English"), max_length=200, blank=True)
    later_ar = models.CharField(_("name in Arabic since"), max_length=200, blank=True)
    later_en = models.CharField(_("name in English since"), max_length=200, blank=True)
    at = models.DateTimeField(_("decided"))
    decided_as = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("decided by"))

    objects = PlaceChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of places")
        verbose_name_plural = _("changes of places")
        default_permissions = ()
        ordering = ["-first", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_change_of_places_has_a_reason"),
            models.CheckConstraint(
                condition=(Q(kind="place_renamed") & ~Q(later_ar="") & ~Q(later_en=""))
                | (~Q(kind="place_renamed") & Q(former_ar="", former_en="", later_ar="", later_en="")),
                name="what_is_renamed_says_its_names",
            ),
        ]

    def __str__(self) -> str:
        """What happened, to which place, and when."""
        return f"{self.get_kind_display()}: {self.place} {self.first}"

    @property
    def former_name(self) -> str:
        """The name that a renamed place gave up, in the reader's language."""
        return in_language(self.former_ar, self.former_en)

    @property
    def later_name(self) -> str:
        """The name that a renamed place bears since, in the reader's language."""
        return in_language(self.later_ar, self.later_en)

    @property
    def formers(self) -> list[Place]:
        """The places that ended with it, by code."""
        return _each(one.former for one in self.successions.all())

    @property
    def laters(self) -> list[Place]:
        """The places that took their ground over, by code."""
        return _each(one.later for one in self.successions.all())


def _each(places: Iterable[Place]) -> list[Place]:
    """Each place once, by code."""
    return sorted({place.pk: place for place in places}.values(), key=lambda place: place.code)


class PlaceSuccession(models.Model):
    """A sub-district whose ground, or a part of it, belongs to another one from the day on which it ended."""

    change = models.ForeignKey(PlaceChange, models.PROTECT, related_name="successions")
    former = models.ForeignKey(Place, models.PROTECT, related_name="succeeded_by")
    later = models.ForeignKey(Place, models.PROTECT, related_name="succeeds")
    # The day of the change, beside the places that it is asked for with.
    day = models.DateField()

    class Meta:
        verbose_name = _("succession of places")
        verbose_name_plural = _("successions of places")
        default_permissions = ()
        ordering = ["change", "former__code", "later__code"]
        constraints = [
            models.UniqueConstraint(fields=["former", "later", "day"], name="a_place_follows_another_once_a_day"),
            models.CheckConstraint(condition=~Q(former=F("later")), name="a_place_follows_another"),
        ]

    def __str__(self) -> str:
        """Which place follows which, and from when."""
        return f"{self.former} → {self.later} {self.day}"


def heirs(day: datetime.date) -> Mapping[int, frozenset[int]]:
    """For each sub-district that had ended by a day, those that its ground belonged to then; by ids, in one query.

    One that was split has several, and what was counted under it cannot be divided among them.
    """
    rows = PlaceSuccession.objects.filter(day__lte=day).order_by("day")
    return standing_heirs(followed_by(rows.values_list("former", "later", "day")))


def taken_over_on(place: str, day: str) -> str:
    """SQL: whether a place's ground was taken over by another on a day, so that a jurisdiction that ends then is not lost."""
    return f"EXISTS (SELECT FROM directorates_placesuccession x WHERE x.former_id = {place} AND x.day = {day})"


def last_of(first: datetime.date) -> datetime.date:
    """The last day of what ends with a change on a day."""
    return first - datetime.timedelta(days=1)
