"""Completeness facility by facility: a grid of periods, the least complete facilities first."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import ExpressionWrapper
from django.utils import timezone

from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.expected import ExpectedReport, unsealed
from coordination.reporting.models.figures import facility_paths, inside
from coordination.reporting.models.missing import with_reasons
from coordination.reporting.models.submissions import Status, Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.counting import completeness
from coordination.reporting.rules.missing import excuses
from coordination.reporting.rules.periods import Period, days_late
from directorates.foundation.sight import unwalled
from directorates.models import Jurisdiction, Place, User
from directorates.permissions import Permission, rights_of, scoped
from facilities.models import Facility, OperatingStatus
from facilities.models.statuses import NOT_EXPECTED

# Expected and counted reports of each facility over some periods, the least complete first; of equal ones, the one of
# which more was expected.
_LEAST = """SELECT u.facility, count(*) FILTER (WHERE u.expected)::int AS expected,
    count(*) FILTER (WHERE u.expected AND u.counted)::int AS received, count(*) OVER () AS facilities
FROM (
    SELECT facility, period_start, bool_or(expected) AS expected, bool_or(counted) AS counted FROM (
        SELECT e.facility_id AS facility, e.period_start, true AS expected, false AS counted
        FROM reporting_expectedreport e WHERE e.template_id = %(template)s AND e.period_start = ANY(%(periods)s::date[])
        UNION ALL
        SELECT c.facility_id, c.period_start, false, true FROM reporting_countedreport c
        WHERE c.template_id = %(template)s AND c.period_start = ANY(%(periods)s::date[])
    ) r GROUP BY facility, period_start
) u
JOIN facilities_facility f ON f.id = u.facility WHERE u.facility = ANY(%(open)s::bigint[])
GROUP BY u.facility, f.code
ORDER BY count(*) FILTER (WHERE u.expected AND u.counted)::numeric / nullif(count(*) FILTER (WHERE u.expected), 0)
    NULLS LAST, count(*) FILTER (WHERE u.expected) DESC, f.code
