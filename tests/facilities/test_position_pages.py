"""Pages of exact positions: entering in any digits, nothing shown again, refusals; and what is typed wrongly."""

from decimal import Decimal
from typing import Any

import pytest

from directorates.models import AuditEvent, User
from directorates.roles import Role
from facilities.actions.positions import decrypted
from facilities.models import ExactPosition, Facility
from facilities.rules.positions import Position, PositionProblem, parse_degrees, position_of
from tests.facilities.test_positions import HERE, OLD, entered
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    member,
    signed_in,
)

pytestmark = pytest.mark.django_db
TYPED = {"latitude": "35.800001", "longitude": "36.700002"}


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    """A key of the test's own."""
    settings.POSITION_KEYS = OLD


@pytest.fixture
def facility() -> Facility:
    """A facility in Idlib."""
    governorate = GovernorateFactory(code="SY07", name_en="Idlib")
    return FacilityFactory(code="A", place=SubdistrictFactory(parent=DistrictFactory(parent=governorate)))


@pytest.fixture
def officer(facility: Facility) -> User:
    """A data officer of the competent directorate."""
    return member(Role.DATA_OFFICER, DirectorateFactory(for_place=facility.place.line()[0]))


# --- What people type ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["35.8", "٣٥٫٨", "۳۵.۸", "35,8", "٣٥،٨", " 35.8° ", "\u200e35.8\u200f", "+35.8", "35.800000"],
)
def test_degrees_are_read_in_any_digits_and_with_any_mark(typed: str) -> None:
    assert parse_degrees(typed) == Decimal("35.8")


@pytest.mark.parametrize("typed", ["", "x", "35°48'", "35.8N", "1e3", "35.8.1", "٣٥ ٨", "NaN", "35.8, 36.7", "1" * 400])
def test_what_is_no_number_of_degrees_is_refused_without_being_quoted(typed: str) -> None:
    with pytest.raises(PositionProblem) as problem:
        parse_degrees(typed)
    assert str(problem.value) == "not_degrees"


@pytest.mark.parametrize(
    ("north", "east", "code"),
    [
        ("36.7", "35.8", None),
        ("42.1", "33.3", "swapped"),
        ("48.85", "2.35", "outside_country"),
        ("0", "0", "outside_country"),
    ],
)
def test_a_position_lies_in_the_country(north: str, east: str, code: str | None) -> None:
    if code is None:
        assert position_of(Decimal(north), Decimal(east)) == Position(36_700_000, 35_800_000)
        return
    with pytest.raises(PositionProblem, match=code):
        position_of(Decimal(north), Decimal(east))


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_a_position_is_entered_and_never_shown_again(facility: Facility, officer: User) -> None:
    client = signed_in(officer)
    assert "/facilities/A/position/" in client.get("/facilities/A/").content.decode()
    assert "No exact location is held" in client.get("/facilities/A/position/").content.decode()
    answer = client.post("/facilities/A/position/enter/", {"latitude": "٣٥٫٨٠٠٠٠١", "longitude": "36,700002"})
    assert answer.status_code == 302
    assert decrypted(ExactPosition.objects.get()) == HERE
    for address in ("/facilities/A/position/", "/facilities/A/position/enter/", "/facilities/A/"):
        page = client.get(address)
        assert "35.8" not in page.content.decode()
        assert "٣٥٫٨" not in page.content.decode()
    told = client.get("/facilities/A/position/")
    assert officer.name in told.content.decode()
    assert "no-store" in told["Cache-Control"]
    assert "35.8" not in str(list(AuditEvent.objects.values_list("details", "what")))


def test_what_was_typed_wrongly_is_told_and_not_shown_again(facility: Facility, officer: User) -> None:
    client = signed_in(officer)
    for given, words in (
        ({"latitude": "35.800001", "longitude": "east"}, "Degrees with decimals are needed"),
        ({"latitude": "37.150001", "longitude": "36.200002"}, "outside of the governorate"),
        ({"latitude": "41.150001", "longitude": "36.200002"}, "seem to be swapped"),
        ({"latitude": "48.850001", "longitude": "2.350002"}, "outside of Syria"),
        ({"latitude": "", "longitude": "36.700002"}, "required"),
    ):
        page = client.post("/facilities/A/position/enter/", given).content.decode()
        assert words in page
        assert not any(value in page for value in given.values() if len(value) > 4)
    assert not ExactPosition.objects.exists()


def test_one_that_lies_outside_is_typed_again_and_confirmed(facility: Facility, officer: User) -> None:
    client = signed_in(officer)
    asked = {"latitude": "36.2", "longitude": "37.15"}
    assert 'name="sure"' not in client.get("/facilities/A/position/enter/").content.decode()
    assert 'name="sure"' in client.post("/facilities/A/position/enter/", asked).content.decode()
    assert client.post("/facilities/A/position/enter/", asked | {"sure": "on"}).status_code == 302
    assert ExactPosition.objects.exists()


def test_it_is_replaced_and_removed_with_a_reason(facility: Facility, officer: User) -> None:
    entered(facility, officer)
    client = signed_in(officer)
    assert client.post("/facilities/A/position/enter/", TYPED).status_code == 200
    assert client.post("/facilities/A/position/enter/", TYPED | {"reason": "It moved"}).status_code == 302
    assert client.post("/facilities/A/position/remove/", {"reason": " "}).status_code == 200
    assert client.post("/facilities/A/position/remove/", {"reason": "Not to be known"}).status_code == 302
    assert client.post("/facilities/A/position/remove/", {"reason": "Again"}).status_code == 409
    assert not ExactPosition.objects.exists()


def test_others_reach_neither_the_pages_nor_that_one_is_held(facility: Facility, officer: User) -> None:
    entered(facility, officer)
    body = BodyFactory()
    refused = {
        member(Role.ADMINISTRATOR, body): 403,
        member(Role.DATA_MANAGER, body): 200,
        member(Role.NGO_COORDINATOR, OrganisationFactory()): 200,
        member(Role.DATA_OFFICER, DirectorateFactory(for_place=GovernorateFactory())): 200,
        member(Role.OBSERVER, OrganisationFactory()): 403,
        member(Role.DONOR, OrganisationFactory(kind="donor")): 404,
        UserFactory(): 404,
    }
    for person, status in refused.items():
        client = signed_in(person)
        answer = client.get("/facilities/A/position/")
        assert answer.status_code == status
        assert "Held since" not in answer.content.decode()
        for page in ("enter", "remove"):
            address = f"/facilities/A/position/{page}/"
            assert client.post(address, TYPED | {"reason": "Why not"}).status_code == (404 if status == 404 else 403)
    assert decrypted(ExactPosition.objects.get()) == HERE


def test_without_a_key_the_page_says_so(facility: Facility, officer: User, settings: Any) -> None:
    settings.POSITION_KEYS = ""
    page = signed_in(officer).post("/facilities/A/position/enter/", TYPED)
    assert "TANSIQ_POSITION_KEYS" in page.content.decode()
    assert "35.8" not in page.content.decode()
