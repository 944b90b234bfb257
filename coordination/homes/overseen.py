"""How reporting and services stand in what someone oversees: a directorate's part, or everything that is open."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from coordination.homes.desks import LINES, Share, figures_for, templates_for
from coordination.reporting.models import Coverage, ExpectedReport, ReportTemplate, Submission
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.contested import contested, contested_by_holder
from coordination.reporting.models.figures import Whose, open_places, read_figures, whose
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.models.missing import not_excused, not_received, with_reasons
from coordination.reporting.models.reminders import DAYS as DAYS_UNREVIEWED
from coordination.reporting.models.reminders import Escalation, Level, waiting_long
from coordination.reporting.models.reviews import named
from coordination.reporting.models.states import States
from coordination.reporting.models.submissions import Status
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.missing import Reason
from coordination.reporting.rules.periods import Period, PeriodType, due_date, period_containing
from directorates.models import Membership, Organisation, Place, User
from directorates.permissions import Permission, rights_of
from directorates.rights import Scope
from directorates.roles import Role
from facilities.models import Facility, OperatingStatus
from facilities.models.statuses import Operating
from policies.models import MandateDispute

# Older debts are for the list of reports, not for a morning's calls.
DAYS = 100
# The first figures that are not nought stand on a home; the others on the page of figures.
HEADLINES = 3


@dataclass(frozen=True)
class Figure:
    """A figure of the last complete period beside the one before."""

    measure: Measure
    now: Decimal | None
    before: Decimal | None


@dataclass(frozen=True)
class Services:
    """The figures of one template: its headlines, and how complete the period is."""

    template: ReportTemplate
    period_start: datetime.date
    before_start: datetime.date
    figures: tuple[Figure, ...]
    covered: Covered
    contested: Sequence[MandateDispute]

    @property
    def before(self) -> "Moment":
        """The period before, as templates of pages name periods."""
        return Moment(self.template, self.before_start)

    @property
    def period_id(self) -> str:
        """The id of the period, for addresses."""
        return Period(PeriodType(self.template.period_type), self.period_start).id


@dataclass(frozen=True)
class Moment:
    """A template's period."""

    template: ReportTemplate
    period_start: datetime.date


@dataclass(frozen=True)
class Late:
    """A facility of which reports are overdue, who owes them and whom to call there."""

    facility: Facility
    reporter: Organisation
    reports: int
    oldest: datetime.date
    people: tuple[User, ...]

    @property
    def address(self) -> str:
        """Its missing reports, as the filters of their list name them."""
        return urlencode({"facility": self.facility.code, "reporter": self.reporter.code})


def last_complete(template: ReportTemplate, today: datetime.date) -> Period:
    """The last period whose due date has passed."""
    found = period_containing(today, PeriodType(template.period_type)).previous()
    while due_date(found, template.due_days) >= today:
        found = found.previous()
    return found


