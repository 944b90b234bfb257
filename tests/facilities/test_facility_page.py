"""A facility's own page: the register and, for those who may read them, its reports."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from coordination.facility_reports import grids, mark_of
from coordination.reporting.models import ExpectedReport, Revision, Submission
from coordination.reporting.rules.periods import PeriodType, period_containing
from directorates.models import Organisation, User
from directorates.roles import Role
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    competent,
    member,
    published,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def ngo() -> Organisation:
    """The NGO that reports."""
    return OrganisationFactory(code="uossm")


@pytest.fixture
def facility(ngo: Organisation) -> Facility:
    """A facility that the NGO supports."""
    return FacilityFactory(code="A", supporters=[ngo])


@pytest.fixture
def directorate(facility: Facility) -> Organisation:
    """The competent directorate."""
    return DirectorateFactory(code="idlib", for_place=facility.place.line()[0])


def report(facility: Facility, reporter: Organisation, directorate: Organisation, **other: Any) -> Submission:
    """A report of the last complete month, approved and sent on its due day unless said otherwise."""
    version = published()
    start = period_containing(timezone.localdate(), PeriodType.MONTH).previous().start
    due = timezone.localdate() + 5 * DAY
    now = timezone.now()
    late = other.pop("late", 0)
    scope = {
        "subdistrict": facility.place,
        "place_path": facility.place.path,
        "directorate": directorate,
        "dataset": version.template.dataset,
    }
    same = {"template": version.template, "facility": facility, "period_start": start, "reporter": reporter, **scope}
    ExpectedReport.objects.create(due=due, **same)
    submission = Submission.objects.create(
        version=version, reviewer=directorate, due=due, created=now, changed=now, **same
    )
    if other.get("status") != "draft":
        revision = Revision.objects.create(submission=submission, number=1, at=now, by=UserFactory())
        sent = now + (5 + late) * DAY
        submission.revision, submission.submitted, submission.first_submitted = revision, sent, sent
        submission.receipt = f"SY07-2026-{submission.pk.int % 10_000:04}"
    submission.status = other.get("status", "approved")
    submission.save()
    return submission


def shown(facility: Facility, user: User) -> list[str]:
    """The words of the last period's marks in every grid, in English whichever test ran before."""
    with translation.override("en"):
        found = grids(facility, user, timezone.localdate())
        return [str(marks[-1].words) for grid in found for _one, marks in grid.lines]


