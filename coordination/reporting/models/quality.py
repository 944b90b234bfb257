"""The quality of reports, a facility, reporter or directorate each: how complete, timely, right and settled; as one person may see it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.broken_rules import BrokenRule
from coordination.reporting.models.expected import ExpectedReport
from coordination.reporting.models.follow_ups import FollowUp
from coordination.reporting.models.missing import with_reasons
from coordination.reporting.models.outliers import Comparison
from coordination.reporting.models.submissions import STANDING, Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.funnels import NARROW, WIDTH, Funnel, Unit, Verdict, draw, mean_of, verdicts
from coordination.reporting.rules.missing import Reason
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, Place, User
from directorates.models.places import beneath
from facilities.models import Facility


class QualityLevel(models.TextChoices):
    """Of whom: each facility, each reporter, each directorate."""

    FACILITY = "facility", pgettext_lazy("quality", "Facilities")
    REPORTER = "reporter", pgettext_lazy("quality", "Organisations that report")
    DIRECTORATE = "directorate", pgettext_lazy("quality", "Directorates")


class QualityMeasure(models.TextChoices):
    """A share of reports that is laid out in a funnel."""

    COMPLETE = "complete", pgettext_lazy("quality", "Received, of those expected")
    UNEXCUSED = "unexcused", pgettext_lazy("quality", "Received, of those expected without an excuse")
    ON_TIME_EXPECTED = "on_time_expected", pgettext_lazy("quality", "On time, of those expected")
    ON_TIME_RECEIVED = "on_time_received", pgettext_lazy("quality", "On time, of those received")
    BROKEN = "broken", pgettext_lazy("quality", "Breaking a rule, of those received")
    STANDS_OUT = "stands_out", pgettext_lazy("quality", "Standing out, of those compared")
    CORRECTED = "corrected", pgettext_lazy("quality", "Corrected, of those received")


@dataclass
class Counts:
    """What was expected, came, and what became of it."""

    expected: int = 0
    answered: int = 0
    on_time: int = 0
    excused: int = 0
    received: int = 0
    received_on_time: int = 0
    broken: int = 0
    rules: int = 0
    compared: int = 0
    stands_out: int = 0
    corrected: int = 0
    questions: int = 0

    def unit(self, measure: QualityMeasure) -> Unit:
        """The part and the whole of a measure."""
        return Unit(*_UNITS[measure](self))

    @property
    def shares(self) -> list[tuple[QualityMeasure, Unit]]:
        """Every measure."""
        return [(measure, self.unit(measure)) for measure in QualityMeasure]

    @property
    def rules_a_report(self) -> float | None:
        """Broken rules, a received report; None where none was received."""
        return self.rules / self.received if self.received else None


_UNITS: dict[QualityMeasure, Callable[[Counts], tuple[int, int]]] = {
    QualityMeasure.COMPLETE: lambda one: (one.answered, one.expected),
    QualityMeasure.UNEXCUSED: lambda one: (one.answered, one.expected - one.excused),
    QualityMeasure.ON_TIME_EXPECTED: lambda one: (one.on_time, one.expected),
    QualityMeasure.ON_TIME_RECEIVED: lambda one: (one.received_on_time, one.received),
    QualityMeasure.BROKEN: lambda one: (one.broken, one.received),
    QualityMeasure.STANDS_OUT: lambda one: (one.stands_out, one.compared),
    QualityMeasure.CORRECTED: lambda one: (one.corrected, one.received),
}


@dataclass(frozen=True)
class Asked:
    """Of which reports, and of whom: a template from one period to another, in a place or anywhere."""

    template: ReportTemplate
    first: Period
    last: Period
    level: QualityLevel
    place: Place | None = None
    # The key of one unit alone.
    only: int | None = None

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The submissions or expected reports that are meant."""
        rows = rows.filter(template=self.template, period_start__range=(self.first.start, self.last.start))
        rows = rows.filter(beneath(self.place.path, "place_path")) if self.place else rows
        return rows if self.only is None else rows.filter(**{self.level.value: self.only})


@dataclass(frozen=True)
class Line:
    """A unit with its counts, and where it lies in the funnel."""

    holder: Facility | Organisation
    counts: Counts
    unit: Unit
    verdict: Verdict | None


class Quality:
    """What a page shows: every unit that the reader may see, by its code."""

    def __init__(self, user: User, asked: Asked, measure: QualityMeasure) -> None:
        """Keep who reads and what is asked."""
        self.user, self.asked, self.measure = user, asked, measure

    @cached_property
    def by_key(self) -> dict[int, Counts]:
        """The counts of each unit."""
        return counts_by(self.user, self.asked, self.asked.level.value)

    @cached_property
    def lines(self) -> list[Line]:
        """The units by code: this is no ranking."""
        table: Any = Facility if self.asked.level == QualityLevel.FACILITY else Organisation
        holders = sorted(table.objects.in_bulk(self.by_key).values(), key=lambda one: one.code)
        units = [self.by_key[one.pk].unit(self.measure) for one in holders]
        found = zip(holders, units, verdicts(units), strict=True)
        return [Line(one, self.by_key[one.pk], unit, verdict) for one, unit, verdict in found]

    @cached_property
    def mean(self) -> float | None:
        """The common mean of the measure."""
        return mean_of([line.unit for line in self.lines])

    def funnels(self, *, rtl: bool) -> list[tuple[str, Funnel]]:
        """The picture, for a desk and for a phone; none where there is nothing to draw."""
        units = [line.unit for line in self.lines]
        drawn = [(look, draw(units, rtl=rtl, width=width)) for look, width in (("wide", WIDTH), ("phone", NARROW))]
        return [(look, funnel) for look, funnel in drawn if funnel is not None]


