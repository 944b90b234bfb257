"""Support: which NGO supports a facility, from when to when."""

import datetime

import pytest
from django.test import Client

from directorates.foundation.problems import Problem
from directorates.models import Organisation, OutboxMessage, User
from directorates.permissions import Refused
from directorates.roles import Role
from facilities.actions.support import begin_support, end_support
from facilities.models import Facility, Support
from tests.factories import DirectorateFactory, FacilityFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db
MARCH = datetime.date(2026, 3, 1)
MAY = datetime.date(2026, 5, 31)


@pytest.fixture
def facility() -> Facility:
    """A facility."""
    return FacilityFactory(code="A")


@pytest.fixture
def officer(facility: Facility) -> User:
    """A data officer of the competent directorate."""
    return member(Role.DATA_OFFICER, DirectorateFactory(for_place=facility.place.line()[0]))


@pytest.fixture
def ngo() -> Organisation:
    """An NGO."""
    return OrganisationFactory(code="uossm", name_en="UOSSM")


def test_several_organisations_support_one_facility(facility: Facility, officer: User, ngo: Organisation) -> None:
    begin_support(facility=facility, organisation=ngo, since=MARCH, by=officer)
    begin_support(facility=facility, organisation=OrganisationFactory(), since=MARCH, by=officer)
    assert facility.supports.at(MARCH).count() == 2


def test_support_ends_with_its_last_day_and_may_begin_anew(
    facility: Facility, officer: User, ngo: Organisation
) -> None:
    support = begin_support(facility=facility, organisation=ngo, since=MARCH, by=officer)
    end_support(support=support, last_day=MAY, by=officer)
    later = MAY + datetime.timedelta(days=1)
    assert list(Facility.objects.supported_by(ngo, MAY)) == [facility]
    assert not Facility.objects.supported_by(ngo, later).exists()
    begin_support(facility=facility, organisation=ngo, since=later, by=officer)
    with pytest.raises(Problem) as problem:
        end_support(support=support, last_day=later, by=officer)
    assert problem.value.errors[0].code == "overlaps"


def test_one_organisation_supports_a_facility_once_at_a_time(
    facility: Facility, officer: User, ngo: Organisation
) -> None:
    begin_support(facility=facility, organisation=ngo, since=MAY, by=officer)
    with pytest.raises(Problem) as problem:
        begin_support(facility=facility, organisation=ngo, since=MARCH, by=officer)
    assert problem.value.errors[0].code == "exists"


def test_only_an_ngo_supports(facility: Facility, officer: User) -> None:
    with pytest.raises(Problem) as problem:
        begin_support(facility=facility, organisation=OrganisationFactory(kind="donor"), since=MARCH, by=officer)
    assert problem.value.errors[0].field == "organisation"


def test_support_does_not_end_before_it_begins(facility: Facility, officer: User, ngo: Organisation) -> None:
    support = begin_support(facility=facility, organisation=ngo, since=MAY, by=officer)
    with pytest.raises(Problem) as problem:
        end_support(support=support, last_day=MARCH, by=officer)
    assert problem.value.errors[0].field == "last_day"


def test_the_ngo_itself_does_not_record_its_support(facility: Facility, ngo: Organisation, officer: User) -> None:
    coordinator = member(Role.NGO_COORDINATOR, ngo)
    with pytest.raises(Refused):
        begin_support(facility=facility, organisation=ngo, since=MARCH, by=coordinator)
    support = begin_support(facility=facility, organisation=ngo, since=MARCH, by=officer)
    with pytest.raises(Refused):
        end_support(support=support, last_day=MAY, by=coordinator)


def test_support_begins_and_ends_through_the_pages(
    client: Client, facility: Facility, officer: User, ngo: Organisation
) -> None:
    client.force_login(officer)
    client.post("/facilities/A/support/", {"organisation": "uossm", "since": "2026-03-01"})
    support = Support.objects.get()
    assert "UOSSM" in client.get("/facilities/A/").content.decode()
    assert client.get(f"/facilities/A/support/{support.pk}/end/").status_code == 200
    client.post(f"/facilities/A/support/{support.pk}/end/", {"last_day": "2026-05-31"})
    support.refresh_from_db()
    assert support.last_day == MAY
    followed = set(OutboxMessage.objects.values_list("task", flat=True))
    assert followed == {"reporting.expect", "reporting.recount_by_register"}


def test_the_support_of_another_facility_is_no_page(
    client: Client, facility: Facility, officer: User, ngo: Organisation
) -> None:
    other = FacilityFactory(supporters=[ngo])
    client.force_login(officer)
    assert client.get(f"/facilities/A/support/{other.supports.get().pk}/end/").status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-45"])
def test_a_day_that_cannot_be_reckoned_with_is_told_at_its_field(
    client: Client, facility: Facility, officer: User, ngo: Organisation, day: str
) -> None:
    support = begin_support(facility=facility, organisation=ngo, since=MARCH, by=officer)
    client.force_login(officer)
    answer = client.post(f"/facilities/A/support/{support.pk}/end/", {"last_day": day})
    assert answer.status_code == 200
    assert answer.context["form"].has_error("last_day", "invalid")
