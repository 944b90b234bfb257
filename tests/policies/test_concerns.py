"""Concerns: raised by an organisation, answered by those who prepare the text, settled by whoever raised them."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import Notice
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions import concerns, consultations
from policies.actions.concerns import answer_concern, settle_concern
from policies.actions.consultations import comment_on
from policies.models import Concern, ConcernEvent
from policies.models.concerns import ConcernState
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, UserFactory, member
from tests.policies.library import Library

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> Library:
    """A consultation to which the reader's organisation is invited."""
    made = Library()
    made.consult(made.ngo)
    return made


def answer(library: Library, concern: Concern, **said: object) -> ConcernEvent:
    """An answer that changes nothing."""
    asked: dict[str, object] = {"text": "They are bought", "changes": False, "seen": concern.events.count()}
    return answer_concern(concern=concern, at=timezone.now(), **asked | {"by": library.manager} | said)  # type: ignore[arg-type]


def settle(library: Library, concern: Concern, *, settled: bool, **said: object) -> ConcernEvent:
    """What the reader's organisation makes of it."""
    asked: dict[str, object] = {"text": "", "seen": concern.events.count(), "by": library.reader}
    return settle_concern(concern=concern, settled=settled, at=timezone.now(), **asked | said)  # type: ignore[arg-type]


def state(concern: Concern) -> str:
    """Where it stands."""
    return Concern.objects.with_state().get(pk=concern.pk).state  # type: ignore[attr-defined]


def test_a_concern_is_answered_and_its_organisation_says_whether_that_settles_it(library: Library) -> None:
    concern = library.concern()
    assert state(concern) == ConcernState.OPEN
    answer(library, concern)
    assert state(concern) == ConcernState.ANSWERED
    settle(library, concern, settled=False)
    assert list(Concern.objects.unsettled()) == [concern]
    answer(library, concern, changes=True)
    settle(library, concern, settled=True)
    assert state(concern) == ConcernState.SETTLED
    assert not Concern.objects.unsettled().exists()
    assert concern.events.count() == 4


def test_both_sides_are_told(library: Library) -> None:
    concern = library.concern()
    assert [row.values["what"] for row in Notice.objects.filter(person=library.manager)] == ["concern"]
    answer(library, concern)
    assert {row.values["what"] for row in Notice.objects.filter(person=library.reader)} == {"consult", "answer"}
    settle(library, concern, settled=True)
    assert "concern_settled" in {row.values["what"] for row in Notice.objects.filter(person=library.manager)}


def test_only_those_who_prepare_the_text_answer_and_only_its_organisation_settles(library: Library) -> None:
    concern = library.concern()
    with pytest.raises(Refused):
        answer(library, concern, by=library.reader)
    other = member(Role.NGO_COORDINATOR, OrganisationFactory())
    for person in (library.manager, other, member(Role.FACILITY_REPORTER, library.ngo)):
        with pytest.raises(Refused):
            settle(library, concern, settled=True, by=person)


def test_nothing_is_called_unsettled_before_it_was_answered_nor_anything_said_once_it_is_settled(
    library: Library,
) -> None:
    concern = library.concern()
    with pytest.raises(Problem) as told:
        settle(library, concern, settled=False)
    assert told.value.code == "unanswered"
    settle(library, concern, settled=True)
    for said in (lambda: answer(library, concern), lambda: settle(library, concern, settled=True)):
        with pytest.raises(Problem) as told:
            said()
        assert told.value.code == "settled"


def test_whoever_answers_has_seen_all_that_was_said(library: Library) -> None:
    concern = library.concern()
    answer(library, concern)
    with pytest.raises(Problem) as told:
        answer(library, concern, seen=0)
    assert told.value.code == "changed"


def test_every_fault_is_told_at_once_and_a_concern_sent_twice_is_kept_once(library: Library) -> None:
    with pytest.raises(Problem) as told:
        library.concern(about="", proposal="35.93461, 36.63312")
    assert [(one.field, one.code) for one in told.value.errors] == [("about", "required"), ("proposal", "location")]
    with pytest.raises(Problem) as told:
        library.concern(about="", seriousness="very")
    assert [(one.field, one.code) for one in told.value.errors] == [("about", "required"), ("seriousness", "required")]
    key = uuid4()
    assert library.concern(key=key) == library.concern(key=key)
    with pytest.raises(Problem) as told:
        library.concern(key=key, about="Water is short")
    assert told.value.code == "sent_before"


