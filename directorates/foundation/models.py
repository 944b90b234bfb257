"""Rows that every app stands on: the outbox, the jobs, files that are kept for a time, and notices."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.notice_kinds import ALWAYS

# No real address ends so (RFC 2606); those of the demonstration do, and their password is published.
INVENTED = ".example"
# A letter that the mail server did not take is tried again so often.
TRIES = 5


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


class StoredFile(models.Model):
    """A file that someone gave or a job made, for whoever asked and the organisation acted for; kept until a moment.

    It stands in the database, so that web and worker need no folder in common and a rolled back deed leaves no file.
    """

    name = models.CharField(_("name of the file"), max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("size"))
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+")
    acting = models.ForeignKey("directorates.Organisation", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("time"))
    expires = models.DateTimeField(_("kept until"), db_index=True)

    class Meta:
        app_label = "directorates"
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["by", "digest"], name="file_of_person")]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class JobState(models.TextChoices):
    """How far a job is."""

    WAITING = "waiting", pgettext_lazy("job", "Waiting")
    RUNNING = "running", pgettext_lazy("job", "Running")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")


UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Named queries over jobs."""

    def asked_by(self, user: models.Model | AnonymousUser) -> Self:
        """Those that a person asked for, as the organisation acted for now."""
        return self.filter(by=user.pk, acting=getattr(user, "acting_id", None))

    def unfinished(self) -> Self:
        """Those that wait or run."""
        return self.filter(state__in=UNFINISHED)


class Job(models.Model):
    """A piece of background work that people watch: kind, state, who asked as which organisation, when, how it ended.

    `arguments` hold ids; `result` what came of it (counts, a problem in words with its faults); `file` what it made.
    """

    kind = models.CharField(_("kind"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    arguments = models.JSONField(_("arguments"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), null=True, related_name="+"
    )
    acting = models.ForeignKey(
        "directorates.Organisation", models.PROTECT, verbose_name=_("organisation"), null=True, related_name="+"
    )
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="ar")
    asked = models.DateTimeField(_("asked"), db_default=TransactionNow())
    started = models.DateTimeField(_("started"), null=True)
    finished = models.DateTimeField(_("finished"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    result = models.JSONField(_("result"), default=dict)
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")

    objects = JobQuerySet.as_manager()

    class Meta:
        app_label = "directorates"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-asked", "-id"]
        indexes = [
            models.Index(fields=["by", "-asked"], name="job_of_person"),
            models.Index(fields=["kind", "state"], name="job_of_kind"),
        ]

    def __str__(self) -> str:
        """Kind and state."""
        return f"{self.kind} {self.state}"

    @property
    def unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.state in UNFINISHED

    def is_of(self, user: models.Model | AnonymousUser) -> bool:
        """Whether a person asked for it, as the organisation acted for now; `asked_by` says the same of many."""
        return self.by_id == user.pk and self.acting_id == getattr(user, "acting_id", None)


class Pace(models.TextChoices):
    """How often somebody is told by letter of a kind of notice."""

    IMMEDIATE = "immediate", pgettext_lazy("notices", "At once")
    DAILY = "daily", pgettext_lazy("notices", "Once a day")
    WEEKLY = "weekly", pgettext_lazy("notices", "Once a week")
    OFF = "off", pgettext_lazy("notices", "No letters")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Named queries over notices."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A person's own."""
        return self.filter(person=user.pk)

    def unread(self) -> Self:
        """Those that were not read yet."""
        return self.filter(read=None)

    def to_post(self, pace: Pace) -> Self:
        """Those of which no letter went yet to somebody who is told of their kind at a pace; at once, where nothing was chosen."""
        chosen = NoticeChoice.objects.filter(person=OuterRef("person"), kind=OuterRef("kind"))
        at_pace = Q(Exists(chosen.filter(pace=pace)))
        if pace is Pace.IMMEDIATE:
            at_pace = Q(kind__in=ALWAYS) | ~Q(Exists(chosen.exclude(pace=pace)))
        rows = self.filter(at_pace, posted=None, tries__lt=TRIES, person__is_active=True)
        return rows.exclude(person__email="").exclude(person__email__endswith=INVENTED)


class Notice(models.Model):
    """Something a person is told, once: on the portal's pages and, as often as the person chose for its kind, by letter.

    `key` says what it is about, so that telling it again changes nothing; `values` are plain values, from which
    `templates/notices/KIND.txt` makes the words in the reader's language; `url` is where to go.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=120)
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(_("time"))
    read = models.DateTimeField(_("read"), null=True)
    # When the letter was given to the mail server; written before it is sent, so that none goes twice.
    posted = models.DateTimeField(_("sent by e-mail"), null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        app_label = "directorates"
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_of_person"),
            models.Index(fields=["id"], name="notice_to_post", condition=models.Q(posted=None)),
        ]

    def __str__(self) -> str:
        """Kind and key."""
        return f"{self.kind} {self.key}"


class NoticeChoice(models.Model):
    """How often a person is told by letter of one kind of notice; where there is no row, at once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices")
    kind = models.CharField(_("kind"), max_length=40)
    pace = models.CharField(_("by letter"), max_length=10, choices=Pace)

    class Meta:
        app_label = "directorates"
        verbose_name = _("choice of letters")
        verbose_name_plural = _("choices of letters")
        default_permissions = ()
        ordering = ["person", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_pace_a_kind"),
            models.CheckConstraint(condition=Q(pace__in=Pace.values), name="a_pace_that_is_known"),
            models.CheckConstraint(condition=~Q(kind__in=sorted(ALWAYS)), name="letters_that_always_come"),
        ]

    def __str__(self) -> str:
        """Kind and pace."""
        return f"{self.kind} {self.pace}"
