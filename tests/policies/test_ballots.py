"""Ballots: one vote a directorate, changeable until the end, all kept, counted once and by rule."""

import datetime
import re
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pypdf import PdfReader

from directorates.actions.deputies import name_deputy
from directorates.actions.seals import seal
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Notice, Organisation
from directorates.permissions import Refused, sight_of
from directorates.roles import Role
from policies.actions.ballots import call_off_ballot, close_ballots
from policies.actions.pdf import Made, Tongues, policy_as_pdf
from policies.models import Ballot, Elector, PolicyState, PolicyVersion, Vote
from policies.models.ballots import LeftOut, tally_of
from policies.rules.ballots import Choice, Majority, Outcome, Tally
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, confirmed_deputy, member
from tests.policies.library import DAY, RULE_EN, Library
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def test_every_active_directorate_has_one_vote_and_nobody_else() -> None:
    library = Library()
    directors = library.directors(2)
    DirectorateFactory(status="suspended")
    ballot = library.ballot()
    assert {one.organisation for one in ballot.electors.all()} == {one.acting for one in directors}
    assert {row.person for row in Notice.objects.filter(kind="policy")} == set(directors)
    assert directors[0].acting is not None
    for person in (library.manager, library.reader, member(Role.DATA_OFFICER, directors[0].acting)):
        with pytest.raises(Refused):
            library.vote(ballot, person)


def test_without_a_directorate_there_is_no_ballot() -> None:
    with pytest.raises(Problem) as told:
        Library().ballot()
    assert [one.code for one in told.value.errors] == ["nobody_votes"]


def test_rules_that_cannot_be_are_told_at_once() -> None:
    library = Library()
    library.directors(1)
    with pytest.raises(Problem) as told:
        library.ballot(quorum=0, closes=timezone.now())
    assert [one.code for one in told.value.errors] == ["no_percentage", "too_soon"]
    with pytest.raises(Problem) as told:
        library.ballot(closes=timezone.now() + 91 * DAY)
    assert [one.code for one in told.value.errors] == ["too_late"]


def test_a_vote_can_be_changed_until_the_end_and_every_one_stays() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot()
    library.vote(ballot, director)
    library.vote(ballot, director)
    library.vote(ballot, director, Choice.AGAINST)
    assert list(Vote.objects.order_by("pk").values_list("choice", flat=True)) == ["for", "against"]
    assert library.count(ballot).outcome == Outcome.REJECTED
    for change in (lambda: Vote.objects.update(choice="for"), lambda: Vote.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_reservation_is_said_in_words_and_beside_another_vote_it_is_refused_and_not_thrown_away() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot()
    with pytest.raises(Problem) as told:
        library.vote(ballot, director, Choice.RESERVED)
    assert [(one.field, one.code) for one in told.value.errors] == [("reservation", "required")]
    assert library.vote(ballot, director, Choice.RESERVED, "From May on").reservation == "From May on"
    for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN):
        with pytest.raises(Problem) as told:
            library.vote(ballot, director, choice, "From May on")
        assert [(one.field, one.code) for one in told.value.errors] == [("reservation", "not_reserved")]
        assert told.value.status == 400
    assert Vote.objects.get().choice == Choice.RESERVED
    assert library.vote(ballot, director, Choice.FOR, " \n").reservation == ""


def test_after_the_end_no_vote_is_taken_by_anybody() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot()
    library.count(ballot)
    with pytest.raises(Problem) as told:
        library.vote(ballot, director)
    assert told.value.code == "closed"
    elector = Elector.objects.get()
    with pytest.raises(DatabaseError, match="takes no votes"), transaction.atomic():
        Vote.objects.create(elector=elector, choice="for", by=director, at=ballot.opened)


def test_the_page_of_a_text_says_that_it_is_voted_on_and_leads_there() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot()
    page, ballots = f"/policies/{library.policy.code}/1/", f"/policies/{library.policy.code}/1/ballots/{ballot.pk}/"
    read = library.browser(director).get(page).text
    assert "The directorates vote on this text from" in read
    assert read.count(f'href="{ballots}"') == 2
    library.count(ballot)
    assert "The directorates vote on this text from" not in library.browser(director).get(page).text


