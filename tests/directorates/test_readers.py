"""Who can see this, and who did: organisations and roles in plain words, from the grants that open the thing."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from coordination.reporting.models import Submission
from directorates.actions.deputies import name_deputy
from directorates.actions.seals import seal
from directorates.models import Dataset, Membership, Organisation, SharingAgreement, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, may, open_agreement
from directorates.readers import Data, readers_of
from directorates.roles import Role
from tests.api.callers import Caller
from tests.factories import (
    DirectorateFactory,
    DistrictFactory,
    OrganisationFactory,
    SubdistrictFactory,
    confirmed_deputy,
    member,
    signed_in,
)
from tests.reporting.clinic import Clinic, sent_from

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clinic() -> Clinic:
    """A health centre with two NGOs and its directorate."""
    return Clinic()


@pytest.fixture
def report(clinic: Clinic) -> Submission:
    """A report that was sent."""
    return sent_from(clinic, clinic.browser(), clinic.draft())


def told(
    thing: Submission, *, days_ago: int = 0, own: bool = False
) -> dict[tuple[Organisation, Role], tuple[str, int]]:
    """Who can see a report, with why and how many."""
    day = timezone.localdate() - days_ago * DAY
    with translation.override("en"):
        found = readers_of(thing, Permission.VIEW_REPORTS, day, day, own=own)
        return {(one.organisation, one.role): (str(one.why), one.people) for one in found}


def test_each_role_that_opens_a_report_is_told_with_why_and_for_how_many(clinic: Clinic, report: Submission) -> None:
    member("data_manager", clinic.body)
    member("surveillance_officer", Organisation.objects.get(code="acu"))
    member("observer", OrganisationFactory(kind="cluster"))
    member("data_officer", DirectorateFactory(for_place=SubdistrictFactory(parent=DistrictFactory())))
    assert told(report) == {
        (clinic.ngo, Role.NGO_COORDINATOR): ("its own report", 2),
        (clinic.directorate, Role.DATA_OFFICER): ("reviews it", 1),
        (clinic.body, Role.DATA_MANAGER): ("sees all places of the country", 1),
        (Organisation.objects.get(code="acu"), Role.SURVEILLANCE_OFFICER): ("is custodian of the data", 1),
    }


def test_what_the_page_says_is_what_the_door_does(clinic: Clinic, report: Submission) -> None:
    elsewhere = SubdistrictFactory(parent=DistrictFactory())
    people: list[User] = [
        clinic.clerk,
        clinic.officer,
        clinic.stranger,
        member("director", clinic.directorate),
        member("director", clinic.directorate, places=[elsewhere]),
        member("data_manager", clinic.body),
        member("administrator", clinic.body),
        member("observer", OrganisationFactory(kind="cluster")),
        member("data_officer", DirectorateFactory(for_place=elsewhere)),
    ]
    found = told(report)
    for person in people:
        role = Membership.objects.get(person=person)
        key = (role.organisation, Role(role.role))
        opens = may(person, Permission.VIEW_REPORTS, report)
        assert opens <= (key in found), key
        if not role.places.exists():
            assert opens is (key in found), key
    assert found[clinic.directorate, Role.DIRECTOR][1] == 1


def test_it_is_told_for_days_of_before(clinic: Clinic, report: Submission) -> None:
    left = member("data_manager", clinic.body)
    Membership.objects.filter(person=left).update(valid=lasting(None, timezone.localdate() - 5 * DAY))
    assert (clinic.body, Role.DATA_MANAGER) not in told(report)
    assert (clinic.body, Role.DATA_MANAGER) in told(report, days_ago=5)
    assert (clinic.body, Role.DATA_MANAGER) not in told(report, days_ago=4)


def test_a_draft_is_told_for_its_reporter_alone(clinic: Clinic) -> None:
    member("data_manager", clinic.body)
    draft = clinic.draft()
    assert {organisation for organisation, _role in told(draft, own=True)} == {clinic.ngo}
    page = clinic.browser().get(reverse("reporting:readers", args=[draft.pk])).content.decode()
    assert "UOSSM" in page
    assert "Idlib Health Directorate</th>" not in page


def test_a_deputy_is_counted(clinic: Clinic, report: Submission) -> None:
    director, other = member("director", clinic.directorate), member("observer", clinic.directorate)
    today = timezone.localdate()
    waits = name_deputy(
        by=director, membership=director.memberships.get(), deputy=other, first=today, last=today, at=timezone.now()
    )
    asked = (report, Permission.VIEW_REPORTS, today, today)
    assert {one.deputies for one in readers_of(*asked) if one.role == Role.DIRECTOR} == {0}
    confirmed_deputy(waits)
    (found,) = [one for one in readers_of(report, Permission.VIEW_REPORTS, today, today) if one.role == Role.DIRECTOR]
    assert (found.people, found.deputies) == (1, 1)


# --- Pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_pages_open_for_whoever_sees_the_thing(clinic: Clinic, report: Submission, language: str) -> None:
    address = reverse("reporting:readers", args=[report.pk])
    for person in (clinic.clerk, clinic.officer):
        assert clinic.browser(person, language).get(address).status_code == 200
    assert clinic.browser(clinic.stranger, language).get(address).status_code == 404
    facility = reverse("facilities:readers", args=[clinic.facility.code])
    assert clinic.browser(clinic.stranger, language).get(facility).status_code == 200
    assert address in clinic.browser().get(f"/reports/{report.pk}/").content.decode()
    assert facility in clinic.browser().get(f"/facilities/{clinic.facility.code}/").content.decode()


def test_the_owner_reads_who_read_it_by_name_others_by_organisation(clinic: Clinic, report: Submission) -> None:
    clinic.browser(clinic.officer).get(f"/reports/{report.pk}/")
    Caller(clinic.officer).get(f"submissions/{report.pk}/")
    address = reverse("reporting:readers", args=[report.pk])
    own, other = clinic.browser().get(address).content.decode(), clinic.browser(clinic.officer).get(address)
    assert own.count("Huda") == 2
    assert "Huda" not in re.sub(r"(?s)<header.*?</header>", "", other.content.decode()).replace("Huda</b>", "")
    assert other.content.decode().count("Idlib Health Directorate") >= 2
    yesterday = timezone.localdate() - DAY
    past = clinic.browser().get(f"{address}?first={yesterday}&last={yesterday}").content.decode()
    assert "Nobody of another organisation read it on these days." in past


def test_of_the_owners_people_only_who_reads_the_record_reads_names(clinic: Clinic, report: Submission) -> None:
    clinic.browser(clinic.officer).get(f"/reports/{report.pk}/")
    address = reverse("reporting:readers", args=[report.pk])
    reporter = member("facility_reporter", clinic.ngo, places=[clinic.place])
    for person, named in ((clinic.clerk, True), (reporter, False)):
        page = clinic.browser(person).get(address)
        assert page.status_code == 200
        assert ("Huda" in page.content.decode()) is named


def test_days_that_make_no_sense_are_told_and_today_is_shown(clinic: Clinic, report: Submission) -> None:
    address = reverse("reporting:readers", args=[report.pk])
    for query in ("first=x", "first=2026-01-02&last=2026-01-01", "last=%00", "first=9999-01-01", "page=z"):
        answer = clinic.browser().get(f"{address}?{query}")
        assert answer.status_code == 200
        assert "UOSSM" in answer.content.decode()
    assert (
        "This day is before the first."
        in clinic.browser().get(f"{address}?first=2026-01-02&last=2026-01-01").content.decode()
    )


def test_it_costs_the_same_for_many_as_for_few(
    clinic: Clinic, report: Submission, django_assert_max_num_queries: object
) -> None:
    client, address = clinic.browser(), reverse("reporting:readers", args=[report.pk])
    for _number in range(15):
        member("ngo_coordinator", clinic.ngo)
        member("data_manager", clinic.body)
    client.get(address)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        client.get(address)


# --- Data, figures, editions -----------------------------------------------------------------------------------------


def data_told(permission: Permission, report: Submission, path: str = "") -> dict[tuple[Organisation, Role], str]:
    """Who sees a report's dataset, anywhere or of a place, with why."""
    today = timezone.localdate()
    with translation.override("en"):
        found = readers_of(Data(report.dataset_id, path), permission, today, today)
        return {(one.organisation, one.role): str(one.why) for one in found}


