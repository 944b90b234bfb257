"""Organisations that are dissolved, suspended or sealed: they hold up nothing of what others agree on, and lead nothing."""

import datetime

import pytest
from django.utils import timezone

from directorates.actions.organisations import dissolve, resume, suspend
from directorates.actions.seals import seal
from directorates.models import Notice, Organisation
from policies.actions.amendments import consent_to_amendment, settle_proposals
from policies.actions.dissolutions import follow_dissolutions
from policies.actions.parties import leave_agreement
from policies.models import Agreement, AgreementEvent, AgreementState, Mandate, MandateState, Party, TextState
from policies.models.alliances import covered_on, ties_of
from policies.rules.alliances import mass_on
from policies.tasks import follow_dissolutions as nightly
from tests.factories import show_second_factor
from tests.policies.claims import Claims, taken_along
from tests.policies.pacts import DAY, Pacts, again, states
from tests.policies.test_amendments import proposed

pytestmark = pytest.mark.django_db
NOW = timezone.now


def dissolved(organisation: Organisation, since: datetime.date) -> None:
    dissolve(organisation=organisation, since=since, reason="Its money ended", by=None, at=NOW())


def suspended(organisation: Organisation) -> None:
    suspend(organisation=organisation, since=timezone.localdate(), reason="Under inquiry", by=None, at=NOW())


def charter(pacts: Pacts) -> Agreement:
    return pacts.signed(pacts.director, pacts.first_manager, pacts.second_manager, ago=30)


# --- Agreements ------------------------------------------------------------------------------------------------------


def test_the_row_of_a_dissolved_party_ends_with_that_day_and_the_others_are_told() -> None:
    pacts = Pacts()
    made, day = charter(pacts), pacts.today - 2 * DAY
    dissolved(pacts.second, day)
    assert (follow_dissolutions(at=NOW()), nightly()) == (1, 0)
    row = Party.objects.get(agreement=made, organisation=pacts.second)
    assert (row.last_day, row.why) == (day, "")
    assert again(made).state(pacts.today) is AgreementState.IN_FORCE
    event = AgreementEvent.objects.get(what="dissolved")
    assert (event.by, event.acting, event.organisation, event.day) == (None, None, pacts.second, day)
    told = Notice.objects.filter(kind="agreement", values__what="dissolved")
    assert {row.person for row in told} == {pacts.director, pacts.first_manager}
    page = pacts.browser(pacts.reader).get(f"/policies/agreements/{made.pk}/").text
    assert "dissolved on" in page
    assert "Its organisation was dissolved" in page


def test_an_agreement_of_one_ends_with_the_dissolution_of_the_other() -> None:
    pacts = Pacts()
    made, day = pacts.signed(ago=30), pacts.today - 2 * DAY
    dissolved(pacts.first, day)
    follow_dissolutions(at=NOW())
    assert (again(made).last_day, again(made).state(pacts.today)) == (day, AgreementState.ENDED)
    assert states(made, pacts.today) == ["party_was", "party_left"]
    assert AgreementEvent.objects.filter(what="ended", by=None).count() == 1


def test_what_was_over_or_left_before_stays_as_it_was() -> None:
    pacts = Pacts()
    made = charter(pacts)
    row = pacts.party(made, pacts.second_manager)
    leave_agreement(party=row, last_day=pacts.today, why="Our own way", by=pacts.second_manager, at=NOW())
    dissolved(pacts.second, pacts.today)
    assert follow_dissolutions(at=NOW()) == 0


@pytest.mark.parametrize("what", ["suspended", "dissolved", "sealed"])
def test_who_cannot_speak_is_not_asked_for_consent_and_the_page_says_why(what: str) -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.second_manager, pacts.first_manager, pacts.director, ago=30)
    text = proposed(pacts, made)
    client = pacts.browser(pacts.first_manager)
    address = f"/policies/agreements/{made.pk}/texts/{text.number}/"
    assert "Not asked" not in client.get(address).text
    if what == "sealed":
        show_second_factor(pacts.browser(pacts.director), pacts.director)
        seal(by=pacts.director, organisation=pacts.directorate, reason="Raided", at=NOW())
    else:
        {"suspended": suspended, "dissolved": lambda one: dissolved(one, pacts.today)}[what](pacts.directorate)
    page = client.get(address).text
    assert "Not asked" in page
    assert f"{what} {'on' if what == 'dissolved' else 'since'}" in page
    consent_to_amendment(text=text, by=pacts.second_manager, at=NOW())
    text.refresh_from_db()
    assert text.first_day == pacts.today + DAY