def test_a_ballot_is_counted_once_it_is_over_and_only_once() -> None:
    library = Library()
    directors = library.directors(3)
    ballot = library.ballot()
    library.vote(ballot, directors[0])
    library.vote(ballot, directors[1], Choice.RESERVED, "From May on")
    assert close_ballots(at=timezone.now()) == 0
    assert library.count(ballot).outcome == Outcome.ADOPTED
    assert tally_of(ballot) == Tally(3, plain=1, reserved=1)
    assert close_ballots(at=ballot.closes) == 0
    assert AuditEvent.objects.filter(what="close_ballot").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.update(outcome="rejected")


def test_who_is_suspended_is_not_reckoned_with_and_who_is_sealed_keeps_a_vote_given_before() -> None:
    library = Library()
    suspended, voted, silent, free = library.directors(4)
    ballot = library.ballot()
    for one in (suspended, voted, free):
        library.vote(ballot, one, Choice.FOR if one is not free else Choice.AGAINST)
    Organisation.objects.filter(pk=suspended.acting_id or 0).update(status="suspended")
    for one in (voted, silent):
        assert one.acting is not None
        seal(by=one, organisation=one.acting, reason="Raid", at=timezone.now())
    library.count(ballot)
    left = {one.organisation_id: one.left_out for one in ballot.electors.all()}
    assert left[suspended.acting_id or 0] == LeftOut.SUSPENDED
    assert left[silent.acting_id or 0] == LeftOut.SEALED
    assert tally_of(ballot) == Tally(2, plain=1, against=1)
    assert ballot.outcome == Outcome.TIED


def test_a_ballot_can_be_called_off_and_opened_anew() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot()
    with pytest.raises(Refused):
        call_off_ballot(ballot=ballot, why="Wrong text", by=director, at=timezone.now())
    with pytest.raises(Problem):
        library.ballot()
    call_off_ballot(ballot=ballot, why="Wrong text", by=library.manager, at=timezone.now())
    with pytest.raises(Problem):
        library.vote(ballot, director)
    assert library.ballot().pk != ballot.pk


def test_a_ballot_that_is_called_off_tells_no_votes() -> None:
    library = Library()
    first, second = library.directors(2)
    ballot = library.ballot()
    library.vote(ballot, first, Choice.RESERVED, "From May on")
    call_off_ballot(ballot=ballot, why="Wrong text", by=library.manager, at=timezone.now())
    for person in (second, library.manager):
        page = library.browser(person).get(f"/policies/{library.policy.code}/1/ballots/{ballot.pk}/").text
        assert "From May on" not in page
        assert "How it was counted" not in page


def test_who_votes_stays_and_is_not_changed_once_it_was_counted() -> None:
    library = Library()
    library.directors(1)
    ballot = library.ballot()
    with pytest.raises(DatabaseError, match="who votes stays"), transaction.atomic():
        Elector.objects.all().delete()
    library.count(ballot)
    for change in (
        lambda: Elector.objects.update(left_out="sealed"),
        lambda: Elector.objects.create(ballot=ballot, organisation=DirectorateFactory()),
    ):
        with pytest.raises(DatabaseError, match="who votes stays"), transaction.atomic():
            change()


def test_what_a_ballot_adopted_is_neither_voted_on_again_nor_replaced_before_it_holds() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot(over=True)
    library.vote(ballot, director)
    library.count(ballot)
    with pytest.raises(Problem) as told:
        library.ballot()
    assert told.value.code == "carried"
    assert "A ballot adopted this text" in library.browser().get(f"/policies/{library.policy.code}/1/").text
    library.next_draft()
    for deed in (library.force, lambda: library.consult(library.ngo)):
        with pytest.raises(Problem) as told:
            deed()
        assert told.value.code == "carried"


def test_the_count_stands_in_the_record_of_the_organisation_that_keeps_the_policy() -> None:
    library = Library()
    library.directors(1)
    library.count(library.ballot())
    assert AuditEvent.objects.get(what="close_ballot").concerns == library.body


