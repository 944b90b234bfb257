"""Meetings: called, changed, called off, and seen by those who called them or are invited."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from coordination.meetings.actions.meetings import call_off_meeting, change_meeting, moment
from coordination.meetings.models import Meeting, MeetingState
from coordination.meetings.zones import hours_of
from directorates.actions.seals import seal
from directorates.foundation.models import Notice
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, User
from directorates.permissions import Refused, sight_of
from directorates.roles import Role
from tests.api.callers import Caller
from tests.factories import SubdistrictFactory, UserFactory, member
from tests.meetings.round import DAY, HOUR, ITEM, PLACE, TITLE, Round
from tests.policies.claims import taken_along

pytestmark = pytest.mark.django_db


def fields_of(told: pytest.ExceptionInfo[Problem]) -> set[tuple[str, str]]:
    """The faults of a problem."""
    return {(one.field, one.code) for one in told.value.errors}


def test_a_meeting_is_called_by_the_organisation_acted_for_and_those_invited_are_told() -> None:
    table = Round()
    meeting = table.called()
    assert meeting.organisation == table.body
    assert meeting.invited_ids() == sorted([table.directorate.pk, table.ngo.pk])
    told = Notice.objects.filter(kind="meeting")
    assert {one.person_id for one in told} == {table.director.pk, table.coordinator.pk}
    assert PLACE not in str(told.values())
    assert AuditEvent.objects.filter(what="call_meeting", by=table.manager).exists()


def test_called_twice_it_is_one() -> None:
    table = Round()
    assert table.called() == table.called()
    assert Meeting.objects.count() == 1
    assert Notice.objects.filter(person=table.director).count() == 1


def test_called_again_with_others_invited_it_is_told_and_nothing_is_lost() -> None:
    table = Round()
    meeting = table.called()
    with pytest.raises(Problem) as told:
        table.called(invited=[table.directorate, table.other])
    assert [(one.field, one.code) for one in told.value.errors] == [("title", "taken")]
    assert set(meeting.invited_ids()) == {table.directorate.pk, table.ngo.pk}


def test_the_page_offers_to_call_off_only_what_left_no_trace_and_says_where_no_quorum_is_needed() -> None:
    table = Round()
    meeting = table.held(quorum=0)
    address = f"/meetings/{meeting.pk}/"
    page = table.browser(table.manager).get(address).text
    assert "This meeting needs no quorum." in page
    assert f"{address}call-off/" in page
    table.attended(meeting, table.ngo)
    assert f"{address}call-off/" not in table.browser(table.manager).get(address).text


def test_whoever_only_takes_part_calls_none() -> None:
    table = Round()
    for person in (table.coordinator, member(Role.OBSERVER, table.body), UserFactory()):
        with pytest.raises(Refused):
            table.called(by=person)
    with pytest.raises(Refused):
        table.called(by=member(Role.POLICY_MANAGER, table.body, places=[SubdistrictFactory()]))


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_kept() -> None:
    table = Round()
    begins = table.now + 900 * DAY
    with pytest.raises(Problem) as told:
        table.called(
            kind="party", title=" ", begins=begins, ends=begins - HOUR, zone="Mars", quorum=101, invited=[],
            place="35.9312, 36.6339", agenda=["x" * 301],
        )  # fmt: skip
    assert fields_of(told) == {
        *(("kind", "unknown"), ("title", "required"), ("begins", "too_late"), ("ends", "not_later")),
        *(("zone", "unknown"), ("quorum", "not_a_share"), ("invited", "required"), ("place", "location")),
        ("agenda", "too_long"),
    }
    assert not Meeting.objects.exists()


def test_it_is_seen_by_those_who_called_it_and_those_invited_and_by_nobody_else() -> None:
    table = Round()
    meeting = table.called()
    seers: list[User] = [table.manager, table.director, table.coordinator, member(Role.DATA_OFFICER, table.directorate)]
    others: list[User] = [
        *(table.outsider, UserFactory(), member(Role.OBSERVER, table.ngo), member(Role.FACILITY_REPORTER, table.ngo)),
        member(Role.ADMINISTRATOR, table.body, places=[SubdistrictFactory()]),
    ]
    for person in (*seers, *others):
        assert Meeting.objects.visible_to(person).exists() is (person in seers)
        if person is not others[-1]:
            with seeing(sight_of(person)):
                assert Meeting.objects.filter(pk=meeting.pk).exists() is (person in seers)


def test_a_sealed_directorate_sees_no_meeting_any_more() -> None:
    table = Round()
    table.called()
    for who in (member(Role.ADMINISTRATOR, table.body), table.director):
        seal(by=who, organisation=table.directorate, reason="Taken", at=table.now)
    held = User.objects.get(pk=table.director.pk)
    sealed = not Meeting.objects.visible_to(held).exists()
    with seeing(sight_of(held)):
        assert Meeting.objects.exists() is not sealed


def test_whether_it_was_held_is_read_from_its_hours() -> None:
    table = Round()
    meeting = table.called()
    assert meeting.state(table.now) is MeetingState.PLANNED
    assert meeting.state(meeting.begins + HOUR) is MeetingState.PLANNED
    assert meeting.state(meeting.ends) is MeetingState.HELD
    assert [*Meeting.objects.coming(table.now)] == [meeting]
    assert [*Meeting.objects.held(meeting.ends)] == [meeting]


# --- Changing it -----------------------------------------------------------------------------------------------------


def change(
    table: Round, meeting: Meeting, *, seen: dict[str, Any] | None = None, by: User | None = None, **said: Any
) -> None:
    """Change a meeting as its keeper."""
    asked = table.said(**{"begins": meeting.begins} | said)
    change_meeting(meeting=meeting, said=asked, seen=seen or {}, by=by or table.manager, at=table.now)


def test_another_hour_is_told_to_those_invited_and_who_is_invited_can_change() -> None:
    table = Round()
    meeting = table.called()
    change(table, meeting, begins=meeting.begins + DAY, invited=[table.directorate, table.other])
    assert meeting.invited_ids() == sorted([table.directorate.pk, table.other.pk])
    told = {(one.person_id, one.values["what"]) for one in Notice.objects.filter(kind="meeting")}
    assert told >= {
        *((table.director.pk, "moved"), (table.coordinator.pk, "uninvited"), (table.outsider.pk, "invited")),
    }
    assert (table.coordinator.pk, "moved") not in told


def test_a_change_that_came_between_is_told_and_nothing_is_overwritten() -> None:
    table = Round()
    meeting = table.called()
    seen = meeting.standing()
    change(table, meeting, place="Red hall")
    with pytest.raises(Problem) as told:
        change(table, meeting, seen=seen, place="Blue hall")
    assert told.value.code == "changed"
    assert Meeting.objects.get().place == "Red hall"


def test_what_has_begun_keeps_its_hour_its_quorum_and_everybody_at_the_table() -> None:
    table = Round()
    running = table.called(begins=table.now.replace(microsecond=0) - HOUR)
    with pytest.raises(Problem) as told:
        change(table, running, begins=table.now + DAY, quorum=10, invited=[table.directorate])
    assert fields_of(told) == {("begins", "begun"), ("quorum", "begun"), ("invited", "begun")}
    change(table, running, place="Red hall", invited=[table.directorate, table.ngo, table.other])
    assert table.other.pk in running.invited_ids()


def test_whoever_is_invited_no_more_is_told_by_the_title_they_know_and_whoever_is_invited_again_is_told_again() -> None:
    table = Round()
    meeting = table.called()
    change(table, meeting, title="Another", invited=[table.directorate])
    word = Notice.objects.get(person=table.coordinator, values__what="uninvited")
    assert (word.values["title"], word.url) == (TITLE, "")
    table.now += HOUR
    change(table, meeting, title="Another", invited=[table.directorate, table.ngo])
    assert Notice.objects.filter(person=table.coordinator, values__what="invited").count() == 2


def test_hours_in_the_night_when_clocks_jump_are_compared_as_they_pass() -> None:
    day = datetime.date(2027, 3, 28)
    begins, ends = (moment(day, datetime.time(1, minute), "Europe/London") for minute in (30, 59))
    assert moment(day, datetime.time(2, 15), "Europe/London") < ends
    assert begins < ends


def test_no_two_meetings_are_one() -> None:
    table = Round()
    table.called(title="Another")
    with pytest.raises(Problem) as told:
        change(table, table.called(), title="Another")
    assert fields_of(told) == {("title", "taken")}


def test_what_is_over_or_another_organisations_is_not_changed() -> None:
    table = Round()
    meeting = table.held()
    with pytest.raises(Problem) as told:
        change(table, meeting, title="Other")
    assert told.value.code == "over"
    with pytest.raises(Refused):
        change(table, meeting, by=table.director)
    with pytest.raises(Problem) as told:
        change(table, table.called(), begins=table.now - DAY)
    assert ("begins", "in_the_past") in fields_of(told)


def test_it_is_called_off_with_a_reason_unless_it_was_held() -> None:
    table = Round()
    meeting = table.called()
    with pytest.raises(Problem):
        call_off_meeting(meeting=meeting, why=" ", by=table.manager, at=table.now)
    with pytest.raises(Refused):
        call_off_meeting(meeting=meeting, why="Roads", by=table.coordinator, at=table.now)
    off = call_off_meeting(meeting=meeting, why="Roads", by=table.manager, at=table.now)
    assert off.state(table.now + 30 * DAY) is MeetingState.CALLED_OFF
    with pytest.raises(Problem) as told:
        call_off_meeting(meeting=meeting, why="Again", by=table.manager, at=table.now)
    assert told.value.code == "called_off"
    held = table.held()
    table.written(held)
    with pytest.raises(Problem) as told:
        call_off_meeting(meeting=held, why="Roads", by=table.manager, at=table.now)
    assert told.value.code == "held"


def test_the_same_hour_can_be_called_anew_after_one_was_called_off() -> None:
    table = Round()
    call_off_meeting(meeting=table.called(), why="Roads", by=table.manager, at=table.now)
    table.called()
    assert Meeting.objects.count() == 2


def test_a_meeting_whose_minutes_are_closed_does_not_change_even_in_the_database() -> None:
    table = Round()
    meeting = table.held()
    table.closed(meeting)
    with pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(title="Another")
    with pytest.raises(DatabaseError), transaction.atomic():
        meeting.invitations.update(present=True)


# --- Hours -----------------------------------------------------------------------------------------------------------


def test_hours_are_told_in_their_zone_and_by_the_readers_clocks_where_these_differ() -> None:
    begins = datetime.datetime(2018, 12, 4, 9, tzinfo=datetime.UTC)
    with translation.override("en"):
        told = hours_of(begins, begins + HOUR, "Europe/Istanbul", "Asia/Damascus")
    assert [words.rsplit(", ", 1)[1] for words, _zone in told] == ["from 12:00 to 13:00", "from 11:00 to 12:00"]
    assert len(hours_of(begins, begins + HOUR, "Asia/Damascus", "Asia/Damascus")) == 1


def test_each_reader_reads_hours_by_the_clocks_of_the_own_zone_without_script() -> None:
    table = Round()
    meeting = table.called(begins=(table.now + 5 * DAY).replace(hour=9, minute=0, second=0, microsecond=0))
    client = table.browser(table.coordinator)
    said = {"name": "Layla", "language": "en", "zone": "Europe/London"}
    assert client.post("/account/", said | {"zone": "Mars/Olympus"}).status_code == 200
    assert client.post("/account/", said).status_code == 302
    for address in ("/meetings/", f"/meetings/{meeting.pk}/", "/"):
        page = client.get(address).text
        assert "London time" in page
        assert "Damascus time" in page
    file = taken_along(client, "meetings", "")
    begins = meeting.begins.astimezone(ZoneInfo("Europe/London")).isoformat(timespec="seconds")
    assert begins in file


# --- Pages -----------------------------------------------------------------------------------------------------------


def asked(table: Round, **said: Any) -> dict[str, Any]:
    """What the form of a meeting sends."""
    day = (table.today + 5 * DAY).isoformat()
    words = {"kind": "body", "title": TITLE, "day": day, "begins": "10:00", "ends": "12:00", "zone": "Europe/Istanbul"}
    return words | {"quorum": "50", "agenda": f"{ITEM}\n\nOther", "invited": [table.ngo.pk], "last_day": ""} | said


def test_a_meeting_is_called_and_changed_on_pages() -> None:
    table = Round()
    client = table.browser()
    assert client.post("/meetings/new/", asked(table)).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.agenda == [ITEM, "Other"]
    assert meeting.begins.astimezone(meeting.timezone).hour == 10
    address = f"/meetings/{meeting.pk}/change/"
    stood = client.get(address).context["form"]["stood"].value()
    assert client.post(address, asked(table, begins="09:00", stood=stood)).status_code == 302
    told = client.post(address, asked(table, title="Third", stood=stood))
    assert told.status_code == 400
    assert "changed elsewhere" in told.text
    again = asked(table, title="Third", stood=told.context["form"]["stood"].value())
    assert client.post(address, again).status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"ends": "09:00"}, {"day": "soon"}, {"quorum": "500"}, {"invited": []}, {"zone": "X"}]
)
def test_what_cannot_be_is_told_on_the_page_and_what_was_typed_stays(wrong: dict[str, Any]) -> None:
    table = Round()
    told = table.browser().post("/meetings/new/", asked(table, **wrong))
    assert told.status_code == 400
    assert TITLE in told.text
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_of_a_meeting_shows_agenda_answers_and_hours(language: str) -> None:
    table = Round()
    meeting = table.called()
    page = table.browser(table.coordinator, language).get(f"/meetings/{meeting.pk}/").text
    for word in (TITLE, ITEM, PLACE):
        assert word in page
    assert ("Damascus time" if language == "en" else "توقيت دمشق") in page
    assert 'value="answer_coming"' in page
    assert "/change/" not in page
    assert table.browser(table.outsider).get(f"/meetings/{meeting.pk}/").status_code == 404


def test_the_list_shows_what_is_to_come_first_and_its_filters_hold_for_the_file() -> None:
    table = Round()
    table.held(title="Before")
    table.called(title="Far", begins=table.now + 20 * DAY)
    table.called(title="Near")
    client = table.browser(table.coordinator)
    page = client.get("/meetings/").text
    assert page.index("Near") < page.index("Far") < page.index("Before")
    assert "Near" not in client.get("/meetings/?state=held").text
    told = client.post("/exchange/exports/meetings/?state=held", {"format": "csv"}).content.decode()
    assert "Before" in told
    assert "Near" not in told
    assert "Near" not in table.browser(table.outsider).get("/meetings/").text


def test_a_meeting_is_called_off_on_its_page() -> None:
    table = Round()
    meeting, client = table.called(), table.browser()
    address = f"/meetings/{meeting.pk}/call-off/"
    assert client.post(address, {"why": ""}).status_code == 400
    assert client.post(address, {"why": "Roads are closed"}).status_code == 302
    assert "Roads are closed" in table.browser(table.director).get(f"/meetings/{meeting.pk}/").text
    assert client.post(address, {"why": "Twice"}).status_code == 302


@pytest.mark.parametrize("address", ["/meetings/", "/meetings/decisions/", "/meetings/actions/", "one"])
def test_a_page_takes_as_many_queries_for_much_as_for_little(address: str) -> None:
    table = Round()
    meeting, client, counts = table.held(), table.browser(table.director), []
    for number in (1, 4):
        for one in range(number):
            name = f"{number}-{one}"
            table.called(title=name)
            table.taken_on(meeting, decision=table.decided(meeting, subject=name), text=name)
        page = f"/meetings/{meeting.pk}/" if address == "one" else address
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- API -------------------------------------------------------------------------------------------------------------


def test_programs_read_the_meetings_of_their_organisation() -> None:
    table = Round()
    meeting = table.called()
    (row,) = Caller(table.coordinator).get("/api/v1/meetings/?status=coming").json()["results"]
    assert (row["id"], row["title"], row["status"]) == (meeting.pk, TITLE, "meeting_planned")
    told = Caller(table.coordinator).get(f"/api/v1/meetings/{meeting.pk}/").json()
    assert told["agenda"] == [ITEM]
    assert {one["organisation"] for one in told["invited"]} == {table.directorate.code, table.ngo.code}
    assert Caller(table.outsider).get(f"/api/v1/meetings/{meeting.pk}/").status_code == 404
    assert Caller(table.outsider).get("/api/v1/meetings/").json()["results"] == []
    assert Caller(table.coordinator).get("/api/v1/meetings/?status=soon").status_code == 400
    assert Caller(member(Role.OBSERVER, table.ngo)).get("/api/v1/meetings/").status_code == 403
