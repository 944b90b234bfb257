"""Pages of proposed changes: proposing what differs, the list, deciding, the homes."""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordination.homes import waiting_count
from directorates.models import User
from directorates.roles import Role
from facilities.actions.facilities import describe_facility
from facilities.actions.proposals import Wish, withdraw
from facilities.models import ChangeProposal, Facility
from facilities.models.facilities import FacilityType
from facilities.models.proposals import Field
from tests.facilities.proposing import Register
from tests.factories import DirectorateFactory, OrganisationFactory, SubdistrictFactory, member

pytestmark = pytest.mark.django_db
MARCH = datetime.date(2026, 3, 1)


@pytest.fixture
def register() -> Register:
    """A directorate, a facility, and the people around it."""
    return Register()


def browser(person: User, language: str = "en") -> Client:
    """A browser in which someone has signed in."""
    User.objects.filter(pk=person.pk).update(language=language)
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(pk=person.pk))
    return client


def given(client: Client, address: str = "/facilities/A/propose/") -> dict[str, Any]:
    """What the form would send unchanged."""
    form = client.get(address).context["form"]
    found = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in found.items() if value is not None}


def text(answer: Any) -> str:
    """The page's HTML."""
    return str(answer.content.decode())


# --- Proposing -----------------------------------------------------------------------------------------------------


def test_only_what_differs_is_proposed(register: Register) -> None:
    client = browser(register.nour)
    asked = given(client) | {"type": "hospital", "status": "closed", "status_day": "2026-03-01", "reason": "Moved out"}
    answer = client.post("/facilities/A/propose/", asked)
    proposal = ChangeProposal.objects.get()
    assert answer["Location"] == f"/facilities/proposals/{proposal.pk}/"
    assert [(one.field, one.new, one.day) for one in proposal.changes.all()] == [
        ("type", "hospital", None),
        ("status", "closed", MARCH),
    ]
    page = text(client.get(answer["Location"]))
    assert "The competent directorate decides" in page
    assert "Moved out" in page


def test_what_others_change_meanwhile_is_not_proposed_back(register: Register) -> None:
    client = browser(register.nour)
    asked = given(client) | {"name_en": "Al-Ghar Centre", "reason": "It is called so"}
    describe_facility(
        facility=register.facility, name_ar=register.facility.name_ar, name_en=register.facility.name_en,
        type=FacilityType.HOSPITAL, services=[], other_names=[], by=register.officer,
    )  # fmt: skip
    client.post("/facilities/A/propose/", asked)
    assert [one.field for one in ChangeProposal.objects.get().changes.all()] == ["name_en"]


@pytest.mark.parametrize(
    "stood",
    ["", "[]", "null", "{", '{"type": 7, "services": [[1]], "name_ar": {}}', "\x00", "9" * 5000, "[" * 5000],
)
def test_whatever_is_sent_as_what_stood_the_page_answers(register: Register, stood: str) -> None:
    client = browser(register.nour)
    answer = client.post("/facilities/A/propose/", given(client) | {"stood": stood, "type": "hospital", "reason": "x"})
    assert answer.status_code in (200, 302)
    changes = [one.field for row in ChangeProposal.objects.all() for one in row.changes.all()]
    assert changes in ([], ["type"])


def test_faults_are_told_beside_their_fields_and_nothing_typed_is_lost(register: Register) -> None:
    client = browser(register.nour)
    asked = given(client) | {"status": "closed", "reason": "Fire", "support_end": "uossm"}
    page = client.post("/facilities/A/propose/", asked)
    assert page.context["form"].errors.keys() == {"status_day", "support_end_day"}
    assert "Fire" in text(page)
    unchanged = client.post("/facilities/A/propose/", given(client) | {"reason": "Fire"})
    assert "Nothing differs from what stands in the register." in text(unchanged)


def test_an_organisation_that_does_not_support_is_asked_for_its_support_only(register: Register) -> None:
    client = browser(register.outsider)
    form = client.get("/facilities/A/propose/").context["form"]
    assert set(form.fields) == {"support_begin", "support_begin_day", "reason", "stood"}
    assert [row.code for row in form.fields["support_begin"].queryset] == ["pac"]
    asked = {"support_begin": "pac", "support_begin_day": "2026-03-01", "reason": "We work there", "type": "hospital"}
    client.post("/facilities/A/propose/", asked)
    assert [one.field for one in ChangeProposal.objects.get().changes.all()] == ["support_begin"]


