"""A meeting for calendars (iCalendar, RFC 5545): its title and hours, and the address at which the portal says the rest.

Calendars of phones keep copies with companies; neither the place nor the agenda nor who comes goes there. It is published
(RFC 5546, section 3.2.1): that names who organises it and no attendee, and asks for no answer by mail.
"""

import datetime
from dataclasses import dataclass

from icalendar import Calendar, Event, vCalAddress, vText, vUri


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
    organizer: str
    portal: str


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
    # The name of an organisation with the address of the portal: of no person, and nothing that is written to.
    organizer = vCalAddress(entry.portal)
    organizer.params["CN"] = vText(entry.organizer)
    event.add("organizer", organizer)
    calendar = Calendar()
    calendar.add("prodid", "-//Tansiq//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.called_off else "PUBLISH")
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
