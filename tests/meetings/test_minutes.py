"""Minutes: written, closed for good, corrected below."""

import pytest
from django.db import DatabaseError, transaction

from coordination.meetings.actions.minutes import close_minutes, correct_minutes
from coordination.meetings.models import Decision, Minutes, MinutesCorrection
from directorates.foundation.models import Notice
from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from tests.meetings.round import SAID, Round

pytestmark = pytest.mark.django_db


def test_minutes_are_written_by_whoever_called_the_meeting_once_it_has_begun() -> None:
    table = Round()
    assert table.written(table.held()).text == SAID
    with pytest.raises(Refused):
        table.written(table.held(), by=table.director)
    with pytest.raises(Problem) as told:
        table.written(table.called())
    assert told.value.code == "not_begun"


def test_what_another_wrote_meanwhile_is_not_overwritten() -> None:
    table = Round()
    meeting = table.held()
    seen = Minutes(meeting=meeting).standing()
    table.written(meeting, "First")
    with pytest.raises(Problem) as told:
        table.written(meeting, "Second", seen=seen)
    assert told.value.code == "changed"
    assert Minutes.objects.get().text == "First"


def test_minutes_that_give_a_location_are_not_kept_however_it_is_hidden() -> None:
    table = Round()
    for text in ("At 35.9312, 36.6339", "At 35.93**12**, 36.6339"):
        with pytest.raises(Problem) as told:
            table.written(table.held(), text)
        assert [one.code for one in told.value.errors] == ["location"]
    assert not Minutes.objects.exists()


def test_they_are_closed_with_a_text_and_attendance_only_and_all_that_is_missing_is_told() -> None:
    table = Round()
    with pytest.raises(Problem) as told:
        close_minutes(meeting=table.called(), seen={}, by=table.manager, at=table.now)
    assert {one.code for one in told.value.errors} == {"not_over", "no_text", "no_attendance"}
    minutes = table.closed(table.held())
    assert (minutes.closed, minutes.closed_by) == (table.now, table.manager)
    told_to = Notice.objects.filter(kind="meeting", values__what="minutes")
    assert {one.person_id for one in told_to} == {table.director.pk, table.coordinator.pk}


def test_closed_minutes_never_change_neither_by_actions_nor_in_the_database() -> None:
    table = Round()
    meeting = table.held()
    table.decided(meeting)
    table.closed(meeting)
    for deed in (
        lambda: table.written(meeting, "Other"),
        lambda: table.attended(meeting, table.ngo),
        lambda: table.decided(meeting, subject="Late"),
        lambda: close_minutes(meeting=meeting, seen={}, by=table.manager, at=table.now),
    ):
        with pytest.raises(Problem) as told:
            deed()
        assert told.value.code == "closed"
    for rows, field in ((Minutes.objects, "text"), (Decision.objects, "text")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**{field: "Other"})
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()


def test_what_is_wrong_is_corrected_below_by_appending() -> None:
    table = Round()
    meeting = table.held()
    with pytest.raises(Problem) as told:
        correct_minutes(meeting=meeting, text="It was ten", by=table.manager, at=table.now)
    assert told.value.code == "not_closed"
    table.closed(meeting)
    for text in ("It was ten", "It was ten", "It was eleven"):
        correct_minutes(meeting=meeting, text=text, by=table.manager, at=table.now)
    assert [one.text for one in MinutesCorrection.objects.all()] == ["It was ten", "It was eleven"]
    with pytest.raises(Refused):
        correct_minutes(meeting=meeting, text="Nine", by=table.coordinator, at=table.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        MinutesCorrection.objects.update(text="Nine")


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_minutes_are_written_closed_and_corrected_on_pages() -> None:
    table = Round()
    meeting, client = table.held(), table.browser()
    address, page = f"/meetings/{meeting.pk}/minutes/", f"/meetings/{meeting.pk}/"
    stood = client.get(address).context["form"]["stood"].value()
    assert client.post(address, {"text": f"- **{SAID}**", "stood": stood}).status_code == 302
    assert f"<strong>{SAID}</strong>" in table.browser(table.director).get(page).text
    told = client.post(address, {"text": "Mine", "stood": stood})
    assert told.status_code == 400
    assert SAID in told.text
    assert "Mine" in told.text
    closing = client.get(f"{address}close/")
    stood = closing.context["form"]["stood"].value()
    assert client.post(f"{address}close/", {"stood": stood}).status_code == 400
    table.attended(meeting, table.ngo)
    assert client.post(f"{address}close/", {"stood": stood}).status_code == 302
    assert client.post(f"{address}correct/", {"text": "It was ten"}).status_code == 302
    assert "It was ten" in table.browser(table.coordinator).get(page).text
    told = client.post(address, {"text": "Too late"})
    assert told.status_code == 400
    assert "Too late" in told.text


def test_nothing_of_an_authors_html_runs() -> None:
    table = Round()
    meeting = table.held()
    table.written(meeting, '<script>alert("x")</script> ![x](https://elsewhere.example/x.png)')
    page = table.browser(table.director).get(f"/meetings/{meeting.pk}/").text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_what_was_typed_is_shown_again_where_somebody_closed_the_minutes_meanwhile() -> None:
    table = Round()
    meeting = table.held()
    decision = table.decided(meeting)
    table.closed(meeting)
    page, said = f"/meetings/{meeting.pk}/", "An hour of words\n<b>"
    for address in (f"{page}minutes/", f"{page}decisions/{decision.number}/"):
        given = {"subject": "Stores", "text": said, "stood": "{}"}
        answer = table.browser().post(address, given, follow=True)
        assert "The minutes are closed" in answer.text
        assert "An hour of words" in answer.text
        assert "<b>" not in answer.text.split("An hour of words")[1][:20]