def test_the_same_form_sent_twice_is_one_proposal(register: Register) -> None:
    client = browser(register.nour)
    asked = given(client) | {"type": "hospital", "reason": "x"}
    places = {client.post("/facilities/A/propose/", asked)["Location"] for _n in range(2)}
    assert len(places) == ChangeProposal.objects.count() == 1


def test_a_new_facility_is_proposed_and_entered_through_the_pages(register: Register) -> None:
    client = browser(register.nour)
    asked = {
        "name_ar": "مركز السرو", "name_en": "Al-Sarw", "place": register.place.code, "type": "health_centre",
        "services": ["outpatient"], "support_begin": "uossm", "support_begin_day": "2026-03-01", "reason": "Opened",
    }  # fmt: skip
    address = client.post("/facilities/proposals/new/", asked)["Location"]
    officer = browser(register.officer)
    page = officer.get(address)
    read = page.context["form"]["read"].value()
    assert "Al-Sarw" in text(page)
    wrong = officer.post(address, {"decide_whole": "approve", "read": read})
    assert wrong.context["form"].errors.keys() == {"code"}
    officer.post(address, {"decide_whole": "approve", "read": read, "code": "SY07-C100"})
    assert Facility.objects.get(code="SY07-C100").supports.get().organisation == register.uossm
    assert "SY07-C100" in text(client.get(address))


def test_whoever_proposes_what_looks_known_is_asked_first(register: Register) -> None:
    register.another("SY07-C009", name_ar="مركز السرو", name_en="Al-Sarw Centre")
    client = browser(register.nour)
    asked = {
        "name_ar": "مركز السرو الصحي", "name_en": "Sarw Health Center", "place": register.place.code,
        "type": "health_centre", "reason": "Opened",
    }  # fmt: skip
    page = text(client.post("/facilities/proposals/new/", asked))
    assert "Entries like this one are in the register already." in page
    assert "/facilities/SY07-C009/" in page
    assert not ChangeProposal.objects.exists()
    client.post("/facilities/proposals/new/", asked | {"another": "on"})
    assert ChangeProposal.objects.get().new


@pytest.mark.parametrize("who", ["observer", "donor"])
def test_pages_of_proposals_are_not_open_to_readers(register: Register, who: str) -> None:
    proposal = register.proposed()
    client = browser(member(Role(who), OrganisationFactory(kind="donor" if who == "donor" else "cluster")))
    assert client.get("/facilities/proposals/").status_code == 403
    assert client.get(f"/facilities/proposals/{proposal.pk}/").status_code == 404
    assert client.get("/facilities/A/propose/").status_code == (404 if who == "donor" else 403)
    if who == "observer":
        assert "Surgery has begun" not in text(client.get("/facilities/A/"))


@pytest.mark.parametrize("address", ["proposals/0/", "proposals/99999999999999999999/", "nowhere/propose/"])
def test_what_is_not_there_is_no_page(register: Register, address: str) -> None:
    assert browser(register.nour).get(f"/facilities/{address}").status_code == 404


# --- The facility's page and the list ------------------------------------------------------------------------------


def test_open_proposals_stand_beside_the_facts(register: Register) -> None:
    register.proposed()
    register.proposed(by=register.tarek, wishes=[Wish(Field.TYPE, "laboratory")], reason="Tests only")
    page = text(browser(register.tarek).get("/facilities/A/"))
    assert page.count("Another proposal for the same field waits too.") == 2
    assert all(words in page for words in ("Surgery has begun", "Tests only", "Propose a change"))


def listed(client: Client, **filters: str) -> list[str]:
    """The names of the facilities that the list is about."""
    return [row.facility.code for row in client.get("/facilities/proposals/", filters).context["page"]]


