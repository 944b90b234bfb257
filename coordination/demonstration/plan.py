"""What happens to every report of the demonstration: who sends it when, and what the review makes of it.

Planned whole before anything is written, from the same chance at every run: an interrupted loading goes on where it
stopped, and the newest reports of each directorate can be left waiting in its inbox.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from coordination.demonstration.dice import dice
from coordination.demonstration.oddities import AMONG_NINE, Oddity
from coordination.demonstration.territory import LOST
from coordination.demonstration.windows import Chunk
from coordination.reporting.rules.periods import Period, PeriodType, due_date
from facilities.models import Facility
from facilities.models.statuses import NOT_EXPECTED

ZONE = ZoneInfo("Asia/Damascus")
DUE_DAYS = {PeriodType.MONTH: 10, PeriodType.WEEK_SUNDAY: 3}
# How many of the newest reports wait in an inbox, and how many of those before them were just sent back.
WAITING = {"idlib": 25, "aleppo": 12, "hama": 5, "lattakia": 1, "body": 1}
SENT_BACK = {"idlib": 5, "aleppo": 3, "hama": 1}
# Bodies whose people sign in: their past is complete, so that what is overdue is recent.
PLAYED = frozenset({"uossm", "sams", "idlib", "aleppo"})
# UOSSM's reports that are overdue, by directorate and type of period.
OVERDUE = {
    ("idlib", PeriodType.MONTH): 4,
    ("aleppo", PeriodType.MONTH): 2,
    ("idlib", PeriodType.WEEK_SUNDAY): 2,
    ("aleppo", PeriodType.WEEK_SUNDAY): 2,
}
HOUR = dt.timedelta(hours=1)


class Fate(StrEnum):
    """What becomes of a report that was sent."""

    APPROVED = "approved"
    WAITING = "waiting"
    RETURNED = "returned"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Site:
    """A facility as the plan knows it: its area, whether it reports weekly, its dated supporters and statuses."""

    facility: Facility
    extent: str
    position: int
    sentinel: bool
    supports: tuple[tuple[str, dt.date, dt.date | None], ...]
    statuses: tuple[tuple[str, dt.date, dt.date | None], ...]

    def supporters(self, day: dt.date) -> list[str]:
        """Who supports it on a day."""
        return [code for code, first, last in self.supports if first <= day and (last is None or day <= last)]

    def works(self, day: dt.date) -> bool:
        """Whether it is open on a day."""
        held = [status for status, first, end in self.statuses if first <= day and (end is None or day < end)]
        return bool(held) and held[0] not in NOT_EXPECTED

    def directorate(self, day: dt.date) -> str:
        """The directorate competent on a day; empty where there is none."""
        return "" if self.extent in LOST and day > LOST[self.extent] else self.extent


@dataclass
class Planned:
    """One report: whose, when it is sent, who reviews it in which sitting, and what comes of it."""

    site: Site
    period: Period
    reporter: str
    sent: dt.datetime
    reviewer: str
    broken: bool
    fate: Fate = Fate.APPROVED
    reviewed: dt.datetime | None = None
    oddity: Oddity | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """By which it is told from all others."""
        return self.period.id, self.site.facility.code, self.reporter


@dataclass
class Plan:
    """All reports of a window by month, and the reports that were only begun."""

    months: dict[str, list[Planned]] = field(default_factory=lambda: defaultdict(list))
    begun: list[tuple[Site, Period, str]] = field(default_factory=list)


def plan(sites: Iterable[Site], chunks: Iterable[Chunk], now: dt.datetime) -> Plan:
    """The reports of these months that were sent before now, with their fates."""
    found = Plan()
    places = list(sites)
    overdue = dict(OVERDUE)
    months = list(chunks)
    late = _latest_overdue(months, now)
    for chunk in months:
        for period in chunk.periods:
            for site, reporter in _owed(places, period):
                if chunk.window.name == "recent" and period in late and _withheld(site, period, reporter, overdue):
                    if len(found.begun) < 3:
                        found.begun.append((site, period, reporter))
                    continue
                report = _planned(site, period, reporter, chunk.window.name, now)
                if report is not None:
                    found.months[chunk.name].append(report)
    _settle([report for reports in found.months.values() for report in reports], now)
    return found


def _latest_overdue(chunks: list[Chunk], now: dt.datetime) -> set[Period]:
    """The last month and the last two weeks whose due date has passed."""
    today = now.astimezone(ZONE).date()
    over = [period for chunk in chunks for period in chunk.periods if due_date(period, DUE_DAYS[period.type]) < today]
    weeks = [period for period in over if period.type.is_week]
    return {*weeks[-2:], *[period for period in over if not period.type.is_week][-1:]}


def _withheld(site: Site, period: Period, reporter: str, overdue: dict[tuple[str, PeriodType], int]) -> bool:
    """Whether this is one of UOSSM's reports that are overdue."""
    kind = site.extent, period.type
    if reporter != "uossm" or not overdue.get(kind) or dice("overdue", site.facility.code).random() < 0.4:
        return False
    overdue[kind] -= 1
    return True