LIMIT %(most)s OFFSET %(skipped)s"""


class Mark(StrEnum):
    """How one facility stands in one period."""

    ON_TIME = "on_time"
    LATE = "late"
    WAITING = "waiting"
    MISSING = "missing"
    EXCUSED = "excused"
    NOT_DUE = "not_due"
    CLOSED = "closed"
    ENDED = "ended"
    NOT_EXPECTED = "not_expected"


@dataclass(frozen=True)
class Square:
    """One square of the grid: how it stands, by how many days late, and the report where the reader may open it.

    `reason` is why an excused report did not come, where the reader may know of the report.
    """

    mark: Mark
    days: int = 0
    report: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """A facility with its squares, and how much of what was expected counts: with the excused, and without them."""

    facility: Facility
    squares: tuple[Square, ...]
    share: Decimal | None
    excused: int = 0
    share_unexcused: Decimal | None = None


@dataclass(frozen=True)
class Grid:
    """Some facilities by period, and how many there are in all."""

    periods: Sequence[Period]
    lines: tuple[Line, ...]
    facilities: int


@unwalled
def grid(
    user: User,
    template: ReportTemplate,
    periods: Sequence[Period],
    under: Place,
    today: datetime.date,
    *,
    most: int = 14,
    skipped: int = 0,
) -> Grid:
    """The facilities under a place that the reader may know of, in the same number of queries however many they are."""
    starts = [period.start for period in periods]
    known = Facility.objects.visible_to(user).under(under).filter(inside(facility_paths(user, template), "place__path"))
    with connection.cursor() as cursor:
        cursor.execute(
            _LEAST,
            {
                "template": template.pk,
                "periods": starts,
                "open": list(known.values_list("pk", flat=True)),
                "most": most,
                "skipped": skipped,
            },
        )
        found = cursor.fetchall()
    rows = Facility.objects.select_related("place__parent__parent").in_bulk([row[0] for row in found])
    reader = _Reader(user, template, periods, rows.values(), today)
    lines = tuple(reader.line(rows[pk], expected, received) for pk, expected, received, _facilities in found)
    return Grid(periods, lines, found[0][3] if found else 0)


class _Reader:
    """What stands behind the squares of some facilities, read at once."""

    def __init__(
        self,
        user: User,
        template: ReportTemplate,
        periods: Sequence[Period],
        facilities: Iterable[Facility],
        today: datetime.date,
    ) -> None:
        """Read everything."""
        self.today, self.periods = today, periods
        ids = [one.pk for one in facilities]
        wanted: dict[str, Any] = {"facility__in": ids, "period_start__in": [one.start for one in periods]}
        known = scoped(user, Permission.VIEW_REPORTS, ExpectedReport.SCOPES[Permission.VIEW_REPORTS])
        known &= unsealed(rights_of(user))
        owed = with_reasons(ExpectedReport.objects.filter(template=template, **wanted))
        expected = list(owed.annotate(known=ExpressionWrapper(known, models.BooleanField())).order_by("-due"))
        self.due = {(row.facility_id, row.period_start): row.due for row in expected}
        counted = CountedReport.objects.filter(template=template, **wanted).select_related("submission")
        self.counted = {(row.facility_id, row.period_start): row.submission for row in counted}
        self.excused = _excused(expected)
        reports = Submission.objects.visible_to(user).filter(template=template, **wanted)
        self.open = {row.pk: row for row in reports}
        waiting = [row for row in self.open.values() if row.status in (Status.SUBMITTED, Status.RETURNED)]
        self.waiting = {(row.facility_id, row.period_start): row for row in waiting}
        closed = OperatingStatus.objects.filter(facility__in=ids, status__in=NOT_EXPECTED)
        self.closed = [(row.facility_id, row.valid) for row in closed]
        places = {one.place_id for one in facilities}
        self.held = list(Jurisdiction.objects.filter(place__in=places).values_list("place_id", "valid"))

    def line(self, facility: Facility, expected: int, received: int) -> Line:
        """A facility over all periods."""
        squares = tuple(self.square(facility, period) for period in self.periods)
        keys = {(facility.pk, period.start) for period in self.periods}
        excused = len(keys & self.excused.keys() - self.counted.keys())
        without = completeness(expected - excused, received)
        return Line(facility, squares, completeness(expected, received), excused, without)

    def square(self, facility: Facility, period: Period) -> Square:
        """How a facility stands in a period."""
        key = facility.pk, period.start
        if (report := self.counted.get(key)) is not None:
            return self._counted(report)
        if (waiting := self.waiting.get(key)) is not None:
            return Square(Mark.WAITING, report=waiting.pk)
        if (reason := self.excused.get(key)) is not None:
            return Square(Mark.EXCUSED, reason=reason)
        if (due := self.due.get(key)) is not None:
            return Square(Mark.MISSING if due < self.today else Mark.NOT_DUE)
        return Square(self._why_not(facility, period.last_day))

    def _counted(self, report: Submission) -> Square:
        sent = timezone.localdate(report.first_submitted) if report.first_submitted else report.due
        late = days_late(report.due, sent)
        return Square(Mark.LATE if late else Mark.ON_TIME, late, report.pk if report.pk in self.open else None)

    def _why_not(self, facility: Facility, day: datetime.date) -> Mark:
        """Why no report was expected: the jurisdiction had ended, the facility was closed, or it did not report yet."""
        held = [valid for place, valid in self.held if place == facility.place_id]
        if not any(day in valid for valid in held) and any(_over(valid, day) for valid in held):
            return Mark.ENDED
        closed = any(pk == facility.pk and day in valid for pk, valid in self.closed)
        return Mark.CLOSED if closed else Mark.NOT_EXPECTED


def _excused(expected: Iterable[Any]) -> dict[tuple[int, datetime.date], str]:
    """Where all who owe a report of a facility and period are excused, as far as the reader may know of it: why.

    Which facility is excused, and when, is news of attacks: to others its report is missing, as any other.
    """
    found: dict[tuple[int, datetime.date], list[Any]] = {}
    for row in expected:
        found.setdefault((row.facility_id, row.period_start), []).append(row)
    return {
        key: next(row.ruling for row in rows if row.known)
        for key, rows in found.items()
        if any(row.known for row in rows) and all(excuses(row.ruling) for row in rows)
    }


def _over(valid: Any, day: datetime.date) -> bool:
    return valid.upper is not None and valid.upper <= day
