"""Amendments and renewals: proposed by a party, in force once every party of the day consented, the old text beside the new."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from directorates.actions.organisations import suspend
from directorates.actions.seals import seal
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import Notice, Organisation
from directorates.permissions import Refused, sight_of
from policies.actions.amendments import (
    begin_amendment,
    consent_to_amendment,
    discard_amendment,
    give_up_amendment,
    propose_amendment,
    propose_renewal,
    refuse_amendment,
    settle_proposals,
)
from policies.actions.parties import leave_agreement
from policies.models import Agreement, AgreementEvent, AgreementText, Consent, TextState
from tests.policies.pacts import DAY, RULE_EN, Pacts, again, moment
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NOW = timezone.now


def proposed(pacts: Pacts, made: Agreement, why: str = "It changed") -> AgreementText:
    """An amendment of the NGO, with another text of the article."""
    text: AgreementText = begin_amendment(agreement=made, by=pacts.first_manager, at=NOW())
    pacts.write(made, text.articles.get(), text_en="Nothing is planned.", by=pacts.first_manager)
    text.refresh_from_db()
    return propose_amendment(text=text, why=why, seen=text.edition, by=pacts.first_manager, at=NOW())


def test_an_amendment_holds_from_the_day_after_all_consented_and_the_old_text_stays() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    text = proposed(pacts, made)
    assert text.state(pacts.today) is TextState.OPEN
    assert "Nothing is planned" not in pacts.browser(pacts.reader).get(f"/policies/agreements/{made.pk}/").text
    for _twice in range(2):
        consent_to_amendment(text=text, by=pacts.director, at=NOW())
    assert Consent.objects.filter(text=text).count() == 2
    text.refresh_from_db()
    old = made.texts.get(number=1)
    assert (old.last_day, text.first_day) == (pacts.today, pacts.today + DAY)
    assert old.articles.get().text_en == RULE_EN
    page = pacts.browser(pacts.reader).get(f"/policies/agreements/{made.pk}/compare/").text
    assert "<ins>" in page
    assert "<del>" in page
    shown = pacts.browser(pacts.reader).get(f"/policies/agreements/{made.pk}/texts/2/").text
    assert "Nothing is planned" in shown


def test_what_is_said_of_a_proposal_is_read_by_whoever_reads_it_until_it_holds() -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.director, pacts.first_manager, pacts.second_manager, ago=10)
    leave_agreement(party=pacts.party(made, pacts.second_manager), last_day=pacts.today - DAY, why="x",
                    by=pacts.second_manager, at=moment(1))  # fmt: skip
    given_up = proposed(pacts, made, why="Wordgivenup")
    give_up_amendment(text=given_up, why="Worddropped", by=pacts.first_manager, at=NOW())
    text = proposed(pacts, made, why="Wordpending")
    page = f"/policies/agreements/{made.pk}/"
    words = ("Wordgivenup", "Worddropped", "Wordpending")
    for person, reads in (
        *((pacts.director, True), (pacts.first_manager, True), (pacts.keeper, True)),
        *((pacts.reader, False), (pacts.second_manager, False)),
    ):
        shown = pacts.browser(person).get(page).text
        assert [word in shown for word in words] == [reads] * 3, person
        with seeing(sight_of(person)):
            told = " ".join(AgreementEvent.objects.values_list("text", flat=True))
            assert [word in told for word in words] == [reads] * 3, person
            assert AgreementText.objects.filter(valid=None).exists() is reads, person
        assert pacts.browser(person).get(f"{page}texts/{text.number}/").status_code == (200 if reads else 404)
    consent_to_amendment(text=text, by=pacts.director, at=NOW())
    shown = pacts.browser(pacts.reader).get(page).text
    assert [word in shown for word in words] == [False, False, True], "what holds is told with its reason"


def test_only_a_party_of_the_day_proposes_and_consents() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    for person in (pacts.second_manager, pacts.keeper, pacts.reader):
        with pytest.raises(Refused):
            begin_amendment(agreement=made, by=person, at=NOW())
    text = proposed(pacts, made)
    for person in (pacts.second_manager, pacts.keeper, pacts.reader):
        with pytest.raises(Refused):
            consent_to_amendment(text=text, by=person, at=NOW())


def test_each_party_writes_one_and_one_is_open_at_a_time() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    begin_amendment(agreement=made, by=pacts.director, at=NOW())
    with pytest.raises(Problem) as told:
        begin_amendment(agreement=made, by=pacts.director, at=NOW())
    assert told.value.code == "draft_exists"
    proposed(pacts, made)
    with pytest.raises(Problem) as told:
        begin_amendment(agreement=made, by=pacts.director, at=NOW())
    assert told.value.code == "under_way"


@pytest.mark.django_db(transaction=True)
def test_two_amendments_that_a_party_begins_at_the_same_moment_become_one() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    answers = at_once(*[lambda: begin_amendment(agreement=made, by=pacts.director, at=NOW())] * 2)
    assert [one.code for one in answers if isinstance(one, Problem)] == ["draft_exists"]


def test_the_draft_of_one_that_cannot_speak_holds_up_no_other() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    left = begin_amendment(agreement=made, by=pacts.director, at=NOW())
    assert pacts.director.acting is not None
    suspend(organisation=pacts.director.acting, since=pacts.today, reason="Under inquiry", by=None, at=NOW())
    page, client = f"/policies/agreements/{made.pk}/", pacts.browser(pacts.first_manager)
    assert "Draft an amendment" in client.get(page).text
    text = begin_amendment(agreement=made, by=pacts.first_manager, at=NOW())
    assert text.number != left.number
    assert "Draft an amendment" not in client.get(page).text
    article = text.articles.get()
    # Its own draft is the one that is written, not that of the other.
    said = {"heading_ar": "ا", "heading_en": "A", "text_ar": "ب", "text_en": "Ours alone."}
    form = client.get(f"{page}articles/{article.anchor}/").context["form"]
    assert client.post(f"{page}articles/{article.anchor}/", {"stood": form["stood"].value(), **said}).status_code == 302
    assert (text.articles.get().text_en, left.articles.get().text_en) == ("Ours alone.", RULE_EN)


def test_a_draft_from_before_another_amendment_took_force_does_not_undo_it() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    old = begin_amendment(agreement=made, by=pacts.director, at=NOW())
    pacts.write(made, old.articles.get(), text_en="Another plan.", by=pacts.director)
    consent_to_amendment(text=proposed(pacts, made), by=pacts.director, at=NOW())
    old.refresh_from_db()
    with pytest.raises(Problem) as told:
        propose_amendment(text=old, why="x", seen=old.edition, by=pacts.director, at=NOW())
    assert told.value.code == "outdated"
    discard_amendment(text=old, by=pacts.director, at=NOW())
    fresh = begin_amendment(agreement=made, by=pacts.director, at=NOW())
    assert fresh.articles.get().text_en == "Nothing is planned."


def test_the_same_text_is_no_amendment() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    text = begin_amendment(agreement=made, by=pacts.director, at=NOW())
    with pytest.raises(Problem) as told:
        propose_amendment(text=text, why="x", seen=text.edition, by=pacts.director, at=NOW())
    assert [one.code for one in told.value.errors] == ["same"]


def test_what_is_proposed_never_changes_and_is_taken_back_by_whoever_proposed_it() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    text = proposed(pacts, made)
    with pytest.raises(DatabaseError), transaction.atomic():
        text.articles.update(text_en="Other")
    with pytest.raises(Refused):
        give_up_amendment(text=text, why="x", by=pacts.director, at=NOW())
    give_up_amendment(text=text, why="Not now", by=pacts.first_manager, at=NOW())
    with pytest.raises(Problem) as told:
        consent_to_amendment(text=text, by=pacts.director, at=NOW())
    assert told.value.code == "not_open"


def test_what_waits_for_one_who_leaves_takes_force_without_it_once_it_is_gone() -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.director, pacts.first_manager, pacts.second_manager, ago=10)
    text = proposed(pacts, made)
    consent_to_amendment(text=text, by=pacts.director, at=NOW())
    assert AgreementText.objects.to_consent(pacts.second_manager, pacts.today).count() == 1
    text.refresh_from_db()
    assert text.valid is None
    held = pacts.party(made, pacts.second_manager)
    leave_agreement(party=held, last_day=pacts.today, why="x", by=pacts.second_manager, at=NOW())
    text.refresh_from_db()
    assert text.valid is None, "it is a party until the end of today"
    assert settle_proposals(at=NOW()) == 0
    assert [settle_proposals(at=moment(-1)) for _twice in "12"] == [1, 0]
    text.refresh_from_db()
    assert text.first_day == pacts.today + 2 * DAY
    assert made.events.get(what="amended").acting == pacts.first
    assert Notice.objects.filter(person=pacts.director, values__what="amended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_consent_and_the_night_at_the_same_moment_let_it_take_force_once() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    text = proposed(pacts, made)
    at_once(
        lambda: consent_to_amendment(text=text, by=pacts.director, at=NOW()), *[lambda: settle_proposals(at=NOW())] * 2
    )
    assert made.events.filter(what="amended").count() == 1


def test_one_who_left_holds_up_nobody_with_a_draft_or_a_proposal() -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.director, pacts.first_manager, pacts.second_manager, ago=10)
    draft = begin_amendment(agreement=made, by=pacts.second_manager, at=NOW())
    with pytest.raises(Refused):
        discard_amendment(text=draft, by=pacts.director, at=NOW())
    held = pacts.party(made, pacts.second_manager)
    leave_agreement(party=held, last_day=pacts.today, why="x", by=pacts.second_manager, at=NOW())
    with pytest.raises(Refused):
        discard_amendment(text=draft, by=pacts.reader, at=moment(-1))
    discard_amendment(text=draft, by=pacts.director, at=moment(-1))
    other = pacts.signed(pacts.first_manager, pacts.director, pacts.second_manager, ago=10, name_en="Other")
    text = proposed(pacts, other)
    said: dict[str, Any] = {"text": text, "why": "Gone", "by": pacts.director}
    leave_agreement(party=pacts.party(other, pacts.first_manager), last_day=pacts.today, why="x",
                    by=pacts.first_manager, at=NOW())  # fmt: skip
    with pytest.raises(Refused):
        give_up_amendment(at=NOW(), **said)
    assert give_up_amendment(at=moment(-1), **said).given_up == pacts.today + DAY


@pytest.mark.parametrize("silenced", ["suspended", "sealed"])
def test_a_writer_that_cannot_speak_for_a_while_loses_no_draft(silenced: str) -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.director, pacts.first_manager, pacts.second_manager, ago=10)
    draft = begin_amendment(agreement=made, by=pacts.director, at=NOW())
    if silenced == "sealed":
        seal(by=pacts.director, organisation=pacts.directorate, reason="Raided", at=NOW())
    else:
        Organisation.objects.filter(pk=pacts.directorate.pk).update(status="suspended")
    page = f"/policies/agreements/{made.pk}/texts/{draft.number}/discard/"
    assert pacts.browser(pacts.first_manager).post(page).status_code in (403, 404)
    with pytest.raises(Refused):
        discard_amendment(text=draft, by=pacts.first_manager, at=NOW())
    assert made.texts.drafts().exists()


def test_a_party_that_refuses_closes_a_proposal_and_another_can_be_written() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10)
    text = proposed(pacts, made)
    for person in (pacts.reader, pacts.keeper, pacts.second_manager):
        with pytest.raises(Refused):
            refuse_amendment(text=text, why="No", by=person, at=NOW())
    with pytest.raises(Problem) as told:
        refuse_amendment(text=text, why="No", by=pacts.first_manager, at=NOW())
    assert told.value.code == "consented"
    page = f"/policies/agreements/{made.pk}/texts/{text.number}/"
    client = pacts.browser(pacts.director)
    assert f"{page}refuse/" in client.get(page).text
    assert client.post(f"{page}refuse/", {"why": " "}).status_code == 400
    assert "Worden" in client.post(f"{page}refuse/", {"why": "Worden"}, follow=True).text
    assert Notice.objects.filter(person=pacts.first_manager, values__what="refused").count() == 1
    assert "Worden" not in pacts.browser(pacts.reader).get(f"/policies/agreements/{made.pk}/").text
    with pytest.raises(Problem) as told:
        refuse_amendment(text=text, why="No", by=pacts.director, at=NOW())
    assert told.value.code == "not_open"
    begin_amendment(agreement=made, by=pacts.director, at=NOW())


def test_nobody_renews_beyond_the_day_on_which_the_last_but_one_leaves() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10, until=pacts.today + 20 * DAY)
    later = pacts.today + 300 * DAY
    said: dict[str, Any] = {"why": "", "by": pacts.director, "at": NOW()}
    text = propose_renewal(agreement=made, until=later, **said)
    held = pacts.party(made, pacts.first_manager)
    leave_agreement(party=held, last_day=pacts.today + 5 * DAY, why="x", by=pacts.first_manager, at=NOW())
    with pytest.raises(Problem) as told:
        consent_to_amendment(text=text, by=pacts.first_manager, at=NOW())
    assert (told.value.code, again(made).last_day) == ("alone", pacts.today + 5 * DAY)
    give_up_amendment(text=text, why="x", by=pacts.director, at=NOW())
    with pytest.raises(Problem) as told:
        propose_renewal(agreement=made, until=later, **said)
    assert [one.code for one in told.value.errors] == ["alone"]


def test_a_renewal_says_a_later_last_day_once_all_consented() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10, until=pacts.today + 20 * DAY)
    later = pacts.today + 300 * DAY
    said: dict[str, Any] = {"agreement": made, "why": "", "by": pacts.director, "at": NOW()}
    for until, code in ((pacts.today + 20 * DAY, "not_later"), (pacts.today + 9000 * DAY, "too_late")):
        with pytest.raises(Problem) as told:
            propose_renewal(until=until, **said)
        assert [one.code for one in told.value.errors] == [code]
    text = propose_renewal(until=later, **said)
    assert again(made).last_day == pacts.today + 20 * DAY
    client = pacts.browser(pacts.first_manager)
    client.post(f"/policies/agreements/{made.pk}/texts/{text.number}/consent/")
    assert again(made).last_day == later
    with pytest.raises(Problem) as told:
        propose_renewal(until=later + DAY, **said | {"agreement": pacts.signed(name_en="Open")})
    assert told.value.code == "open_end"


def test_what_ended_is_neither_amended_nor_renewed() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10, until=pacts.today - DAY)
    with pytest.raises(Refused):
        begin_amendment(agreement=made, by=pacts.director, at=NOW())
    with pytest.raises(Refused):
        propose_renewal(agreement=made, until=pacts.today + DAY, why="", by=pacts.director, at=NOW())


def test_the_parties_are_told_that_a_proposal_was_taken_back() -> None:
    pacts = Pacts()
    text = proposed(pacts, pacts.signed(ago=10))
    give_up_amendment(text=text, why="A slip", by=pacts.first_manager, at=NOW())
    told = Notice.objects.filter(kind="agreement", values__what="dropped")
    assert {row.person for row in told} == {pacts.director}
