"""Runs of consolidation: what each drain, rebuild and check did, when, at whose word; and what is wrong with it now."""

import datetime
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncHour
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.consolidation import Touched
from coordination.reporting.models.templates import ReportTemplate
from directorates.foundation.models import Job
from directorates.models import User
from directorates.permissions import Permission, may

# Whoever holds one of these looks after consolidation, and is told when something is wrong with it.
WATCHING = (Permission.RUN_CONSOLIDATION, Permission.MANAGE_ORGANISATIONS)
# Advisory locks: a run goes on while its lock is held by a session.
RUNNING = 7_204_101


class RunKind(models.TextChoices):
    """What was computed: what marks name, everything, everything of one template; or which of its reports break which rules."""

    DRAIN = "drain", pgettext_lazy("consolidation", "Steady computing")
    REBUILD = "rebuild", pgettext_lazy("consolidation", "All figures anew")
    CHECK = "check", pgettext_lazy("consolidation", "Check of one template")
    RULES = "rules", pgettext_lazy("consolidation", "All reports of one template by its rules")


class RunOrigin(models.TextChoices):
    """What asked for a run."""

    TOUCH = "touch", pgettext_lazy("consolidation", "A change of reports")
    SCHEDULE = "schedule", pgettext_lazy("consolidation", "The schedule")
    PERSON = "person", pgettext_lazy("consolidation", "A person")


class RunState(models.TextChoices):
    """How a run ended, or that it goes on."""

    GOES_ON = "run_goes_on", pgettext_lazy("consolidation", "Running")
    DONE = "run_done", pgettext_lazy("consolidation", "Completed")
    FAILED = "run_failed", pgettext_lazy("consolidation", "Failed")
    BROKEN_OFF = "run_broken_off", pgettext_lazy("consolidation", "Broken off")


ENDED_BADLY = (RunState.FAILED, RunState.BROKEN_OFF)
# Of these each is about one template.
OF_ONE_TEMPLATE = (RunKind.CHECK, RunKind.RULES)


class RunQuerySet(models.QuerySet["ConsolidationRun"]):
    """Named queries over runs."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All, for whoever looks after consolidation; none for others."""
        return self if may_watch(user) else self.none()

    def of_template(self, template: int) -> Self:
        """Those that computed figures of a template, or judged its reports; a rebuild computes the figures of all."""
        return self.filter(Q(templates__contains=[template]) | Q(kind=RunKind.REBUILD))

    def at_fault(self) -> Self:
        """Those that did not end well, and after which none did: of the same kind, of checks the same template, or a rebuild.

        A drain is well again, too, where no mark waits: what it did not do was done. Later is whoever has the greater number:
        a clock may have been put back in between.
        """
        well = ConsolidationRun.objects.filter(state=RunState.DONE)
        # The last of each kind is asked for once: a night of failed drains leaves thousands of rows.
        rows = self.filter(state__in=ENDED_BADLY).exclude(
            ~Q(kind=RunKind.RULES) & Q(pk__lt=_last(well, RunKind.REBUILD))
        )
        rows = rows.exclude(kind=RunKind.DRAIN, pk__lt=_last(well, RunKind.DRAIN))
        later = well.filter(kind=OuterRef("kind"), pk__gt=OuterRef("pk"), templates=OuterRef("templates"))
        rows = rows.exclude(Q(kind__in=OF_ONE_TEMPLATE) & Q(Exists(later)))
        return rows.exclude(Q(kind=RunKind.DRAIN) & ~Q(Exists(Touched.objects.all())))


def _last(runs: RunQuerySet, kind: RunKind) -> Any:
    """The number of the last of some runs of a kind, 0 where there is none; as a subquery."""
    last = runs.filter(kind=kind).order_by().values("kind").annotate(last=Max("pk")).values("last")
    return Coalesce(Subquery(last), 0)