class Overseen:
    """How reporting stands in what a directorate is competent for or, without one, everywhere."""

    def __init__(self, user: User, directorate: Organisation | None, today: datetime.date) -> None:
        """Keep who asks, and about whom."""
        self.user, self.directorate, self.today = user, directorate, today
        # By what opens them: most templates are opened by the same.
        self._greatest: dict[tuple[Scope, ...], Place | None] = {}

    @cached_property
    def _owed(self) -> QuerySet[ExpectedReport]:
        rows = ExpectedReport.objects.visible_to(self.user)
        return rows.filter(directorate=self.directorate) if self.directorate else rows

    @property
    def _lately(self) -> QuerySet[ExpectedReport]:
        """What is overdue, and not so long that nobody calls for it."""
        since = self.today - datetime.timedelta(days=DAYS)
        return not_received(self._owed.filter(due__lt=self.today, due__gte=since))

    @property
    def _overdue(self) -> QuerySet[Any]:
        return not_excused(self._lately)

    @cached_property
    def late(self) -> list[Late]:
        """The facilities of which most reports are overdue, the longest first, with whom to call."""
        rows = list(
            self._overdue.values("facility", "reporter")
            .annotate(reports=Count("pk"), oldest=Min("due"))
            .order_by("-reports", "oldest", "facility")[:LINES]
        )
        facilities = Facility.objects.select_related("place__parent").in_bulk([row["facility"] for row in rows])
        reporters = Organisation.objects.in_bulk({row["reporter"] for row in rows})
        people = self._coordinators(list(reporters))
        return [
            Late(
                facilities[row["facility"]],
                reporters[row["reporter"]],
                row["reports"],
                row["oldest"],
                people.get(row["reporter"], ()),
            )
            for row in rows
        ]

    def _coordinators(self, organisations: Sequence[int]) -> dict[int, tuple[User, ...]]:
        """Who reports for some organisations today."""
        roles = (Role.NGO_COORDINATOR, Role.DATA_OFFICER)
        rows = Membership.objects.at(self.today).filter(organisation__in=organisations, role__in=roles)
        found: dict[int, tuple[User, ...]] = {}
        for row in rows.select_related("person").order_by("pk"):
            found[row.organisation_id] = (*found.get(row.organisation_id, ()), row.person)
        return {key: people[:2] for key, people in found.items()}

    @cached_property
    def late_count(self) -> int:
        """How many facilities owe an overdue report."""
        return self._overdue.aggregate(count=Count("facility", distinct=True))["count"]

    @cached_property
    def excused_count(self) -> int:
        """How many overdue reports are excused, and so of no facility that is late."""
        return with_reasons(self._lately).exclude(ruling__in=("", Reason.NOT_EXCUSED)).count()

    @cached_property
    def templates(self) -> list[ReportTemplate]:
        """The report templates: a directorate's own reports, or those whose figures are open."""
        return templates_for(self.user) if self.directorate else figures_for(self.user)

    def whose(self, template: ReportTemplate) -> Whose:
        """The directorate itself or, without one, the greatest place whose figures of a template are open."""
        if self.directorate is not None:
            return Whose(FigureLevel.DIRECTORATE, {self.directorate.pk: self.directorate})
        opened = rights_of(self.user).of_dataset(Permission.VIEW_FIGURES, template.dataset_id)
        if opened not in self._greatest:
            self._greatest[opened] = open_places(self.user, template).order_by("level", "code").first()
        place = self._greatest[opened]
        return Whose(FigureLevel(place.level if place else 0), {place.pk: place} if place else {})

    @cached_property
    def completeness(self) -> list[Share]:
        """Of the last two periods of each template: how many of the expected reports count."""
        periods: dict[tuple[int, datetime.date], ReportTemplate] = {}
        for template in self.templates:
            last = period_containing(self.today, PeriodType(template.period_type)).previous()
            periods |= {(template.pk, last.start): template, (template.pk, last.previous().start): template}
        owned = Q(template__in=())
        for template in self.templates:
            owner = self.whose(template)
            owned |= Q(template=template.pk, level=owner.level, place__in=list(owner.holders))
        starts = {start for _template, start in periods}
        rows = Coverage.objects.filter(owned, period_start__in=starts, expected__gt=0)
        return [
            Share(periods[row.template, row.period_start], row.period_start, row.answered, row.expected, row.excused)
            for row in sorted(rows, key=lambda row: (row.template, -row.period_start.toordinal()))
            if (row.template, row.period_start) in periods
        ]

    @cached_property
    def services(self) -> list[Services]:
        """Of each template: the headlines of the last complete period beside those of the one before."""
        return [found for template in self.templates if (found := self._services(template)) is not None]

    def _services(self, template: ReportTemplate) -> Services | None:
        period = last_complete(template, self.today)
        before = period.previous()
        measures = [one for one in measures_of(template, period).values() if one.headline]
        owner = self.whose(template)
        figures = read_figures(template, owner, [period.start, before.start], measures)
        key = next(iter(owner.holders), 0)
        told = [one for one in measures if figures.value(key, one, [period.start])][:HEADLINES] or measures[:1]
        covered = figures.coverage(key, [period.start])
        if not covered.anything:
            return None
        shown = tuple(
            Figure(one, figures.value(key, one, [period.start]), figures.value(key, one, [before.start]))
            for one in told
        )
        holder = owner.holders.get(key)
        disputes = contested_by_holder(contested(self.user, template, period), [holder], period).get(holder, [])
        return Services(template, period.start, before.start, shown, covered, disputes)

    @cached_property
    def _facilities(self) -> QuerySet[Facility]:
        rows = Facility.objects.visible_to(self.user).standing()
        if self.directorate is None:
            return rows
        competent: QuerySet[Any] = rows.with_directorate(self.today)
        return competent.filter(directorate_id=self.directorate.pk)

    @cached_property
    def by_status(self) -> list[tuple[str, str, int]]:
        """How many facilities stand in each operating status: code, words, count."""
        held = dict(self._facilities.order_by().values_list("status").annotate(Count("pk")))
        return [(status.value, str(status.label), held[status.value]) for status in Operating if held.get(status.value)]

    @cached_property
    def troubled(self) -> list[Facility]:
        """The facilities that do not work in full, those that changed last first."""
        present = OperatingStatus.objects.filter(facility=OuterRef("pk"), valid__contains=self.today)
        rows = self._facilities.exclude(status=Operating.FUNCTIONING).select_related("place__parent")
        rows = rows.annotate(since=Subquery(present.values("valid__startswith")[:1]))
        return list(rows.order_by(F("since").desc(nulls_last=True), "code")[:LINES])


