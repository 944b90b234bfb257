"""How the hours of meetings are told in words, by the clocks of the zone in which they were said and by the reader's."""

import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from coordination.formats import dates
from directorates.foundation.zones import ZONES


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


def hours_of(begins: datetime.datetime, ends: datetime.datetime, zone: str, here: str) -> list[tuple[str, str]]:
    """The hours in the zone in which they were said and, where its clocks show others, in the reader's (`here`); each with its name."""
    differ = begins.astimezone(ZoneInfo(zone)).utcoffset() != begins.astimezone(ZoneInfo(here)).utcoffset()
    return [(span(begins, ends, one), zone_words(one)) for one in ((zone, here) if differ else (zone,))]
