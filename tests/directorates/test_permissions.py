"""The one door: what opens it, until when, and that a list and a single check agree."""

import datetime
import random

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.models import Permission as PermissionRow
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from directorates.acting import act_as
from directorates.actions.people import organisations_managed_by
from directorates.actions.seals import seal
from directorates.models import Membership, Organisation, OrganisationGrant, Place, PlaceGrant, RoleGroup, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, may, open_role, require, rights_of
from directorates.roles import LABELS, ROLES, Role
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    CountryFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    competent,
    member,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def today() -> datetime.date:
    """Today where the portal is."""
    return timezone.localdate()


def test_a_role_gives_what_its_list_says_and_nothing_else() -> None:
    ngo = OrganisationFactory()
    person = member(Role.NGO_COORDINATOR, ngo)
    held = {permission for permission in Permission if may(person, permission)}
    assert held == set().union(*ROLES[Role.NGO_COORDINATOR].permits.values())


@pytest.mark.parametrize("role", list(Role))
def test_every_role_opens_in_the_kinds_of_organisations_it_names(role: Role) -> None:
    for kind in ROLES[role].kinds:
        person = member(role, OrganisationFactory(kind=kind, code=f"{kind}-{list(Role).index(role)}".replace("_", "-")))
        own = set().union(*(found for anchor, found in ROLES[role].permits.items() if anchor != "datasets"))
        assert {permission for permission in Permission if may(person, permission)} == own


def test_an_organisation_administrator_manages_the_people_of_the_own_organisation_alone() -> None:
    ngo, other = OrganisationFactory(), OrganisationFactory()
    person = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    assert may(person, Permission.MANAGE_PEOPLE, ngo)
    assert not may(person, Permission.MANAGE_PEOPLE, other)
    assert not may(person, Permission.MANAGE_ORGANISATIONS)
    assert list(organisations_managed_by(person)) == [ngo]


@pytest.mark.parametrize("kind", ["directorate", "ngo", "donor"])
def test_an_organisation_administrator_seals_nothing(kind: str) -> None:
    own = OrganisationFactory(kind=kind)
    person = member(Role.ORGANISATION_ADMINISTRATOR, own)
    with pytest.raises(Refused):
        seal(by=person, organisation=DirectorateFactory(), reason="Leaked", at=timezone.now())
    with pytest.raises(Refused):
        seal(by=person, organisation=own, reason="Leaked", at=timezone.now())


def test_a_facility_reporter_keeps_neither_register_nor_people() -> None:
    for kind in ("directorate", "ngo"):
        person = member(Role.FACILITY_REPORTER, OrganisationFactory(kind=kind))
        assert may(person, Permission.SUBMIT_REPORTS)
        for permission in (Permission.MANAGE_FACILITIES, Permission.PROPOSE_FACILITIES, Permission.MANAGE_PEOPLE):
            assert not may(person, permission)


def test_every_permission_has_words() -> None:
    assert set(LABELS) == set(Permission)


def test_nobody_who_has_not_signed_in_may_do_anything() -> None:
    assert not any(may(AnonymousUser(), permission) for permission in Permission)


def test_a_person_without_a_role_may_do_nothing() -> None:
    assert rights_of(UserFactory()).scopes == ()


def test_a_membership_that_ended_yesterday_gives_nothing_today() -> None:
    person = member(Role.NGO_COORDINATOR, OrganisationFactory(), last=today() - DAY)
    assert rights_of(person).scopes == ()


def test_a_membership_gives_its_rights_on_its_last_day() -> None:
    person = member(Role.NGO_COORDINATOR, OrganisationFactory(), last=today())
    assert may(person, Permission.SUBMIT_REPORTS)


def test_a_membership_that_begins_tomorrow_gives_nothing_today() -> None:
    person = member(Role.NGO_COORDINATOR, OrganisationFactory(), first=today() + DAY)
    assert rights_of(person).scopes == ()


def test_what_ended_gives_nothing_although_the_person_chose_the_organisation_before() -> None:
    ngo = OrganisationFactory()
    person = act_as(member(Role.NGO_COORDINATOR, ngo, last=today() - DAY), ngo)
    assert rights_of(person).scopes == ()