class ConsolidationRun(models.Model):
    """One run of consolidation that found something to do: how long it took, what it took up, what it wrote.

    `lag` is how old the oldest mark was when it began, in seconds; `templates` are ids, of which a rebuild names none: it
    computes all. `cells` counts rows of figures, completeness included, that are otherwise than before; of a pass by rules, `marks`
    counts reports and `cells` the broken rules that were kept otherwise. Kept for some
    months (`RUNS_KEPT`), written beside the figures' own transactions: a run that was killed leaves its row.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=RunKind)
    origin = models.CharField(pgettext_lazy("consolidation", "asked for by"), max_length=10, choices=RunOrigin)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), null=True, related_name="+"
    )
    job = models.ForeignKey(Job, models.SET_NULL, verbose_name=_("job"), null=True, related_name="+")
    templates = ArrayField(models.IntegerField(), verbose_name=_("report templates"), default=list)
    state = models.CharField(_("state"), max_length=16, choices=RunState, default=RunState.GOES_ON)
    began = models.DateTimeField(_("began"))
    ended = models.DateTimeField(_("ended"), null=True)
    lag = models.FloatField(pgettext_lazy("consolidation", "lag in seconds"), default=0)
    marks = models.PositiveIntegerField(pgettext_lazy("consolidation", "marks"), default=0)
    cells = models.PositiveIntegerField(pgettext_lazy("consolidation", "figures written"), default=0)
    # The class of a fault and PostgreSQL's code, never its text: that may quote values.
    fault = models.CharField(pgettext_lazy("consolidation", "fault"), max_length=100, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of consolidation")
        verbose_name_plural = _("runs of consolidation")
        default_permissions = ()
        ordering = ["-began", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RunState.GOES_ON, ended=None) | Q(~Q(state=RunState.GOES_ON), ended__isnull=False),
                name="a_run_that_ended_has_its_moment",
            ),
            models.CheckConstraint(condition=Q(origin=RunOrigin.PERSON) | Q(by=None), name="a_person_asks_in_person"),
        ]
        indexes = [
            models.Index(fields=["-began", "-id"], name="run_by_time"),
            models.Index(fields=["state"], name="run_not_well", condition=~Q(state=RunState.DONE)),
        ]

    def __str__(self) -> str:
        """Kind and beginning."""
        return f"{self.kind} {self.began:%Y-%m-%d %H:%M:%S}"

    @property
    def seconds(self) -> float | None:
        """How long it took; none while it goes on."""
        return (self.ended - self.began).total_seconds() if self.ended else None


class TroubleKind(models.TextChoices):
    """What can be wrong with consolidation."""

    LATE = "trouble_late", pgettext_lazy("consolidation", "Figures lag behind")
    FAILED = "trouble_failed", pgettext_lazy("consolidation", "A run failed")


class TroubleQuerySet(models.QuerySet["ConsolidationTrouble"]):
    """Named queries over troubles."""

    def open(self) -> Self:
        """Those that are not over."""
        return self.filter(until=None)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All, for whoever looks after consolidation; none for others."""
        return self if may_watch(user) else self.none()


class ConsolidationTrouble(models.Model):
    """Something was wrong with consolidation from a moment until another; told once, over when all is well again.

    What failed is named by its kind of run and, where it is a check, its template: a second failure is not hidden by the first.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=TroubleKind)
    run = models.CharField(_("run"), max_length=10, choices=RunKind, blank=True)
    template = models.ForeignKey(
        ReportTemplate, models.PROTECT, verbose_name=_("report template"), null=True, related_name="+"
    )
    since = models.DateTimeField(pgettext_lazy("consolidation", "since"))
    until = models.DateTimeField(pgettext_lazy("consolidation", "until"), null=True)

    objects = TroubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("trouble with consolidation")
        verbose_name_plural = _("troubles with consolidation")
        default_permissions = ()
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "run", "template"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="one_open_trouble_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="trouble_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        """What, and since when."""
        return f"{self.kind} {self.since:%Y-%m-%d %H:%M}"


def may_watch(user: User | AnonymousUser) -> bool:
    """Whether somebody looks after consolidation."""
    return any(may(user, right) for right in WATCHING)


def last_checks(templates: Iterable[int]) -> dict[int, ConsolidationRun]:
    """The last check of each of some templates, by template; in one query."""
    rows = ConsolidationRun.objects.filter(kind=RunKind.CHECK, templates__in=[[number] for number in templates])
    return {run.templates[0]: run for run in rows.order_by("templates", "-began", "-pk").distinct("templates")}


def lags_by_hour(until: datetime.datetime, hours: int) -> list[float]:
    """The longest lag with which a run began, in seconds, of each of so many hours, the last of which holds a moment."""
    last = until.astimezone(datetime.UTC).replace(minute=0, second=0, microsecond=0)
    starts = [last - datetime.timedelta(hours=back) for back in reversed(range(hours))]
    rows = ConsolidationRun.objects.filter(began__gte=starts[0]).order_by()
    by_hour = rows.values_list(TruncHour("began", tzinfo=datetime.UTC)).annotate(longest=Max("lag"))
    found = dict(by_hour)
    return [found.get(start, 0.0) for start in starts]


def lag_now() -> datetime.timedelta:
    """The age of the oldest mark that was not drained, by the database's clock; nothing where none waits."""
    with connection.cursor() as cursor:
        # Marks are taken in the order of their ids; a clock that was put back must not make a lag of less than nothing.
        cursor.execute(
            "SELECT greatest(clock_timestamp() - (SELECT at FROM touched ORDER BY id LIMIT 1), interval '0')"
        )
        (lag,) = cursor.fetchone()
    return lag or datetime.timedelta()
