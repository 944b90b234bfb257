"""What was told because time passed, once each: reminders to reporters, and waiting reports to those above the reviewer."""

import datetime
from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.submissions import Status, Submission
from coordination.reporting.models.templates import ReportTemplate
from directorates.models import Organisation
from facilities.models import Facility


class Stage(models.TextChoices):
    """When a reporter is reminded."""

    SOON = "soon", pgettext_lazy("reminder", "due within two days")
    LATE = "late", pgettext_lazy("reminder", "overdue since yesterday")
    VERY_LATE = "very_late", pgettext_lazy("reminder", "overdue for a week")


class Reminder(models.Model):
    """A reporter was reminded of a report at a stage; a later due date is reminded of anew."""

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    period_start = models.DateField()
    reporter = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    due = models.DateField()
    stage = models.CharField(max_length=10, choices=Stage)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "period_start", "facility", "reporter", "due", "stage"], name="reminded_once"
            )
        ]

    def __str__(self) -> str:
        """Stage and due date."""
        return f"{self.stage} {self.due}"


class Level(models.TextChoices):
    """Who is told of a report that waits for review."""

    DIRECTOR = "director", pgettext_lazy("escalation", "the director")
    BODY = "body", pgettext_lazy("escalation", "the data manager of the body")


# After how many days without review each is told.
DAYS = {Level.DIRECTOR: 7, Level.BODY: 14}


class Escalation(models.Model):
    """A report waits so long that somebody above the reviewer was told; `since` is when the waiting began."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="escalations")
    level = models.CharField(max_length=10, choices=Level)
    since = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("report told to those above")
        verbose_name_plural = _("reports told to those above")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["submission", "level", "since"], name="told_above_once")]

    def __str__(self) -> str:
        """Level and report."""
        return f"{self.level} {self.submission_id}"


def waiting_long(now: datetime.datetime) -> models.QuerySet[Submission]:
    """The reports that wait for review for so long that a director is told, the longest first.

    Waiting begins with the last deed: sending, or reopening.
    """
    long_ago = now - datetime.timedelta(days=DAYS[Level.DIRECTOR])
    rows = Submission.objects.filter(status=Status.SUBMITTED, changed__lte=long_ago)
    return rows.order_by("changed", "pk")


def told_above(submissions: Iterable[UUID]) -> dict[UUID, list[Escalation]]:
    """Who above was told of some reports since they wait, the first first."""
    rows = Escalation.objects.filter(submission__in=list(submissions), since__gte=models.F("submission__changed"))
    found: dict[UUID, list[Escalation]] = {}
    for row in rows:
        found.setdefault(row.submission_id, []).append(row)
    return found
