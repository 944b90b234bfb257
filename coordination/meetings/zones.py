"""The time zones in which meetings are held, and how hours are told in words."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from coordination.formats import dates

# What else is wanted is added here.
ZONES: dict[str, Promise] = {
    "Asia/Damascus": pgettext_lazy("time zone", "Damascus time"),
    "Europe/Istanbul": pgettext_lazy("time zone", "Istanbul time"),
    "Asia/Amman": pgettext_lazy("time zone", "Amman time"),
    "Asia/Beirut": pgettext_lazy("time zone", "Beirut time"),
    "Europe/Zurich": pgettext_lazy("time zone", "Geneva time"),
    "Europe/London": pgettext_lazy("time zone", "London time"),
    "UTC": pgettext_lazy("time zone", "Universal time (UTC)"),
}


def zone_words(zone: str) -> str:
    """The name of a zone in the reader's language."""
    return str(ZONES.get(zone, zone))


def span(begins: datetime.datetime, ends: datetime.datetime, zone: str) -> str:
    """From when to when, by the clocks of a zone."""
    first, last = (one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in (begins, ends))
    if first.date() != last.date():
        return _("from %(first)s to %(last)s") % {"first": dates.long_moment(first), "last": dates.long_moment(last)}
    told = {"day": dates.long_day(first), "first": dates.clock(first), "last": dates.clock(last)}
    return _("%(day)s, from %(first)s to %(last)s") % told


def hours_of(begins: datetime.datetime, ends: datetime.datetime, zone: str) -> list[tuple[str, str]]:
    """The hours in the zone in which they were said and, where its clocks show others, in the portal's; each with its name."""
    here = settings.TIME_ZONE
    differ = begins.astimezone(ZoneInfo(zone)).utcoffset() != begins.astimezone(ZoneInfo(here)).utcoffset()
    return [(span(begins, ends, one), zone_words(one)) for one in ((zone, here) if differ else (zone,))]
