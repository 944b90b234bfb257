"""Names of facilities and reasons of proposals carry no location: it is refused, its author told."""

from typing import Any

import pytest
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from facilities.actions.duplicates import merge, set_apart
from facilities.actions.facilities import describe_facility, register_facility
from facilities.actions.proposals import Wish, propose_new
from facilities.actions.statuses import change_status
from facilities.models import ChangeProposal, Facility, Merge, NotDuplicate
from facilities.models.facilities import FacilityType
from facilities.models.proposals import Field
from facilities.models.statuses import Operating
from tests.facilities.proposing import Register
from tests.factories import signed_in

pytestmark = pytest.mark.django_db

PLACE = "35.9306, 36.6339"


@pytest.fixture
def register() -> Register:
    """A directorate, a facility, and the people around it."""
    return Register()


def faults(problem: pytest.ExceptionInfo[Problem]) -> list[tuple[str, str]]:
    """Field and code of every fault."""
    return [(str(fault.field), fault.code) for fault in problem.value.errors]


@pytest.mark.parametrize("text", [PLACE, "8G9JWJJM+6H", "https://osm.org/go/0x", "٣٧S BV ٨٢٣٤٥ ٧٩٠١٢"])
def test_a_proposal_with_a_location_in_its_reason_is_refused(register: Register, text: str) -> None:
    with pytest.raises(Problem) as refused:
        register.proposed(reason=f"It moved to {text}")
    assert faults(refused) == [("reason", "location")]
    assert not ChangeProposal.objects.exists()
    assert not AuditEvent.objects.filter(what="propose").exists()
    assert register.proposed(reason="It moved to the next village").pk


@pytest.mark.parametrize(
    "wish", [Wish(Field.NAME_EN, f"Clinic {PLACE}"), Wish(Field.OTHER_NAMES, ["Clinic", f"at {PLACE}"])]
)
def test_a_proposed_name_carries_no_location(register: Register, wish: Wish) -> None:
    with pytest.raises(Problem) as refused:
        register.proposed(wishes=[wish])
    assert faults(refused) == [(str(wish.field), "location")]


def test_a_new_facility_is_proposed_without_a_location(register: Register) -> None:
    wishes = [Wish(Field.NAME_AR, "نقطة"), Wish(Field.NAME_EN, PLACE), Wish(Field.TYPE, "hospital")]
    with pytest.raises(Problem) as refused:
        propose_new(place=register.place, wishes=wishes, reason=PLACE, by=register.nour, at=timezone.now())
    assert set(faults(refused)) == {("name_en", "location"), ("reason", "location")}


def test_a_decision_says_why_without_a_location(register: Register) -> None:
    proposal = register.proposed()
    with pytest.raises(Problem) as refused:
        register.decided(proposal, refuse=["type"], reason=PLACE)
    assert faults(refused) == [("reason", "location")]
    assert ChangeProposal.objects.get().state == "open"


def test_the_register_keeps_no_name_with_a_location(register: Register) -> None:
    named: dict[str, Any] = {"name_ar": "نقطة", "name_en": "Clinic", "type": FacilityType.HOSPITAL, "services": []}
    with pytest.raises(Problem) as refused:
        register_facility(
            code="B", place=register.place, by=register.officer, at=timezone.now(), **named | {"name_en": PLACE}
        )
    assert faults(refused) == [("name_en", "location")]
    with pytest.raises(Problem) as refused:
        describe_facility(facility=register.facility, other_names=[PLACE], by=register.officer, **named)
    assert faults(refused) == [("other_names", "location")]
    assert not Facility.objects.filter(search__contains="9306").exists()


def test_statuses_and_duplicates_say_why_without_a_location(register: Register) -> None:
    at, other = timezone.now(), register.another("B")
    today = timezone.localdate(at)
    with pytest.raises(Problem) as refused:
        change_status(facility=other, status=Operating.CLOSED, reason=PLACE, since=today, by=register.officer, at=at)
    assert faults(refused) == [("reason", "location")]
    with pytest.raises(Problem) as refused:
        set_apart(first=register.facility, second=other, reason=PLACE, by=register.officer, at=at)
    assert faults(refused) == [("reason", "location")]
    with pytest.raises(Problem) as refused:
        merge(survivor=register.facility, merged=other, reason=PLACE, by=register.officer, at=at)
    assert faults(refused) == [("reason", "location")]
    assert not Merge.objects.exists()
    assert not NotDuplicate.objects.exists()


@pytest.mark.parametrize(("language", "told"), [("ar", "قد يدل هذا النص على موقع"), ("en", "This may give a location")])
def test_the_form_of_a_facility_tells_it_beside_the_name(register: Register, language: str, told: str) -> None:
    asked = {"code": "NEW-1", "name_ar": "نقطة", "name_en": PLACE, "type": "hospital", "place": register.place.code}
    page = signed_in(register.officer, language).post("/facilities/register/", asked)
    assert page.status_code == 200
    assert told in page.content.decode()
    assert not Facility.objects.filter(code="NEW-1").exists()
