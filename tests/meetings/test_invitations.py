"""Invitations: answered for an organisation until the meeting begins; attendance written by whoever called it."""

import re
from typing import Any

import pytest
from django.utils import timezone

from coordination.homes import waiting_count
from coordination.homes.some import LINES
from coordination.meetings.actions.invitations import answer_invitation, write_attendance
from coordination.meetings.actions.minutes import close_minutes
from coordination.meetings.models import Answer
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.permissions import Refused
from directorates.roles import Role
from tests.factories import OrganisationFactory, member
from tests.meetings.round import TITLE, Round

pytestmark = pytest.mark.django_db


def test_whoever_takes_part_answers_for_the_organisation_and_can_answer_anew() -> None:
    table = Round()
    meeting = table.called()
    for answer in (Answer.COMING, Answer.COMING, Answer.NOT_COMING):
        answer_invitation(meeting=meeting, answer=answer, by=table.coordinator, at=table.now)
    held = meeting.invitations.get(organisation=table.ngo)
    assert (held.answer, held.answered_by) == (Answer.NOT_COMING, table.coordinator)
    assert AuditEvent.objects.filter(what="answer_meeting").count() == 2


def test_nobody_answers_for_others_uninvited_or_too_late() -> None:
    table = Round()
    meeting = table.called()
    asked: dict[str, Any] = {"meeting": meeting, "answer": Answer.COMING}
    with pytest.raises(Refused):
        answer_invitation(by=member(Role.OBSERVER, table.ngo), at=table.now, **asked)
    with pytest.raises(Problem) as told:
        answer_invitation(by=table.outsider, at=table.now, **asked)
    assert told.value.code == "not_invited"
    with pytest.raises(Problem) as told:
        answer_invitation(by=table.coordinator, at=meeting.begins, **asked)
    assert told.value.code == "over"
    with pytest.raises(Problem) as told:
        answer_invitation(meeting=meeting, answer="perhaps", by=table.coordinator, at=table.now)
    assert told.value.code == "invalid"


def test_an_invitation_waits_on_the_home_of_whoever_may_answer_until_it_is_answered() -> None:
    table = Round()
    observer = member(Role.OBSERVER, table.ngo)
    meeting = table.called()
    assert [waiting_count(one) for one in (table.coordinator, observer, table.outsider)] == [1, 0, 0]
    client = table.browser(table.coordinator)
    assert TITLE in client.get("/").text
    assert TITLE not in table.browser(observer).get("/").text
    assert client.post(f"/meetings/{meeting.pk}/answer/", {"answer": "answer_coming"}).status_code == 302
    assert waiting_count(table.coordinator) == 0
    assert 'id="invitations-to-answer"' not in client.get("/").text


def test_attendance_makes_the_quorum_and_can_be_put_right() -> None:
    table = Round()
    meeting, client = table.held(quorum=51), table.browser()
    address = f"/meetings/{meeting.pk}/attendance/"
    assert client.post(address, {"present": [table.ngo.pk]}).status_code == 302
    page = table.browser(table.director).get(f"/meetings/{meeting.pk}/").text
    assert "The quorum was not reached" in page
    assert client.post(address, {"present": [table.ngo.pk, table.directorate.pk]}).status_code == 302
    assert "The quorum was reached" in client.get(f"/meetings/{meeting.pk}/").text
    assert client.post(address, {}).status_code == 302
    assert not meeting.invitations.exclude(present=False).exists()


def test_nobody_was_there_before_it_began_and_only_those_invited() -> None:
    table = Round()
    with pytest.raises(Problem) as told:
        table.attended(table.called(), table.ngo)
    assert told.value.code == "not_begun"
    with pytest.raises(Problem) as told:
        table.attended(table.held(), table.other)
    assert told.value.code == "invalid"
    with pytest.raises(Refused):
        write_attendance(meeting=table.held(), present=[], seen={}, by=table.director, at=timezone.now())


