"""What is asked before anything is shown: each check by itself, in the smallest scene, so that its loss is seen at once."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from directorates.models import User
from directorates.roles import Role
from facilities.actions.position_grants import ask_for_positions
from facilities.models import Facility
from tests.api.callers import Caller
from tests.factories import (
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    UserFactory,
    member,
    show_second_factor,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    """A facility that an NGO supports."""
    made: Facility = FacilityFactory(supporters=[OrganisationFactory()])
    return made


def status_of(person: User, name: str, **arguments: Any) -> int:
    """What a person is answered at an address."""
    client = signed_in(person)
    show_second_factor(client, person)
    return int(client.get(reverse(f"facilities:{name}", kwargs=arguments)).status_code)


def test_whoever_neither_reads_nor_keeps_positions_sees_no_list_of_grants(facility: Facility) -> None:
    observer = member(Role.OBSERVER, OrganisationFactory(kind="cluster"))
    assert status_of(observer, "position_grants") == 403
    assert status_of(observer, "position_ask", code=facility.code) == 403


def test_whoever_approves_a_grant_does_not_read_by_it(facility: Facility) -> None:
    director = member(Role.DIRECTOR, DirectorateFactory(for_place=facility.place))
    clerk, today = member(Role.NGO_COORDINATOR, facility.supports.get().organisation), timezone.localdate()
    asked: dict[str, Any] = {
        "facility": facility,
        "only_me": True,
        "purpose": "Evacuation",
        "until": today,
        "at": timezone.now(),
    }
    grant = ask_for_positions(by=clerk, **asked)
    assert status_of(director, "position_grant", pk=grant.pk) == 200
    assert status_of(director, "position_read", pk=grant.pk, code=facility.code) == 403


def test_whoever_sees_no_register_proposes_nothing_and_finds_no_facility_to_change(facility: Facility) -> None:
    donor = member(Role.DONOR, OrganisationFactory(kind="donor"))
    assert status_of(donor, "propose_new") == 403
    assert status_of(donor, "status", code=facility.code) == 404


def test_a_program_of_somebody_without_a_role_reads_no_facility_and_learns_no_code(facility: Facility) -> None:
    caller = Caller(UserFactory())
    assert caller.get("facilities/").json()["results"] == []
    for query in ({"place": facility.place.code}, {"supported_by": facility.supports.get().organisation.code}):
        answer = caller.get("facilities/", query)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown")