def test_nobody_amends_alone_while_the_other_is_suspended() -> None:
    pacts = Pacts()
    text = proposed(pacts, pacts.signed(ago=10))
    suspended(pacts.directorate)
    assert settle_proposals(at=NOW()) == 0
    text.refresh_from_db()
    assert text.state(pacts.today) is TextState.OPEN


def test_a_suspended_party_leaves_once_it_acts_again() -> None:
    pacts = Pacts()
    made = charter(pacts)
    suspended(pacts.second)
    assert follow_dissolutions(at=NOW()) == 0
    row = pacts.party(made, pacts.second_manager)
    assert row.state(pacts.today) == "party_standing"
    resume(organisation=pacts.second, since=pacts.today, reason="Cleared", by=None, at=NOW())
    pacts.second_manager.refresh_from_db()
    pacts.second_manager.rights_kept = {}
    leave_agreement(party=row, last_day=pacts.today, why="Our own way", by=pacts.second_manager, at=NOW())


def test_a_dissolved_party_is_part_of_the_critical_mass_until_the_day_of_its_dissolution_and_no_longer() -> None:
    pacts = Pacts()
    charter(pacts)
    reader, day = pacts.reader, pacts.today
    assert len(mass_on(ties_of(reader), day).mutual) == 3
    dissolved(pacts.second, day - DAY)
    # The same before and after the night, and as decision 0032 says: it ends with the day of the dissolution.
    for _night in range(2):
        assert len(mass_on(ties_of(reader), day).mutual) == 2
        assert len(mass_on(ties_of(reader), day - DAY).mutual) == 3
        assert [pacts.second.pk in covered_on(reader, one) for one in (day - DAY, day)] == [True, False]
        follow_dissolutions(at=NOW())
    assert pacts.browser(reader).get("/policies/agreements/alliances/").context["figure"].size == 2


# --- Mandates --------------------------------------------------------------------------------------------------------


def test_mandates_of_a_dissolved_organisation_end_with_that_day_and_its_disputes_become_moot() -> None:
    claims = Claims()
    dispute = claims.dispute()
    day = claims.today - DAY
    dissolved(claims.office, day)
    assert (follow_dissolutions(at=NOW()), nightly()) == (1, 0)
    held = Mandate.objects.get(organisation=claims.office)
    assert (held.last_day, held.state(claims.today)) == (day, MandateState.OVER)
    dispute.refresh_from_db()
    assert dispute.state == "lapsed"
    assert "was dissolved" in claims.browser(claims.reader).get(f"/policies/mandates/{held.pk}/").text


def test_what_a_dissolved_organisation_was_to_lead_later_never_holds() -> None:
    claims = Claims()
    made = claims.state(claims.doctor, since=claims.today + 5 * DAY)
    dissolved(claims.office, claims.today)
    follow_dissolutions(at=NOW())
    made.refresh_from_db()
    assert made.state(claims.today) is MandateState.CALLED_OFF


def test_the_square_of_a_dissolved_leader_is_vacant() -> None:
    claims = Claims()
    claims.state(claims.director)
    client = claims.browser(claims.reader)
    before = client.get("/policies/mandates/").text.count(">Nobody<")
    dissolved(claims.directorate, claims.today - DAY)
    follow_dissolutions(at=NOW())
    page = client.get("/policies/mandates/").text
    assert claims.directorate.short_en not in page
    assert page.count(">Nobody<") == before + 1


def test_a_suspended_leader_is_marked_in_the_square_the_list_and_the_file() -> None:
    claims = Claims()
    made = claims.state(claims.director)
    suspended(claims.directorate)
    client = claims.browser(claims.reader)
    for address in ("/policies/mandates/", "/policies/mandates/list/", f"/policies/mandates/{made.pk}/"):
        assert "suspended since" in client.get(address).text
    assert f",Suspended,{claims.today.isoformat()}" in taken_along(client, "mandates", "")


def test_nothing_is_ended_before_a_status_says_so() -> None:
    claims = Claims()
    claims.state(claims.director)
    Organisation.objects.filter(pk=claims.directorate.pk).update(status="dissolved")
    assert follow_dissolutions(at=NOW()) == 0
