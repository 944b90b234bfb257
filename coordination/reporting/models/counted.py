"""Counted reports: what counts for one facility and period, however many reported."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Func
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.submissions import Revision, Status, Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.counting import Candidate, Choice, choose
from directorates.models import Organisation, Place
from facilities.models import Facility


class CountingRule(models.TextChoices):
    """Why this report counts and not another."""

    ONLY = "only", pgettext_lazy("counting", "The only approved report")
    DIRECTORATE_FIRST = (
        "directorate_first",
        pgettext_lazy("counting", "The directorate's own report counts before an NGO's"),
    )
    LATER_FIRST = "later_first", pgettext_lazy("counting", "The later report counts before the earlier")


class CountedReport(models.Model):
    """The one report that counts for a template, facility and period; lives in the schema of figures.

    `overlay` holds only the slots that count otherwise than in the revision; JSON null there means not counted.
    """

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="counted_reports")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="counted_reports")
    period_start = models.DateField()
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="counted_report")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    overlay = models.JSONField(null=True)
    rule = models.CharField(_("counting rule"), max_length=20, choices=CountingRule)
    on_time = models.BooleanField()
    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    directorate = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("counted report")
        verbose_name_plural = _("counted reports")
        constraints = [
            models.UniqueConstraint(fields=["template", "period_start", "facility"], name="one_counted_report")
        ]
        indexes = [models.Index(fields=["template", "period_start", "subdistrict"], name="counted_at_place")]

    def __str__(self) -> str:
        """Template, facility and period."""
        return f"{self.template_id} {self.facility_id} {self.period_start}"


class CountingRuleOf(Func):
    """By which rule a report counts, null where it does not: for reports that a person sees, whatever figures are open."""

    function = "counting_rule"
    output_field = models.CharField()


def counts() -> IsNull:
    """Whether a report counts, as a condition on its row."""
    return IsNull(CountingRuleOf("pk"), False)


def choice_among(reports: Iterable[Submission]) -> Choice | None:
    """Which of the reports about one facility and period counts by rule, and what is set aside; approved ones only.

    A directorate's own report is the one that it sent itself as the competent one.
    """
    return choose(
        [
            Candidate(row.pk, row.revision_id, row.reporter_id == row.directorate_id, row.changed, row.submitted)
            for row in reports
            if row.status == Status.APPROVED and row.revision_id is not None and row.submitted is not None
        ]
    )
