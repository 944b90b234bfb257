"""Parties: invited, joining, leaving by their own word or as a record; an agreement of one is none."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import Notice
from directorates.models.validity import lasting
from directorates.permissions import Refused
from policies.actions.agreements import end_agreement
from policies.actions.obligations import add_obligation
from policies.actions.parties import leave_agreement, name_party
from policies.actions.signatures import decline_agreement, enter_paper_signature
from policies.models import Agreement, AgreementState, Party
from policies.rules.agreements import stands_until
from tests.policies.pacts import DAY, Pacts, again, states

pytestmark = pytest.mark.django_db
NOW = timezone.now
PAST = datetime.date(2015, 1, 1)


def leave(pacts: Pacts, made: Agreement, by: object, last_day: datetime.date, party: Party | None = None) -> Party:
    """Leave with a reason."""
    held = party or pacts.party(made, by)  # type: ignore[arg-type]
    return leave_agreement(party=held, last_day=last_day, why="Other ways", by=by, at=NOW())  # type: ignore[arg-type]


def test_a_party_leaves_by_its_own_word_and_an_accord_of_one_ends() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    with pytest.raises(Refused):
        leave(pacts, made, pacts.second_manager, pacts.today, pacts.party(made, pacts.first_manager))
    with pytest.raises(Problem) as told:
        leave(pacts, made, pacts.director, pacts.today, pacts.party(made, pacts.first_manager))
    assert told.value.code == "own_word"
    leave(pacts, made, pacts.first_manager, pacts.today + 5 * DAY)
    assert again(made).last_day == pacts.today + 5 * DAY
    assert again(made).state(pacts.today) is AgreementState.IN_FORCE
    assert Notice.objects.filter(person=pacts.director, values__what="ended").exists()
    with pytest.raises(Problem) as told:
        leave(pacts, made, pacts.first_manager, pacts.today)
    assert told.value.code == "left"


def test_a_charter_of_three_goes_on_without_one() -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.director, pacts.first_manager, pacts.second_manager, ago=10)
    leave(pacts, made, pacts.first_manager, pacts.today)
    assert again(made).last_day is None
    assert states(made, pacts.today + DAY) == ["party_standing", "party_left", "party_standing"]
    leave(pacts, made, pacts.second_manager, pacts.today + 3 * DAY)
    assert again(made).last_day == pacts.today + 3 * DAY


def test_nobody_leaves_before_joining_in_the_past_or_far_off() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10, until=pacts.today + 600 * DAY)
    for day, code in (
        *((pacts.today - 11 * DAY, "before_first"), (pacts.today - DAY, "in_the_past")),
        (pacts.today + 400 * DAY, "too_late"),
    ):
        with pytest.raises(Problem) as told:
            leave(pacts, made, pacts.first_manager, day)
        assert [one.code for one in told.value.errors] == [code]
    short = pacts.signed(ago=10, until=pacts.today + 5 * DAY, name_en="Short")
    with pytest.raises(Problem) as told:
        leave(pacts, short, pacts.first_manager, pacts.today + 6 * DAY)
    assert [one.code for one in told.value.errors] == ["after_end"]
    assert not Party.objects.exclude(why="").exists()


def test_who_is_no_party_yet_leaves_nothing() -> None:
    pacts = Pacts()
    made = pacts.open()
    with pytest.raises(Problem) as told:
        leave(pacts, made, pacts.first_manager, pacts.today)
    assert told.value.code == "no_party"


def test_whoever_is_invited_joins_as_it_signs_and_can_come_back_after_leaving() -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.director, pacts.first_manager, kind="memorandum", ago=10)
    for person in (pacts.first_manager, pacts.keeper, pacts.reader):
        with pytest.raises(Refused):
            name_party(agreement=made, organisation=pacts.second, by=person, at=NOW())
    for _twice in range(2):
        name_party(agreement=made, organisation=pacts.second, by=pacts.director, at=NOW())
    assert made.parties.count() == 3
    assert Party.objects.to_sign(pacts.second_manager, pacts.today).count() == 1
    pacts.sign(made, pacts.second_manager)
    assert pacts.party(made, pacts.second_manager).first_day == pacts.today
    with pytest.raises(Problem) as told:
        name_party(agreement=made, organisation=pacts.second, by=pacts.director, at=NOW())
    assert told.value.code == "exists"
    leave(pacts, made, pacts.second_manager, pacts.today)
    with pytest.raises(Problem) as told:
        pacts.sign(made, pacts.second_manager)
    assert told.value.code == "signed"
    with pytest.raises(Problem) as told:
        name_party(agreement=made, organisation=pacts.second, by=pacts.director, at=NOW())
    assert told.value.code == "exists", "a party until the end of today"


def test_nobody_joins_an_accord() -> None:
    pacts = Pacts()
    with pytest.raises(Problem) as told:
        name_party(agreement=pacts.signed(), organisation=pacts.second, by=pacts.director, at=NOW())
    assert told.value.code == "accord"


def test_the_days_of_one_party_never_overlap_whoever_writes() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    with pytest.raises(IntegrityError, match="one_membership_of_a_party_at_a_time"), transaction.atomic():
        Party.objects.create(
            agreement=made, organisation=pacts.first, named=NOW(), valid=lasting(pacts.today, pacts.today + DAY)
        )


def test_a_record_takes_leaving_and_coming_back_with_past_days_and_refuses_days_that_overlap() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST)
    row = pacts.party(made, pacts.first_manager)
    with pytest.raises(Problem) as told:
        leave(pacts, made, pacts.keeper, PAST - DAY, row)
    assert [one.code for one in told.value.errors] == ["before_first"]
    leave(pacts, made, pacts.keeper, datetime.date(2016, 12, 31), row)
    back = name_party(agreement=made, organisation=pacts.first, by=pacts.keeper, at=NOW())
    said: dict[str, Any] = {"evidence": "Letter", "by": pacts.keeper, "at": NOW()}
    with pytest.raises(Problem) as told:
        enter_paper_signature(party=back, day=datetime.date(2016, 6, 1), **said)
    assert told.value.code == "overlap"
    assert not back.signatures.exists()
    with pytest.raises(Problem) as told:
        enter_paper_signature(party=back, day=PAST - DAY, **said)
    assert [one.code for one in told.value.errors] == ["before_first"]
    enter_paper_signature(party=back, day=datetime.date(2017, 3, 1), **said)
    rows = Party.objects.filter(agreement=made, organisation=pacts.first).order_by("pk")
    assert [(one.first_day, one.last_day) for one in rows] == [
        (PAST, datetime.date(2016, 12, 31)),
        (datetime.date(2017, 3, 1), None),
    ]


def test_whoever_keeps_a_record_rules_over_nobody_who_signed_it_here() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST)
    pacts.sign(made, pacts.first_manager)
    home, row = f"/policies/agreements/{made.pk}/", pacts.party(made, pacts.first_manager)
    page = pacts.browser(pacts.keeper).get(home).text
    assert f"{home}parties/{row.pk}/left/" not in page
    assert f"{home}end/" not in page
    for last_day in (PAST + DAY, pacts.today):
        with pytest.raises(Problem) as told:
            leave(pacts, made, pacts.keeper, last_day, row)
        assert told.value.code == "own_word"
        with pytest.raises(Problem) as told:
            end_agreement(agreement=made, last_day=last_day, why="x", by=pacts.keeper, at=NOW())
        assert told.value.code == "own_word"
    said: dict[str, Any] = {"text_ar": "نص", "text_en": "Text", "due": None, "by": pacts.keeper, "at": NOW()}
    for organisation in (pacts.first, None):
        with pytest.raises(Problem) as told:
            add_obligation(agreement=made, organisation=organisation, **said)
        assert [one.code for one in told.value.errors] == ["own_word"]
    add_obligation(agreement=made, organisation=pacts.second, **said)
    leave(pacts, made, pacts.keeper, pacts.today, pacts.party(made, pacts.second_manager))


def test_nobody_leaves_a_record_with_a_past_day_by_its_own_hand_while_it_holds() -> None:
    pacts = Pacts()
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=PAST)
    with pytest.raises(Problem) as told:
        leave(pacts, made, pacts.first_manager, PAST + DAY)
    assert [one.code for one in told.value.errors] == ["in_the_past"]
    end_agreement(agreement=made, last_day=PAST + 90 * DAY, why="x", by=pacts.keeper, at=NOW())
    leave(pacts, made, pacts.first_manager, PAST + DAY)


def test_an_agreement_stands_as_long_as_two_do() -> None:
    assert stands_until([None, None, PAST]) is None
    assert stands_until([PAST, None, PAST + DAY]) == PAST + DAY
    assert stands_until([PAST + DAY, PAST]) == PAST


def test_leaving_is_done_on_a_page_and_everybody_reads_why() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    home = f"/policies/agreements/{made.pk}/"
    client = pacts.browser(pacts.first_manager)
    assert f"{home}leave/" in client.get(home).text
    told = client.post(f"{home}leave/", {"last_day": (pacts.today - 20 * DAY).isoformat(), "why": "Other ways"})
    assert told.status_code == 400
    assert "It is a party since" in told.text
    assert "Other ways" in told.text, "what was typed is kept"
    client.post(f"{home}leave/", {"last_day": pacts.today.isoformat(), "why": "Other ways"})
    assert "Other ways" in pacts.browser(pacts.reader).get(home).text
    assert pacts.browser(pacts.reader).get(f"{home}leave/").status_code == 403


def test_who_declined_or_left_is_told_nothing_more_and_the_one_concerned_is() -> None:
    pacts = Pacts()
    made = pacts.open(pacts.directorate, pacts.first, pacts.second, kind="memorandum", rule="two")
    decline_agreement(party=pacts.party(made, pacts.second_manager), why="Not us", by=pacts.second_manager, at=NOW())
    pacts.sign(made, pacts.director)
    pacts.sign(made, pacts.first_manager)
    row = pacts.party(made, pacts.first_manager)
    leave_agreement(party=row, last_day=pacts.today, why="Our own way", by=pacts.first_manager, at=NOW())
    people = set(Notice.objects.filter(values__what__in=("left", "ended")).values_list("person", flat=True))
    assert people == {pacts.director.pk}
