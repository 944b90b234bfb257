"""A meeting for calendars (iCalendar, RFC 5545): its title and hours, and the address at which the portal says the rest.

Calendars of phones keep copies with companies; neither the place nor the agenda nor who comes goes there.
"""

import datetime
from dataclasses import dataclass

from icalendar import Calendar, Event, vUri


@dataclass(frozen=True)
class Entry:
    """What a calendar is told of a meeting; `changes` counts up with its versions, moments carry their zone."""

    uid: str
    title: str
    begins: datetime.datetime
    ends: datetime.datetime
    url: str
    stamp: datetime.datetime
    changes: int
    called_off: bool


def calendar_of(entry: Entry) -> bytes:
    """The file: hours in universal time, so that each calendar shows them in the zone of its reader."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("dtstart", entry.begins.astimezone(datetime.UTC))
    event.add("dtend", entry.ends.astimezone(datetime.UTC))
    event.add("dtstamp", entry.stamp.astimezone(datetime.UTC))
    event.add("sequence", entry.changes)
    event.add("url", vUri(entry.url))
    event.add("status", "CANCELLED" if entry.called_off else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", "-//Tansiq//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.called_off else "PUBLISH")
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
