"""The one search: what it finds, in any spelling, and what it keeps from those who may not see it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from directorates.models import OrganisationName, Place, User
from directorates.models.validity import lasting
from directorates.roles import Role
from tests.facilities.test_facility_page import report
from tests.factories import (
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def observer() -> User:
    """Someone who sees the register and no reports."""
    return member(Role.OBSERVER, OrganisationFactory(kind="cluster", code="cluster"))


@pytest.fixture
def place() -> Place:
    """A sub-district of Idlib."""
    governorate = GovernorateFactory(code="SY07", name_ar="إدلب", name_en="Idlib", other_names=["Idleb"])
    return SubdistrictFactory(parent=DistrictFactory(parent=governorate), name_ar="بنش", name_en="Bennsh")


def found(client: Client, text: str, **more: str) -> dict[str, list[str]]:
    """The titles that a search shows, by group."""
    page = client.get("/search/", {"q": text, **more})
    return {part.group.key: [row.title for row in part.rows] for part in page.context["parts"]}


@pytest.mark.parametrize("text", ["Idlib", "Idleb", "idleb", "إدلب", "ادلب", "SY07", "ｓｙ０７"])
def test_a_place_is_found_in_any_spelling(client: Client, observer: User, place: Place, text: str) -> None:
    client.force_login(observer)
    assert found(client, text)["places"][0] == "Idlib"


@pytest.mark.parametrize("text", ["مشفى النور", "مستشفى النور", "مستشفي نور", "al-nour"])
def test_a_facility_is_found_in_any_spelling(client: Client, observer: User, place: Place, text: str) -> None:
    FacilityFactory(place=place, name_ar="مشفى النور", name_en="Al-Nour Hospital")
    client.force_login(observer)
    assert found(client, text)["facilities"] == ["Al-Nour Hospital"]


def test_whoever_sees_no_register_finds_no_facility(client: Client, place: Place) -> None:
    FacilityFactory(place=place, name_ar="مشفى النور", name_en="Al-Nour Hospital")
    client.force_login(member(Role.DONOR, OrganisationFactory(kind="donor")))
    assert "facilities" not in found(client, "al-nour")


def test_facilities_named_so_come_before_those_that_lie_there(client: Client, place: Place) -> None:
    FacilityFactory(place=place, name_en="A centre")
    FacilityFactory(name_en="The Idlib friendship hospital")
    client.force_login(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    assert found(client, "Idlib")["facilities"] == ["The Idlib friendship hospital", "A centre"]


def test_an_organisation_is_found_by_a_name_it_bore(client: Client, observer: User) -> None:
    body = OrganisationFactory(kind="body", code="body", name_en="Technical Body")
    names = {"name_ar": "الجسم التنسيقي", "name_en": "Coordination Body", "short_ar": "الجسم", "short_en": "Body"}
    OrganisationName.objects.create(organisation=body, valid=lasting(None, timezone.localdate()), **names)
    client.force_login(observer)
    assert found(client, "coordination body")["organisations"] == ["Technical Body"]
    assert found(client, "الجسم التنسيقي")["organisations"] == ["Technical Body"]


def test_a_report_is_found_by_its_number_by_those_who_may_read_it(client: Client, observer: User, place: Place) -> None:
    ngo = OrganisationFactory()
    facility = FacilityFactory(place=place, supporters=[ngo])
    sent = report(facility, ngo, DirectorateFactory(for_place=place.line()[0]))
    client.force_login(member(Role.NGO_COORDINATOR, ngo))
    number = str(sent.receipt)
    assert found(client, number)["reports"] == [number]
    assert found(client, number.lower())["reports"] == [number]
    client.force_login(observer)
    assert "reports" not in found(client, number)
    client.force_login(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    assert "reports" not in found(client, number)


def test_a_donor_finds_no_facility(client: Client, place: Place) -> None:
    FacilityFactory(place=place)
    OrganisationFactory(name_en="Idlib Aid")
    client.force_login(member(Role.DONOR, OrganisationFactory(kind="donor")))
    assert set(found(client, "Idlib")) == {"places", "organisations"}
    assert "/facilities/" not in client.get("/search/", {"q": "Idlib"}).content.decode()


@pytest.mark.parametrize("text", ["", " ", "a", "ا", "ال", "%", "--", "\u202e"])
def test_too_little_to_look_for_finds_nothing_and_says_why(client: Client, observer: User, text: str) -> None:
    FacilityFactory()
    client.force_login(observer)
    assert found(client, text) == {}


@pytest.mark.parametrize("text", ["%%%", "__", "\\\\", "'; DROP TABLE x; --", "\x00\x00ab", "x" * 5000, "👩🏽👩🏽"])
def test_strange_texts_are_looked_for_like_others(client: Client, observer: User, text: str) -> None:
    client.force_login(observer)
    assert client.get("/search/", {"q": text, "in": "'", "page": "'"}).status_code == 200


def test_twenty_of_a_group_are_shown_and_the_rest_is_a_link_away(client: Client, observer: User, place: Place) -> None:
    for _ in range(55):
        FacilityFactory(place=place, name_en="Same name")
    client.force_login(observer)
    page = client.get("/search/", {"q": "Same name"}).content.decode()
    assert len(found(client, "Same name")["facilities"]) == 20
    assert "in=facilities" in page
    assert len(found(client, "Same name", **{"in": "facilities"})["facilities"]) == 50
    assert len(found(client, "Same name", **{"in": "facilities", "page": "2"})["facilities"]) == 5


def test_a_search_costs_the_same_for_many_as_for_few(
    client: Client, observer: User, place: Place, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        FacilityFactory(place=place, name_en="Same name")
    client.force_login(observer)
    client.get("/search/", {"q": "Same name"})
    with django_assert_max_num_queries(30):
        client.get("/search/", {"q": "Same name"})


def test_whoever_has_not_signed_in_searches_nothing(client: Client) -> None:
    assert client.get("/search/", {"q": "Idlib"})["Location"].startswith("/accounts/login/")


def test_what_is_named_exactly_is_not_buried(client: Client, place: Place) -> None:
    for _ in range(3):
        FacilityFactory(place=place)
    client.force_login(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    assert list(found(client, "Idlib")) == ["places", "facilities"]


@pytest.mark.parametrize(("text", "marked"), [("al-nour", ["Al", "Nour"]), ("nou", ["Nour"])])
def test_what_was_asked_for_is_marked_in_the_title_of_a_facility(
    client: Client, observer: User, place: Place, text: str, marked: list[str]
) -> None:
    FacilityFactory(place=place, name_ar="مشفى النور", name_en="Al-Nour Hospital")
    client.force_login(observer)
    page = client.get("/search/", {"q": text})
    (row,) = [row for part in page.context["parts"] if part.group.key == "facilities" for row in part.rows]
    assert [piece.text for piece in row.pieces if piece.found] == marked
    assert f"<mark>{marked[-1]}</mark>" in page.text
    assert "<mark>Hospital</mark>" not in page.text
