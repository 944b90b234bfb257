"""Obligations: written in a draft or taken on, met by whoever owes them, waived by another party; warnings in advance."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from directorates.actions.deputies import name_deputy
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.models import Notice, Organisation, User
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.coming_ends import stage_of, warn_of_agreements
from policies.actions.obligations import add_obligation, remove_obligation, say_of_obligation
from policies.actions.parties import leave_agreement
from policies.actions.signatures import object_to_signature
from policies.models import Agreement, Obligation, ObligationEvent, ObligationState
from tests.api.callers import Caller
from tests.factories import confirmed_deputy, member
from tests.policies.claims import taken_along
from tests.policies.pacts import DAY, Pacts

pytestmark = pytest.mark.django_db
NOW = timezone.now


def owed(
    pacts: Pacts, made: Agreement, organisation: Organisation | None, by: User | None = None,
    due: datetime.date | None = None, **said: str,
) -> list[Obligation]:  # fmt: skip
    """What a party owes, written by the directorate unless said."""
    words = {"text_ar": "تقرير كل شهر", "text_en": "A report each month"}
    return add_obligation(
        agreement=made, organisation=organisation, due=due, by=by or pacts.director, at=NOW(), **words | said
    )


def say(pacts: Pacts, one: Obligation, state: str, by: User, evidence: str = "Sent on Monday") -> Obligation:
    """What became of it."""
    return say_of_obligation(obligation=one, state=state, evidence=evidence, by=by, at=NOW())


def test_what_all_owe_is_one_for_each_and_pressed_twice_it_stands_once() -> None:
    pacts = Pacts()
    made = pacts.begin()
    for _twice in range(2):
        owed(pacts, made, None)
    assert set(made.obligations.values_list("organisation__code", flat=True)) == {"idlib", "sams"}
    assert made.obligations.count() == 2


def test_all_that_is_wrong_is_told_together() -> None:
    pacts = Pacts()
    made = pacts.begin(since=pacts.today, until=pacts.today + 9 * DAY)
    with pytest.raises(Problem) as told:
        owed(pacts, made, pacts.second, due=pacts.today - DAY, text_en=" ", text_ar="عند 35.9306, 36.6339")
    assert {(one.field, one.code) for one in told.value.errors} == {
        *(("text_en", "required"), ("text_ar", "location"), ("organisation", "no_party"), ("due", "too_early")),
    }
    with pytest.raises(Problem) as told:
        owed(pacts, made, pacts.first, due=pacts.today + 10 * DAY)
    assert [one.code for one in told.value.errors] == ["too_late"]


def test_once_it_could_be_signed_nobody_puts_anything_on_another() -> None:
    pacts = Pacts()
    made = pacts.begin()
    (one,) = owed(pacts, made, pacts.first)
    with pytest.raises(Refused):
        owed(pacts, made, pacts.directorate, by=pacts.first_manager)
    pacts.ask(made)
    with pytest.raises(Problem) as told:
        owed(pacts, made, pacts.first, text_en="More")
    assert told.value.code == "own_word"
    with pytest.raises(Problem) as told:
        remove_obligation(obligation=one, by=pacts.director, at=NOW())
    assert told.value.code == "not_draft"
    for deed in (Obligation.objects.all().update, Obligation.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed(**({"text_en": "x"} if deed.__name__ == "update" else {}))
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    (own,) = owed(pacts, made, pacts.first, by=pacts.first_manager, text_en="We take this on")
    assert own.organisation == pacts.first
    with pytest.raises(Refused):
        owed(pacts, made, pacts.second, by=pacts.second_manager)


def test_whoever_owes_it_says_that_it_is_met_with_what_shows_it_and_another_party_waives() -> None:
    pacts = Pacts()
    made = pacts.begin()
    one, other = owed(pacts, made, None)
    with pytest.raises(Problem) as told:
        say(pacts, one, ObligationState.DONE, pacts.director)
    assert told.value.code == "not_open"
    pacts.ask(made)
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    with pytest.raises(Problem) as told:
        say(pacts, one, ObligationState.DONE, pacts.director, " ")
    assert [fault.code for fault in told.value.errors] == ["required"]
    for _twice in range(2):
        say(pacts, one, ObligationState.DONE, pacts.director)
    assert one.events.count() == 1
    with pytest.raises(Refused):
        say(pacts, other, ObligationState.WAIVED, pacts.first_manager)
    for person in (pacts.second_manager, pacts.reader):
        with pytest.raises((Refused, Problem)):
            say(pacts, one, ObligationState.WAIVED, person)
    say(pacts, one, ObligationState.OPEN, pacts.first_manager, "Nothing came")
    assert Obligation.objects.get(pk=one.pk).state == ObligationState.OPEN
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ObligationEvent.objects.update(evidence="x")


def test_what_is_due_soon_waits_on_the_home_and_the_list_tells_what_is_overdue() -> None:
    pacts = Pacts()
    made = pacts.begin(since=pacts.today - 20 * DAY)
    owed(pacts, made, pacts.first, due=pacts.today - DAY, text_en="Late one")
    owed(pacts, made, pacts.first, due=pacts.today + 10 * DAY, text_en="Soon one")
    owed(pacts, made, pacts.first, due=pacts.today + 200 * DAY, text_en="Far one")
    pacts.ask(made)
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    waits = Obligation.objects.waiting_for(pacts.first_manager, pacts.today)
    assert [one.text_en for one in waits] == ["Late one", "Soon one"]
    assert not Obligation.objects.waiting_for(pacts.director, pacts.today)
    home = pacts.browser(pacts.first_manager).get("/").text
    assert "Late one" in home
    assert "Far one" not in home
    client = pacts.browser(pacts.reader)
    for query, shown in (("", 3), ("state=overdue", 1), ("state=obligation_done", 0), ("state=all", 3)):
        assert len(client.get(f"/policies/agreements/obligations/?{query}").context["rows"]) == shown, query
        assert taken_along(client, "policy-obligations", query).count("sams") == shown, query


def test_who_never_signed_objects_or_left_owes_nothing_and_is_asked_for_nothing() -> None:
    pacts = Pacts()
    made = pacts.begin(pacts.directorate, pacts.first, pacts.second, rule="two")
    due = pacts.today + 10 * DAY
    owed(pacts, made, None, due=due)
    pacts.ask(made)
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    people = (pacts.director, pacts.first_manager, pacts.second_manager)

    def asked(day: datetime.date) -> list[int]:
        return [Obligation.objects.waiting_for(one, day).count() for one in people]

    assert asked(pacts.today) == [1, 1, 0]
    assert set(Obligation.objects.owed(pacts.today).values_list("organisation__code", flat=True)) == {"idlib", "sams"}
    late = {one.organisation_id: one.is_overdue(due + DAY) for one in Obligation.objects.named()}
    assert late == {pacts.directorate.pk: True, pacts.first.pk: True, pacts.second.pk: False}
    pacts.sign(made, pacts.second_manager)
    assert asked(pacts.today) == [1, 1, 1]
    held = pacts.party(made, pacts.second_manager)
    leave_agreement(party=held, last_day=pacts.today, why="x", by=pacts.second_manager, at=NOW())
    assert asked(pacts.today + DAY) == [1, 1, 0]
    warn_of_agreements(today=pacts.today + DAY, at=NOW())
    assert not Notice.objects.filter(person=pacts.second_manager, values__what="due").exists()
    with pytest.raises(Problem) as told:
        owed(pacts, made, pacts.second, by=pacts.second_manager, due=due, text_en="More")
    assert [one.code for one in told.value.errors] == ["no_party"]
    held = pacts.party(made, pacts.first_manager)
    leave_agreement(party=held, last_day=pacts.today + DAY, why="x", by=pacts.first_manager, at=NOW())
    assert asked(pacts.today + 5 * DAY) == [0, 0, 0], "the agreement is over"


def test_a_record_lets_nobody_owe_that_never_signed_objects_or_had_left() -> None:
    pacts = Pacts()
    since = datetime.date(2015, 1, 1)
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=since, rule="two")
    left = pacts.party(made, pacts.first_manager)
    leave_agreement(party=left, last_day=since + 90 * DAY, why="x", by=pacts.keeper, at=NOW())
    (one,) = owed(pacts, made, pacts.first, by=pacts.keeper, due=since + 30 * DAY)
    with pytest.raises(Problem) as told:
        owed(pacts, made, pacts.first, by=pacts.keeper, due=since + 91 * DAY)
    assert [fault.code for fault in told.value.errors] == ["no_party"]
    assert {row.organisation.code for row in owed(pacts, made, None, by=pacts.keeper, text_en="All")} == {
        "idlib",
        "uossm",
    }
    assert Obligation.objects.overdue(pacts.today).get() == one
    object_to_signature(party=left, why="x", by=pacts.first_manager, at=NOW())
    assert not Obligation.objects.overdue(pacts.today).exists()


def test_who_stands_in_and_says_that_it_is_met_is_named_with_whom() -> None:
    pacts = Pacts()
    made = pacts.begin()
    (one,) = owed(pacts, made, pacts.directorate)
    pacts.ask(made)
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    deputy = member(Role.DATA_OFFICER, pacts.directorate)
    days = {"first": pacts.today, "last": pacts.today}
    membership = pacts.director.memberships.get()
    confirmed_deputy(name_deputy(by=pacts.director, membership=membership, deputy=deputy, at=NOW(), **days))
    say(pacts, one, ObligationState.DONE, deputy)
    event = one.events.get()
    assert (event.by, event.instead_of) == (deputy, pacts.director)


def test_an_obligation_is_met_on_its_page() -> None:
    pacts = Pacts()
    made = pacts.begin()
    (one,) = owed(pacts, made, pacts.first)
    pacts.ask(made)
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    page = f"/policies/agreements/obligations/{one.pk}/"
    client = pacts.browser(pacts.first_manager)
    assert client.post(page, {"state": "obligation_done", "evidence": ""}).status_code == 400
    assert client.post(page, {"state": "obligation_done", "evidence": "Seen by all"}).status_code == 302
    assert "Seen by all" in pacts.browser(pacts.reader).get(page).text
    assert pacts.browser(pacts.reader).post(page, {"state": "obligation_done", "evidence": "x"}).status_code == 403


# --- Warnings --------------------------------------------------------------------------------------------------------


def test_the_end_is_told_ninety_and_thirty_days_before_to_the_parties_once_each() -> None:
    pacts = Pacts()
    pacts.signed(ago=10, until=pacts.today + 80 * DAY)
    rows = Notice.objects.filter(person=pacts.first_manager, values__what="ends")
    for today, told in ((0, 1), (1, 1), (49, 1), (50, 2), (79, 2), (81, 2)):
        warn_of_agreements(today=pacts.today + today * DAY, at=NOW())
        assert rows.count() == told, today
    assert not Notice.objects.filter(person=pacts.second_manager, values__what="ends").exists()
    first = rows.first()
    assert first is not None
    title, body = words_of(first, "en")
    assert title == "An agreement ends soon"
    assert (pacts.today + 80 * DAY).isoformat() in body
    assert "ينتهي" in words_of(first, "ar")[0]


def test_what_is_due_is_told_to_whoever_owes_it_and_what_is_overdue_to_all_parties() -> None:
    pacts = Pacts()
    made = pacts.begin()
    owed(pacts, made, pacts.first, due=pacts.today + 40 * DAY)
    pacts.ask(made)
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    for today, due, overdue in ((0, 1, 0), (5, 1, 0), (10, 2, 0), (41, 2, 1), (42, 2, 1)):
        warn_of_agreements(today=pacts.today + today * DAY, at=NOW())
        told = [
            Notice.objects.filter(person=pacts.first_manager, values__what=what).count() for what in ("due", "overdue")
        ]
        assert told == [due, overdue], today
    assert Notice.objects.filter(person=pacts.director, values__what="overdue").count() == 1
    assert not Notice.objects.filter(person=pacts.director, values__what="due").exists()


def test_warnings_come_in_two_stages() -> None:
    assert [stage_of(days) for days in (-1, 0, 30, 31, 90, 91)] == [None, 30, 30, 90, 90, None]


def test_programs_read_what_is_owed_by_agreements_in_force() -> None:
    pacts = Pacts()
    made = pacts.begin()
    (one,) = owed(pacts, made, pacts.first, due=pacts.today - DAY)
    caller = Caller(pacts.reader)
    assert caller.get("obligations/").json()["results"] == [], "nobody signed it yet"
    held = pacts.signed(ago=10, name_en="Other")
    (one,) = owed(pacts, held, pacts.first, by=pacts.first_manager, due=pacts.today - DAY)
    (told,) = caller.get("obligations/").json()["results"]
    assert (told["id"], told["agreement"], told["organisation"]) == (one.pk, held.pk, pacts.first.code)
    assert (told["status"], told["overdue"], told["text"]["en"]) == ("obligation_open", True, "A report each month")
    say(pacts, one, ObligationState.DONE, pacts.first_manager)
    for status, count in (("obligation_open", 0), ("obligation_done", 1)):
        rows = caller.get(f"obligations/?status={status}&organisation={pacts.first.code}").json()["results"]
        assert len(rows) == count