def _owed(sites: list[Site], period: Period) -> Iterator[tuple[Site, str]]:
    """Every site and body that reports on the period: supporters, else the directorate; some directorates beside them."""
    last = period.last_day
    for site in sites:
        if (period.type.is_week and not site.sentinel) or not site.works(last):
            continue
        reporters = site.supporters(last)
        directorate = site.directorate(last)
        if directorate and (not reporters or (site.position % 29 == 6 and period.start.month % 2)):
            reporters = [*reporters, directorate]
        for reporter in reporters:
            yield site, reporter


def _planned(site: Site, period: Period, reporter: str, window: str, now: dt.datetime) -> Planned | None:
    """A report, unless it never came or has not come yet."""
    random = dice("plan", period.id, site.facility.code, reporter)
    if random.random() < _missing(site, period, reporter, window):
        return None
    sent = _moment(period.last_day + dt.timedelta(days=_lag(random, period)), random)
    if sent >= now - HOUR:
        return None
    reviewer = site.directorate(period.last_day) or "body"
    return Planned(site, period, reporter, sent, reviewer, broken=random.random() < 0.03)


def _missing(site: Site, period: Period, reporter: str, window: str) -> float:
    """How likely a report never came: more so in areas about to be lost, never in the past of those who are played."""
    lost = LOST.get(site.extent)
    if lost is not None:
        return 0.35 if period.last_day > lost - dt.timedelta(days=100) else 0.08
    if reporter in PLAYED:
        return 0 if window == "past" or reporter == "uossm" else 0.015
    return 0.07


def _lag(random: Random, period: Period) -> int:
    """How many days after the period a report is sent: four of five on time."""
    due = DUE_DAYS[period.type]
    return random.randint(1, due) if random.random() < 0.82 else due + random.randint(1, due + 2)


def _moment(day: dt.date, random: Random) -> dt.datetime:
    """A moment of a working day."""
    return dt.datetime.combine(day, dt.time(random.randint(8, 18), random.randint(0, 59)), ZONE)


def _sitting(sent: dt.datetime) -> dt.datetime:
    """When a directorate reviews next: Mondays and Thursdays at ten."""
    day = sent.date() + dt.timedelta(days=1)
    while day.weekday() not in (0, 3):
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(10), ZONE)


def _settle(reports: list[Planned], now: dt.datetime) -> None:
    """Give each report its fate: the newest wait or were sent back, all others are approved, some after a correction."""
    inboxes: dict[str, list[Planned]] = defaultdict(list)
    for report in sorted(reports, key=lambda one: (one.sent, one.key)):
        report.reviewed = min(_sitting(report.sent), now - HOUR / 2)
        if dice("fate", *report.key).random() < 0.008:
            report.fate = Fate.CORRECTED
        inboxes[report.reviewer].append(report)
    since = now - dt.timedelta(days=45)
    for reviewer, all_reports in inboxes.items():
        newest = [report for report in all_reports if report.sent > since]
        waiting, back = WAITING.get(reviewer, 0), SENT_BACK.get(reviewer, 0)
        for place, report in enumerate(newest[len(newest) - min(waiting, len(newest)) :]):
            report.fate, report.oddity = Fate.WAITING, AMONG_NINE.get(place % 9)
        before = [report for report in newest if report.fate is not Fate.WAITING]
        chosen = [report for report in before if report.reporter in ("uossm", "sams")][-back:] if back else []
        for report in chosen:
            report.fate = Fate.RETURNED