@pytest.mark.parametrize("status", ["suspended", "dissolved"])
def test_the_roles_of_an_organisation_that_does_not_act_give_nothing(status: str) -> None:
    ngo = OrganisationFactory()
    person = act_as(member(Role.NGO_COORDINATOR, ngo), ngo)
    Organisation.objects.filter(pk=ngo.pk).update(status=status)
    assert rights_of(person).scopes == ()


def test_whoever_may_not_sign_in_may_do_nothing() -> None:
    person = member(Role.ADMINISTRATOR, BodyFactory())
    person.is_active = False
    assert rights_of(person).scopes == ()


def test_with_several_affiliations_only_the_organisation_acted_for_counts() -> None:
    ngo, body = OrganisationFactory(), BodyFactory()
    person = member(Role.NGO_COORDINATOR, ngo)
    member(Role.DATA_MANAGER, body, person=person)
    act_as(person, ngo)
    assert may(person, Permission.SUBMIT_REPORTS)
    assert not may(person, Permission.RUN_CONSOLIDATION)
    act_as(person, body)
    assert not may(person, Permission.SUBMIT_REPORTS)
    assert may(person, Permission.RUN_CONSOLIDATION)


def test_nobody_acts_as_an_organisation_without_belonging_to_it() -> None:
    other = OrganisationFactory()
    member(Role.NGO_COORDINATOR, other)
    person = act_as(member(Role.NGO_COORDINATOR, OrganisationFactory()), other)
    assert rights_of(person).scopes == ()


def test_a_membership_limited_to_a_district_opens_nothing_beside_it() -> None:
    governorate = GovernorateFactory()
    inside = SubdistrictFactory(parent=DistrictFactory(parent=governorate))
    beside = SubdistrictFactory(parent=DistrictFactory(parent=governorate))
    directorate = DirectorateFactory(for_place=governorate)
    officer = member(Role.DATA_OFFICER, directorate, places=[inside.parent])
    here, there = FacilityFactory(place=inside), FacilityFactory(place=beside)
    assert may(officer, Permission.MANAGE_FACILITIES, here)
    assert not may(officer, Permission.MANAGE_FACILITIES, there)
    assert list(Facility.objects.visible_to(officer)) == [here]


def test_a_code_that_begins_like_another_is_not_inside_it() -> None:
    one = SubdistrictFactory(parent=DistrictFactory(parent=GovernorateFactory(code="SY0"), code="SY07"))
    other = SubdistrictFactory(parent=DistrictFactory(parent=one.parent.parent, code="SY070"))
    officer = member(Role.OBSERVER, BodyFactory(), places=[one.parent])
    here = FacilityFactory(place=one)
    FacilityFactory(place=other)
    assert list(Facility.objects.visible_to(officer)) == [here]


def test_a_directorate_that_is_no_longer_competent_keeps_no_facility() -> None:
    governorate = GovernorateFactory()
    facility = FacilityFactory(place=SubdistrictFactory(parent=DistrictFactory(parent=governorate)))
    directorate = DirectorateFactory()
    competent(directorate, governorate, last=today() - DAY)
    assert not may(member(Role.DATA_OFFICER, directorate), Permission.MANAGE_FACILITIES, facility)


def test_a_refusal_names_the_right_that_is_missing() -> None:
    donor = member(Role.DONOR, OrganisationFactory(kind="donor"))
    with override("en"), pytest.raises(Refused) as refusal:
        require(donor, Permission.MANAGE_PEOPLE)
    assert refusal.value.permission is Permission.MANAGE_PEOPLE
    assert "manage people" in str(refusal.value.detail)


def test_rights_are_asked_for_once_a_request() -> None:
    person = member(Role.DATA_OFFICER, DirectorateFactory())
    act_as(person, person.memberships.get().organisation)
    person.rights_kept = {}
    with CaptureQueriesContext(connection) as queries:
        for permission in Permission:
            may(person, permission)
        list(Facility.objects.visible_to(person))
    assert len(queries) == 2  # the rights, and the list


def test_rights_are_asked_for_anew_where_no_request_keeps_them() -> None:
    person = member(Role.NGO_COORDINATOR, OrganisationFactory())
    assert may(person, Permission.SUBMIT_REPORTS)
    Membership.objects.filter(person=person).update(valid=lasting(today() - 9 * DAY, today() - DAY))
    assert not may(person, Permission.SUBMIT_REPORTS)


