"""When the figures of a report template are checked whole, beside the steady computing."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules import schedules
from coordination.reporting.rules.schedules import Timing

HOURS = range(24)


class Rhythm(models.TextChoices):
    """How often all figures of a template are computed anew and compared."""

    NEVER = schedules.Rhythm.NEVER.value, pgettext_lazy("schedule", "Never by itself")
    DAILY = schedules.Rhythm.DAILY.value, pgettext_lazy("schedule", "Every day")
    WEEKLY = schedules.Rhythm.WEEKLY.value, pgettext_lazy("schedule", "Every week")


class Weekday(models.IntegerChoices):
    """The days of the week, as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ConsolidationSchedule(models.Model):
    """How often the figures of one template are checked; a template without a row is never checked by itself.

    `started` is the moment up to which everything that was due was started: what is due next follows from it alone, and
    whoever starts it holds the row meanwhile, so that two schedulers start it once.
    """

    template = models.OneToOneField(
        ReportTemplate, models.CASCADE, related_name="schedule", verbose_name=_("report template"), primary_key=True
    )
    rhythm = models.CharField(pgettext_lazy("schedule", "how often"), max_length=10, choices=Rhythm)
    hour = models.PositiveSmallIntegerField(pgettext_lazy("schedule", "hour"))
    weekday = models.PositiveSmallIntegerField(pgettext_lazy("schedule", "day of the week"), choices=Weekday, null=True)
    started = models.DateTimeField()

    class Meta:
        verbose_name = _("schedule of checks")
        verbose_name_plural = _("schedules of checks")
        default_permissions = ()
        ordering = ["template__code"]
        constraints = [
            models.CheckConstraint(condition=Q(hour__lt=len(HOURS)), name="an_hour_of_the_day"),
            models.CheckConstraint(
                condition=Q(rhythm=Rhythm.WEEKLY, weekday__isnull=False, weekday__lt=7)
                | (~Q(rhythm=Rhythm.WEEKLY) & Q(weekday=None)),
                name="a_week_has_its_day",
            ),
            models.CheckConstraint(condition=Q(rhythm__in=Rhythm.values), name="a_rhythm_that_is_known"),
        ]

    def __str__(self) -> str:
        """Template and rhythm."""
        return f"{self.template_id} {self.rhythm}"

    @property
    def timing(self) -> Timing:
        """The same as rules take it, by the body's clock."""
        return Timing(schedules.Rhythm(self.rhythm), self.hour, self.weekday, ZoneInfo(settings.TIME_ZONE))

    @property
    def next(self) -> datetime.datetime | None:
        """When the next check is due; none where it never is."""
        return schedules.next_due(self.timing, self.started)

    @property
    def words(self) -> str:
        """How often and when, in the reader's language."""
        rhythm = str(Rhythm(self.rhythm).label)
        if self.rhythm == Rhythm.NEVER:
            return rhythm
        day = f" · {Weekday(self.weekday).label}" if self.weekday is not None else ""
        return f"{rhythm}{day} · {self.hour:02}:00"