def test_figures_and_editions_name_the_roles_that_read_them(clinic: Clinic, report: Submission) -> None:
    cluster = OrganisationFactory(kind="cluster")
    member("observer", cluster)
    assert (cluster, Role.OBSERVER) not in data_told(Permission.VIEW_FIGURES, report)
    assert data_told(Permission.VIEW_EDITIONS, report)[cluster, Role.OBSERVER] == "sees all places of the country"
    assert (clinic.ngo, Role.NGO_COORDINATOR) in data_told(Permission.VIEW_FIGURES, report)


def test_of_data_read_by_agreement_the_recipients_are_named(clinic: Clinic, report: Submission) -> None:
    cluster, today = OrganisationFactory(kind="cluster"), timezone.localdate()
    member("observer", cluster)
    dataset = report.dataset
    Dataset.objects.filter(pk=dataset.pk).update(by_agreement=True)
    assert (clinic.ngo, Role.NGO_COORDINATOR) not in data_told(Permission.VIEW_FIGURES, report)
    given = {"offered": timezone.now(), "offered_by": clinic.officer, "purpose": "Bulletin"}
    sides = {"dataset": dataset, "custodian": dataset.custodian, "recipient": cluster}
    made = SharingAgreement.objects.create(
        **sides, **given, level="totals", valid=lasting(today, today), accepted=timezone.now(), accepted_by=clinic.clerk
    )
    elsewhere = SubdistrictFactory(parent=DistrictFactory())
    made.places.set([elsewhere])
    open_agreement(made)
    assert data_told(Permission.VIEW_FIGURES, report) == {(cluster, Role.OBSERVER): "was granted the data"}
    assert data_told(Permission.VIEW_FIGURES, report, report.place_path) == {}
    assert (cluster, Role.OBSERVER) in data_told(Permission.VIEW_FIGURES, report, elsewhere.path)