def test_the_page_says_what_the_facility_is_and_never_where_exactly(client: Client, facility: Facility) -> None:
    client.force_login(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    page = client.get("/facilities/A/").content.decode()
    for words in (facility.name_ar, facility.name_en, facility.place.name_en, "Functioning", "Who can see this"):
        assert words in page
    for word in ("latitude", "longitude"):
        assert word not in page.lower()


def test_a_facility_that_is_not_there_is_no_page(client: Client) -> None:
    client.force_login(member(Role.OBSERVER, OrganisationFactory(kind="cluster")))
    for code in ("nowhere", "%00", "..", "A" * 500):
        assert client.get(f"/facilities/{code}/").status_code == 404


def test_the_competent_directorates_of_the_past_are_named(
    client: Client, facility: Facility, directorate: Organisation
) -> None:
    before = DirectorateFactory(name_en="The one before")
    competent(before, facility.place, datetime.date(2000, 1, 1), datetime.date(2009, 12, 31))
    client.force_login(member(Role.OBSERVER, OrganisationFactory(kind="cluster")))
    page = client.get("/facilities/A/")
    assert page.context["directorate"] == directorate
    assert "The one before" in page.content.decode()


def test_reports_are_shown_to_those_who_may_read_them_only(
    facility: Facility, ngo: Organisation, directorate: Organisation
) -> None:
    report(facility, ngo, directorate)
    for reader in (
        member(Role.NGO_COORDINATOR, ngo),
        member(Role.DATA_OFFICER, directorate),
        member(Role.DATA_MANAGER, BodyFactory()),
    ):
        assert shown(facility, reader) == ["approved, on time"]
    for stranger in (
        member(Role.NGO_COORDINATOR, OrganisationFactory()),
        member(Role.DATA_OFFICER, DirectorateFactory()),
        member(Role.OBSERVER, OrganisationFactory(kind="cluster")),
    ):
        assert shown(facility, stranger) == []


def test_an_expected_report_is_told_to_those_only_who_may_read_it(
    facility: Facility, ngo: Organisation, directorate: Organisation
) -> None:
    report(facility, ngo, directorate)
    Submission.objects.update(reporter=directorate)
    assert len(shown(facility, member(Role.DATA_OFFICER, directorate))) == 2
    assert len(shown(facility, member(Role.NGO_COORDINATOR, ngo))) == 1
    assert shown(facility, member(Role.NGO_COORDINATOR, OrganisationFactory())) == []


def test_the_page_opens_to_who_reads_the_register_and_leads_to_locations_whoever_may_ask(
    client: Client, facility: Facility, ngo: Organisation, directorate: Organisation
) -> None:
    offered = {}
    for role, organisation in (
        (Role.DATA_OFFICER, directorate),
        (Role.NGO_COORDINATOR, ngo),
        (Role.OBSERVER, OrganisationFactory(kind="cluster")),
    ):
        client.force_login(member(role, organisation))
        page = client.get("/facilities/A/").context
        offered[role] = (page["keeps"], page["locates"], page["proposes"])
    assert offered == {
        Role.DATA_OFFICER: (True, True, True),
        Role.NGO_COORDINATOR: (False, True, True),
        Role.OBSERVER: (False, False, False),
    }
    for closed in (
        member(Role.DONOR, OrganisationFactory(kind="donor")),
        member(Role.FACILITY_REPORTER, ngo, places=[SubdistrictFactory()]),
    ):
        client.force_login(closed)
        assert client.get("/facilities/A/").status_code == 404


def test_a_draft_is_its_reporters_alone(facility: Facility, ngo: Organisation, directorate: Organisation) -> None:
    report(facility, ngo, directorate, status="draft")
    assert shown(facility, member(Role.NGO_COORDINATOR, ngo)) == ["draft"]
    assert [words.split()[0] for words in shown(facility, member(Role.DATA_OFFICER, directorate))] == ["due"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"late": 3}, "approved, 3 days late"),
        ({"status": "submitted"}, "waits for review"),
        ({"status": "returned"}, "sent back"),
    ],
)
def test_every_state_has_its_words(
    other: dict[str, Any], words: str, facility: Facility, ngo: Organisation, directorate: Organisation
) -> None:
    report(facility, ngo, directorate, **other)
    assert shown(facility, member(Role.DATA_OFFICER, directorate)) == [words]


def test_what_did_not_come_is_missing_only_after_its_due_date() -> None:
    today = timezone.localdate()
    with translation.override("en"):
        missed, due, free = (str(mark_of(None, day, today).words) for day in (today - DAY, today, None))
    assert (missed, due[:6], free) == ("not received", "due by", "not expected")


def test_two_reporters_of_one_facility_have_a_line_each(
    facility: Facility, ngo: Organisation, directorate: Organisation
) -> None:
    first = report(facility, ngo, directorate)
    same = {name: getattr(first, name) for name in ("template", "version", "facility", "period_start", "subdistrict")}
    scope = {name: getattr(first, name) for name in ("place_path", "directorate", "reviewer", "dataset", "due")}
    now = timezone.now()
    Submission.objects.create(reporter=directorate, created=now, changed=now, **same, **scope)
    officer = member(Role.DATA_OFFICER, directorate)
    grid = grids(facility, officer, timezone.localdate())[0]
    assert [reporter.code for reporter, _marks in grid.lines] == ["idlib", "uossm"]


def test_the_page_links_to_the_report(
    client: Client, facility: Facility, ngo: Organisation, directorate: Organisation
) -> None:
    sent = report(facility, ngo, directorate)
    client.force_login(member(Role.DATA_OFFICER, directorate))
    assert f"/reports/{sent.pk}/" in client.get("/facilities/A/").content.decode()
