"""When a reporter is reminded of a report that was not sent."""

from datetime import date, timedelta

SOON_DAYS, VERY_LATE_DAYS, FORGOTTEN_DAYS = 2, 7, 30
SOON, LATE, VERY_LATE = "soon", "late", "very_late"


def stage_of(due: date, today: date) -> str | None:
    """The stage that a report due on a day has reached: two days before, a day after, a week after; None at other times.

    A day on which nothing ran is made up for: what should have been told then is told the next time.
    """
    late = (today - due).days
    if late > FORGOTTEN_DAYS or late < -SOON_DAYS:
        return None
    if late <= 0:
        return SOON
    return LATE if late < VERY_LATE_DAYS else VERY_LATE


def window(today: date) -> tuple[date, date]:
    """The first and the last due date of which anything is told on a day."""
    return today - timedelta(days=FORGOTTEN_DAYS), today + timedelta(days=SOON_DAYS)