def test_the_page_of_a_dataset_asks_what_where_and_when(clinic: Clinic, report: Submission) -> None:
    page = f"/sharing/data/{report.dataset.code}/readers/"
    client = signed_in(clinic.clerk)
    assert (
        "Data officer"
        not in client.get(page, {"what": "view_editions", "first": "1990-01-01", "last": "1990-01-02"}).content.decode()
    )
    said = client.get(page, {"what": "view_figures"}).content.decode()
    assert clinic.ngo.name_en in said
    assert "each organisation reads its own reports" not in said
    assert "each organisation reads its own reports" in client.get(page).content.decode()
    assert "id_what_error" in client.get(page, {"what": "everything", "place": "nowhere"}).content.decode()
    assert page in client.get("/sharing/").content.decode()


def test_whoever_sees_nothing_of_data_is_not_told_who_does(clinic: Clinic, report: Submission) -> None:
    observer = member("observer", OrganisationFactory(kind="cluster"))
    page, client = f"/sharing/data/{report.dataset.code}/readers/", signed_in(observer)
    assert client.get(page).status_code == 200
    Dataset.objects.filter(pk=report.dataset_id).update(by_agreement=True)
    assert client.get(page).status_code == 404
    assert page not in client.get("/sharing/").content.decode()
    assert signed_in(clinic.clerk).get(page).status_code == 404
    assert signed_in(member("surveillance_officer", report.dataset.custodian)).get(page).status_code == 200


def test_whom_something_closes_today_is_not_told_as_a_reader_of_today(clinic: Clinic, report: Submission) -> None:
    key = (clinic.directorate, Role.DATA_OFFICER)
    assert key in told(report)
    User.objects.filter(pk=clinic.officer.pk).update(is_active=False)
    assert key not in told(report)
    User.objects.filter(pk=clinic.officer.pk).update(is_active=True)
    director = member("director", clinic.directorate)
    seal(by=director, organisation=clinic.directorate, reason="x", at=timezone.now())
    assert key not in told(report)
    assert key in told(report, days_ago=1)


def test_whoever_sees_a_part_of_a_place_sees_something_of_it(clinic: Clinic, report: Submission) -> None:
    district = clinic.place.parent
    assert district is not None
    member("data_manager", clinic.body, places=[clinic.place])
    assert (clinic.body, Role.DATA_MANAGER) in data_told(Permission.VIEW_REPORTS, report, district.path)
    elsewhere = SubdistrictFactory(parent=DistrictFactory())
    assert (clinic.body, Role.DATA_MANAGER) not in data_told(Permission.VIEW_REPORTS, report, elsewhere.path)