@dataclass(frozen=True)
class Standing:
    """How reporting to one directorate stands."""

    directorate: Organisation
    covered: Covered
    waiting: int


def standings(user: User, template: ReportTemplate, today: datetime.date) -> list[Standing]:
    """Every directorate of which reports were expected in the last complete period, and how many wait for its review."""
    period = last_complete(template, today)
    rows = Coverage.objects.filter(template=template.pk, period_start=period.start, level=FigureLevel.DIRECTORATE)
    # A directorate's share of what is open in some places only is not kept, and the whole is not the reader's.
    if whose(user, template, FigureLevel.DIRECTORATE).within is not None:
        rows = rows.none()
    covered = {
        row.place: Covered(row.expected, row.received, row.on_time, row.answered, row.answered_on_time, row.excused)
        for row in rows
        if row.expected or row.received
    }
    waits = Submission.objects.visible_to(user).filter(status=Status.SUBMITTED, template=template).order_by()
    held = dict(waits.values_list("reviewer").annotate(Count("pk")))
    directorates = Organisation.objects.filter(Q(pk__in=covered) | Q(pk__in=held)).order_by("code")
    return [Standing(row, covered.get(row.pk, Covered()), held.get(row.pk, 0)) for row in directorates]


def governorates_of(user: User, directorate: Organisation, today: datetime.date) -> list[Place]:
    """The governorates in which a directorate is competent today."""
    held = Place.objects.filter(level=3, jurisdictions__organisation=directorate, jurisdictions__valid__contains=today)
    paths = held.values_list("path", flat=True)
    codes = {path.split("/")[1] for path in paths}
    return list(open_places(user).filter(code__in=codes).order_by("code"))


class LongWaiting:
    """The reports that nobody reviewed for a week: a directorate's or, without one, what the body is told of."""

    def __init__(self, user: User, directorate: Organisation | None) -> None:
        """Keep who asks, and about whom."""
        self.user, self.directorate, self.now = user, directorate, timezone.now()

    @cached_property
    def _rows(self) -> QuerySet[Any]:
        seen = Submission.objects.visible_to(self.user).values("pk")
        rows = waiting_long(self.now).filter(pk__in=seen)
        if self.directorate:
            return rows.filter(reviewer=self.directorate)
        long_ago = self.now - datetime.timedelta(days=DAYS_UNREVIEWED[Level.BODY])
        told = Escalation.objects.filter(submission=OuterRef("pk"), level=Level.BODY, since__gte=OuterRef("changed"))
        return rows.filter(Q(changed__lte=long_ago) | Exists(told))

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return self._rows.count()

    @cached_property
    def days(self) -> int:
        """All of them wait for so many days or longer."""
        most = DAYS_UNREVIEWED[Level.DIRECTOR if self.directorate else Level.BODY]
        newest = self._rows.last()
        return min((self.now - newest.changed).days, most) if newest else most

    @cached_property
    def reports(self) -> list[Submission]:
        """Those that wait longest."""
        return list(named(self._rows).select_related("reviewer")[:LINES])

    @cached_property
    def states(self) -> States:
        """How long each waits and who was told."""
        return States(self.reports, self.user, self.now)
