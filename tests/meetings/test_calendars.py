"""The file for calendars: hours that every calendar reads, and nothing that a stranger must not read."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from coordination.meetings.actions.meetings import call_off_meeting, change_meeting
from coordination.meetings.rules.calendars import Entry, calendar_of
from tests.meetings.round import ITEM, PLACE, TITLE, Round


def entry(**said: object) -> Entry:
    """A meeting in Gaziantep."""
    begins = datetime.datetime(2019, 5, 7, 11, tzinfo=ZoneInfo("Europe/Istanbul"))
    words = {
        "uid": "meeting-1@tansiq",
        "title": TITLE,
        "begins": begins,
        "ends": begins + datetime.timedelta(hours=2),
        "url": "https://tansiq.example/meetings/1/",
        "stamp": begins,
        "changes": 0,
        "called_off": False,
        "organizer": "The body",
        "portal": "https://tansiq.example/",
    }
    return Entry(**words | said)  # type: ignore[arg-type]


def test_hours_are_told_in_universal_time() -> None:
    event = Calendar.from_ical(calendar_of(entry())).events[0]
    assert datetime.datetime(2019, 5, 7, 8, tzinfo=datetime.UTC) == event.DTSTART
    assert datetime.datetime(2019, 5, 7, 10, tzinfo=datetime.UTC) == event.DTEND
    assert (event["SUMMARY"], event["STATUS"], event["CLASS"]) == (TITLE, "CONFIRMED", "PRIVATE")


def test_it_is_published_by_an_organisation_and_names_no_person_and_asks_for_no_answer() -> None:
    calendar = Calendar.from_ical(calendar_of(entry()))
    (event,) = calendar.events
    assert calendar["METHOD"] == "PUBLISH"
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == ("https://tansiq.example/", "The body")
    assert "ATTENDEE" not in event


@pytest.mark.django_db
def test_a_meeting_of_a_directorate_is_published_by_the_portal_alone() -> None:
    table = Round()
    meeting = table.called()
    made = Calendar.from_ical(table.browser(table.coordinator).get(f"/meetings/{meeting.pk}/calendar/").content)
    name = meeting.organisation.name_en if meeting.organisation.kind == "body" else "Tansiq"
    assert made.events[0]["ORGANIZER"].params["CN"] == name


def test_what_was_called_off_is_taken_out_of_calendars() -> None:
    calendar = Calendar.from_ical(calendar_of(entry(called_off=True)))
    assert (calendar["METHOD"], calendar.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")


@pytest.mark.django_db
def test_each_change_is_newer_to_calendars_than_what_they_hold() -> None:
    table = Round()
    meeting = table.called()
    address, told = f"/meetings/{meeting.pk}/calendar/", []

    def sequence() -> int:
        kept = Calendar.from_ical(table.browser(table.coordinator).get(address).content)
        return int(str(kept.events[0]["SEQUENCE"]))

    told.append(sequence())
    said = table.said(place="Another hall")
    change_meeting(meeting=meeting, said=said, seen=meeting.standing(), by=table.manager, at=table.now)
    told.append(sequence())
    call_off_meeting(meeting=meeting, why="The road is closed", by=table.manager, at=table.now)
    told.append(sequence())
    assert told == [0, 1, 2]


def test_a_title_can_smuggle_in_no_line_and_long_arabic_ones_are_folded() -> None:
    made = calendar_of(entry(title="اجتماع; المديريات, " * 12 + "\r\nATTENDEE:mailto:x@example.org"))
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert b"\r\nATTENDEE" not in made
    assert str(Calendar.from_ical(made).events[0]["SUMMARY"]).startswith("اجتماع; المديريات, اجتماع;")


@pytest.mark.django_db
def test_the_file_holds_neither_place_nor_agenda_and_is_there_for_those_invited() -> None:
    table = Round()
    address = f"/meetings/{table.called().pk}/calendar/"
    made = table.browser(table.coordinator).get(address)
    assert made.headers["Content-Type"].startswith("text/calendar")
    assert TITLE.encode() in made.content
    for word in (PLACE, ITEM):
        assert word.encode() not in made.content
    assert table.browser(table.outsider).get(address).status_code == 404
