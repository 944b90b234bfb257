"""Dates in words and in tables, by the house rules for Arabic.

The names of months and days stand here so that our catalogue holds them: it replaces Django's own Arabic months, which
are the Egyptian ones.
"""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MONTHS = (
    gettext_lazy("January"),
    gettext_lazy("February"),
    gettext_lazy("March"),
    gettext_lazy("April"),
    gettext_lazy("May"),
    gettext_lazy("June"),
    gettext_lazy("July"),
    gettext_lazy("August"),
    gettext_lazy("September"),
    gettext_lazy("October"),
    gettext_lazy("November"),
    gettext_lazy("December"),
)
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def local(value: datetime.date) -> datetime.date:
    """A moment in the portal's time zone; a plain day as it is."""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def short_day(value: datetime.date) -> str:
    """A day without its weekday: «7 أيار 2019», "7 May 2019"."""
    value = local(value)
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def long_day(value: datetime.date) -> str:
    """A day as running text has it: «الثلاثاء 7 أيار 2019», "Tuesday 7 May 2019"."""
    value = local(value)
    return f"{WEEKDAYS[value.weekday()]} {short_day(value)}"


def clock(value: datetime.datetime) -> str:
    """The time of day on the clock of 24 hours."""
    value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value:%H:%M}"


def long_moment(value: datetime.datetime) -> str:
    """A moment as running text has it: «7 أيار 2019، 14:02»."""
    return _("%(day)s, %(time)s") % {"day": short_day(value), "time": clock(value)}


def day_range(first: datetime.date, last: datetime.date) -> str:
    """Two days as a range in words: «من 17 إلى 23 نيسان 2016», with what both share said once."""
    if first == last:
        return short_day(first)
    start = short_day(first)
    if first.year == last.year:
        month = f" {MONTHS[first.month - 1]}" if first.month != last.month else ""
        start = f"{first.day}{month}"
    return _("from %(first)s to %(last)s") % {"first": start, "last": short_day(last)}