def test_who_came_uninvited_is_written_until_the_minutes_close_and_counts_in_no_quorum() -> None:
    table = Round()
    meeting = table.held()
    outsider = table.browser(table.outsider)
    address, page = f"/meetings/{meeting.pk}/attendance/", f"/meetings/{meeting.pk}/"
    assert outsider.get(page).status_code == 404
    client = table.browser()
    said = {"present": [table.ngo.pk], "uninvited": [table.other.pk]}
    assert client.post(address, said).status_code == 302
    row = meeting.invitations.get(organisation=table.other)
    assert (row.present, row.uninvited, row.answer) == (True, True, "answer_unknown")
    shown = client.get(page)
    assert (shown.context["quorum"].invited, shown.context["quorum"].present) == (2, 1)
    assert "not invited" in shown.text
    assert outsider.get(page).status_code == 200
    for _twice in range(2):
        assert client.post(address, {"present": [table.ngo.pk]}).status_code == 302
    assert not meeting.invitations.filter(uninvited=True).exists()
    client.post(address, said)
    minutes = table.written(meeting)
    close_minutes(meeting=meeting, seen=minutes.standing(), by=table.manager, at=timezone.now())
    client.post(address, {"present": [table.ngo.pk]})
    assert meeting.invitations.filter(uninvited=True).exists()


def test_all_that_is_wrong_with_who_came_uninvited_is_told() -> None:
    table = Round()
    meeting = table.held()
    deed: dict[str, Any] = {"meeting": meeting, "present": [], "seen": {}, "by": table.manager, "at": timezone.now()}
    write_attendance(uninvited=[table.other.pk], **deed)
    table.taken_on(meeting, owner=table.other)
    gone = OrganisationFactory(status="dissolved")
    with pytest.raises(Problem) as told:
        write_attendance(uninvited=[table.ngo.pk, gone.pk], **deed)
    assert [one.code for one in told.value.errors] == ["invited", "not_active", "owns"]


def test_a_home_says_how_many_more_invitations_and_action_items_there_are_and_where() -> None:
    table = Round()
    for number in range(LINES + 2):
        table.called(title=f"Round {number}")
    meeting = table.held()
    for number in range(LINES + 3):
        table.taken_on(meeting, text=f"Count {number}")
    client = table.browser(table.coordinator)
    page = client.get("/").text
    for url, more in (("/meetings/?state=to-answer", 2), ("/meetings/actions/?whose=own", 3)):
        words = re.search(rf'<a href="{re.escape(url)}">(.*?)</a>', page)
        assert words is not None
        assert f"and {more} more" in re.sub(r"<[^>]+>", "", words[1])
        assert len(client.get(url).context["page"].object_list) == LINES + more
    answer_invitation(meeting=table.called(), answer=Answer.COMING, by=table.coordinator, at=table.now)
    assert len(client.get("/meetings/?state=to-answer").context["page"].object_list) == LINES + 2


def test_attendance_that_somebody_else_wrote_meanwhile_is_not_overwritten_unseen() -> None:
    table = Round()
    meeting = table.held()
    client, address = table.browser(), f"/meetings/{meeting.pk}/attendance/"
    stood = client.get(address).context["form"]["stood"].value()
    table.attended(meeting, table.directorate)
    said = {"present": [table.ngo.pk], "uninvited": [table.other.pk], "stood": stood}
    told = client.post(address, said)
    assert told.status_code == 400
    assert "By now it says:" in told.text
    assert table.directorate.short in told.text.partition("By now it says:")[2][:60]
    assert [one.organisation for one in meeting.invitations.filter(present=True)] == [table.directorate]
    # What was ticked stays ticked, and the next press is made knowing what stands.
    again = said | {"stood": told.context["form"]["stood"].value()}
    assert client.post(address, again).status_code == 302
    # Pressed twice it is written once.
    assert client.post(address, again).status_code == 302
    there = meeting.invitations.filter(present=True).values_list("organisation", flat=True)
    assert set(there) == {table.ngo.pk, table.other.pk}
