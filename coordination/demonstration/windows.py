"""The two windows of the demonstration's reports, cut into months of work."""

import datetime as dt
from dataclasses import dataclass

from coordination.reporting.rules.periods import Period, PeriodType, period_containing, periods_between

PAST_FIRST, PAST_LAST = dt.date(2017, 7, 1), dt.date(2018, 12, 31)
RECENT_MONTHS = 6


@dataclass(frozen=True)
class Window:
    """A stretch of days in which facilities report; `last` is None while it goes on."""

    name: str
    first: dt.date
    last: dt.date | None


@dataclass(frozen=True)
class Chunk:
    """A month of work: the month itself, where it has ended, and the weeks that ended in it."""

    window: Window
    month: Period
    periods: tuple[Period, ...]

    @property
    def name(self) -> str:
        """By which the loading remembers that it is done."""
        return f"{self.window.name} {self.month.id}"


def past() -> Window:
    """July 2017 to December 2018."""
    return Window("past", PAST_FIRST, PAST_LAST)


def recent(today: dt.date) -> Window:
    """The six months that ended last before today, and the days since."""
    month = period_containing(today, PeriodType.MONTH)
    for _step in range(RECENT_MONTHS):
        month = month.previous()
    return Window("recent", month.start, None)


def chunks(window: Window, today: dt.date) -> list[Chunk]:
    """The months of a window in order, each with its periods that ended in it, and before today."""
    last = window.last or today - dt.timedelta(days=1)
    # A week belongs to the window in which it ends, as what is expected does.
    weeks = [
        week
        for week in periods_between(PeriodType.WEEK_SUNDAY, window.first, last)
        if window.first <= week.last_day <= last
    ]
    found = []
    for month in periods_between(PeriodType.MONTH, window.first, last):
        inside = [week for week in weeks if month.start <= week.last_day < month.end]
        whole = [month] if month.last_day <= last else []
        found.append(Chunk(window, month, tuple(whole + inside)))
    return found
