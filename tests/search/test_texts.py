"""The search in texts: what is found of policies, meetings, mandates, disputes and agreements, by whom, and how it is shown."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.search.actions.entries import index_texts
from coordination.search.models import SearchEntry, things_with
from coordination.search.sources import SOURCES
from coordination.search.tasks import index_texts as task
from directorates.actions.sharing import offer_sharing
from directorates.foundation.sight import NOTHING, seeing
from directorates.models import Membership, User
from directorates.models.sharing import SharingLevel
from directorates.models.validity import lasting
from directorates.permissions import sight_of
from directorates.roles import Role
from policies.actions.amendments import begin_amendment
from policies.actions.mandates import state_mandate
from policies.actions.versions import discard_version
from policies.models import Policy, PolicySection, PolicyVersion
from tests.factories import DatasetFactory, DirectorateFactory, GovernorateFactory, OrganisationFactory, member
from tests.meetings.round import Round
from tests.policies.library import DAY, Library
from tests.policies.pacts import Pacts

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> Library:
    """A body, its policy manager, an NGO's coordinator, and a policy that nobody has written yet."""
    return Library()


@pytest.fixture
def table() -> Round:
    """A body that calls meetings, and whom it invites."""
    return Round()


def answer(client: Client, text: str, **more: str) -> Any:
    """The page of a search, once all texts are known to it."""
    index_texts()
    page = client.get("/search/", {"q": text, **more})
    assert page.status_code == 200
    return page


def found(client: Client, text: str, **more: str) -> dict[str, list[str]]:
    """The titles that a search shows, by group."""
    return {part.group.key: [row.title for row in part.rows] for part in answer(client, text, **more).context["parts"]}


def states(client: Client, text: str) -> list[tuple[str, str]]:
    """Number and state of the versions that a search shows."""
    (part,) = [one for one in answer(client, text).context["parts"] if one.group.key == "policies"]
    return [(row.url.rstrip("/").rsplit("/", 1)[1], row.state) for row in part.rows]


# --- Policies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["تعقيم الادوات", "sterilise instruments", "infection", "أدوات sterilising", "ضبط العدوي"]
)
def test_a_policy_is_found_by_its_text_in_both_languages_by_everybody_with_a_role(library: Library, text: str) -> None:
    library.holding()
    for role, kind in ((Role.OBSERVER, "cluster"), (Role.DONOR, "donor")):
        reader = member(role, OrganisationFactory(kind=kind))
        assert found(library.browser(reader), text)["policies"] == ["Infection control"]


def test_words_may_stand_in_different_sections_of_one_version(library: Library) -> None:
    library.write()
    library.write(heading_en="Waste", heading_ar="النفايات", text_en="Needles are burnt.", text_ar="تُحرق الإبر.")
    library.force()
    assert found(library.browser(), "needles sterilised")["policies"] == ["Infection control"]
    assert found(library.browser(), "needles hospital") == {}


def test_a_draft_is_found_by_those_who_prepare_it_alone(library: Library) -> None:
    library.write(text_en="Masks are worn.")
    assert states(library.browser(), "masks") == [("1", "policy_draft")]
    page = answer(library.browser(library.reader), "masks")
    assert page.context["parts"] == []
    assert "Masks are worn" not in page.text
    director = member(Role.DIRECTOR, DirectorateFactory())
    assert found(library.browser(director), "masks") == {}


def test_a_proposed_text_is_found_by_those_who_were_asked(library: Library) -> None:
    library.write(text_en="Masks are worn.")
    library.consult(library.ngo)
    assert states(library.browser(library.reader), "masks") == [("1", "policy_proposed")]
    assert found(library.browser(member(Role.NGO_COORDINATOR, OrganisationFactory())), "masks") == {}


def test_what_is_in_force_comes_first_and_each_version_says_what_it_is(library: Library) -> None:
    library.holding()
    library.next_draft()
    library.force(since=library.today)
    library.next_draft()
    assert states(library.browser(), "sterilised") == [
        ("2", "policy_in_force"), ("3", "policy_draft"), ("1", "policy_superseded"),
    ]  # fmt: skip
    assert states(library.browser(library.reader), "sterilised") == [
        ("2", "policy_in_force"),
        ("1", "policy_superseded"),
    ]


def test_a_discarded_draft_is_forgotten(library: Library) -> None:
    library.holding()
    draft = library.next_draft()
    index_texts()
    assert SearchEntry.objects.filter(version=draft).exists()
    with seeing(sight_of(library.manager)):
        discard_version(version=draft, seen=draft.edition, by=library.manager)
    assert not SearchEntry.objects.exclude(version=library.policy.versions.get()).exists()


