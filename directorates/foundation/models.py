"""Rows that every app stands on: the outbox and the jobs."""

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OutboxMessage(models.Model):
    """A task to be queued once the transaction that wrote this row has committed."""

    task = models.CharField(max_length=100)
    arguments = models.JSONField(default=list)
    at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        app_label = "directorates"
        verbose_name = _("message to be queued")
        verbose_name_plural = _("messages to be queued")

    def __str__(self) -> str:
        """Task and arguments."""
        return f"{self.task}{tuple(self.arguments)}"


class JobState(models.TextChoices):
    """How far a job is."""

    WAITING = "waiting", pgettext_lazy("job", "Waiting")
    RUNNING = "running", pgettext_lazy("job", "Running")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")


class Job(models.Model):
    """A piece of background work that people watch: kind, state, who asked, when, how it ended."""

    kind = models.CharField(_("kind"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    arguments = models.JSONField(_("arguments"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), null=True, related_name="+"
    )
    asked = models.DateTimeField(_("asked"), db_default=TransactionNow())
    started = models.DateTimeField(_("started"), null=True)
    finished = models.DateTimeField(_("finished"), null=True)
    result = models.JSONField(_("result"), default=dict)

    class Meta:
        app_label = "directorates"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-asked"]

    def __str__(self) -> str:
        """Kind and state."""
        return f"{self.kind} {self.state}"