def test_what_a_ballot_adopted_comes_into_force_with_its_day_and_what_it_did_not_does_not() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot(over=True)
    with pytest.raises(Problem) as told:
        library.force()
    assert told.value.code == "under_way"
    library.count(ballot)
    assert ballot.outcome == Outcome.NO_QUORUM
    with pytest.raises(Problem) as told:
        library.force()
    assert told.value.code == "not_carried"
    second = library.ballot(over=True)
    library.vote(second, director)
    library.count(second)
    held = library.force(adopted=None, basis="", since=library.today + 10 * DAY)
    assert (held.ballot, held.basis) == (second, "")
    assert held.adopted == timezone.localdate(second.until)
    assert held.state(library.today) is PolicyState.COMING


def test_how_others_vote_is_not_told_before_the_end() -> None:
    library = Library()
    first, second = library.directors(2)
    ballot = library.ballot()
    library.vote(ballot, first, Choice.AGAINST)
    with seeing(sight_of(second)):
        assert not Vote.objects.exists()
    with seeing(sight_of(first)):
        assert Vote.objects.count() == 1
    address = f"/policies/{library.policy.code}/1/ballots/{ballot.pk}/"
    against = re.compile(r"<td>\s*Against\s*</td>")
    assert not against.search(library.browser(second).get(address).text)
    library.vote(ballot, second)
    library.count(ballot)
    assert against.search(library.browser(second).get(address).text)


def test_those_who_vote_read_the_text_and_others_do_not() -> None:
    library = Library()
    (director,) = library.directors(1)
    library.ballot()
    address = f"/policies/{library.policy.code}/1/"
    assert RULE_EN in library.browser(director).get(address).text
    assert library.browser(library.reader).get(address).status_code == 404


def test_a_deputy_votes_and_both_names_are_kept() -> None:
    library = Library()
    (director,) = library.directors(1)
    assert director.acting is not None
    deputy = member(Role.DATA_OFFICER, director.acting)
    named = name_deputy(
        by=director, membership=director.memberships.get(), deputy=deputy, first=library.today, last=library.today,
        at=timezone.now(),
    )  # fmt: skip
    ballot = library.ballot()
    with pytest.raises(Refused):
        library.vote(ballot, deputy)
    confirmed_deputy(named)
    deputy.rights_kept = None
    given = library.vote(ballot, deputy)
    assert (given.by, given.instead_of) == (deputy, director)


@pytest.mark.django_db(transaction=True)
def test_many_votes_at_once_are_all_kept_and_none_twice() -> None:
    library = Library()
    directors = library.directors(12)
    ballot = library.ballot()
    for one in directors:
        assert one.acting is not None
    votes = [lambda one=one: library.vote(ballot, one) for one in directors for _ in range(2)]
    at_once(*votes)
    assert Vote.objects.count() == len(directors)
    assert library.count(ballot).outcome == Outcome.ADOPTED


