"""What is expected: each report that is due."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Organisation, Place, User
from directorates.models.organisations import OrganisationStatus
from directorates.permissions import Columns, Permission, rights_of
from directorates.rights import Rights
from facilities.models import Facility


def abandoned(rights: Rights) -> Q:
    """Reports of directorates that no longer act, or are sealed: the body reviews for them, and speaks for them.

    The wall opens them likewise (`abandoned_to_sight`).
    """
    if not (rights.holds(Permission.RUN_CONSOLIDATION) and rights.holds(Permission.REVIEW_REPORTS)):
        return Q(pk__in=())
    # No join: beside other conditions it would decide in which order reports are read.
    gone = Organisation.objects.exclude(status=OrganisationStatus.ACTIVE)
    return Q(directorate__in=gone.order_by().values("pk")) | Q(directorate__in=rights.sealed)


def unsealed(rights: Rights) -> Q:
    """Reports that no seal closes to whoever holds these rights: all but others' of sealed directorates.

    The wall closes them likewise (`sealed_to_sight`); steps that pass it, as what counts does, begin here all the same.
    """
    if not (closed := closed_by_seals(rights)):
        return Q()
    own = rights.organisations(Permission.VIEW_REPORTS)
    return Q(directorate=None) | ~Q(directorate__in=closed) | Q(reporter__in=own)


def closed_by_seals(rights: Rights) -> Collection[int]:
    """The directorates whose reports a seal closes to whoever holds these rights, but for the own ones: all that are sealed."""
    return () if rights.holds(Permission.RUN_CONSOLIDATION) else rights.sealed


class ExpectedReportQuerySet(models.QuerySet["ExpectedReport"]):
    """Named queries over expected reports."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those the person may see: of the own organisation or jurisdiction, granted, or those that the body reviews instead."""
        rights = rights_of(user)
        own = rights.condition(Permission.VIEW_REPORTS, ExpectedReport.SCOPES[Permission.VIEW_REPORTS])
        return self.filter(own | abandoned(rights), unsealed(rights))


class ExpectedReport(models.Model):
    """One report that a body owes: template, facility, period and reporter, due on a day.

    The scope columns are those of the period: who was competent on its last day.
    """

    template = models.ForeignKey(ReportTemplate, models.CASCADE, related_name="expected")
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="expected")
    period_start = models.DateField()
    reporter = models.ForeignKey(Organisation, models.PROTECT, related_name="owes")
    due = models.DateField(_("due date"))
    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=120, db_collation="C")
    directorate = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    dataset = models.ForeignKey("directorates.Dataset", models.PROTECT, related_name="+")

    objects = ExpectedReportQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.VIEW_REPORTS: Columns(("reporter_id", "directorate_id"), "place_path", "dataset_id"),
        Permission.SUBMIT_REPORTS: Columns(("reporter_id",), "place_path"),
        Permission.REVIEW_REPORTS: Columns(("directorate_id",), "place_path"),
    }

    class Meta:
        verbose_name = _("expected report")
        verbose_name_plural = _("expected reports")
        ordering = ["due", "id"]
        constraints = [
            models.UniqueConstraint(fields=["template", "period_start", "facility", "reporter"], name="expected_once")
        ]
        indexes = [
            models.Index(fields=["reporter", "period_start"], name="expected_of_reporter"),
            models.Index(fields=["template", "period_start", "subdistrict"], name="expected_at_place"),
        ]

    def __str__(self) -> str:
        """Template, facility and period."""
        return f"{self.template_id} {self.facility_id} {self.period_start}"

    @property
    def period(self) -> Period:
        """The period owed."""
        return Period(PeriodType(self.template.period_type), self.period_start)