def test_the_list_begins_with_the_longest_waiting_and_filters_stand_in_the_address(register: Register) -> None:
    register.proposed(days=1)
    register.proposed(facility=register.another("B"), days=9)
    elsewhere = register.another("C", place=SubdistrictFactory())
    register.proposed(facility=elsewhere, by=register.tarek, days=15)
    closed = register.proposed(facility=register.another("D"))
    withdraw(proposal=closed, by=register.nour, at=timezone.now())
    client = browser(register.officer)
    assert listed(client) == ["C", "B", "A"]
    assert listed(client, waiting="7") == ["C", "B"]
    assert listed(client, waiting="14") == ["C"]
    assert listed(client, organisation="uossm") == ["B", "A"]
    assert listed(client, place=register.place.line()[1].code) == ["B", "A"]
    assert listed(client, state="withdrawn") == ["D"]
    assert listed(client, q="مركز B") == listed(client, q="b") == ["B"]
    assert listed(client, state="all") == ["C", "B", "A", "D"]
    assert "2 proposals wait for your decision." in text(client.get("/facilities/proposals/"))


def test_a_role_in_some_places_reads_and_makes_proposals_there(register: Register) -> None:
    proposal, elsewhere = register.proposed(), SubdistrictFactory()
    for person, rows, places in (
        (register.nour, [proposal], {register.place, elsewhere}),
        (member(Role.NGO_COORDINATOR, register.uossm, places=[elsewhere]), [], {elsewhere}),
    ):
        client = browser(person)
        assert list(client.get("/facilities/proposals/").context["page"]) == rows
        assert set(client.get("/facilities/proposals/new/").context["form"].fields["place"].queryset) == places


def test_wrong_filters_are_told_and_the_list_stands(register: Register) -> None:
    register.proposed()
    wrong = {"q": "%", "state": "x", "place": "\x00", "organisation": "'", "waiting": "9e9", "page": "-1"}
    page = browser(register.officer).get("/facilities/proposals/", wrong)
    assert page.context["form"].errors.keys() == {"state", "place", "organisation", "waiting"}
    assert len(page.context["page"]) == 1