@pytest.mark.django_db(transaction=True)
def test_a_vote_at_the_moment_of_counting_counts_or_is_refused() -> None:
    library = Library()
    (director,) = library.directors(1)
    assert director.acting is not None
    ballot = library.ballot()
    given, _counted = at_once(lambda: library.vote(ballot, director), lambda: close_ballots(at=ballot.closes))
    ballot.refresh_from_db()
    if isinstance(given, Vote):
        assert ballot.outcome == Outcome.ADOPTED
    else:
        assert not Vote.objects.exists()
        assert ballot.outcome == Outcome.NO_QUORUM


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_a_ballot_goes_through_the_browser() -> None:
    library = Library()
    (director,) = library.directors(1)
    library.write()
    manager, voter = library.browser(), library.browser(director)
    address = f"/policies/{library.policy.code}/1/"
    page = manager.get(f"{address}ballots/new/").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    assert 'value="67"' in page
    rules = {"seen": seen[1], "majority": "consensus", "quorum": "60", "last": (library.today + DAY).isoformat()}
    to = manager.post(f"{address}ballots/new/", rules).headers["Location"]
    assert voter.post(f"{to}vote/", {"choice": "reserved", "reservation": ""}).status_code == 400
    plain = voter.post(f"{to}vote/", {"choice": "for", "reservation": "From May on"})
    assert plain.status_code == 400
    assert "choose that, or take the text out" in plain.text
    assert ">\nFrom May on</textarea>" in plain.text
    assert voter.post(f"{to}vote/", {"choice": "reserved", "reservation": "From May on"}).status_code == 302
    assert "From May on" in voter.get(to).text
    assert "From May on" not in manager.get(to).text
    ballot = Ballot.objects.get()
    assert ballot.closes == timezone.make_aware(datetime.datetime.combine(library.today + 2 * DAY, datetime.time.min))
    library.count(ballot)
    page = manager.get(to).text
    assert "Damascus time)" in page
    assert "Consensus: nobody against: Adopted" in re.sub(r"\s+", " ", page)
    assert "From May on" in page


def test_what_a_ballot_adopted_comes_into_force_in_the_browser_and_names_it() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot(over=True)
    library.vote(ballot, director)
    library.count(ballot)
    address = f"/policies/{library.policy.code}/1/"
    forced = {"seen": "0", "adopted": "", "basis": "", "since": library.today.isoformat()}
    assert library.browser().post(f"{address}force/", forced).status_code == 302
    assert "Ballot of the directorates" in library.browser(library.reader).get(address).text


def test_a_ballot_is_called_off_in_the_browser() -> None:
    library = Library()
    library.directors(1)
    ballot = library.ballot()
    to = f"/policies/{library.policy.code}/1/ballots/{ballot.pk}/"
    assert library.browser().post(f"{to}call-off/", {"why": "Wrong text"}).status_code == 302
    assert "Wrong text" in library.browser().get(to).text


def test_unsettled_concerns_stand_on_the_ballot() -> None:
    library = Library()
    (director,) = library.directors(1)
    library.consult(library.ngo)
    library.concern()
    library.over()
    ballot = library.ballot()
    page = library.browser(director).get(f"/policies/{library.policy.code}/1/ballots/{ballot.pk}/").text
    assert "Gloves are short" in page
    assert PolicyVersion.objects.visible_to(director).get().is_proposed


def test_the_arithmetic_of_the_majority_is_told_on_the_page_on_paper_and_to_programs() -> None:
    library = Library()
    directors = library.directors(10)
    ballot = library.ballot(over=True, majority=Majority.TWO_THIRDS)
    choices = [*[Choice.FOR] * 4, Choice.RESERVED, *[Choice.AGAINST] * 4, Choice.ABSTAIN]
    for one, choice in zip(directors, choices, strict=True):
        library.vote(ballot, one, choice, "From May on" if choice is Choice.RESERVED else "")
    address, told = f"/policies/infection/1/ballots/{ballot.pk}/", "/api/v1/policies/infection/ballots/"
    assert Caller(library.manager).get(told).json()[0]["tally"] is None
    assert library.count(ballot).outcome == Outcome.REJECTED
    line = "For or against: 9. Two thirds: at least 6. For: 5."
    assert line in re.sub(r"<[^>]*>", "", library.browser().get(address).text)
    assert "موافقة أو رفض: 9. أغلبية الثلثين: 6 على الأقل. الموافقة: 5." in re.sub(
        r"<[^>]*>", "", library.browser(language="ar").get(address).text
    )
    asked: dict[str, Any] = {"version": library.draft, "by": library.manager, "at": timezone.now()}
    made = policy_as_pdf(tongues=Tongues.EN, **asked)
    assert isinstance(made, Made)
    assert line in " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(made.content)).pages).split())
    assert Caller(library.manager).get(told).json()[0]["tally"] == {
        "electors": 10, "needed_to_vote": 5, "voted": 10, "in_favour": 5, "reserved": 1, "against": 4, "abstained": 1,
        "needed_in_favour": 6,
    }  # fmt: skip
