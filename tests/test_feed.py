"""The feed: by a secret address, what was agreed on and its reader may know today; no text, no hash that opens anything."""

import datetime
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from coordination import feed as feeds
from coordination.reporting.actions.errata import publish_erratum
from coordination.reporting.models import Edition
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.actions.feeds import end_feed, make_feed
from directorates.actions.seals import ask_unseal, seal, unseal
from directorates.actions.sessions import end_sessions
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Dataset, FeedKey, Membership, User
from directorates.models.validity import lasting
from directorates.roles import Role
from policies.actions.amendments import consent_to_amendment, propose_renewal
from policies.actions.disputes import decide_dispute
from policies.actions.mandates import state_mandate
from policies.actions.parties import leave_agreement
from policies.models import Agreement, MandateDispute
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    GovernorateFactory,
    OrganisationFactory,
    UserFactory,
    member,
    signed_in,
)
from tests.meetings.round import SAID, Round
from tests.policies.library import DAY, RULE_EN, Library
from tests.policies.pacts import Pacts
from tests.reporting.corrected import Corrected
from tests.reporting.test_bulletins import Desk, change, corrected

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def library() -> Library:
    """A body, its policy manager, an NGO's coordinator, and a policy."""
    return Library()


def feed_of(person: User, language: str = "en") -> str:
    """The address of a person's feed."""
    return reverse("feed", args=[make_feed(language=language, by=person, at=timezone.now())])


def read(address: str) -> ET.Element:
    """The feed as whoever has the address gets it."""
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314 - what the portal itself wrote


def titles(address: str) -> list[tuple[str, str]]:
    """Title and words of each entry."""
    return [
        (str(one.findtext(f"{ATOM}title")), str(one.findtext(f"{ATOM}summary")))
        for one in read(address).iter(f"{ATOM}entry")
    ]


def test_policies_are_told_as_they_are_adopted_hold_and_end(library: Library) -> None:
    library.holding()
    library.next_draft()
    library.force(since=library.today)
    address = feed_of(library.reader)
    assert sorted(titles(address)) == [
        ("Infection control, version 1", "Adopted"),
        ("Infection control, version 1", "In force from this day"),
        ("Infection control, version 1", "Superseded by a later version"),
        ("Infection control, version 2", "Adopted"),
        ("Infection control, version 2", "In force from this day"),
    ]
    assert RULE_EN not in Client().get(address).text


def test_what_is_to_come_is_no_news_yet_and_what_is_withdrawn_is(library: Library) -> None:
    library.write()
    version = library.force(since=library.today + 5 * DAY)
    address = feed_of(library.reader)
    assert [words for _title, words in titles(address)] == ["Adopted"]
    library.withdraw(version)
    assert sorted(words for _title, words in titles(address)) == ["Adopted", "Withdrawn"]


def test_decisions_are_told_to_those_at_the_table_once_the_minutes_are_closed() -> None:
    table = Round()
    meeting = table.held()
    table.decided(meeting)
    addresses = {name: feed_of(getattr(table, name)) for name in ("coordinator", "outsider")}
    assert titles(addresses["coordinator"]) == []
    table.closed(meeting)
    ((title, words),) = titles(addresses["coordinator"])
    assert title.startswith("Decision 1 of the meeting of")
    assert words == f"Called by: {table.body.name_en}"
    assert [word for word in (SAID, "Counting stores") if word in Client().get(addresses["coordinator"]).text] == []
    assert titles(addresses["outsider"]) == []


def test_what_is_decided_about_a_mandate_is_told(library: Library) -> None:
    place = GovernorateFactory(code="SY07", name_en="Idlib")
    for number in range(2):
        own = DirectorateFactory(name_en=f"Claimant {number}")
        state_mandate(
            organisation=own, function="immunization", place=place, came="claimed", basis="A campaign of cowpox",
            since=library.today, until=None, by=member(Role.DIRECTOR, own), at=timezone.now(),
        )  # fmt: skip
    dispute = MandateDispute.objects.get()
    decide_dispute(
        dispute=dispute, for_whom=dispute.first.organisation, basis="Meeting 4", decision="They have the fridges",
        day=library.today, by=library.manager, at=timezone.now(),
    )  # fmt: skip
    address = feed_of(library.reader)
    assert titles(address) == [("Immunization · Idlib", "Decision. Lead organisation: Claimant 0")]
    assert "fridges" not in Client().get(address).text