def test_a_passage_is_marked_in_its_own_language_and_leads_to_its_section(library: Library) -> None:
    library.holding()
    english, arabic = (answer(library.browser(library.reader, code), "مريض sterilised") for code in ("en", "ar"))
    assert "Instruments are <mark>sterilised</mark> after every" in english.text
    assert f'href="/policies/{library.policy.code}/1/#sterilising"' in english.text
    assert '<div class="excerpt" dir="ltr" lang="en">' in english.text
    assert "<mark>مريض</mark>." in arabic.text
    assert '<div class="excerpt" dir="rtl" lang="ar">' in arabic.text


def test_what_people_write_is_text_on_the_page_and_nothing_else(library: Library) -> None:
    library.write(text_en="Beware of **hazard** <script>alert(1)</script> & <mark>", heading_en="<b>hazard</b>")
    page = answer(library.browser(), "hazard <script>").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page or "&amp;lt;script" in page
    assert "<b>hazard" not in page
    assert "<mark>hazard</mark>" in page


# --- Meetings ------------------------------------------------------------------------------------------------------


def test_minutes_and_decisions_are_found_by_those_at_the_table_alone(table: Round) -> None:
    meeting = table.held()
    table.decided(meeting, subject="Cold chain", text="Fridges are counted.")
    table.closed(meeting)
    for person in (table.manager, table.director, table.coordinator):
        assert found(table.browser(person), "fridges") == {"decisions": ["Cold chain"]}
        assert found(table.browser(person), "stores twice") == {"minutes": [meeting.title]}
    observer = member(Role.OBSERVER, OrganisationFactory(kind="cluster"))
    for person in (table.outsider, observer):
        for text in ("fridges", "stores twice", "Quarterly round", "Cold chain"):
            page = answer(table.browser(person), text)
            assert page.context["parts"] == []
            assert "Fridges" not in page.text


def test_a_correction_is_found_with_its_minutes(table: Round) -> None:
    meeting = table.held()
    minutes = table.written(meeting)
    assert found(table.browser(), "thrice") == {}
    minutes.corrections.create(text="They are counted thrice.", at=table.now, by=table.manager, acting=table.body)
    assert found(table.browser(), "thrice") == {"minutes": [meeting.title]}


def test_minutes_that_are_written_anew_are_found_by_their_new_words_alone(table: Round) -> None:
    meeting = table.held()
    minutes = table.written(meeting, "Gloves are short.")
    assert found(table.browser(), "gloves")
    table.now += datetime.timedelta(seconds=5)
    table.written(meeting, "Masks are short.", seen=minutes.standing())
    assert found(table.browser(), "gloves") == {}
    assert found(table.browser(), "masks") == {"minutes": [meeting.title]}


# --- Who leads what, and sharing -----------------------------------------------------------------------------------


def test_mandates_and_disputes_are_found_by_function_place_organisation_and_what_was_said(library: Library) -> None:
    place = GovernorateFactory(code="SY07", name_ar="إدلب", name_en="Idlib")
    for number in range(2):
        own = DirectorateFactory(name_en=f"Claimant {number}")
        state_mandate(
            organisation=own, function="immunization", place=place, came="claimed", basis="A campaign of cowpox",
            since=library.today, until=None, by=member(Role.DIRECTOR, own), at=timezone.now(),
        )  # fmt: skip
    client = library.browser(library.reader)
    assert len(found(client, "cowpox campaigns")["mandates"]) == 2
    assert len(found(client, "claimant idlib")["mandates"]) == 2
    assert len(found(client, "Idlib immunization")["disputes"]) == 1


def test_a_sharing_agreement_is_found_by_both_sides_alone(library: Library) -> None:
    other = member(Role.ORGANISATION_ADMINISTRATOR, OrganisationFactory())
    offer_sharing(
        dataset=DatasetFactory(), recipient=library.ngo, level=SharingLevel.TOTALS, places=[], purpose="A study of nutrition",
        first=library.today, last=library.today + DAY, by=member(Role.ADMINISTRATOR, library.body), at=timezone.now(),
    )  # fmt: skip
    assert found(library.browser(library.manager), "nutrition studies") == {"sharing": ["Services"]}
    assert found(library.browser(library.reader), "nutrition studies") == {"sharing": ["Services"]}
    assert found(library.browser(other), "nutrition studies") == {}


def test_an_agreement_is_found_by_its_articles_and_what_is_only_proposed_by_its_parties() -> None:
    pacts = Pacts()
    made = pacts.signed(pacts.director, pacts.first_manager)
    waits = pacts.open(pacts.directorate, pacts.second, by=pacts.director, name_en="Waiting pact", name_ar="ينتظر")
    assert found(pacts.browser(pacts.reader), "planned projects") == {"agreements": [made.name_en]}
    assert found(pacts.browser(pacts.director), "planned projects") == {"agreements": [waits.name_en, made.name_en]}
    assert found(pacts.browser(pacts.first_manager), "waiting pact") == {}
    begin_amendment(agreement=made, by=pacts.director, at=timezone.now())
    pacts.write(made, text_en="A campaign of cowpox")
    assert found(pacts.browser(pacts.reader), "cowpox") == {}


