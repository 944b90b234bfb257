"""Action items: taken on in a meeting, done by their owner, reminded of before and after their day."""

import datetime

import pytest
from django.db import DatabaseError, transaction

from coordination.homes import waiting_count
from coordination.meetings.actions.action_items import say_of_action_item
from coordination.meetings.actions.due import remind_of_action_items
from coordination.meetings.models import ActionItem, ActionItemEvent, ActionState
from coordination.meetings.tasks import remind
from directorates.foundation.models import Notice
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, User
from directorates.permissions import Refused
from directorates.roles import Role
from tests.api.callers import Caller
from tests.factories import SubdistrictFactory, member
from tests.meetings.round import DAY, Round

pytestmark = pytest.mark.django_db
TASK = "Count the stores"


def say(table: Round, item: ActionItem, state: str, *, by: User | None = None, note: str = "") -> ActionItem:
    """Say something of an action item, as the NGO's coordinator where nobody is named."""
    return say_of_action_item(action_item=item, state=state, note=note, by=by or table.coordinator, at=table.now)


def test_something_is_taken_on_by_who_was_invited_and_pressed_twice_stands_once() -> None:
    table = Round()
    meeting = table.held()
    decision = table.decided(meeting)
    item = table.taken_on(meeting, decision=decision)
    assert table.taken_on(meeting, decision=decision) == item
    assert (item.state, item.owner) == (ActionState.OPEN, table.ngo)
    told = Notice.objects.filter(kind="meeting", values__what="item")
    assert [one.person_id for one in told] == [table.coordinator.pk]
    assert TASK not in " ".join(words_of(told.get(), "en"))


def test_everything_that_cannot_be_is_told_at_once() -> None:
    table = Round()
    meeting = table.held()
    other = table.decided(table.held(title="Another"))
    with pytest.raises(Problem) as told:
        table.taken_on(meeting, decision=other, text="", owner=table.other, due=table.today - 30 * DAY)
    assert {(one.field, one.code) for one in told.value.errors} == {
        *(("decision", "unknown"), ("text", "required"), ("owner", "unknown"), ("due", "too_early")),
    }
    with pytest.raises(Problem):
        table.taken_on(meeting, due=table.today + 2000 * DAY)
    with pytest.raises(Problem):
        table.taken_on(table.called())
    with pytest.raises(Refused):
        table.taken_on(meeting, by=table.director)


def test_its_owner_says_that_it_is_done_and_the_rest_is_for_whoever_called_the_meeting() -> None:
    table = Round()
    item = table.taken_on(table.held())
    for state in (ActionState.DROPPED, ActionState.OPEN):
        with pytest.raises(Refused):
            say(table, item, state, note="x")
    for person in (table.director, table.outsider, member(Role.OBSERVER, table.ngo)):
        with pytest.raises(Refused):
            say(table, item, ActionState.DONE, by=person)
    say(table, item, ActionState.DONE, note="All counted")
    say(table, item, ActionState.DONE, note="Twice")
    assert ActionItem.objects.get().state is ActionState.DONE
    assert ActionItemEvent.objects.count() == 2
    say(table, item, ActionState.OPEN, by=table.manager, note="Not all")
    with pytest.raises(Problem):
        say(table, item, ActionState.DROPPED, by=table.manager)
    say(table, item, ActionState.DROPPED, by=table.manager, note="Stores are gone")
    with pytest.raises(Problem) as told:
        say(table, item, ActionState.DONE)
    assert told.value.code == "not_open"
    states = [one.state for one in ActionItemEvent.objects.all()]
    assert states == ["action_open", "action_done", "action_open", "action_dropped"]
    deeds = AuditEvent.objects.filter(kind="meetings.actionitem").values_list("what", flat=True)
    assert set(deeds) == {"add_action_item", "action_done", "action_open", "action_dropped"}


def test_what_was_said_of_it_is_appended_and_never_changed() -> None:
    table = Round()
    table.taken_on(table.held())
    with pytest.raises(DatabaseError), transaction.atomic():
        ActionItemEvent.objects.update(state=ActionState.DONE)
    with pytest.raises(DatabaseError), transaction.atomic():
        ActionItemEvent.objects.all().delete()


def test_it_is_late_once_its_day_has_passed_and_as_long_as_it_is_open() -> None:
    table = Round()
    item = table.taken_on(table.held(), due=table.today)
    assert not item.is_late(table.today)
    assert item.is_late(table.today + DAY)
    assert [*ActionItem.objects.late(table.today + DAY)] == [item]
    say(table, item, ActionState.DONE)
    assert not ActionItem.objects.get().is_late(table.today + DAY)
    assert not ActionItem.objects.late(table.today + DAY).exists()


# --- Reminders -------------------------------------------------------------------------------------------------------


