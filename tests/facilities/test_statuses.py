"""The operating status: a dated history with reasons, and today's in the register."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, OutboxMessage, User
from directorates.models.validity import lasting
from directorates.permissions import Refused
from directorates.roles import Role
from facilities.actions.statuses import change_status
from facilities.models import Facility, OperatingStatus
from facilities.models.statuses import Operating
from tests.factories import DirectorateFactory, FacilityFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2026, 1, 1)


@pytest.fixture
def facility() -> Facility:
    """A facility that functions since the first of January."""
    facility = FacilityFactory(code="A")
    OperatingStatus.objects.create(
        facility=facility, status=Operating.FUNCTIONING, valid=lasting(FIRST), at=timezone.now()
    )
    return facility


@pytest.fixture
def officer(facility: Facility) -> User:
    """A data officer of the competent directorate."""
    return member(Role.DATA_OFFICER, DirectorateFactory(for_place=facility.place.line()[0]))


def changed(facility: Facility, by: User, **other: object) -> OperatingStatus:
    """The facility closed on the first of March, unless said otherwise."""
    asked = {"status": Operating.CLOSED, "reason": "Shelling", "since": datetime.date(2026, 3, 1)} | other
    return change_status(facility=facility, by=by, at=timezone.now(), **asked)  # type: ignore[arg-type]


def test_a_change_closes_the_present_status_the_day_before(facility: Facility, officer: User) -> None:
    changed(facility, officer)
    before, after = facility.statuses.order_by("valid")
    assert (before.first_day, before.last_day) == (FIRST, datetime.date(2026, 2, 28))
    assert (after.status, after.first_day, after.last_day) == (Operating.CLOSED, datetime.date(2026, 3, 1), None)
    assert (after.reason, after.by) == ("Shelling", officer)
    assert Facility.objects.get().status == facility.status == Operating.CLOSED
    assert AuditEvent.objects.get(what="change_status").details == {"status": "closed", "since": "2026-03-01"}


def test_a_status_that_was_a_mistake_stays_in_the_history_and_holds_on_no_day(
    facility: Facility, officer: User
) -> None:
    changed(facility, officer)
    changed(facility, officer, status=Operating.PARTIAL, reason="It was the laboratory only")
    assert facility.statuses.count() == 3
    assert facility.statuses.get(status=Operating.CLOSED).valid.isempty
    assert facility.statuses.at(datetime.date(2026, 3, 1)).get().status == Operating.PARTIAL


def test_every_fault_of_a_change_is_told_at_once(facility: Facility, officer: User) -> None:
    with pytest.raises(Problem) as problem:
        changed(facility, officer, status=Operating.FUNCTIONING, reason=" ", since=FIRST - DAY)
    assert {fault.code for fault in problem.value.errors} == {"required", "too_early", "unchanged"}
    with pytest.raises(Problem) as problem:
        changed(facility, officer, since=timezone.localdate() + DAY)
    assert {fault.code for fault in problem.value.errors} == {"in_future"}


def test_a_facility_without_a_history_gets_one(officer: User) -> None:
    facility = FacilityFactory(place=Facility.objects.get().place)
    changed(facility, officer)
    assert facility.statuses.get().status == Operating.CLOSED


@pytest.mark.parametrize(
    ("role", "kind"), [(Role.NGO_COORDINATOR, "ngo"), (Role.DIRECTOR, "directorate"), (Role.DATA_MANAGER, "body")]
)
def test_only_who_keeps_the_register_changes_a_status(role: Role, kind: str, facility: Facility) -> None:
    with pytest.raises(Refused):
        changed(facility, member(role, OrganisationFactory(kind=kind, code="other")))


def test_the_page_changes_the_status_and_has_expected_reports_worked_out(
    client: Client, facility: Facility, officer: User
) -> None:
    client.force_login(officer)
    asked = {"status": "out_of_service", "since": "2026-04-01", "reason": "لا وقود"}
    assert client.post("/facilities/A/status/", asked)["Location"] == "/facilities/A/"
    assert list(OutboxMessage.objects.values_list("task", flat=True)) == ["reporting.expect"]
    page = client.get("/facilities/A/").content.decode()
    assert "Out of service" in page
    assert "لا وقود" in page


def test_a_change_without_a_reason_keeps_what_was_typed(client: Client, facility: Facility, officer: User) -> None:
    client.force_login(officer)
    page = client.post("/facilities/A/status/", {"status": "closed", "since": "2026-04-01", "reason": ""})
    assert "#id_reason" in page.content.decode()
    assert "2026-04-01" in page.content.decode()
    assert not OutboxMessage.objects.exists()