# --- Rights and the wall -------------------------------------------------------------------------------------------


def test_a_role_that_ended_yesterday_finds_nothing(library: Library) -> None:
    library.holding()
    Membership.objects.filter(person=library.reader).update(valid=lasting(None, library.today - DAY))
    assert found(library.browser(User.objects.get(pk=library.reader.pk)), "sterilised") == {}


@pytest.mark.wall
def test_the_words_of_a_text_are_seen_with_the_text(library: Library, table: Round) -> None:
    library.write()
    table.decided(table.held())
    index_texts()
    for person, count in ((library.manager, 2), (table.manager, 2), (table.director, 1), (library.reader, 0)):
        with seeing(sight_of(person)):
            assert SearchEntry.objects.count() == count
    with seeing(NOTHING):
        assert SearchEntry.objects.count() == 0


@pytest.mark.wall
def test_nobody_at_all_is_told_which_texts_hold_a_word(library: Library) -> None:
    library.holding()
    index_texts()
    assert things_with("'sterilis'").keys() == {"version"}
    with seeing(NOTHING):
        assert things_with("'sterilis'") == {}


def test_only_kinds_of_things_that_hold_the_words_are_looked_through(library: Library, table: Round) -> None:
    library.holding()
    table.decided(table.held())
    client = library.browser(library.reader)
    answer(client, "sterilised")
    with CaptureQueriesContext(connection) as asked:
        client.get("/search/", {"q": "sterilised"})
    through = {
        name for name in ("policyversion", "decision", "mandate") if any(f"_{name}" in one["sql"] for one in asked)
    }
    assert through == {"policyversion"}


# --- The page ------------------------------------------------------------------------------------------------------


def test_one_group_is_chosen_kept_and_paged(library: Library) -> None:
    for number in range(23):
        policy = Policy.objects.create(
            code=f"p{number:02}", kind="policy", name_ar="ن", name_en=f"Policy {number:02}", owner=library.body,
            place=library.policy.place,
        )  # fmt: skip
        version = PolicyVersion.objects.create(
            policy=policy, number=1, begun=timezone.now(), changed=timezone.now(), changed_by=library.manager
        )
        PolicySection.objects.create(version=version, anchor="a", order=0, heading_en="Soap", text_en="Soap is kept.")
    client = library.browser()
    page = answer(client, "soap")
    assert found(client, "soap") == {"policies": [f"Policy {number:02}" for number in range(5)]}
    assert 'href="?q=soap&amp;in=policies"' in page.text
    second = answer(client, "soap", **{"in": "policies", "page": "2"})
    assert [row.title for row in second.context["parts"][0].rows] == ["Policy 20", "Policy 21", "Policy 22"]
    assert '<option value="policies" selected>' in second.text
    assert 'value="soap"' in second.text
    assert "q=soap" in second.text
    assert found(client, "soap", **{"in": "minutes"}) == {}


def test_an_empty_answer_says_what_is_looked_through_and_how(library: Library) -> None:
    text = answer(library.browser(), "nowhere").text
    assert "Nothing was found that this role may see." in text
    assert "All words have to stand in one text" in text
    only = answer(library.browser(), "nowhere", **{"in": "minutes"}).text
    assert 'href="/search/?q=nowhere"' in only


def test_a_page_of_texts_costs_the_same_for_many_as_for_few(library: Library) -> None:
    library.holding()
    client = library.browser(library.reader)
    answer(client, "sterilised")
    counts = []
    for number in (1, 2):
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/search/", {"q": "sterilised", "in": "policies"})
        assert page.context["parts"][0].count == number
        counts.append(len(asked))
        if number == 1:
            library.next_draft()
            library.force(since=library.today)
            index_texts()
    assert counts[0] == counts[1]


# --- The words that are kept ---------------------------------------------------------------------------------------


def test_keeping_words_twice_changes_nothing(library: Library) -> None:
    library.write()
    assert task() == 1
    kept = list(SearchEntry.objects.values())
    assert index_texts() == 0
    assert list(SearchEntry.objects.values()) == kept


def test_a_changed_section_and_a_new_name_are_found_again(library: Library) -> None:
    section = library.write()
    assert found(library.browser(), "instruments")
    library.write(section, text_en="Boiled.")
    assert found(library.browser(), "instruments") == {}
    assert found(library.browser(), "boil") == {"policies": ["Infection control"]}
    policy = Policy.objects.get()
    policy.name_en = "Clean hands"
    policy.save()
    assert found(library.browser(), "clean hand") == {"policies": ["Clean hands"]}


def test_every_kind_of_text_can_be_asked_for_what_is_not_kept() -> None:
    for source in SOURCES:
        assert list(source.stale()) == []