def test_one_organisation_raises_and_remarks_so_much_about_a_version_and_no_more(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concerns, "MOST_CONCERNS", 2)
    monkeypatch.setattr(consultations, "MOST_COMMENTS", 1)
    keys = [uuid4(), uuid4()]
    for key in keys:
        library.concern(key=key)
    with pytest.raises(Problem) as told:
        library.concern()
    assert (told.value.code, told.value.status) == ("too_many", 409)
    assert library.concern(key=keys[1]).key == keys[1], "what was sent before is told as kept"
    invited = OrganisationFactory()
    other = member(Role.NGO_COORDINATOR, invited)
    library.draft.invitations.create(organisation=invited, asked=True, at=timezone.now())
    library.concern(by=other)
    remark: dict[str, Any] = {"version": library.draft, "section": None, "by": library.reader, "at": timezone.now()}
    comment_on(text="First", key=uuid4(), **remark)
    with pytest.raises(Problem) as told:
        comment_on(text="Second", key=uuid4(), **remark)
    assert told.value.code == "too_many"
    page = library.browser(library.reader).post(
        f"/policies/{library.policy.code}/1/comment/", {"text": "Third remark", "key": str(uuid4()), "section": ""}
    )
    assert page.status_code == 400
    assert "Third remark" in page.text


def test_a_concern_is_raised_only_by_the_invited_and_only_in_time(library: Library) -> None:
    with pytest.raises(Refused):
        library.concern(by=member(Role.NGO_COORDINATOR, OrganisationFactory()))
    with pytest.raises(Refused):
        library.concern(by=library.manager)
    library.over()
    with pytest.raises(Problem) as told:
        library.concern()
    assert told.value.code == "closed"


def test_what_was_said_stays(library: Library) -> None:
    concern = library.concern()
    answer(library, concern)
    for rows in (Concern.objects.all(), ConcernEvent.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at=timezone.now())
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def test_an_unsettled_concern_stays_with_the_policy_for_whoever_reads_it(library: Library) -> None:
    concern = library.concern()
    stranger = member(Role.OBSERVER, OrganisationFactory())
    address = f"/policies/{library.policy.code}/1/concerns/{concern.pk}/"
    assert library.browser(stranger).get(address).status_code == 404
    library.over()
    library.force()
    assert "Gloves are short" in library.browser(stranger).get(address).text
    assert "Concerns that are not settled" in library.browser(stranger).get(f"/policies/{library.policy.code}/1/").text


def test_an_unsettled_concern_stands_on_the_ballot_on_the_next_version_until_it_is_settled(library: Library) -> None:
    concern = library.concern()
    answer(library, concern, changes=True)
    library.over()
    library.next_draft()
    (director,) = library.directors(1)
    ballot = library.ballot(over=True)
    address = f"/policies/{library.policy.code}/"
    page = library.browser(director).get(f"{address}2/ballots/{ballot.pk}/").text
    assert f"{address}1/concerns/{concern.pk}/" in page
    assert "Gloves are short" in library.browser(director).get(f"{address}1/concerns/{concern.pk}/").text
    library.vote(ballot, director)
    library.count(ballot)
    library.force(adopted=None, basis="")
    stranger = library.browser(member(Role.OBSERVER, OrganisationFactory()))
    assert f"{address}1/concerns/{concern.pk}/" in stranger.get(f"{address}2/").text
    assert "Gloves are short" in stranger.get(f"{address}1/concerns/{concern.pk}/").text
    settle(library, concern, settled=True)
    assert f"{address}1/concerns/{concern.pk}/" not in stranger.get(f"{address}2/").text


