"""When something that is done regularly is due: each moment follows from the one before, never from luck of the clock."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)


class Rhythm(StrEnum):
    """How often something is done."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Timing:
    """Every day or every week at an hour by the clock of a zone; `weekday` is 0 for Monday, none where each day is meant."""

    rhythm: Rhythm
    hour: int
    weekday: int | None
    zone: ZoneInfo

    @property
    def length(self) -> datetime.timedelta:
        """The time from one moment to the next, by a clock that is not put forward or back."""
        return WEEK if self.rhythm is Rhythm.WEEKLY else DAY


def latest_due(timing: Timing, until: datetime.datetime) -> datetime.datetime | None:
    """The last regular moment that is not after another one; none where nothing is regular."""
    return _step(timing, until, -1)


def next_due(timing: Timing, after: datetime.datetime) -> datetime.datetime | None:
    """The first regular moment after another one; none where nothing is regular."""
    return _step(timing, after, 1)


def _step(timing: Timing, moment: datetime.datetime, way: int) -> datetime.datetime | None:
    """The nearest regular moment forward, or back where the moment itself counts as well."""
    if timing.rhythm is Rhythm.NEVER:
        return None
    day = moment.astimezone(timing.zone).date() - way * DAY
    while True:
        found = _moment(timing, day)
        fits = timing.weekday in (None, day.weekday())
        if fits and (found > moment if way > 0 else found <= moment):
            return found
        day += way * DAY


def _moment(timing: Timing, day: datetime.date) -> datetime.datetime:
    """The hour on a day as a moment: the first where the clock shows it twice, the same distance on where it shows it not."""
    local = datetime.datetime.combine(day, datetime.time(timing.hour), timing.zone)
    return local.astimezone(datetime.UTC)


def trusted(timing: Timing, last: datetime.datetime, now: datetime.datetime) -> datetime.datetime:
    """The stored moment up to which all was started; now, where a clock that ran ahead had put it in the far future.

    A stored moment in the near future stays: what it stands for was started, and is not started twice after the clock
    was put back. One further off than from one moment to the next would have whatever lies between skipped.
    """
    return now if last - now > timing.length else last


def due_now(timing: Timing, last: datetime.datetime, now: datetime.datetime) -> datetime.datetime | None:
    """The moment that is due: the latest regular one after the stored one, up to now. Several that were missed are one."""
    found = latest_due(timing, now)
    return found if found is not None and found > last else None
