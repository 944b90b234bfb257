"""Jurisdiction: who is competent for a place, and when."""

import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models.organisations import Organisation
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

    def __str__(self) -> str:
        """Organisation and sub-district."""
        return f"{self.organisation} · {self.place}"