def past_of(user: User, asked: Asked) -> list[tuple[Period, Counts]]:
    """One unit's own past, period by period, the earliest first."""
    kind = PeriodType(asked.template.period_type)
    found = counts_by(user, asked, "period_start")
    return [(Period(kind, start), found[start]) for start in sorted(found)]


_OF_EXPECTED: dict[str, Any] = {
    "expected": Count("pk"),
    "answered": Count("pk", filter=Q(came=True)),
    "on_time": Count("pk", filter=Q(came_in_time=True)),
    "excused": Count("pk", filter=Q(came=False) & ~Q(ruling__in=("", Reason.NOT_EXCUSED))),
}
_OF_RECEIVED: dict[str, Any] = {
    "received": Count("pk"),
    "received_on_time": Count("pk", filter=Q(first_submitted__date__lte=F("due"))),
    "broken": Count("pk", filter=Q(rules_broken__gt=0)),
    "rules": Sum("rules_broken"),
    "compared": Count("pk", filter=Q(was_compared=True)),
    "stands_out": Count("pk", filter=Q(was_compared=True, was_found=True)),
    "corrected": Count("pk", filter=Q(kept_revision=None, revision__number__gt=1) | Q(kept_revision__number__gt=1)),
}


@unwalled
def counts_by(user: User, asked: Asked, key: str) -> dict[Any, Counts]:
    """The counts of what is asked, by a column. All that is read starts at what the person may see, seals too, so no wall is asked."""
    found: dict[Any, Counts] = defaultdict(Counts)
    for rows, sums in ((_expected(user, asked), _OF_EXPECTED), (_received(user, asked), _OF_RECEIVED)):
        for row in rows.order_by().values(key).annotate(**sums):
            _add(found[row.pop(key)], row)
    reports = asked.narrow(Submission.objects.visible_to(user)).order_by().values("pk")
    questions = FollowUp.objects.unsettled().filter(submission__in=reports).order_by()
    column = f"submission__{key}"
    for of, count in questions.values(column).annotate(questions=Count("pk")).values_list(column, "questions"):
        found[of].questions += count
    found.pop(None, None)
    return dict(found)


def _add(counts: Counts, row: dict[str, Any]) -> None:
    """Add the sums of a row that counts knows."""
    for name, number in row.items():
        setattr(counts, name, getattr(counts, name) + (number or 0))


def _expected(user: User, asked: Asked) -> QuerySet[Any]:
    """What was expected and is due by now or came, each with whether it came, came in time, and what excuses it."""
    same = {name: OuterRef(name) for name in ("template", "period_start", "facility", "reporter")}
    sent = Submission.objects.standing().filter(**same)
    in_time = sent.filter(first_submitted__date__lte=OuterRef("due"))
    rows = with_reasons(asked.narrow(ExpectedReport.objects.visible_to(user)))
    rows = rows.annotate(came=Exists(sent), came_in_time=Exists(in_time))
    # Nobody is late on the day itself.
    return rows.filter(Q(due__lt=timezone.localdate()) | Q(came=True))


def _received(user: User, asked: Asked) -> QuerySet[Any]:
    """What came, each with how many rules it breaks, whether it was compared with its past, and whether something stands out.

    Of a report that is corrected on request all this is said of the revision that counts meanwhile. What stands out is told of
    those facilities alone of which the person may read every report of the template.
    """
    rows = asked.narrow(Submission.objects.visible_to(user)).filter(STANDING)
    # No `coalesce`: behind the wall the database looks it up in no index, a year of all facilities took 43 s.
    judged = Case(When(kept_revision=None, then=F("revision_id")), default=F("kept_revision_id"))
    rows = rows.annotate(judged=judged)
    broken = BrokenRule.objects.filter(revision=OuterRef("judged")).order_by().values("revision")
    counted = Subquery(broken.annotate(count=Count("pk")).values("count"))
    # Of the facilities that occur alone: of others nothing is asked.
    others = Submission.objects.filter(template=asked.template, revision__isnull=False)
    others = others.filter(facility__in=rows.order_by().values("facility"))
    hidden = others.exclude(
        pk__in=Submission.objects.visible_to(user).filter(template=asked.template).order_by().values("pk")
    )
    made = Comparison.objects.filter(revision=OuterRef("judged"), at__isnull=False)
    return rows.annotate(
        rules_broken=Coalesce(counted, 0),
        was_compared=Exists(made) & ~Q(facility__in=hidden.order_by().values("facility")),
        was_found=Exists(made.filter(found__gt=0)),
    )