def grant_place(
    group: RoleGroup, permission: Permission, place: Place, first: datetime.date, last: datetime.date | None
) -> None:
    """Let a role do something in a place for a time."""
    row = PermissionRow.objects.get(content_type=ContentType.objects.get_for_model(Place), codename=permission.value)
    PlaceGrant.objects.create(
        group=group.group, permission=row, content_object=place, source="agreement", valid=lasting(first, last)
    )


@pytest.mark.parametrize(
    ("first", "last", "opens"),
    [(-9, None, True), (-9, 0, True), (0, 0, True), (-9, -1, False), (1, 9, False)],
)
def test_a_grant_holds_from_its_first_day_to_its_last(first: int, last: int | None, opens: bool) -> None:
    place = SubdistrictFactory()
    donor = OrganisationFactory(kind="donor")
    person = member(Role.DONOR, donor)
    group = RoleGroup.objects.get(organisation=donor, role=Role.DONOR)
    until = None if last is None else today() + last * DAY
    grant_place(group, Permission.VIEW_FACILITIES, place, today() + first * DAY, until)
    facility = FacilityFactory(place=place)
    assert may(person, Permission.VIEW_FACILITIES, facility) is opens
    assert Facility.objects.visible_to(person).exists() is opens


def test_opening_a_role_again_changes_nothing() -> None:
    body = BodyFactory()
    member(Role.ADMINISTRATOR, body)
    before = (set(OrganisationGrant.objects.values_list("permission", "valid")), PlaceGrant.objects.count())
    open_role(body, Role.ADMINISTRATOR)
    assert (set(OrganisationGrant.objects.values_list("permission", "valid")), PlaceGrant.objects.count()) == before


def world(chance: random.Random) -> tuple[list[Place], list[Facility]]:
    """Places three levels deep with codes that begin alike, and facilities in some of them."""
    CountryFactory()
    governorates = [GovernorateFactory(code=code) for code in ("SY1", "SY10", "SY2")]
    districts = [DistrictFactory(parent=one, code=f"{one.code}{n}") for one in governorates for n in "012"]
    leaves = [SubdistrictFactory(parent=one, code=f"{one.code}{n}0") for one in districts for n in "01"]
    facilities = [FacilityFactory.create(place=chance.choice(leaves)) for _ in range(25)]
    return [*governorates, *districts, *leaves], facilities


def person_with_random_grants(chance: random.Random, places: list[Place], number: int) -> User:
    """Someone whose role was given some places, for some time, and whose membership may be limited."""
    donor = OrganisationFactory(kind="donor", code=f"donor-{number}")
    limits = chance.sample(places, chance.randint(0, 2))
    person = member(Role.DONOR, donor, places=limits)
    group = RoleGroup.objects.get(organisation=donor, role=Role.DONOR)
    for place in chance.sample(places, chance.randint(0, 4)):
        first = today() + chance.randint(-3, 1) * DAY
        last = chance.choice([None, first, first + 2 * DAY])
        grant_place(group, Permission.VIEW_FACILITIES, place, first, last)
    return person


@pytest.mark.parametrize("seed", range(6))
def test_a_list_and_a_single_check_agree_for_random_grants(seed: int) -> None:
    chance = random.Random(seed)
    places, facilities = world(chance)
    for number in range(8):
        person = person_with_random_grants(chance, places, number)
        listed = set(Facility.objects.visible_to(person))
        assert listed == {one for one in facilities if may(person, Permission.VIEW_FACILITIES, one)}


def test_organisations_listed_and_checked_agree() -> None:
    directorates = [DirectorateFactory() for _ in range(3)]
    director = member(Role.DIRECTOR, directorates[0])
    columns = Organisation.SCOPES[Permission.MANAGE_PEOPLE]
    listed = set(Organisation.objects.filter(rights_of(director).condition(Permission.MANAGE_PEOPLE, columns)))
    checked = {one for one in Organisation.objects.all() if may(director, Permission.MANAGE_PEOPLE, one)}
    assert listed == checked == {directorates[0]}


def test_a_role_for_some_places_manages_nobody_of_the_whole_organisation() -> None:
    place = DistrictFactory()
    directorate = DirectorateFactory(for_place=place)
    limited, whole = (member(Role.DIRECTOR, directorate, places=places) for places in ([place], []))
    assert not may(limited, Permission.MANAGE_PEOPLE, directorate)
    assert may(whole, Permission.MANAGE_PEOPLE, directorate)
    assert not organisations_managed_by(limited).exists()
    assert list(organisations_managed_by(whole)) == [directorate]