def test_comments_stay_with_those_who_were_asked_when_others_come_to_read_the_version(library: Library) -> None:
    remark = {"version": library.draft, "section": None, "by": library.reader, "at": timezone.now()}
    comment_on(text="We have no autoclave", key=uuid4(), **remark)  # type: ignore[arg-type]
    library.over()
    library.next_draft()
    (director,) = library.directors(1)
    library.ballot()
    page = library.browser(director).get(f"/policies/{library.policy.code}/1/discussion/")
    assert page.status_code == 200
    assert "We have no autoclave" not in page.text


def test_a_concern_goes_through_the_browser(library: Library) -> None:
    manager, reader = library.browser(), library.browser(library.reader)
    address = f"/policies/{library.policy.code}/1/concerns/"
    key = re.search(r'name="key" value="([0-9a-f-]+)"', reader.get(f"{address}new/").text)
    assert key is not None
    said = {
        "key": key[1],
        "section": "",
        "about": "Gloves are short",
        "seriousness": "blocking",
        "proposal": "Buy some",
    }
    to = reader.post(f"{address}new/", said).headers["Location"]
    page = manager.post(f"{to}answer/", {"seen": "0", "changes": "", "text": "We buy them"})
    assert page.status_code == 400
    assert "We buy them" in page.text
    assert manager.post(f"{to}answer/", {"seen": "0", "changes": "yes", "text": "We buy them"}).status_code == 302
    page = reader.post(f"{to}settle/", {"seen": "0", "settled": "yes", "text": "Thanks"})
    assert page.status_code == 400
    assert 'name="seen" value="1"' in page.text
    assert reader.post(f"{to}settle/", {"seen": "1", "settled": "yes", "text": "Thanks"}).status_code == 302
    assert "Settled" in manager.get(to).text


def test_programs_comment_and_raise_concerns_once_however_often_they_send(library: Library) -> None:
    caller, key = Caller(library.reader), str(uuid4())
    section = library.draft.sections.get()
    said = {"version": 1, "section": section.anchor, "text": "Say where", "key": key}
    answers = [caller.post("policies/infection/comments/", said) for _twice in range(2)]
    assert [(one.status_code, one.json()["id"]) for one in answers] == [(201, answers[0].json()["id"])] * 2
    held = {"version": 1, "about": "Gloves are short", "seriousness": "serious", "proposal": "Buy some", "key": key}
    made = [caller.post("policies/infection/concerns/", held).json() for _twice in range(2)]
    assert made[0] == made[1]
    answer(library, Concern.objects.get())
    (told,) = caller.get("policies/infection/concerns/").json()["results"]
    assert (told["id"], told["status"], told["section"]) == (made[0]["id"], "concern_answered", None)
    assert [(one["status"], one["changes"]) for one in told["events"]] == [("concern_answered", False)]
    (comment,) = caller.get("policies/infection/comments/?version=1").json()["results"]
    assert (comment["text"], comment["section"], comment["organisation"]) == (
        "Say where", section.anchor, library.ngo.code,
    )  # fmt: skip
    assert caller.get("policies/infection/comments/?version=2").json()["results"] == []


def test_all_that_is_wrong_with_what_a_program_says_is_told_at_once(library: Library) -> None:
    caller = Caller(library.reader)
    told = caller.post("policies/infection/concerns/", {"version": 9, "key": "1", "more": 1})
    assert {(one["field"], one["code"]) for one in told.json()["errors"]} == {
        ("more", "unknown_field"), ("about", "required"), ("seriousness", "required"), ("version", "unknown"), ("key", "no_uuid"),
    }  # fmt: skip
    bodies: list[Any] = [{"version": True}, {"version": "1"}, [], {"version": 10**9}]
    for wrong in bodies:
        assert caller.post("policies/infection/comments/", wrong).status_code == 400
    assert not Concern.objects.exists()


def test_programs_of_others_neither_read_nor_say_anything(library: Library) -> None:
    library.concern()
    stranger = Caller(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    for what in ("comments", "concerns"):
        assert stranger.get(f"policies/infection/{what}/").status_code == 404
        said = {"version": 1, "text": "x", "about": "x", "key": str(uuid4())}
        assert stranger.post(f"policies/infection/{what}/", said).status_code in (400, 404)
        assert Caller(UserFactory()).get(f"policies/infection/{what}/").status_code == 403
