"""Versions: drafted, brought into force, followed by others, withdrawn; what changed between two."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Notice
from directorates.models.validity import lasting
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.versions import begin_version, discard_version, withdraw_policy
from policies.models import Consultation, Policy, PolicyState, PolicyVersion
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member
from tests.policies.library import DAY, RULE_AR, Library
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def test_a_new_version_takes_the_text_along_and_ends_the_one_before() -> None:
    library = Library()
    first = library.holding()
    second = library.next_draft()
    assert [one.text_ar for one in second.sections.all()] == [RULE_AR]
    library.force()
    first.refresh_from_db()
    assert first.last_day == library.today - DAY
    assert first.state(library.today) == PolicyState.SUPERSEDED
    assert PolicyVersion.objects.at(library.today).get().number == 2


def test_what_holds_later_lets_the_one_before_hold_until_then() -> None:
    library = Library()
    first = library.holding()
    library.next_draft()
    coming = library.force(since=library.today + 30 * DAY)
    first.refresh_from_db()
    assert first.state(library.today) == PolicyState.IN_FORCE
    assert coming.state(library.today) == PolicyState.COMING
    assert coming.state(library.today + 30 * DAY) == PolicyState.IN_FORCE


def test_everything_that_speaks_against_it_is_told_at_once() -> None:
    library = Library()
    library.write(text_ar="")
    library.write(text_en="")
    with pytest.raises(Problem) as told:
        library.force(adopted=library.today + 2 * DAY, since=library.today + DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [
        ("sections", "no_text"),
        ("sections", "no_text"),
        ("adopted", "in_the_future"),
        ("since", "before_adopted"),
    ]


def test_an_empty_text_holds_nowhere() -> None:
    with pytest.raises(Problem) as told:
        Library().force()
    assert [one.code for one in told.value.errors] == ["no_sections"]


def test_no_version_goes_before_another() -> None:
    library = Library()
    library.holding()
    library.next_draft()
    with pytest.raises(Problem) as told:
        library.force(adopted=library.today - 20 * DAY, since=library.today - 10 * DAY)
    assert [one.code for one in told.value.errors] == ["not_later"]


def test_one_draft_is_written_at_a_time() -> None:
    library = Library()
    with pytest.raises(Problem) as told:
        library.next_draft()
    assert told.value.code == "draft_exists"


@pytest.mark.django_db(transaction=True)
def test_a_new_version_that_is_begun_twice_at_once_is_begun_once() -> None:
    library = Library()
    library.holding()
    begin = lambda: begin_version(policy=library.policy, by=library.manager, at=timezone.now())  # noqa: E731
    answers = at_once(*[begin] * 4)
    assert len([one for one in answers if isinstance(one, PolicyVersion)]) == 1
    assert {one.code for one in answers if isinstance(one, Problem)} == {"draft_exists"}


def test_a_discarded_first_draft_takes_the_policy_along_and_a_later_one_leaves_it() -> None:
    library = Library()
    discard_version(version=library.draft, seen=1, by=library.manager)
    assert not Policy.objects.exists()
    library = Library()
    library.holding()
    discard_version(version=library.next_draft(), seen=1, by=library.manager)
    assert Policy.objects.get().versions.count() == 1


def test_a_withdrawn_policy_stays_readable_with_the_reason() -> None:
    library = Library()
    held = library.holding()
    library.withdraw(held, last_day=library.today, why="Nobody can do it")
    page = library.browser(library.reader).get("/policies/infection/", follow=True).text
    assert "Nobody can do it" in page
    assert "Withdrawn; it holds until" in page
    held.refresh_from_db()
    assert held.state(library.today + DAY) == PolicyState.WITHDRAWN
    PolicyVersion.objects.update(valid=lasting(held.first_day, library.today - DAY))
    page = library.browser(library.reader).get("/policies/infection/", follow=True).text
    assert "Nobody can do it" in page
    assert "Withdrawn; it held until" in page


def test_what_has_ended_or_never_held_is_not_withdrawn() -> None:
    library = Library()
    asked: dict[str, Any] = {"last_day": library.today, "why": "x", "by": library.manager, "at": timezone.now()}
    with pytest.raises(Problem) as told:
        withdraw_policy(version=library.draft, **asked)
    assert told.value.code == "not_in_force"
    held = library.holding()
    with pytest.raises(Problem) as told:
        withdraw_policy(version=held, **asked | {"last_day": library.today - 11 * DAY})
    assert [one.code for one in told.value.errors] == ["in_the_past"]
    withdraw_policy(version=held, **asked)
    PolicyVersion.objects.update(valid=lasting(held.first_day, library.today - DAY))
    with pytest.raises(Problem) as told:
        withdraw_policy(version=held, **asked)
    assert told.value.code == "not_in_force"


def test_what_is_to_hold_in_more_than_a_year_is_a_slip() -> None:
    library = Library()
    library.write()
    with pytest.raises(Problem) as told:
        library.force(since=library.today + 367 * DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [("since", "too_late")]
    assert library.force(since=library.today + 366 * DAY).first_day == library.today + 366 * DAY


def test_what_follows_another_version_does_not_hold_from_a_day_that_is_past() -> None:
    library = Library()
    library.holding()
    library.next_draft()
    with pytest.raises(Problem) as told:
        library.force(adopted=library.today - 5 * DAY, since=library.today - DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [("since", "in_the_past")]


def test_what_is_withdrawn_before_its_first_day_never_holds_and_the_version_before_holds_on() -> None:
    library = Library()
    first = library.holding()
    library.next_draft()
    coming = library.force(since=library.today + 300 * DAY)
    coming = library.withdraw(coming)
    assert coming.state(library.today + 400 * DAY) == PolicyState.WITHDRAWN
    first.refresh_from_db()
    assert first.last_day is None
    assert PolicyVersion.objects.at(library.today + 400 * DAY).get() == first
    library.next_draft()
    assert library.force(since=library.today + DAY).first_day == library.today + DAY
    page = library.browser(library.reader).get("/policies/infection/2/").text
    assert "before it ever held" in page
    told = Caller(library.reader).get("/api/v1/policies/infection/?version=2").json()
    assert (told["since"], told["withdrawn"]) == (None, "Nobody can do it")


def test_a_first_version_that_never_held_lets_the_next_begin_earlier() -> None:
    library = Library()
    library.write()
    library.withdraw(library.force(since=library.today + 300 * DAY))
    assert "Not in force" in library.browser(library.reader).get("/policies/").text
    library.next_draft()
    library.force()
    assert PolicyVersion.objects.at(library.today).get().number == 2


def test_what_follows_a_withdrawn_version_follows_behind_its_last_day() -> None:
    library = Library()
    first = library.withdraw(library.holding(), last_day=library.today + 30 * DAY)
    library.next_draft()
    with pytest.raises(Problem) as told:
        library.force(since=library.today + 30 * DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [("since", "not_later")]
    second = library.force(since=library.today + 31 * DAY)
    library.withdraw(second)
    first.refresh_from_db()
    assert first.last_day == library.today + 30 * DAY
    assert first.withdrawn_why == "Nobody can do it"
    assert first.state(library.today + 31 * DAY) == PolicyState.WITHDRAWN


def test_the_last_day_of_a_withdrawal_is_said_anew_as_long_as_it_is_not_past() -> None:
    library = Library()
    first = library.withdraw(library.holding(), last_day=library.today + 300 * DAY)
    library.withdraw(first, last_day=library.today + 30 * DAY, why="Sooner")
    library.next_draft()
    library.force(since=library.today + 31 * DAY)
    with pytest.raises(Problem) as told:
        library.withdraw(first, last_day=library.today + 31 * DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [("last_day", "followed")]
    first.refresh_from_db()
    assert (first.last_day, first.withdrawn_why) == (library.today + 30 * DAY, "Sooner")
    with pytest.raises(Problem) as told:
        library.withdraw(first, last_day=library.today + 367 * DAY)
    assert [one.code for one in told.value.errors] == ["too_late"]


def test_where_nothing_held_a_decision_of_last_week_is_entered_with_its_day() -> None:
    library = Library()
    first = library.holding()
    library.withdraw(first, last_day=library.today)
    PolicyVersion.objects.update(valid=lasting(first.first_day, library.today - 9 * DAY))
    library.next_draft()
    with pytest.raises(Problem) as told:
        library.force(adopted=library.today - 9 * DAY, since=library.today - 9 * DAY)
    assert [one.code for one in told.value.errors] == ["not_later"]
    held = library.force(adopted=library.today - 9 * DAY, since=library.today - 8 * DAY)
    assert held.first_day == library.today - 8 * DAY


def test_a_calling_off_and_what_holds_on_by_it_stand_in_the_record() -> None:
    library = Library()
    library.holding()
    library.next_draft()
    library.withdraw(library.force(since=library.today + 9 * DAY))
    told = AuditEvent.objects.get(what="withdraw_policy").details
    assert (told["called_off"], told["holds_on"]) == (True, [1])


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_next_version_at_once_come_one_after_the_other() -> None:
    library = Library()
    first = library.holding()
    library.next_draft()
    answers = at_once(
        lambda: library.withdraw(first, last_day=library.today + 30 * DAY),
        lambda: library.force(since=library.today + 10 * DAY),
    )
    done = [isinstance(one, PolicyVersion) for one in answers]
    first.refresh_from_db()
    # Whichever came second was told of the first.
    assert sum(done) == 1
    assert first.last_day == library.today + (30 if done[0] else 9) * DAY
    assert bool(first.withdrawn_why) is done[0]


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_discarded_and_brought_into_force_at_once_has_one_of_both() -> None:
    library = Library()
    library.write()
    answers = at_once(
        lambda: discard_version(version=library.draft, seen=2, by=library.manager),
        lambda: library.force(seen=2),
        library.next_draft,
    )
    adopted = isinstance(answers[1], PolicyVersion)
    assert Policy.objects.exists() is adopted
    assert {one.code for one in answers if isinstance(one, Problem)} <= {"gone", "not_draft", "draft_exists"}


@pytest.mark.parametrize(
    ("text", "code"), [("", "required"), ("x" * 2001, "too_long"), ("35.9306, 36.6339", "location")]
)
def test_a_reason_and_a_basis_are_such_that_everybody_may_read_them(text: str, code: str) -> None:
    library = Library()
    library.write()
    with pytest.raises(Problem) as told:
        library.force(basis=text)
    assert [(one.field, one.code) for one in told.value.errors] == [("basis", code)]
    held = library.force()
    with pytest.raises(Problem) as told:
        library.withdraw(held, why=text)
    assert [(one.field, one.code) for one in told.value.errors] == [("why", code)]


def test_others_bring_nothing_into_force_and_end_nothing() -> None:
    library = Library()
    library.write()
    with pytest.raises(Refused):
        library.force(by=library.reader)
    held = library.force()
    with pytest.raises(Refused):
        withdraw_policy(version=held, last_day=library.today, why="x", by=library.reader, at=timezone.now())


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_a_text_is_brought_into_force_on_a_page_and_holds_for_readers() -> None:
    library = Library()
    library.write()
    client, day = library.browser(), library.today.isoformat()
    assert "never" not in client.get("/policies/infection/1/force/").text
    answer = client.post("/policies/infection/1/force/", {"adopted": day, "basis": "Ballot 2", "since": day, "seen": 2})
    assert answer.headers["Location"] == "/policies/infection/1/"
    shown = library.browser(library.reader, "ar").get("/policies/infection/1/").text
    assert RULE_AR in shown
    assert "Ballot 2" in shown
    assert "/force/" not in shown
    assert (
        client.post("/policies/infection/1/force/", {"adopted": day, "basis": "x", "since": day, "seen": 3}).headers[
            "Location"
        ]
        == "/policies/infection/1/"
    )
    assert "is no draft any more" in client.get("/policies/infection/1/").text


def test_what_changed_is_shown_in_both_languages() -> None:
    library = Library()
    library.holding()
    library.next_draft()
    section = library.draft.sections.get()
    library.write(
        section, text_ar="تُعقَّم الأدوات قبل كل مريض.", text_en="Instruments are sterilised before every patient."
    )
    library.write(heading_en="Waste", heading_ar="النفايات", text_ar="أكياس", text_en="Bags")
    library.force()
    page = library.browser(library.reader).get("/policies/infection/compare/").text
    for told in ("came in: </span>before<", "taken out: </span>after<", "came in: </span>قبل<", "New section"):
        assert told in page
    same = library.browser(library.reader).get("/policies/infection/compare/?from=1&to=1").text
    assert "You chose the same version twice." in same
    assert library.browser(library.reader).get("/policies/infection/compare/?from=9&to=x").status_code == 200


def test_drafts_are_begun_discarded_and_policies_withdrawn_on_pages() -> None:
    library = Library()
    library.holding()
    client = library.browser()
    assert client.post("/policies/infection/draft/").headers["Location"] == "/policies/infection/2/"
    assert client.post("/policies/infection/draft/").headers["Location"] == "/policies/infection/"
    assert "Discard the draft" in client.get("/policies/infection/2/discard/").text
    told = client.post("/policies/infection/2/discard/", {"seen": 7}, follow=True)
    assert told.redirect_chain == [("/policies/infection/2/", 302)]
    assert "This draft was changed elsewhere" in told.text
    assert client.post("/policies/infection/2/discard/", {"seen": 1}).headers["Location"] == "/policies/"
    assert client.post("/policies/infection/1/withdraw/", {"last_day": "", "why": ""}).status_code == 400
    day = library.today.isoformat()
    assert client.post("/policies/infection/1/withdraw/", {"last_day": day, "why": "Done"}).status_code == 302


def test_whoever_acknowledges_or_was_asked_is_told_that_a_policy_holds_and_that_it_is_withdrawn() -> None:
    library = Library()
    (director,) = library.directors(1)
    cluster = member(Role.ORGANISATION_ADMINISTRATOR, OrganisationFactory(kind="cluster"))
    stranger = member(Role.ORGANISATION_ADMINISTRATOR, OrganisationFactory(kind="cluster"))
    assert cluster.acting
    library.consult(cluster.acting)
    Consultation.objects.update(valid=lasting(library.today - 9 * DAY, library.today - DAY))
    held = library.force()
    library.withdraw(held)
    for what in ("in_force", "withdrawn"):
        told = Notice.objects.filter(kind="policy", values__what=what)
        assert {row.person for row in told} == {director, library.reader, cluster}
        assert told.count() == 3
    notice = Notice.objects.filter(person=director, values__what="withdrawn").get()
    assert words_of(notice, "en")[0] == "A policy is withdrawn"
    assert library.today.isoformat() in words_of(notice, "ar")[1]
    assert not Notice.objects.filter(person=stranger).exists()


def test_a_version_that_is_withdrawn_before_it_holds_is_told_as_one_that_never_does() -> None:
    library = Library()
    library.write()
    library.withdraw(library.force(since=library.today + DAY))
    assert Notice.objects.filter(person=library.reader, values__what="never_holds").count() == 1


def test_no_version_comes_back_to_supersede_the_one_that_superseded_it() -> None:
    library = Library()
    first = library.holding()
    library.next_draft()
    library.write()
    second = library.force(since=library.today + DAY)
    library.draft = first
    for since in (library.today + 2 * DAY, library.today - 20 * DAY):
        with pytest.raises(Problem) as told:
            library.force(since=since)
        assert (told.value.code, told.value.status) == ("not_draft", 409)
    for days in (lasting(library.today + 2 * DAY), lasting(library.today - 10 * DAY)):
        with pytest.raises(DatabaseError), transaction.atomic():
            PolicyVersion.objects.filter(pk=first.pk).update(valid=days)
    held = [(one.number, one.first_day) for one in library.policy.versions.standing().order_by("valid")]
    assert held == [(1, library.today - 10 * DAY), (2, library.today + DAY)]
    library.withdraw(second)
    first.refresh_from_db()
    assert first.last_day is None, "what was to come never holds, and nothing supersedes the first any more"
