"""Assignments: which facilities report by which template, and what follows from beginning or ending that."""

import datetime as dt
from functools import cached_property
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.expected import ExpectedReport
from coordination.reporting.models.submissions import Status, Submission
from coordination.reporting.models.templates import ReportTemplate, TemplateVersion
from coordination.reporting.rules.periods import Period, periods_between
from directorates.foundation.sight import unwalled
from directorates.models.validity import Dated, DatedQuerySet, lasting
from facilities.models import Facility
from facilities.models.facilities import FacilityQuerySet
from facilities.models.statuses import NOT_EXPECTED


class AssignmentQuerySet(DatedQuerySet):
    """Named queries over assignments."""

    def on_or_after(self, day: dt.date) -> Self:
        """Those that hold on the day or begin later."""
        return self.filter(valid__overlap=lasting(day))


class Assignment(Dated):
    """A facility reports by a template for a time: all monthly, sentinel sites weekly."""

    template = models.ForeignKey(ReportTemplate, models.CASCADE, related_name="assignments")
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="assignments")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment of a template")
        verbose_name_plural = _("assignments of templates")
        ordering = ["template", "facility"]
        constraints = [
            ExclusionConstraint(
                name="assigned_once_at_a_time",
                expressions=[
                    ("template", RangeOperators.EQUAL),
                    ("facility", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        """Template and facility."""
        return f"{self.template} · {self.facility}"


def with_assignment(rows: FacilityQuerySet, template: ReportTemplate, day: dt.date) -> FacilityQuerySet:
    """Facilities with the template's assignment that holds on a day, or the next one, in `assigned` (its range, or None)."""
    held = Assignment.objects.on_or_after(day).filter(template=template, facility=OuterRef("pk")).order_by("valid")
    return rows.annotate(assigned=Subquery(held.values("valid")[:1]))


class Beginning:
    """What follows where the chosen facilities report by a template from a period on."""

    def __init__(self, template: ReportTemplate, chosen: FacilityQuerySet, period: Period, today: dt.date) -> None:
        """Keep what is asked for; each part is looked up when it is needed."""
        self.template, self.chosen, self.period, self.today = template, chosen, period, today

    @property
    def _held(self) -> Exists:
        rows = Assignment.objects.on_or_after(self.period.start)
        return Exists(rows.filter(template=self.template, facility=OuterRef("pk")))

    @property
    def concerned(self) -> FacilityQuerySet:
        """Those that would begin: they do not report by the template then or later."""
        return self.chosen.exclude(self._held)

    @cached_property
    def count(self) -> int:
        """How many."""
        return self.concerned.count()

    @cached_property
    def already(self) -> int:
        """How many of the chosen ones report by the template then or later, and stay as they are."""
        return self.chosen.filter(self._held).count()

    @cached_property
    def closed(self) -> int:
        """How many of those that would begin are closed today: nothing is expected of them until they open."""
        return self.concerned.filter(status__in=NOT_EXPECTED).count()

    @cached_property
    def opens(self) -> bool:
        """Whether a version holds for the period."""
        return TemplateVersion.objects.for_period(self.template, self.period.start) is not None

    @cached_property
    def past(self) -> int:
        """How many periods from the first on have ended: their reports are expected at once."""
        periods = periods_between(self.period.type, self.period.start, self.today)
        return sum(period.last_day < self.today for period in periods)


class Ending:
    """What follows where a period is the last that the chosen facilities report by a template."""

    def __init__(self, template: ReportTemplate, chosen: FacilityQuerySet, period: Period) -> None:
        """Keep what is asked for; each part is looked up when it is needed."""
        self.template, self.chosen, self.period = template, chosen, period

    @property
    def concerned(self) -> FacilityQuerySet:
        """Those for which it would end earlier, or not begin at all."""
        rows = Assignment.objects.on_or_after(self.period.end).filter(template=self.template)
        return self.chosen.filter(Exists(rows.filter(facility=OuterRef("pk"))))

    @cached_property
    def count(self) -> int:
        """How many."""
        return self.concerned.count()

    @cached_property
    @unwalled
    def expected(self) -> int:
        """How many reports of later periods are expected now and would be no longer."""
        return self._later(ExpectedReport.objects.all()).count()

    @cached_property
    @unwalled
    def sent(self) -> int:
        """How many reports of later periods were sent: they stay, in the figures too."""
        return self._later(Submission.objects.exclude(status=Status.DRAFT)).count()

    @cached_property
    @unwalled
    def drafts(self) -> int:
        """How many drafts of later periods there are: they stay and can be sent."""
        return self._later(Submission.objects.filter(status=Status.DRAFT)).count()

    def _later(self, rows: QuerySet[models.Model]) -> QuerySet[models.Model]:
        later = rows.filter(template=self.template, period_start__gt=self.period.start)
        return later.filter(facility__in=self.concerned.order_by().values("pk"))
