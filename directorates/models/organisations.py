"""Organisations: any stakeholder that can act, with names and a status that change in time."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models.naming import TwoNames, in_language
from directorates.models.validity import Dated, DatedQuerySet
from directorates.roles import Permission, anchor_permissions
from directorates.scopes import Columns


class Kind(models.TextChoices):
    """What an organisation is."""

    DIRECTORATE = "directorate", _("Health directorate")
    BODY = "body", _("Coordination body")
    NGO = "ngo", _("Medical NGO")
    MINISTRY = "ministry", _("Ministry")
    SURVEILLANCE = "surveillance", _("Surveillance unit")
    CLUSTER = "cluster", _("Cluster")
    DONOR = "donor", _("Donor")
    MEDICAL_OFFICE = "medical_office", _("Medical office of a local council")


class OrganisationStatus(models.TextChoices):
    """Whether an organisation acts."""

    ACTIVE = "active", pgettext_lazy("organisation", "Active")
    SUSPENDED = "suspended", pgettext_lazy("organisation", "Suspended")
    DISSOLVED = "dissolved", pgettext_lazy("organisation", "Dissolved")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Named queries over organisations."""

    def active(self) -> Self:
        """Those that may act today."""
        return self.filter(status=OrganisationStatus.ACTIVE)

    def dissolved(self) -> Self:
        """Those that are dissolved, each with the day of it (`dissolved_on`)."""
        said = OrganisationStatusChange.objects.filter(organisation=OuterRef("pk"), status=OrganisationStatus.DISSOLVED)
        day = Subquery(said.order_by("-since", "-pk").values("since")[:1])
        rows = self.filter(status=OrganisationStatus.DISSOLVED).annotate(dissolved_on=day)
        return rows.exclude(dissolved_on=None).order_by("pk")


class Organisation(TwoNames):
    """A stakeholder; the names and the status here are today's, the dated rows hold every one there was."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    short_ar = models.CharField(_("short name in Arabic"), max_length=80)
    short_en = models.CharField(_("short name in English"), max_length=80)
    status = models.CharField(_("status"), max_length=12, choices=OrganisationStatus, default=OrganisationStatus.ACTIVE)

    objects = OrganisationQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_PEOPLE: Columns(("id",)),
        Permission.SEAL_DIRECTORATES: Columns(("id",)),
        Permission.HAND_OVER_PLACES: Columns(("id",)),
        Permission.RUN_CONSOLIDATION: Columns(("id",)),
    }

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["kind", "code"]
        permissions = anchor_permissions()

    @property
    def short(self) -> str:
        """The short name in the reader's language."""
        return in_language(self.short_ar, self.short_en)

    def name_at(self, date: datetime.date) -> "OrganisationName | Organisation":
        """The names the organisation bore on a date."""
        return self.names.at(date).first() or self

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class OrganisationName(TwoNames, Dated):
    """A name that an organisation bore for a time."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    short_ar = models.CharField(max_length=80)
    short_en = models.CharField(max_length=80)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("name of an organisation")
        verbose_name_plural = _("names of organisations")
        ordering = ["organisation", "valid"]
        constraints = [
            ExclusionConstraint(
                name="one_name_at_a_time",
                expressions=[("organisation", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class OrganisationStatusChange(models.Model):
    """Founded, suspended, resumed or dissolved on a day, for a reason; appended only."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="status_changes")
    status = models.CharField(max_length=12, choices=OrganisationStatus)
    since = models.DateField()
    reason = models.TextField(blank=True)
    by: Any = models.ForeignKey("directorates.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of an organisation's status")
        verbose_name_plural = _("changes of organisations' status")
        ordering = ["organisation", "since", "id"]

    def __str__(self) -> str:
        """Status and day."""
        return f"{self.get_status_display()} {self.since}"
