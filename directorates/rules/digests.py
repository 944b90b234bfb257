"""When digests go: every day at a fixed hour, and every week at that hour of its first day."""

import datetime

# After the reminders of the morning (`settings.CELERY_BEAT_SCHEDULE`).
HOUR = datetime.time(7, 40)
# Weeks begin on Sunday, as those of EWARN do.
_DAYS_SINCE_SUNDAY = {day: (day + 1) % 7 for day in range(7)}


def last_round(now: datetime.datetime, *, weekly: bool) -> datetime.datetime:
    """The last moment, `now` included, at which digests were to go, by the clocks of the zone in which `now` is said.

    What was told until then stands in that digest, and what is told later in the next: however often and late the task
    runs, none is cut in two.
    """
    day = now.date() if now.time() >= HOUR else now.date() - datetime.timedelta(days=1)
    if weekly:
        day -= datetime.timedelta(days=_DAYS_SINCE_SUNDAY[day.weekday()])
    return datetime.datetime.combine(day, HOUR, tzinfo=now.tzinfo)