def test_agreements_are_told_as_they_come_into_force_are_renewed_and_end() -> None:
    pacts = Pacts()
    made = pacts.signed(ago=10, until=pacts.today + 90 * DAY)
    address = feed_of(pacts.reader)
    assert titles(address) == [("Pact", "In force from this day")]
    text = propose_renewal(agreement=made, until=pacts.today + 200 * DAY, why="", by=pacts.director, at=timezone.now())
    assert titles(address) == [("Pact", "In force from this day")]
    consent_to_amendment(text=text, by=pacts.first_manager, at=timezone.now())
    assert sorted(titles(address)) == [("Pact", "In force from this day"), ("Pact", "Renewed")]
    row = pacts.party(made, pacts.director)
    leave_agreement(party=row, last_day=pacts.today, why="A quarrel", by=pacts.director, at=timezone.now())
    assert "quarrel" not in Client().get(address).text
    assert ("Pact", "Ended") not in titles(address)
    Agreement.objects.filter(pk=made.pk).update(valid=lasting(pacts.today - 10 * DAY, pacts.today - DAY))
    assert ("Pact", "Ended") in titles(address)


def test_it_is_valid_atom_with_ids_that_stay(library: Library, settings: Any) -> None:
    settings.PUBLIC_URL = "https://portal.example.org"
    library.holding()
    first = read(feed_of(library.reader))
    again = read(feed_of(library.reader, "ar"))
    for one in (first, again):
        assert one.tag == f"{ATOM}feed"
        assert one.findtext(f"{ATOM}author/{ATOM}name")
        for part in (one, *one.iter(f"{ATOM}entry")):
            assert str(part.findtext(f"{ATOM}id")).startswith("tag:portal.example.org,2026:")
            assert datetime.datetime.fromisoformat(str(part.findtext(f"{ATOM}updated"))).tzinfo
            assert part.findtext(f"{ATOM}title")
            assert str(part.find(f"{ATOM}link").get("href")).startswith("https://portal.example.org/")  # type: ignore[union-attr]
    ids = [[part.findtext(f"{ATOM}id") for part in one.iter(f"{ATOM}entry")] for one in (first, again)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])
    assert first.findtext(f"{ATOM}id") == again.findtext(f"{ATOM}id")
    assert again.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert "ضبط العدوى" in str(again.findtext(f"{ATOM}entry/{ATOM}title"))


def test_names_that_look_like_markup_are_names(library: Library) -> None:
    policy = library.policy
    policy.name_en = "Gowns & <b>gloves</b>"
    policy.save()
    library.holding()
    assert titles(feed_of(library.reader))[0][0] == "Gowns & <b>gloves</b>, version 1"


def test_rights_are_asked_at_each_read(library: Library) -> None:
    library.holding()
    address = feed_of(library.reader)
    assert titles(address)
    Membership.objects.filter(person=library.reader).update(valid=lasting(None, library.today - DAY))
    assert titles(address) == []


def test_a_feed_never_speaks_for_another_organisation_of_its_person(library: Library) -> None:
    table = Round()
    meeting = table.held()
    table.decided(meeting)
    table.closed(meeting)
    person = member(Role.NGO_COORDINATOR, table.other)
    address = feed_of(person)
    member(Role.NGO_COORDINATOR, table.ngo, person=person)
    assert titles(address) == []
    Membership.objects.filter(person=person, organisation=table.other).update(valid=lasting(None, table.today - DAY))
    assert titles(address) == []


