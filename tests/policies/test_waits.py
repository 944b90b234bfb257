"""What waits for a person: each thing on the home is counted in the badge, told in full behind a link, and found by a filter."""

import re
from collections.abc import Sequence
from uuid import uuid4

import pytest
from django.utils import timezone

from coordination.homes import agreed, some, waiting_count
from coordination.homes.agreed import Agreed
from coordination.homes.some import LINES
from directorates.models import User
from directorates.roles import Role
from policies.actions.acknowledgements import acknowledge_policy
from policies.actions.concerns import answer_concern
from policies.actions.consultations import comment_on
from policies.actions.policies import begin_policy
from policies.actions.reviews import plan_review
from policies.actions.sections import keep_section
from policies.actions.versions import bring_into_force
from policies.models import PolicyVersion
from tests.factories import FacilityFactory, member
from tests.policies.library import DAY, Library

pytestmark = pytest.mark.django_db


def counts(*people: User) -> Sequence[int]:
    """How many things wait for each, asked anew."""
    for person in people:
        person.rights_kept = None
    return [waiting_count(person) for person in people]


def found(library: Library, person: User, waits: str) -> list[str]:
    """The codes of the policies that a filter leaves."""
    page = library.browser(person).get(f"/policies/?waits={waits}")
    return [one.code for one in page.context["page"]]


def test_a_consultation_waits_until_something_is_said_and_a_concern_for_each_side_in_turn() -> None:
    library = Library()
    library.consult(library.ngo)
    assert counts(library.reader, library.manager) == [1, 0]
    assert found(library, library.reader, "comment") == ["infection"]
    concern = library.concern()
    assert counts(library.reader, library.manager) == [0, 1]
    assert found(library, library.manager, "concern") == ["infection"]
    answer_concern(
        concern=concern, text="We ordered some", changes=False, seen=0, by=library.manager, at=timezone.now()
    )
    assert counts(library.reader, library.manager) == [1, 0]


def test_facilities_that_have_not_read_it_and_reviews_wait() -> None:
    library = Library()
    held = library.holding()
    FacilityFactory(supporters=[library.ngo])
    acknowledge_policy(version=held, since=None, by=library.reader, at=timezone.now())
    assert counts(library.reader, library.manager) == [1, 0]
    assert found(library, library.reader, "facilities") == ["infection"]
    assert found(library, library.reader, "acknowledge") == []
    plan_review(version=held, due=library.today + 3 * DAY, by=library.manager, at=timezone.now())
    assert counts(library.reader, library.manager) == [1, 1]
    assert found(library, library.manager, "review") == ["infection"]


def test_what_a_ballot_adopted_waits_for_whoever_brings_it_into_force() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot(over=True)
    assert counts(library.manager) == [0]
    library.vote(ballot, director)
    library.count(ballot)
    administrator = member(Role.ADMINISTRATOR, library.body)
    assert counts(library.manager, administrator, library.reader) == [1, 1, 0]
    for person in (library.manager, administrator):
        page = library.browser(person).get("/").text
        assert "Adopted by a ballot, to be brought into force" in page
        assert "How far our drafts have come" in page
    library.force(adopted=None, basis="")
    assert counts(library.manager)[0] == 0


def test_a_list_that_is_cut_says_how_many_more_there_are_and_where() -> None:
    library = Library()
    for number in range(LINES + 2):
        draft: PolicyVersion = begin_policy(
            code=f"policy-{number}", kind="policy", name_ar=f"سياسة {number}", name_en=f"Policy {number}",
            by=library.manager, at=timezone.now(),
        )  # fmt: skip
        keep_section(
            version=draft, section=None, seen=None, heading_ar="ا", heading_en="a", text_ar="ا", text_en="a",
            by=library.manager, at=timezone.now(),
        )  # fmt: skip
        draft.refresh_from_db()
        bring_into_force(
            version=draft, adopted=library.today, basis="Meeting 4", since=library.today, seen=draft.edition,
            by=library.manager, at=timezone.now(),
        )  # fmt: skip
    page = library.browser(library.reader).get("/").text
    assert "and 2 more" in re.sub(r"<[^>]+>", "", page)
    assert "/policies/?waits=acknowledge" in page
    assert len(found(library, library.reader, "acknowledge")) == LINES + 2


def test_whoever_said_something_is_asked_no_more_by_the_count_and_still_finds_the_consultation() -> None:
    library = Library()
    library.consult(library.ngo)
    comment_on(version=library.draft, text="Good", section=None, key=uuid4(), by=library.reader, at=timezone.now())
    assert counts(library.reader) == [0]
    assert len(library.browser(library.reader).get("/").context["agreed"].consultations) == 1


def test_ballots_with_a_vote_stand_last_and_are_not_counted_where_they_are_not_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(some, "LINES", 1)
    monkeypatch.setattr(agreed, "LINES", 1)
    library = Library()
    (director,) = library.directors(1)
    ballots = []
    for code in ("first", "second", "third"):
        library.draft = begin_policy(
            code=code, kind="policy", name_ar=code, name_en=code, by=library.manager, at=timezone.now()
        )
        library.write()
        ballots.append(library.ballot())
    for voted, shown, more in ((0, 0, 2), (1, 1, 1), (2, 2, 0), (3, 0, 0)):
        if voted:
            library.vote(ballots[voted - 1], director)
            director.rights_kept = None
        found = Agreed(director, library.today).ballots
        assert (list(found), found.more) == ([ballots[shown]], more)
