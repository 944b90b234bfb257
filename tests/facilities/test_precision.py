"""How precisely a facility's place is told: the sub-district to those who work with facilities, a larger place to others."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from directorates.models import Place, User
from directorates.roles import Role
from facilities.models import Facility, Merge
from tests.exchange.test_exports import table
from tests.factories import (
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    assigned,
    member,
    published,
    signed_in,
)

pytestmark = pytest.mark.django_db

LIST = "/facilities/"
PROGRAM = "/api/v1/facilities/"


@pytest.fixture
def country() -> dict[str, Place]:
    """Two facilities in two sub-districts of one district, one alone in its district, one alone in its governorate."""
    north, south = GovernorateFactory(code="SY90", name_en="North"), GovernorateFactory(code="SY91", name_en="South")
    shared = DistrictFactory(code="SY9001", parent=north, name_en="Shared")
    lonely = DistrictFactory(code="SY9002", parent=north, name_en="Lonely")
    far = DistrictFactory(code="SY9101", parent=south, name_en="Far")
    places: dict[str, Place] = {
        "ONE": SubdistrictFactory(code="SY900101", parent=shared, name_en="First hamlet"),
        "TWO": SubdistrictFactory(code="SY900102", parent=shared, name_en="Second hamlet"),
        "ALONE": SubdistrictFactory(code="SY900201", parent=lonely, name_en="Third hamlet"),
        "LAST": SubdistrictFactory(code="SY910101", parent=far, name_en="Fourth hamlet"),
    }
    for code, place in places.items():
        FacilityFactory(code=code, place=place, name_en=f"Clinic {code}")
    return places


@pytest.fixture
def observer(country: dict[str, Place]) -> User:
    """Somebody who sees the register and works with no facility."""
    return member(Role.OBSERVER, OrganisationFactory(kind="cluster", code="cluster"))


@pytest.fixture
def coordinator(country: dict[str, Place]) -> User:
    """Somebody who reports for facilities."""
    return member(Role.NGO_COORDINATOR, OrganisationFactory(code="ngo"))


TOLD = {"ONE": "SY9001", "TWO": "SY9001", "ALONE": "SY90", "LAST": "SY"}


def told_by_program(person: User, **asked: str) -> dict[str, str]:
    """The place of each facility that the API answers."""
    answer = signed_in(person).get(PROGRAM, asked)
    return {row["code"]: row["place"] for row in answer.json()["results"]}


def test_who_works_with_facilities_is_told_the_sub_district(coordinator: User, country: dict[str, Place]) -> None:
    assert told_by_program(coordinator) == {code: place.code for code, place in country.items()}
    page = signed_in(coordinator).get(f"{LIST}ONE/").content.decode()
    assert "First hamlet" in page
    assert "SY900101" in page


def test_others_are_told_the_district_and_a_level_above_where_a_place_holds_one_facility_only(observer: User) -> None:
    assert told_by_program(observer) == TOLD
    client = signed_in(observer)
    for code, place in TOLD.items():
        assert client.get(f"{PROGRAM}{code}/").json()["place"] == place
        page = client.get(f"{LIST}{code}/").content.decode()
        assert "hamlet" not in page
        assert f">{place}<" in page


def test_an_entry_that_was_merged_away_does_not_count_as_a_second_facility(observer: User) -> None:
    one, two = Facility.objects.get(code="ONE"), Facility.objects.get(code="TWO")
    by, at = UserFactory(), timezone.now()
    Merge.objects.create(merged=two, survivor=one, day=timezone.localdate(), reason="One house", by=by, at=at)
    client = signed_in(observer)
    assert client.get(f"{PROGRAM}ONE/").json()["place"] == "SY90"
    merged = client.get(f"{LIST}TWO/merged/").content.decode()
    assert "Clinic TWO" in merged
    assert "SY9001" not in merged


@pytest.mark.parametrize("address", [LIST, f"{LIST}?sort=place", f"{LIST}?q=Clinic", "/search/?q=Clinic"])
def test_no_list_tells_others_the_sub_district(observer: User, address: str) -> None:
    page = signed_in(observer).get(address).content.decode().replace("<mark>", "").replace("</mark>", "")
    assert "Clinic ONE" in page
    assert "hamlet" not in page
    assert "SY900101" not in page


@pytest.mark.parametrize("text", ["First hamlet", "SY900101", "Lonely", "SY9002"])
def test_no_search_finds_a_facility_by_a_place_that_is_not_told(observer: User, text: str) -> None:
    client = signed_in(observer)
    assert "Clinic" not in client.get(LIST, {"q": text}).content.decode()
    assert "Clinic" not in client.get("/search/", {"q": text}).content.decode()


def test_no_filter_gives_away_a_place_that_is_not_told(observer: User, country: dict[str, Place]) -> None:
    assert told_by_program(observer, place="SY900101") == {}
    assert told_by_program(observer, place="SY9002") == {}
    assert set(told_by_program(observer, place="SY9001")) == {"ONE", "TWO"}
    assert set(told_by_program(observer, place="SY90")) == {"ONE", "TWO", "ALONE"}
    page = signed_in(observer).get(LIST, {"place": "SY9002"}).content.decode()
    assert "Clinic ALONE" not in page


def test_files_and_the_facilities_that_report_tell_no_more(observer: User) -> None:
    version = published()
    assigned(version.template, *Facility.objects.all())
    client = signed_in(observer)
    page = client.get("/reports/assignments/", {"template": version.template.code}).content.decode()
    assert "Clinic ONE" in page
    assert "hamlet" not in page
    for listing in ("facilities", "assignments"):
        rows = table(client, listing, f"template={version.template.code}")
        code, place = rows[0].index("Facility code"), rows[0].index("P-code of the place")
        assert {row[code]: row[place] for row in rows[1:]} == TOLD


def test_a_role_for_some_places_is_told_the_sub_district_there(country: dict[str, Place]) -> None:
    shared = country["ONE"].parent
    reporter = member(Role.FACILITY_REPORTER, OrganisationFactory(), places=[shared] if shared else [])
    observing = member(Role.OBSERVER, OrganisationFactory(), person=reporter)
    assert observing == reporter
    assert told_by_program(reporter)["ONE"] == "SY900101"


def test_without_a_question_of_whom_it_is_told_no_place_is(country: dict[str, Place]) -> None:
    with pytest.raises(AttributeError):
        _ = Facility.objects.get(code="ONE").told_place
    assert {row.told_place.code for row in Facility.objects.placed_for(AnonymousUser())} == set(TOLD.values())


def test_who_can_see_this_gives_the_place_away_to_nobody(observer: User, country: dict[str, Place]) -> None:
    member(Role.FACILITY_REPORTER, OrganisationFactory(), places=[country["ONE"]])
    works = member(Role.NGO_COORDINATOR, OrganisationFactory())

    def reads(person: User, code: str) -> bool:
        return "Facility reporter" in signed_in(person).get(f"{LIST}{code}/readers/").content.decode()

    # Of facilities of one district all answers are alike to whoever is told the district.
    assert [reads(observer, code) for code in ("ONE", "TWO")] == [True, True]
    assert [reads(works, code) for code in ("ONE", "TWO")] == [True, False]
