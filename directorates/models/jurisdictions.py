"""Jurisdiction: who is competent for a place, and when."""

import datetime
from collections.abc import Iterable

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from directorates.models.organisations import Organisation
from directorates.models.place_changes import PlaceSuccession
from directorates.models.places import Place
from directorates.models.validity import Dated, DatedQuerySet


class JurisdictionDecision(Dated):
    """A decision, at any level of places, that an organisation is competent for a place for a time."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="jurisdiction_decisions"
    )
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("place"), related_name="jurisdiction_decisions")
    basis = models.TextField(_("basis"), blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on jurisdiction")
        verbose_name_plural = _("decisions on jurisdiction")
        ordering = ["organisation", "place", "valid"]

    def __str__(self) -> str:
        """Organisation and place."""
        return f"{self.organisation} · {self.place}"


class JurisdictionQuerySet(DatedQuerySet):
    """Named queries over jurisdictions of sub-districts."""

    def competent(self, place: Place, date: datetime.date) -> Organisation | None:
        """The organisation competent for a sub-district on a date."""
        found = self.at(date).filter(place=place).select_related("organisation").first()
        return found.organisation if found else None

    def last_competent(self, place: Place, date: datetime.date) -> Organisation | None:
        """The organisation competent on the date or, with none, the last one before it."""
        rows = self.filter(place=place, valid__startswith__lte=date)
        found = rows.order_by("-valid__startswith").select_related("organisation").first()
        return found.organisation if found else None

    def competent_by_place(self, date: datetime.date) -> "dict[int, int]":
        """The organisation competent for each sub-district that has one on a date, by ids."""
        return dict(self.at(date).values_list("place", "organisation"))

    def held_before(self, date: datetime.date) -> "dict[int, Jurisdiction]":
        """The last jurisdiction over each sub-district that had one before a date, and has none then: the holes."""
        taken_over = PlaceSuccession.objects.filter(former=OuterRef("place"), day__lte=date, former__ended=F("day"))
        rows = self.filter(valid__endswith__lte=date).exclude(place__in=self.at(date).values("place"))
        rows = rows.filter(~Exists(taken_over))
        latest = (
            rows.order_by("place_id", "-valid__endswith").distinct("place_id").select_related("place", "organisation")
        )
        return {row.place_id: row for row in latest}

    def held_last_by(self, organisation: Organisation, date: datetime.date) -> "list[Place]":
        """The sub-districts that an organisation holds on a date or, where nobody does, was the last to hold, by path."""
        began = Q(valid__startswith=None) | Q(valid__startswith__lte=date)
        latest = (
            self.filter(began).order_by("place_id", F("valid__startswith").desc(nulls_last=True)).distinct("place_id")
        )
        held = [
            row["place"] for row in latest.values("place", "organisation") if row["organisation"] == organisation.pk
        ]
        return list(Place.objects.standing().filter(pk__in=held).order_by("path"))

    def last_by_place(self, places: Iterable[Place], date: datetime.date) -> "dict[int, Jurisdiction]":
        """For each of some sub-districts, the last jurisdiction that began by a date, whether or not it still holds then."""
        begun = Q(valid__startswith=None) | Q(valid__startswith__lte=date)
        rows = self.filter(begun, place__in=[place.pk for place in places])
        latest = rows.order_by("place_id", F("valid__startswith").desc(nulls_last=True)).distinct("place_id")
        return {row.place_id: row for row in latest}


class Jurisdiction(Dated):
    """One sub-district's part of a decision; no two organisations are competent for it on one day."""

    decision = models.ForeignKey(JurisdictionDecision, models.CASCADE, related_name="parts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="jurisdictions")
    place = models.ForeignKey(Place, models.PROTECT, related_name="jurisdictions")

    objects = JurisdictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        ordering = ["place", "valid"]
        indexes = [GistIndex(fields=["valid"], name="jurisdiction_valid")]
        constraints = [
            ExclusionConstraint(
                name="one_competent_at_a_time",
                expressions=[("place", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def holds_after(self, day: datetime.date) -> bool:
        """Whether it holds longer than until a day: an end can still be said."""
        return self.last_day is None or self.last_day > day

    def __str__(self) -> str:
        """Organisation and sub-district."""
        return f"{self.organisation} · {self.place}"