def test_the_list_costs_the_same_for_many_as_for_few(register: Register, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        register.proposed(facility=register.another(f"B{number}"))
    client = browser(register.officer)
    client.get("/facilities/proposals/")
    with django_assert_max_num_queries(22):
        assert len(client.get("/facilities/proposals/").context["page"]) == 12


# --- Deciding ------------------------------------------------------------------------------------------------------


def test_the_officer_decides_field_by_field(register: Register) -> None:
    wishes = [Wish(Field.TYPE, "hospital"), Wish(Field.STATUS, "closed", MARCH), Wish(Field.SERVICES, ["surgery"])]
    proposal = register.proposed(wishes=wishes)
    client, address = browser(register.officer), f"/facilities/proposals/{proposal.pk}/"
    form = client.get(address).context["form"]
    asked = {"decide_type": "approve", "decide_status": "refuse", "read": form["read"].value()}
    page = client.post(address, asked)
    assert page.status_code == 400
    assert page.context["form"].errors.keys() == {"reason"}
    assert 'value="approve"' in re.findall(r"<input[^>]*checked[^>]*>", text(page))[0]
    client.post(address, asked | {"reason": "It is open: seen on Monday"})
    assert [(one.field, one.state) for one in proposal.changes.all()] == [
        ("type", "approved"),
        ("status", "refused"),
        ("services", "open"),
    ]
    answer = text(browser(register.nour).get(address))
    assert "It is open: seen on Monday" in answer


def test_a_page_that_is_out_of_date_decides_nothing_and_shows_what_stands(register: Register) -> None:
    proposal = register.proposed()
    client, address = browser(register.officer), f"/facilities/proposals/{proposal.pk}/"
    read = client.get(address).context["form"]["read"].value()
    describe_facility(
        facility=register.facility, name_ar="أ", name_en="A", type=FacilityType.LABORATORY, services=[],
        other_names=[], by=register.director,
    )  # fmt: skip
    page = client.post(address, {"decide_type": "approve", "read": read})
    assert page.status_code == 409
    assert "Nothing was decided: read it once more." in text(page)
    assert "The register changed after this was proposed." in text(page)
    assert "Stood when this was proposed" in text(page)
    again = re.search(r'name="read" value="(\w+)"', text(page))
    assert again is not None
    assert again[1] != read
    assert client.post(address, {"decide_type": "approve", "read": again[1]}).status_code == 302


def test_what_is_decided_already_is_told(register: Register) -> None:
    proposal = register.proposed()
    client, address = browser(register.officer), f"/facilities/proposals/{proposal.pk}/"
    register.decided(proposal, "type", by=register.director)
    page = client.post(address, {"decide_type": "refuse", "reason": "No"}, follow=True)
    assert "This proposal waits no longer." in text(page)


def test_those_who_may_not_decide_see_no_question_and_are_refused(register: Register) -> None:
    proposal = register.proposed()
    address = f"/facilities/proposals/{proposal.pk}/"
    stranger = member(Role.DATA_OFFICER, DirectorateFactory())
    for person in (register.nour, register.tarek, register.administrator, stranger):
        client = browser(person)
        assert "Save the decision" not in text(client.get(address))
        assert client.post(address, {"decide_type": "approve"}).status_code == 403
    assert ChangeProposal.objects.get().state == "open"


def test_the_proposer_withdraws_after_being_asked(register: Register) -> None:
    proposal = register.proposed()
    client, address = browser(register.nour), f"/facilities/proposals/{proposal.pk}/"
    assert f"{address}withdraw/" in text(client.get(address))
    assert ChangeProposal.objects.get().state == "open"
    assert client.get(f"{address}withdraw/").status_code == 200
    client.post(f"{address}withdraw/")
    assert ChangeProposal.objects.get().state == "withdrawn"
    assert "This proposal waits no longer." in text(client.post(f"{address}withdraw/", follow=True))
    assert browser(register.tarek).post(f"{address}withdraw/").status_code == 403


def test_strange_texts_are_shown_as_text(register: Register, shared: Path) -> None:
    strings = json.loads((shared / "bad-input" / "blns.json").read_text("utf-8"))
    client = browser(register.nour)
    asked = given(client)
    for string in strings[::21]:
        answer = client.post("/facilities/A/propose/", asked | {"name_en": string, "reason": string})
        assert answer.status_code in (200, 302)
        for row in ChangeProposal.objects.open():
            page = text(client.get(f"/facilities/proposals/{row.pk}/"))
            assert "<script>alert" not in page
            withdraw(proposal=row, by=register.nour, at=timezone.now())


# --- Homes ---------------------------------------------------------------------------------------------------------


def home(person: User, language: str = "en") -> str:
    """What someone's home says."""
    return text(browser(person, language).get("/"))


def test_homes_show_what_waits_for_whom(register: Register) -> None:
    register.proposed(days=2)
    assert waiting_count(register.officer) == 1
    assert "Centre A" in home(register.officer)
    assert "None has waited for a week." in home(register.director)
    assert "Proposed changes to the register" not in home(register.administrator)
    register.proposed(facility=register.another("B"), days=8)
    assert "Centre B" in home(register.director)
    assert "Centre A" not in home(register.director)
    register.proposed(facility=register.another("C"), days=15)
    assert "Centre C" in home(register.administrator)
    assert waiting_count(register.administrator) == 1
    assert waiting_count(register.outsider) == 0


def test_the_proposers_home_shows_the_answer(register: Register) -> None:
    proposal, other = register.proposed(), register.proposed(by=register.tarek, wishes=[Wish(Field.TYPE, "laboratory")])
    assert "No answer in the last 14 days." in home(register.nour)
    register.decided(proposal, "type")
    assert f"/facilities/proposals/{proposal.pk}/" in home(register.nour)
    assert "Overtaken" in home(register.tarek)
    assert f"/facilities/proposals/{other.pk}/" in home(register.tarek)


@pytest.mark.parametrize("address", ["proposals/", "proposals/new/", "A/propose/", "A/"])
def test_every_page_speaks_both_languages(register: Register, address: str) -> None:
    register.proposed(by=register.tarek)
    for language, way in (("ar", "rtl"), ("en", "ltr")):
        answer = browser(register.nour, language).get(f"/facilities/{address}")
        assert answer.status_code == 200
        assert f'<html lang="{language}" dir="{way}">' in text(answer)
