"""Signatures: by the party's own people, once; on paper as a record that can be denied; declining and objecting."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from directorates.actions.deputies import name_deputy
from directorates.foundation.problems import Problem
from directorates.models import Notice
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.parties import leave_agreement, name_party
from policies.actions.signatures import (
    decline_agreement,
    enter_paper_signature,
    object_to_signature,
    sign_agreement,
)
from policies.models import Agreement, AgreementState, Party, Signature
from policies.rules.agreements import ForceRule, comes_into_force, first_day
from tests.factories import GovernorateFactory, OrganisationFactory, confirmed_deputy, member
from tests.policies.pacts import DAY, Pacts, again, states
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NOW = timezone.now
PAST = datetime.date(2015, 1, 1)


def test_nobody_signs_for_another_organisation() -> None:
    pacts = Pacts()
    made = pacts.open()
    theirs = pacts.party(made, pacts.first_manager)
    limited = member(Role.ORGANISATION_ADMINISTRATOR, pacts.first, places=[GovernorateFactory()])
    for person in (pacts.director, pacts.second_manager, pacts.keeper, pacts.reader, limited):
        with pytest.raises(Refused):
            sign_agreement(party=theirs, capacity="Director", by=person, at=NOW())
    assert not Signature.objects.exists()


def test_a_signature_says_in_which_capacity_and_is_given_once() -> None:
    pacts = Pacts()
    made = pacts.open()
    own = pacts.party(made, pacts.director)
    with pytest.raises(Problem) as told:
        sign_agreement(party=own, capacity=" ", by=pacts.director, at=NOW())
    assert [one.code for one in told.value.errors] == ["required"]
    pacts.sign(made, pacts.director)
    with pytest.raises(Problem) as told:
        pacts.sign(made, pacts.director)
    assert (told.value.code, told.value.status) == ("signed", 409)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Signature.objects.update(capacity="King")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM policies_signature")


def test_a_signature_past_the_action_is_refused_where_nothing_is_open() -> None:
    pacts = Pacts()
    made = pacts.begin()
    said = {"capacity": "x", "acting": pacts.directorate, "by": pacts.director, "at": NOW(), "day": pacts.today}
    with pytest.raises(DatabaseError, match="not open for signature"), transaction.atomic():
        Signature.objects.create(party=pacts.party(made, pacts.director), **said)


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_for_one_organisation_at_the_same_moment_sign_once() -> None:
    pacts = Pacts()
    made = pacts.open()
    people = [pacts.director, member(Role.DIRECTOR, pacts.directorate), member(Role.DIRECTOR, pacts.directorate)]
    answers = at_once(*(lambda by=by: pacts.sign(made, by) for by in people))
    assert sorted(one.code for one in answers if isinstance(one, Problem)) == ["signed", "signed"]
    assert Signature.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_both_parties_who_sign_at_the_same_moment_bring_it_into_force_once() -> None:
    pacts = Pacts()
    made = pacts.open()
    at_once(lambda: pacts.sign(made, pacts.director), lambda: pacts.sign(made, pacts.first_manager))
    assert again(made).state(pacts.today) is AgreementState.IN_FORCE
    assert made.events.filter(what="force").count() == 1


def test_who_declines_says_why_and_an_accord_comes_into_force_no_more() -> None:
    pacts = Pacts()
    made = pacts.open()
    own = pacts.party(made, pacts.first_manager)
    with pytest.raises(Refused):
        decline_agreement(party=own, why="No", by=pacts.director, at=NOW())
    for _twice in range(2):
        decline_agreement(party=own, why="Too much", by=pacts.first_manager, at=NOW())
    assert made.events.filter(what="declined").count() == 1
    assert Notice.objects.filter(person=pacts.director, values__what="declined").count() == 1
    pacts.sign(made, pacts.director)
    assert again(made).state(pacts.today) is AgreementState.OPEN
    with pytest.raises(Problem) as told:
        pacts.sign(made, pacts.first_manager)
    assert told.value.code == "declined"
    assert "anew" not in str(told.value.detail)
    with pytest.raises(Problem) as told:
        decline_agreement(party=pacts.party(made, pacts.director), why="No", by=pacts.director, at=NOW())
    assert told.value.code == "signed"


# --- Paper -----------------------------------------------------------------------------------------------------------


def paper(pacts: Pacts, party: Party, day: datetime.date | None = None, **said: object) -> Signature:
    """A signature on paper, entered by the directorate."""
    asked: dict[str, object] = {"day": day or pacts.today, "evidence": "Page 3", "by": pacts.director, "at": NOW()}
    return enter_paper_signature(party=party, **asked | said)  # type: ignore[arg-type]


def test_a_paper_is_entered_by_whoever_keeps_the_agreement_with_what_shows_it() -> None:
    pacts = Pacts()
    made = pacts.open()
    theirs = pacts.party(made, pacts.first_manager)
    for person in (pacts.keeper, pacts.first_manager, pacts.reader):
        with pytest.raises(Refused):
            paper(pacts, theirs, by=person)
    with pytest.raises(Problem) as told:
        paper(pacts, theirs, day=pacts.today + DAY, evidence=" ")
    assert {(one.field, one.code) for one in told.value.errors} == {("day", "in_the_future"), ("evidence", "required")}
    made_one = paper(pacts, theirs)
    assert (made_one.paper, made_one.acting) == (True, pacts.directorate)
    assert Notice.objects.get(person=pacts.first_manager, values__what="paper")
    with pytest.raises(Problem) as told:
        paper(pacts, theirs)
    assert told.value.code == "signed"


def test_who_never_signed_objects_and_is_counted_in_nothing() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST, rule="two")
    own = pacts.party(made, pacts.first_manager)
    with pytest.raises(Refused):
        object_to_signature(party=own, why="No", by=pacts.second_manager, at=NOW())
    for _twice in range(2):
        object_to_signature(party=own, why="We never signed", by=pacts.first_manager, at=NOW())
    assert states(made, pacts.today) == ["party_standing", "party_objected", "party_standing"]
    assert Party.objects.at(pacts.today).count() == 2
    assert again(made).state(pacts.today) is AgreementState.IN_FORCE
    assert "We never signed" in pacts.browser(pacts.reader).get(f"/policies/agreements/{made.pk}/").text


def test_a_record_that_needed_every_signature_never_held_once_one_is_denied_and_nobody_joins_it() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST)
    object_to_signature(
        party=pacts.party(made, pacts.first_manager), why="We never signed", by=pacts.first_manager, at=NOW()
    )
    assert again(made).state(pacts.today) is AgreementState.CALLED_OFF
    assert not Agreement.objects.at(pacts.today).exists()
    with pytest.raises(Problem) as told:
        pacts.sign(made, pacts.first_manager)
    assert told.value.code == "called_off"
    with pytest.raises(Problem) as told:
        name_party(agreement=made, organisation=OrganisationFactory(), by=pacts.keeper, at=NOW())
    assert told.value.code == "called_off"
    with pytest.raises(DatabaseError), transaction.atomic():
        Agreement.objects.filter(pk=made.pk).update(called_off=None)


def test_who_signs_after_it_objected_joins_from_that_day_and_the_denied_row_stays_void() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST, rule="two")
    denied = pacts.party(made, pacts.first_manager)
    object_to_signature(party=denied, why="We never signed", by=pacts.first_manager, at=NOW())
    client, home = pacts.browser(pacts.first_manager), f"/policies/agreements/{made.pk}/"
    assert f"{home}sign/" in client.get(home).text
    for _twice in range(2):
        client.post(f"{home}sign/", {"capacity": "Director"})
    joined = pacts.party(made, pacts.first_manager)
    assert (joined.first_day, made.parties.count()) == (pacts.today, 4)
    denied.refresh_from_db()
    assert (denied.state(pacts.today), denied.why) == ("party_objected", "We never signed")
    for said in ({"objected": None}, {"why": "We did"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Party.objects.filter(pk=denied.pk).update(**said)
    leave_agreement(party=joined, last_day=pacts.today, why="x", by=pacts.first_manager, at=NOW())
    assert f"{home}sign/" not in client.get(home).text
    with pytest.raises(Problem) as told:
        sign_agreement(party=denied, capacity="Director", by=pacts.first_manager, at=NOW())
    assert told.value.code == "signed", "who left comes back by an invitation"


def test_who_objects_before_it_is_in_force_signs_itself_and_is_counted_by_that() -> None:
    pacts = Pacts()
    made = pacts.open()
    own = pacts.party(made, pacts.first_manager)
    paper(pacts, own)
    object_to_signature(party=own, why="Not ours", by=pacts.first_manager, at=NOW())
    pacts.sign(made, pacts.director)
    assert again(made).state(pacts.today) is AgreementState.OPEN
    sign_agreement(party=own, capacity="Director", by=pacts.first_manager, at=NOW())
    assert again(made).state(pacts.today) is AgreementState.IN_FORCE
    assert states(made, pacts.today) == ["party_standing", "party_objected", "party_standing"]


def test_an_organisation_objects_to_each_paper_whatever_was_entered_or_asked_since() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST, rule="two")
    row = pacts.party(made, pacts.first_manager)
    leave_agreement(party=row, last_day=PAST + DAY, why="Theirs", by=pacts.keeper, at=NOW())
    asked = name_party(agreement=made, organisation=pacts.first, by=pacts.keeper, at=NOW())
    client, home = pacts.browser(pacts.first_manager), f"/policies/agreements/{made.pk}/"
    deed = f"{home}parties/{row.pk}/object/"
    assert deed in client.get(home).text
    client.post(deed, {"why": "We never signed"})
    row.refresh_from_db()
    assert (row.objected, row.why) == (pacts.today, "We never signed")
    assert deed not in client.get(home).text
    assert pacts.browser(pacts.second_manager).get(deed).status_code == 403
    with pytest.raises(Problem) as told:
        paper(pacts, asked, by=pacts.keeper)
    assert told.value.code == "objected"


def test_whoever_keeps_a_record_enters_nothing_of_one_that_objects() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST, rule="two")
    row = pacts.party(made, pacts.first_manager)
    object_to_signature(party=row, why="We never signed", by=pacts.first_manager, at=NOW())
    home = f"/policies/agreements/{made.pk}/"
    assert f"{home}parties/{row.pk}/left/" not in pacts.browser(pacts.keeper).get(home).text
    with pytest.raises(Problem) as told:
        leave_agreement(party=row, last_day=PAST + DAY, why="They left", by=pacts.keeper, at=NOW())
    assert told.value.code == "objected"
    with pytest.raises(Problem) as told:
        name_party(agreement=made, organisation=pacts.first, by=pacts.keeper, at=NOW())
    assert told.value.code == "objected"
    row.refresh_from_db()
    assert row.why == "We never signed"


def test_a_paper_is_no_older_than_the_text_that_was_opened_for_signature() -> None:
    pacts = Pacts()
    made = pacts.open()
    with pytest.raises(Problem) as told:
        paper(pacts, pacts.party(made, pacts.first_manager), day=pacts.today - DAY)
    assert [one.code for one in told.value.errors] == ["before_opened"]


def test_nobody_objects_to_what_nobody_entered() -> None:
    pacts = Pacts()
    made = pacts.open()
    with pytest.raises(Problem) as told:
        object_to_signature(party=pacts.party(made, pacts.first_manager), why="x", by=pacts.first_manager, at=NOW())
    assert told.value.code == "no_paper"


def test_who_stands_in_signs_and_the_record_names_both() -> None:
    pacts = Pacts()
    made = pacts.open()
    held = pacts.director.memberships.get()
    deputy = member(Role.DATA_OFFICER, pacts.directorate)
    days = {"first": pacts.today, "last": pacts.today}
    confirmed_deputy(name_deputy(by=pacts.director, membership=held, deputy=deputy, at=NOW(), **days))
    signature = pacts.sign(made, deputy)
    assert (signature.by, signature.instead_of) == (deputy, pacts.director)


# --- Rules -----------------------------------------------------------------------------------------------------------


def test_all_or_two_and_never_one_bring_it_into_force() -> None:
    assert comes_into_force(ForceRule.ALL, {1, 2, 3}, {1, 2, 3})
    assert not comes_into_force(ForceRule.ALL, {1, 2, 3}, {1, 2})
    assert comes_into_force(ForceRule.TWO, {1, 2, 3}, {1, 2})
    assert not comes_into_force(ForceRule.TWO, {1, 2, 3}, {1, 9})
    assert not comes_into_force(ForceRule.ALL, {1}, {1})
    assert first_day(None, [PAST, PAST + DAY]) == PAST + DAY
    assert first_day(PAST + 9 * DAY, [PAST]) == PAST + 9 * DAY
