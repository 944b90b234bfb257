"""The facility register: entering and describing facilities, and the list."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Organisation, Place, User
from directorates.permissions import Refused
from directorates.roles import Role
from directorates.rules.text import search_key
from facilities.actions.facilities import describe_facility, register_facility
from facilities.models import Facility
from facilities.models.facilities import FacilityType, Service
from facilities.models.statuses import Operating
from facilities.views.facilities import places_kept_by
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    member,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    """A sub-district of Idlib."""
    governorate = GovernorateFactory(code="SY07", name_ar="إدلب", name_en="Idlib", other_names=["Idleb"])
    district = DistrictFactory(code="SY0700", parent=governorate, name_ar="إدلب", name_en="Idlib district")
    return SubdistrictFactory(
        code="SY070000", parent=district, name_ar="بنش", name_en="Bennsh", other_names=["Binnish"]
    )


@pytest.fixture
def directorate(place: Place) -> Organisation:
    """The directorate that is competent there."""
    return DirectorateFactory(code="idlib", for_place=place.line()[0])


@pytest.fixture
def officer(directorate: Organisation) -> User:
    """A data officer of the competent directorate."""
    return member(Role.DATA_OFFICER, directorate)


@pytest.fixture
def observer() -> User:
    """Someone who sees the register and changes nothing."""
    return member(Role.OBSERVER, OrganisationFactory(kind="cluster"))


def registered(by: User, place: Place, **other: Any) -> Facility:
    """A facility entered in the register."""
    asked: dict[str, Any] = {
        "code": "SY07-H001",
        "name_ar": "مشفى الزيتون",
        "name_en": "Al-Zaytoun Hospital",
        "type": FacilityType.HOSPITAL,
        "place": place,
        "services": [Service.SURGERY, Service.EMERGENCY],
    }
    return register_facility(**asked | other, by=by, at=timezone.now())


def test_the_competent_directorate_registers_a_facility(officer: User, place: Place) -> None:
    facility = registered(officer, place)
    assert facility.status == Operating.FUNCTIONING
    assert [row.status for row in facility.statuses.all()] == [Operating.FUNCTIONING]
    assert {row.service for row in facility.services.all()} == {"surgery", "emergency"}
    assert AuditEvent.objects.get(what="register").by == officer


@pytest.mark.django_db(transaction=True)
def test_a_facility_that_is_entered_twice_at_once_is_entered_once(officer: User, place: Place) -> None:
    answers = at_once(*[lambda: registered(officer, place)] * 4)
    assert sorted(type(answer).__name__ for answer in answers) == ["Facility", *["Problem"] * 3]
    assert all(answer.errors[0].code == "exists" for answer in answers if isinstance(answer, Problem))


@pytest.mark.django_db(transaction=True)
def test_one_code_given_by_two_directorates_at_once_is_one_facility(officer: User, place: Place) -> None:
    elsewhere = SubdistrictFactory()
    other = member(Role.DATA_OFFICER, DirectorateFactory(for_place=elsewhere))
    answers = at_once(
        lambda: registered(officer, place, code="SY07-H1"), lambda: registered(other, elsewhere, code="sy07-h1")
    )
    (told,) = (answer for answer in answers if isinstance(answer, Problem))
    assert [fault.code for fault in told.errors] == ["exists"]
    assert Facility.objects.count() == 1


def test_a_name_that_somebody_else_just_gave_goes_on_finding_the_facility(officer: User, place: Place) -> None:
    seen = registered(officer, place)
    described: dict[str, Any] = {"type": FacilityType.HOSPITAL, "services": [], "other_names": [], "by": officer}
    describe_facility(facility=Facility.objects.get(pk=seen.pk), name_ar="مشفى بنش", name_en="Bennsh", **described)
    describe_facility(facility=seen, name_ar="مشفى بنش", name_en="Binnish Hospital", **described)
    assert "Bennsh" in Facility.objects.get(pk=seen.pk).other_names


def test_an_administrator_of_the_body_registers_anywhere(place: Place) -> None:
    assert registered(member(Role.ADMINISTRATOR, BodyFactory()), place)


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.NGO_COORDINATOR, "ngo"),
        (Role.OBSERVER, "cluster"),
        (Role.DONOR, "donor"),
        (Role.DATA_MANAGER, "body"),
        (Role.DATA_OFFICER, "directorate"),
    ],
)
def test_nobody_else_registers_there(role: Role, kind: str, place: Place, directorate: Organisation) -> None:
    with pytest.raises(Refused):
        registered(member(role, OrganisationFactory(kind=kind)), place)


def test_every_fault_of_a_registration_is_told_at_once(officer: User, place: Place) -> None:
    FacilityFactory(code="sy07-h001", place=place)
    tomorrow = timezone.localdate().replace(year=timezone.localdate().year + 1)
    with pytest.raises(Problem) as problem:
        registered(member(Role.ADMINISTRATOR, BodyFactory()), place.line()[1], opened=tomorrow)
    assert {fault.field for fault in problem.value.errors} == {"code", "place", "opened"}


def test_a_renamed_facility_is_still_found_by_its_old_name(officer: User, place: Place) -> None:
    facility = registered(officer, place)
    describe_facility(
        facility=facility,
        name_ar="مشفى الرحمة",
        name_en="Al-Rahma Hospital",
        type=FacilityType.HOSPITAL,
        services=[Service.SURGERY],
        other_names=[],
        by=officer,
    )
    assert Facility.objects.named_like("zaytoun").get() == facility
    assert Facility.objects.named_like("الرحمة").get() == facility
    assert [row.service for row in facility.services.all()] == ["surgery"]


@pytest.mark.parametrize(
    "text", ["مشفى الزيتون", "مستشفى الزيتون", "مستشفي زيتون", "al zaytoun", "SY07-H001", "binnish", "Idleb", "ادلب"]
)
def test_a_facility_is_found_by_any_spelling_of_its_name_or_place(text: str, officer: User, place: Place) -> None:
    facility = registered(officer, place)
    FacilityFactory()
    assert list(Facility.objects.named_like(text)) == [facility]


@pytest.mark.parametrize("text", ["nothing like it", "%", "_", "\\"])
def test_what_is_not_there_is_not_found(text: str, officer: User, place: Place) -> None:
    registered(officer, place)
    if search_key(text):
        assert not Facility.objects.named_like(text).exists()
    else:  # no letter to look for narrows nothing
        assert Facility.objects.named_like(text).count() == 1


# --- Pages ---------------------------------------------------------------------------------------------------------


def codes(client: Client, **filters: str) -> list[str]:
    """The codes of the facilities that the list shows."""
    return [facility.code for facility in client.get("/facilities/", filters).context["page"]]


def test_filters_stand_in_the_address_and_narrow_the_list(client: Client, place: Place) -> None:
    ngo = OrganisationFactory(code="uossm")
    FacilityFactory(code="A", place=place, type="hospital", supporters=[ngo])
    FacilityFactory(code="B", place=place, status="closed")
    FacilityFactory(code="C")
    client.force_login(member(Role.NGO_COORDINATOR, ngo))
    assert codes(client) == ["A", "B", "C"]
    assert codes(client, place="SY07") == ["A", "B"]
    assert codes(client, place="SY0700") == ["A", "B"]
    assert codes(client, place="SY070000", type="hospital") == ["A"]
    assert codes(client, status="closed") == ["B"]
    assert codes(client, supported_by="uossm") == ["A"]
    assert codes(client, q="Idleb") == ["A", "B"]


def test_facilities_of_a_directorate_are_those_of_its_jurisdiction_today(
    client: Client, observer: User, place: Place, directorate: Organisation
) -> None:
    FacilityFactory(code="A", place=place)
    FacilityFactory(code="B")
    client.force_login(observer)
    assert codes(client, directorate="idlib") == ["A"]


def test_the_list_is_sorted_by_the_readers_names(client: Client, observer: User) -> None:
    for code, arabic, english in (("1", "إبراهيم", "Zed"), ("2", "باب", "alpha"), ("3", "آدم", "Mid")):
        FacilityFactory(code=code, name_ar=arabic, name_en=english)
    client.force_login(observer)
    assert codes(client) == ["2", "3", "1"]
    assert codes(client, sort="-name") == ["1", "3", "2"]
    User.objects.filter(pk=observer.pk).update(language="ar")
    assert codes(client) == ["1", "3", "2"]


def test_wrong_filters_are_told_and_the_page_stands(client: Client, observer: User) -> None:
    FacilityFactory(code="A")
    client.force_login(observer)
    wrong = {
        "place": "XX",
        "type": "castle",
        "status": "x",
        "supported_by": "x",
        "q": "\x00",
        "page": "-1",
        "sort": "'",
    }
    page = client.get("/facilities/", wrong)
    assert page.status_code == 200
    assert page.context["form"].errors.keys() >= {"place", "type", "status", "supported_by"}


def test_whoever_may_not_see_the_register_sees_why_it_is_empty(client: Client) -> None:
    facility = FacilityFactory()
    client.force_login(member(Role.DONOR, OrganisationFactory(kind="donor")))
    assert "not open to this role" in client.get("/facilities/").content.decode()
    assert client.get(f"/facilities/{facility.code}/").status_code == 404


def test_what_one_may_do_in_the_register_is_offered_and_no_more(client: Client, observer: User, officer: User) -> None:
    deeds = [f'href="{reverse(name)}"' for name in ("facilities:position_grants", "facilities:register")]
    for person, offered in ((officer, True), (observer, False)):
        client.force_login(person)
        page = client.get("/facilities/").content.decode()
        assert [deed in page for deed in deeds] == [offered, offered]


def test_a_directorate_enters_facilities_in_its_own_places(officer: User, place: Place) -> None:
    DirectorateFactory(for_place=SubdistrictFactory(parent=place.parent))
    assert list(places_kept_by(officer)) == [place]


def test_the_list_costs_the_same_for_many_as_for_few(
    client: Client, observer: User, django_assert_max_num_queries: Any
) -> None:
    ngo = OrganisationFactory()
    for _ in range(60):
        FacilityFactory(supporters=[ngo])
    client.force_login(observer)
    client.get("/facilities/")
    with django_assert_max_num_queries(18):
        page = client.get("/facilities/")
    assert len(page.context["page"]) == 50


def test_the_officer_registers_through_the_page(client: Client, officer: User, place: Place) -> None:
    SubdistrictFactory()
    client.force_login(officer)
    page = client.get("/facilities/register/")
    assert list(page.context["form"].fields["place"].queryset) == [place]
    asked = {
        "code": "SY07-C009",
        "name_ar": "مركز",
        "name_en": "Centre",
        "type": "health_centre",
        "place": place.code,
        "services": ["outpatient"],
        "other_names": "One\nTwo\n",
    }
    assert client.post("/facilities/register/", asked)["Location"] == "/facilities/SY07-C009/"
    assert Facility.objects.get(code="SY07-C009").other_names == ["One", "Two"]
    again = client.post("/facilities/register/", asked)
    assert "Another facility in the register has this code." in again.content.decode()
    assert "Two" in again.content.decode()


@pytest.mark.parametrize("address", ["register/", "A/describe/", "A/status/", "A/support/"])
def test_pages_that_change_the_register_are_refused_to_observers(client: Client, observer: User, address: str) -> None:
    FacilityFactory(code="A")
    client.force_login(observer)
    assert client.get(f"/facilities/{address}").status_code == 403


def test_the_description_is_corrected_through_the_page(client: Client, officer: User, place: Place) -> None:
    facility = registered(officer, place)
    client.force_login(officer)
    assert "Al-Zaytoun Hospital" in client.get(f"/facilities/{facility.code}/describe/").content.decode()
    asked = {"name_ar": "مشفى", "name_en": "Hospital", "type": "hospital", "other_names": "", "services": []}
    client.post(f"/facilities/{facility.code}/describe/", asked)
    facility.refresh_from_db()
    assert facility.name_en == "Hospital"
    assert set(facility.other_names) == {"Al-Zaytoun Hospital", "مشفى الزيتون"}


def test_the_second_of_two_who_describe_a_facility_is_told_and_overwrites_only_knowingly(
    officer: User, place: Place
) -> None:
    facility, client = registered(officer, place), Client()
    client.force_login(officer)
    address = f"/facilities/{facility.code}/describe/"
    opened = client.get(address).context["form"]
    typed = {"name_ar": facility.name_ar, "name_en": "Mine", "type": facility.type, "services": ["vaccination"]}
    typed |= {"other_names": "", "stood": opened["stood"].value()}
    described: dict[str, Any] = {"name_ar": facility.name_ar, "name_en": "Theirs", "type": FacilityType(facility.type)}
    describe_facility(facility=facility, services=[Service.SURGERY], other_names=[], by=officer, **described)
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert 'value="Mine"' in page
    assert answer.context["form"].errors["name_en"] == ["By now it says: Theirs"]
    assert answer.context["form"].errors["services"] == [f"By now it says: {Service.SURGERY.label}"]
    assert "name_ar" not in answer.context["form"].errors
    facility.refresh_from_db()
    assert facility.name_en == "Theirs"
    again = client.post(address, typed | {"stood": answer.context["form"]["stood"].value()})
    assert again.status_code == 302
    facility.refresh_from_db()
    assert (facility.name_en, [row.service for row in facility.services.all()]) == ("Mine", ["vaccination"])
    assert client.post(address, typed | {"stood": "[1]"}).context["form"].errors["stood"]
