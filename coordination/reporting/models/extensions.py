"""Extensions: an expected report may come later, and its directorate said why; kept for good, beside the report itself."""

import datetime
from collections.abc import Iterable
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.expected import ExpectedReport, unsealed
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission, rights_of, scoped
from facilities.models import Facility

Key = tuple[int, datetime.date, int, int]


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Named queries over extensions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of reports that the person may know of."""
        seen = scoped(user, Permission.VIEW_REPORTS, Extension.SCOPES[Permission.VIEW_REPORTS])
        return self.filter(seen, unsealed(rights_of(user)))


class Extension(models.Model):
    """One decision about one report: due later than before, for a reason; appended only.

    It names the report and not the row of what is expected: that row goes and comes again as facts are corrected, and
    the later date comes again with it.
    """

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    period_start = models.DateField()
    reporter = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    directorate = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    dataset = models.ForeignKey("directorates.Dataset", models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=120, db_collation="C")
    before = models.DateField(_("due before"))
    until = models.DateField(_("due now"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = ExtensionQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.VIEW_REPORTS: Columns(("reporter_id", "directorate_id"), "place_path", "dataset_id"),
    }

    class Meta:
        verbose_name = _("extension of a due date")
        verbose_name_plural = _("extensions of due dates")
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("before")), name="extended_to_a_later_day")]
        indexes = [
            models.Index(fields=["template", "period_start", "facility", "reporter"], name="extension_of_report"),
            models.Index(fields=["directorate", "-at"], name="extension_of_directorate"),
        ]

    def __str__(self) -> str:
        """Facility, period and the later day."""
        return f"{self.facility_id} {self.period_start} {self.until}"

    @property
    def key(self) -> Key:
        """By which the report is told from all others."""
        return self.template_id, self.period_start, self.facility_id, self.reporter_id

    @property
    def period(self) -> Period:
        """The period owed."""
        return Period(PeriodType(self.template.period_type), self.period_start)


def key_of(row: ExpectedReport | Submission) -> Key:
    """The key of the report that a row is about."""
    return row.template_id, row.period_start, row.facility_id, row.reporter_id


def extensions_of(rows: Iterable[ExpectedReport | Submission]) -> dict[Key, list[Extension]]:
    """The extensions of some reports, the last first; whoever may read the report may read why it comes later."""
    keys = {key_of(row) for row in rows}
    found = Extension.objects.filter(
        template__in={key[0] for key in keys},
        period_start__in={key[1] for key in keys},
        facility__in={key[2] for key in keys},
    )
    held: dict[Key, list[Extension]] = {}
    for row in found.select_related("by", "acting"):
        if row.key in keys:
            held.setdefault(row.key, []).append(row)
    return held


def extendable(user: User | AnonymousUser) -> models.QuerySet[ExpectedReport]:
    """The expected reports whose due date a person may put off: of the own directorate, and never sent yet."""
    mine = scoped(user, Permission.REVIEW_REPORTS, ExpectedReport.SCOPES[Permission.REVIEW_REPORTS])
    sent = Submission.objects.filter(
        template=OuterRef("template"),
        period_start=OuterRef("period_start"),
        facility=OuterRef("facility"),
        reporter=OuterRef("reporter"),
        first_submitted__isnull=False,
    )
    return ExpectedReport.objects.filter(mine).exclude(Exists(sent))
