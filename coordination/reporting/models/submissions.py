"""Submissions: one filled template for one facility and one period by one reporter."""

import uuid
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.expected import unsealed
from coordination.reporting.models.templates import ReportTemplate, TemplateVersion
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Organisation, Place, User
from directorates.permissions import Columns, Permission, rights_of, scoped
from facilities.models import Facility


class Status(models.TextChoices):
    """How far a submission is."""

    DRAFT = "draft", pgettext_lazy("report", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("report", "Submitted")
    RETURNED = "returned", pgettext_lazy("report", "Sent back")
    APPROVED = "approved", pgettext_lazy("report", "Approved")


# What was sent and not sent back; of what is being corrected on request the approved revision stands on.
STANDING = Q(status__in=(Status.SUBMITTED, Status.APPROVED)) | Q(kept_revision__isnull=False)
# What can count.
APPROVED = Q(status=Status.APPROVED) | Q(kept_revision__isnull=False)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Named queries over submissions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those the person may read; a draft is its reporter's alone, and a seal closes what others reported."""
        rights = rights_of(user)
        own = rights.organisations(Permission.VIEW_REPORTS)
        allowed = rights.condition(Permission.VIEW_REPORTS, Submission.SCOPES[Permission.VIEW_REPORTS])
        return self.filter(allowed, ~Q(status=Status.DRAFT) | Q(reporter_id__in=own), unsealed(rights))

    def to_review(self, user: User | AnonymousUser) -> Self:
        """Those that wait for the person's review."""
        mine = scoped(user, Permission.REVIEW_REPORTS, Submission.SCOPES[Permission.REVIEW_REPORTS])
        return self.filter(mine, status=Status.SUBMITTED)

    def of(self, template: ReportTemplate, period: Period) -> Self:
        """Those of a template and period."""
        return self.filter(template=template, period_start=period.start)

    def to_correct(self, user: User) -> Self:
        """Those of the organisation acted for that were given back to be corrected on request."""
        mine = scoped(user, Permission.SUBMIT_REPORTS, Submission.SCOPES[Permission.SUBMIT_REPORTS])
        rows = self.filter(mine, kept_revision__isnull=False, status=Status.RETURNED)
        return rows.filter(reporter=user.acting_id)

    def standing(self) -> Self:
        """Those sent or approved, and those whose approved revision counts while a corrected one is on its way."""
        return self.filter(STANDING)

    def others(self, template: ReportTemplate, facility: Facility, period: Period, reporter: Organisation) -> Self:
        """What other bodies sent about a facility and period, for naming them and never for their values."""
        sent = self.of(template, period).filter(facility=facility).exclude(status=Status.DRAFT)
        return sent.exclude(reporter=reporter).select_related("reporter").order_by("submitted")


class Submission(models.Model):
    """A report on its way; what was reported stands in revisions, which never change.

    `directorate` is the one competent on the period's last day or, with none, the last before it; `reviewer` reviews:
    the competent directorate, or the body where none was competent on that day. While it is corrected on request
    (`models/corrections.py`), `kept_revision` is the approved revision, which counts until the corrected one is approved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="submissions")
    version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="submissions")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="submissions")
    period_start = models.DateField()
    reporter = models.ForeignKey(Organisation, models.PROTECT, related_name="submissions")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    # Null and not empty: it is unique, and a draft has none.
    receipt = models.CharField(_("receipt number"), max_length=30, unique=True, null=True)  # noqa: DJ001
    revision = models.OneToOneField("Revision", models.PROTECT, null=True, related_name="+")
    kept_revision = models.ForeignKey("Revision", models.PROTECT, null=True, related_name="+")
    first_submitted = models.DateTimeField(null=True)
    submitted = models.DateTimeField(null=True)
    due = models.DateField()
    marks = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField()
    changed = models.DateTimeField()
    edition = models.PositiveIntegerField(default=0)
    # Scope columns, as of the period.
    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=120, db_collation="C")
    directorate = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    reviewer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    dataset = models.ForeignKey("directorates.Dataset", models.PROTECT, related_name="+")

    objects = SubmissionQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.VIEW_REPORTS: Columns(("reporter_id", "reviewer_id", "directorate_id"), "place_path", "dataset_id"),
        Permission.SUBMIT_REPORTS: Columns(("reporter_id",), "place_path"),
        Permission.REVIEW_REPORTS: Columns(("reviewer_id",), "place_path"),
        Permission.FOLLOW_UP_REPORTS: Columns(("reviewer_id", "directorate_id"), "place_path", "dataset_id"),
        # Whoever names an arbiter lets that organisation read the reports.
        Permission.AGREE_ON_SHARING: Columns(("reviewer_id",), "place_path"),
    }

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-changed", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "period_start", "facility", "reporter"], name="one_submission_a_reporter"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(revision__isnull=False, receipt__isnull=False, submitted__isnull=False),
                name="sent_means_revision_and_receipt",
            ),
            models.CheckConstraint(
                condition=Q(kept_revision=None) | Q(status__in=("returned", "submitted")),
                name="kept_while_it_is_corrected",
            ),
        ]
        indexes = [
            models.Index(fields=["reporter", "-changed"], name="submission_of_reporter"),
            # What waits is counted on every page: with what the row policies ask for, from the index alone.
            models.Index(
                fields=["reviewer", "submitted"],
                include=["status", "reporter", "directorate", "place_path", "dataset"],
                condition=Q(status="submitted"),
                name="submission_to_review",
            ),
            models.Index(fields=["directorate", "-changed"], name="submission_of_directorate"),
            models.Index(fields=["template", "period_start", "subdistrict"], name="submission_at_place"),
            models.Index(fields=["facility", "template", "period_start"], name="submission_of_facility"),
            models.Index(fields=["-changed", "id"], name="submission_by_change"),
            models.Index(fields=["place_path", "-changed"], name="submission_by_place"),
            models.Index(
                fields=["reporter"], condition=Q(kept_revision__isnull=False), name="submission_being_corrected"
            ),
        ]

    def __str__(self) -> str:
        """The receipt number, or the id before there is one."""
        return self.receipt or str(self.id)

    def owners(self) -> list[int]:
        """Whose it is, by id: its reporter's and, where it is read by agreement, its custodian's, who agreed."""
        custodian = [self.dataset.custodian_id] if self.dataset.by_agreement else []
        return list(dict.fromkeys([self.reporter_id, *custodian]))

    @property
    def standing_revision(self) -> "Revision | None":
        """What the report says: the approved revision while it is corrected on request, else what was sent last."""
        return self.kept_revision or self.revision

    @property
    def counting_id(self) -> int | None:
        """The id of the revision that can count: the approved one, also while it is corrected; None without one."""
        return self.kept_revision_id or (self.revision_id if self.status == Status.APPROVED else None)

    @property
    def period(self) -> Period:
        """The period reported on."""
        return Period(PeriodType(self.template.period_type), self.period_start)


class Draft(models.Model):
    """What is being written: the working copy of a submission that is a draft or was sent back.

    `changed` says of each slot in which edition, by whom and when it was last written, so that the second of two
    people on one draft is shown what the first one changed.
    """

    submission = models.OneToOneField(Submission, models.CASCADE, primary_key=True, related_name="draft")
    doc = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Everybody who ever wrote an answer of it, also where another wrote over it since.
    writers = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        """The submission."""
        return str(self.submission_id)


class Revision(models.Model):
    """What was reported, never changed: numbers by slot in `doc`; states, reasons and texts in `notes`.

    `by` sent it; `writers` are the ids of all who wrote answers of its draft, so that none of them approves it.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    doc = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    writers = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["submission", "number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        """Submission and number."""
        return f"{self.submission_id} {self.number}"


class What(models.TextChoices):
    """What happened to a submission."""

    STARTED = "started", pgettext_lazy("report", "Started")
    SUBMITTED = "submitted", pgettext_lazy("report", "Sent")
    APPROVED = "approved", pgettext_lazy("report", "Approved")
    RETURNED = "returned", pgettext_lazy("report", "Sent back")
    REOPENED = "reopened", pgettext_lazy("report", "Reopened")
    MOVED = "moved", pgettext_lazy("report", "Moved to a new version of the template")
    CORRECTING = "correcting", pgettext_lazy("report", "Given back for a correction on request")
    KEPT = "kept", pgettext_lazy("report", "Correction given up")
    LOOKED = "looked", pgettext_lazy("report", "What stands out was looked at")


class SubmissionEvent(models.Model):
    """A line of a submission's history: who, as which organisation or deputy, what, when, with what words; appended only."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="history")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    note = models.TextField(blank=True)
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("event of a report")
        verbose_name_plural = _("history of reports")
        ordering = ["submission", "id"]

    def __str__(self) -> str:
        """What and when."""
        return f"{self.what} {self.at}"