def reminded(table: Round, day: datetime.date) -> int:
    """How many are told on a day."""
    return remind_of_action_items(today=day, at=table.now)


def test_the_owner_is_reminded_before_its_day_and_both_sides_after_it_once_each() -> None:
    table = Round()
    table.taken_on(table.held())
    due = table.today + 10 * DAY
    days = {-4: 0, -3: 1, -2: 0, 0: 0, 1: 2, 2: 0, 40: 0}
    assert {one: reminded(table, due + one * DAY) for one in days} == days
    told = {(one.person_id, one.values["what"]) for one in Notice.objects.exclude(values__what="invited")}
    assert told == {
        *((table.coordinator.pk, "item"), (table.coordinator.pk, "soon")),
        *((table.coordinator.pk, "late"), (table.manager.pk, "late")),
    }


def test_nobody_is_reminded_of_what_is_done_and_a_role_for_some_places_of_nothing() -> None:
    table = Round()
    far = member(Role.NGO_COORDINATOR, table.ngo, places=[SubdistrictFactory()])
    item = table.taken_on(table.held(), due=table.today)
    assert reminded(table, table.today) == 1
    assert not Notice.objects.filter(person=far).exists()
    say(table, item, ActionState.DONE)
    assert reminded(table, table.today + DAY) == 0


def test_the_task_runs_twice_and_tells_once() -> None:
    table = Round()
    table.taken_on(table.held(), due=table.today)
    assert (remind(), remind()) == (1, 0)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_notice_has_words_in_both_languages(language: str) -> None:
    table = Round()
    table.taken_on(table.held(), due=table.today - DAY)
    table.called()
    reminded(table, table.today)
    for notice in Notice.objects.filter(kind="meeting"):
        title, body = words_of(notice, language)
        assert title
        assert body


# --- Pages and API -----------------------------------------------------------------------------------------------------


def test_it_waits_on_the_home_of_its_owner_until_it_is_done() -> None:
    table = Round()
    item = table.taken_on(table.held())
    assert [waiting_count(one) for one in (table.coordinator, table.director, table.manager)] == [1, 0, 0]
    client = table.browser(table.coordinator)
    assert TASK in client.get("/").text
    assert TASK not in table.browser(table.director).get("/").text
    address = f"/meetings/actions/{item.pk}/"
    assert client.post(address, {"state": "action_done", "note": "Counted"}).status_code == 302
    assert client.post(address, {"state": "action_done", "note": "Counted"}).status_code == 302
    assert waiting_count(table.coordinator) == 0
    assert "Counted" in table.browser(table.director).get(address).text
    assert client.post(address, {"state": "action_dropped", "note": "No"}).status_code == 403


def test_the_list_shows_open_ones_unless_others_are_asked_for() -> None:
    table = Round()
    meeting = table.held()
    table.taken_on(meeting, due=table.today - DAY)
    table.taken_on(meeting, text="Paint the hall", owner=table.directorate)
    say(table, table.taken_on(meeting, text="Call the drivers"), ActionState.DONE)
    client = table.browser(table.coordinator)

    def shown(query: str) -> set[str]:
        page = client.get(f"/meetings/actions/?{query}").text
        return {one for one in (TASK, "Paint the hall", "Call the drivers") if one in page}

    assert shown("") == {TASK, "Paint the hall"}
    assert shown("whose=own") == {TASK}
    assert shown("state=late") == {TASK}
    assert shown("state=action_done") == {"Call the drivers"}
    assert shown("state=all&q=paint") == {"Paint the hall"}
    told = client.post("/exchange/exports/action-items/?state=late", {"format": "csv"}).content.decode()
    assert TASK in told
    assert "Paint the hall" not in told
    assert TASK not in table.browser(table.outsider).get("/meetings/actions/").text


def test_one_is_written_on_a_page_of_the_meeting() -> None:
    table = Round()
    meeting, client = table.held(), table.browser()
    decision = table.decided(meeting)
    address = f"/meetings/{meeting.pk}/actions/new/"
    said = {"decision": decision.pk, "text": TASK, "owner": table.ngo.pk, "due": (table.today + DAY).isoformat()}
    assert client.post(address, said | {"due": ""}).status_code == 400
    assert client.post(address, said).status_code == 302
    assert TASK in table.browser(table.director).get(f"/meetings/{meeting.pk}/").text


def test_programs_read_action_items() -> None:
    table = Round()
    table.taken_on(table.held(), due=table.today - DAY)
    (row,) = (
        Caller(table.director).get(f"/api/v1/action-items/?status=action_open&owner={table.ngo.code}").json()["results"]
    )
    assert (row["text"], row["owner"], row["late"]) == (TASK, table.ngo.code, True)
    assert Caller(table.director).get("/api/v1/action-items/?status=action_done").json()["results"] == []
    assert Caller(table.outsider).get("/api/v1/action-items/").json()["results"] == []
