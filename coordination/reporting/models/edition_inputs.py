"""What an edition was made of, frozen with it: the reports that counted, those set aside, those expected, and every other fact.

Whoever holds these rows and the code they name makes the same figures again, years later (`rules/edition_figures.py`). They are
written in the transaction that publishes, and the database lets nobody change them. Readers of editions see how many there are
and their hashes; which report of which facility counted is seen by whoever may see that report.
"""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.counted import CountingRule
from coordination.reporting.models.double_reports import Settlement
from coordination.reporting.models.editions import Edition
from coordination.reporting.models.missing import MissingReason
from coordination.reporting.models.submissions import Revision, Submission
from directorates.models import Organisation, Place, User
from facilities.models import Facility

# Hexadecimal digits of a SHA-256.
DIGITS = 64


class EditionInputs(models.Model):
    """Everything an edition was made of but single reports, and the hashes that hold it all.

    `facts` says period, limits, versions, items with the slots that hold them, rules that tie figures, places and
    jurisdictions as they were (`rules/edition_inputs.py`). `digest` is the SHA-256 of the facts with all reports, set aside
    and expected ones too, `figures_digest` that of the figures; `head` is the hash of the record's last link at that moment.
    """

    edition = models.OneToOneField(Edition, models.CASCADE, primary_key=True, related_name="inputs")
    facts = models.JSONField()
    code_version = models.CharField(_("version of the program"), max_length=20)
    code_digest = models.CharField(max_length=DIGITS)
    digest = models.CharField(max_length=DIGITS)
    figures_digest = models.CharField(max_length=DIGITS)
    head = models.CharField(max_length=DIGITS, blank=True)
    head_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("inputs of an edition")
        verbose_name_plural = _("inputs of editions")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(head="", head_number=0) | (~Q(head="") & Q(head_number__gt=0)), name="a_head_and_its_number"
            )
        ]

    def __str__(self) -> str:
        """Edition and the beginning of the hash."""
        return f"{self.edition_id} {self.digest[:12]}"


class EditionReportQuerySet(models.QuerySet["EditionReport"]):
    """Named queries over reports that editions counted."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those whose report the person may read."""
        return self.filter(submission__in=Submission.objects.visible_to(user).order_by())

    def of(self, submission: Submission) -> Self:
        """Those of one report, whichever of its revisions counted: empty while no edition counts it."""
        return self.filter(submission=submission)


class EditionReport(models.Model):
    """A report as an edition counted it: the revision with the fingerprint of its documents, where, whose, and by which rule.

    `overlay` holds the cells that counted otherwise than in the revision, `settlement` says by what.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="counted")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="counted_in")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=DIGITS)
    reporter = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=120, db_collation="C")
    directorate = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    rule = models.CharField(_("counting rule"), max_length=20, choices=CountingRule)
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="+")
    overlay = models.JSONField(null=True)
    on_time = models.BooleanField()

    objects = EditionReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report counted in an edition")
        verbose_name_plural = _("reports counted in editions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["edition", "facility"], name="a_facility_once_an_edition")]

    def __str__(self) -> str:
        """Edition and report."""
        return f"{self.edition_id} {self.submission_id}"


class EditionAside(models.Model):
    """An approved report that an edition did not count, and by which rule another counted before it."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="set_aside")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=DIGITS)
    reason = models.CharField(_("counting rule"), max_length=20, choices=CountingRule)

    class Meta:
        verbose_name = _("report set aside in an edition")
        verbose_name_plural = _("reports set aside in editions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["edition", "submission"], name="set_aside_once_an_edition")]

    def __str__(self) -> str:
        """Edition and report."""
        return f"{self.edition_id} {self.submission_id}"


class EditionExpected(models.Model):
    """A report that was expected when an edition was made, and the reason that was known where it did not come."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="expected")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=120, db_collation="C")
    due = models.DateField(_("due date"))
    reason = models.CharField(_("reason"), max_length=20, choices=MissingReason, blank=True)

    class Meta:
        verbose_name = _("report expected in an edition")
        verbose_name_plural = _("reports expected in editions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["edition", "facility", "reporter"], name="expected_once_an_edition")
        ]

    def __str__(self) -> str:
        """Edition and facility."""
        return f"{self.edition_id} {self.facility_id}"