def test_whoever_may_not_enter_or_has_lost_the_second_step_reads_nothing(library: Library) -> None:
    library.holding()
    address, manager = feed_of(library.reader), feed_of(library.manager)
    assert Client().get(manager).status_code == 404
    User.objects.filter(pk=library.reader.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_an_address_ends_when_it_is_made_anew_ended_or_everything_of_the_person_is(library: Library) -> None:
    first, second = feed_of(library.reader), feed_of(library.reader)
    assert [Client().get(one).status_code for one in (first, second)] == [404, 200]
    end_feed(by=library.reader)
    end_feed(by=library.reader)
    assert Client().get(second).status_code == 404
    third = feed_of(library.reader)
    end_sessions(library.reader)
    assert Client().get(third).status_code == 404
    assert FeedKey.objects.count() == 1
    assert AuditEvent.objects.filter(what__in=["make_feed", "end_feed"]).count() == 4


def test_an_address_that_was_made_before_a_seal_opens_nothing_under_it_and_after_it() -> None:
    directorate, other = DirectorateFactory(), DirectorateFactory()
    director, body = member(Role.DIRECTOR, directorate), BodyFactory()
    address = feed_of(director)
    held = seal(by=director, organisation=directorate, reason="A raid", at=timezone.now())
    assert titles(address) == []
    ask_unseal(by=member(Role.ADMINISTRATOR, body), seal=held, reason="They are safe", at=timezone.now())
    unseal(by=member(Role.DIRECTOR, other), seal=held, at=timezone.now())
    assert Client().get(address).status_code == 404


def test_a_secret_is_stored_and_told_nowhere(library: Library) -> None:
    address = feed_of(library.reader)
    secret = address.rstrip("/").rsplit("/", 1)[1]
    assert secret not in str(list(FeedKey.objects.values())) + str(list(AuditEvent.objects.values()))
    answer = Client().get(address)
    assert secret not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert Client().get(reverse("feed", args=["a" * 32])).status_code == 404


def test_an_address_that_is_asked_without_end_is_told_to_wait(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(feeds, "READS", 2)
    address = feed_of(library.reader)
    assert [Client().get(address).status_code for _ in range(4)] == [200, 200, 429, 429]
    assert Client().get(address).headers["Retry-After"] == "3600"
    assert [Client().get(reverse("feed", args=["b" * 32])).status_code for _ in range(6)][-1] == 429


def test_the_page_shows_a_new_address_once_and_makes_it_anew(library: Library) -> None:
    client = signed_in(library.reader, "en")
    page = reverse("directorates:feed")
    assert "There is no address." in client.get(page).text
    assert client.post(page, {"language": "ar"})["Location"] == page
    shown = client.get(page).text
    assert "/feed/" in shown
    assert "It is shown this once" in shown
    assert "It is shown this once" not in client.get(page).text
    assert FeedKey.objects.get().language == "ar"
    assert client.post(page, {"language": "xx"}).status_code == 400
    assert client.post(reverse("directorates:end_feed")).status_code == 302
    assert "There is no address." in client.get(page).text


def test_without_a_role_there_is_no_feed() -> None:
    with pytest.raises(Problem, match="no_role"):
        make_feed(language="en", by=UserFactory(), at=timezone.now())
    answer = signed_in(UserFactory(), "en").post(reverse("directorates:feed"), {"language": "en"})
    assert answer.status_code == 400
    assert "Without a role there is none." in answer.text


def test_a_feed_costs_the_same_for_many_as_for_few(library: Library, django_assert_max_num_queries: Any) -> None:
    library.holding()
    for _ in range(3):
        library.next_draft()
        library.force(since=library.today) if library.draft.number == 2 else library.withdraw(
            library.force(since=library.today + library.draft.number * DAY)
        )
    address = feed_of(member(Role.OBSERVER, OrganisationFactory(kind="cluster")))
    with django_assert_max_num_queries(20):
        assert len(titles(address)) > 5


def test_errata_and_corrected_figures_are_told_to_readers_of_the_edition_without_a_text() -> None:
    scene = Corrected()
    edition = scene.publish()
    reader = member(Role.OBSERVER, OrganisationFactory(kind="cluster"))
    address = feed_of(reader)
    assert titles(address) == []
    said = {"text_ar": "كانت الزيارات 987654.", "text_en": "Visits were 987654."}
    publish_erratum(by=scene.manager, edition=edition, at=timezone.now(), **said)
    with translation.override("en"):
        title = f"{edition.template.name}, {words_for_period(edition.template, edition.period)}"
    assert titles(address) == [(title, "Erratum 1 to published figures, which stay as they are")]
    limits = {name: getattr(edition, name) for name in ("smallest", "facilities", "share", "reports", "hidden")}
    of: dict[str, Any] = {"template": edition.template, "period_start": edition.period_start, "acting": scene.body}
    draft = Edition.objects.create(state="draft", corrects=edition, by=scene.manager, at=timezone.now(), **of, **limits)
    assert len(titles(address)) == 1
    Edition.objects.filter(pk=draft.pk).update(state="published")
    assert (title, "Figures that were published are corrected here") in titles(address)
    assert "987654" not in Client().get(address).text
    Dataset.objects.update(by_agreement=True)
    assert titles(address) == []


def test_a_bulletin_is_told_when_it_is_published_or_corrected_and_never_before() -> None:
    desk = Desk()
    address = feed_of(desk.observer)
    desk.lay_out()
    desk.make()
    desk.open()
    desk.sign()
    assert titles(address) == []
    desk.publish()
    (told,) = titles(address)
    assert told == ("Monthly bulletin, March 2018", "Bulletin published, no. 1")
    assert "Some **text**" not in Client().get(address).text
    change(desk, f0=25, f1=36, f2=44, f5=29, f6=41, f7=37)
    corrected(desk)
    assert {words for _title, words in titles(address)} == {
        "Bulletin published, no. 1",
        "A bulletin that was published is corrected by this one, no. 2",
        "Figures that were published are corrected here",
    }
