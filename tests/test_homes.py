"""Homes: what waits for each role, in as many queries however much it is."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.homes import waiting_count
from coordination.homes.desks import Reporter, figures_for, templates_for
from coordination.homes.overseen import LongWaiting, Overseen, last_complete, standings
from coordination.homes.register import Deciding, Proposing
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.reviews import approve, send_back
from coordination.reporting.models import ExpectedReport, Submission
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.rules.periods import Period, PeriodType, due_date
from directorates.foundation.models import Notice
from directorates.models import Dataset, User
from directorates.models.sharing import SharingLevel
from directorates.roles import Role
from facilities.actions.proposals import Wish, propose
from facilities.models import Facility
from facilities.models.proposals import Field
from tests.factories import (
    DatasetFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    member,
    published,
)
from tests.reporting.reports import Scene, warning, wide_scene
from tests.reporting.test_figures_by_agreement import Shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return wide_scene()


def last_month(before: int = 1) -> datetime.date:
    """The first day of the last month that has ended, or of one before."""
    first = timezone.localdate().replace(day=1)
    for _month in range(before):
        first = (first - datetime.timedelta(days=1)).replace(day=1)
    return first


def owed(scene: Scene, facility: Facility, start: datetime.date | None = None) -> ExpectedReport:
    """An expected report of the NGO."""
    start = start or last_month()
    return ExpectedReport.objects.create(
        template=scene.template,
        facility=facility,
        period_start=start,
        reporter=scene.ngo,
        due=due_date(Period(PeriodType.MONTH, start), 10),
        subdistrict=scene.place,
        place_path=scene.place.path,
        directorate=scene.directorate,
        dataset=scene.template.dataset,
    )


def home_of(person: User, client: Client, language: str = "en") -> str:
    """What the person's home says."""
    User.objects.filter(pk=person.pk).update(language=language)
    client.force_login(User.objects.get(pk=person.pk))
    answer = client.get("/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_someone_whose_roles_have_ended_is_told_who_gives_one(scene: Scene, client: Client) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    said = home_of(member(Role.DATA_OFFICER, scene.directorate, last=yesterday), client)
    assert "No organisation gives a role here today." in said
    assert "Reports to review" not in said


def test_the_coordinators_first_button_is_the_most_overdue_report(scene: Scene, client: Client) -> None:
    other = scene.other_facility()
    owed(scene, other, last_month(1))
    owed(scene, scene.facility, last_month(4))
    said = home_of(scene.coordinator, client)
    assert said.index(scene.facility.name_en) < said.index(other.name_en)
    assert f"facility={scene.facility.code}" in said[said.index("btn-primary") :][:600]


def test_the_coordinator_sees_what_came_back_with_the_reviewers_reason(scene: Scene, client: Client) -> None:
    owed(scene, scene.facility)
    submission = scene.sent(start=last_month())
    send_back(by=scene.officer, submission=submission, reason="Deaths above cases", at=timezone.now())
    said = home_of(scene.coordinator, client)
    assert "Deaths above cases" in said
    assert f"/reports/{submission.pk}/fill/" in said


def test_the_coordinator_sees_receipts_of_what_is_on_its_way(scene: Scene, client: Client) -> None:
    submission = scene.sent()
    assert submission.receipt is not None
    assert submission.receipt in home_of(scene.coordinator, client)


def test_the_coordinator_sees_how_many_of_the_expected_are_accepted(scene: Scene, client: Client) -> None:
    for facility in (scene.facility, scene.other_facility()):
        owed(scene, facility)
    approve(by=scene.officer, submission=scene.sent(start=last_month()), at=timezone.now())
    said = home_of(scene.coordinator, client)
    assert '<span class="n">1</span> of <span class="n">2</span>' in said


def test_the_coordinator_sees_nothing_of_other_organisations(scene: Scene, client: Client) -> None:
    other = OrganisationFactory()
    submission = scene.sent(reporter=other, by=member(Role.NGO_COORDINATOR, other))
    assert str(submission.receipt) not in home_of(scene.coordinator, client)


def test_the_officer_sees_marked_reports_and_how_many_pass_every_check(scene: Scene, client: Client) -> None:
    scene.sent(warnings=[warning()])
    scene.sent(facility=scene.other_facility())
    said = home_of(scene.officer, client)
    assert "Fewer visits than births" in said
    assert 'Marked: <span class="n">1</span> · Passed every check: <span class="n">1</span>' in said


def test_the_officer_sees_who_is_late_and_whom_to_call(scene: Scene, client: Client) -> None:
    owed(scene, scene.facility, last_month(3))
    said = home_of(scene.officer, client)
    assert scene.coordinator.email in said
    assert scene.ngo.short_en in said


def test_the_director_sees_completeness_and_the_figures_of_the_directorate(scene: Scene, client: Client) -> None:
    start = last_complete(scene.template, timezone.localdate()).start
    owed(scene, scene.facility, start)
    approve(by=scene.officer, submission=scene.sent(start=start, doc={"s1": 4321}), at=timezone.now())
    drain()
    said = home_of(member(Role.DIRECTOR, scene.directorate), client)
    assert "4,321" in said
    assert "Late facilities" in said


def test_the_body_sees_every_directorate_and_how_current_the_figures_are(scene: Scene, client: Client) -> None:
    start = last_complete(scene.template, timezone.localdate()).start
    owed(scene, scene.facility, start)
    approve(by=scene.officer, submission=scene.sent(start=start), at=timezone.now())
    manager = member(Role.DATA_MANAGER, scene.body)
    assert "Figures are being updated." in home_of(manager, client)
    drain()
    said = home_of(manager, client)
    assert "The figures hold everything that is approved." in said
    assert scene.directorate.short_en in said


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.POLICY_MANAGER, Role.DATA_MANAGER, Role.OBSERVER])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_role_of_the_body_has_a_home_without_an_empty_inbox(
    scene: Scene, client: Client, role: Role, language: str
) -> None:
    assert 'id="inbox"' not in home_of(member(role, scene.body), client, language)


@pytest.mark.parametrize(
    ("role", "kind"), [(Role.SURVEILLANCE_OFFICER, "surveillance"), (Role.DONOR, "donor"), (Role.OBSERVER, "cluster")]
)
def test_readers_of_editions_see_no_figures_of_now_and_no_report(
    scene: Scene, client: Client, role: Role, kind: str
) -> None:
    DatasetFactory()
    start = last_complete(scene.template, timezone.localdate()).start
    owed(scene, scene.facility, start)
    submission = approve(by=scene.officer, submission=scene.sent(start=start, doc={"s1": 4321}), at=timezone.now())
    drain()
    said = home_of(member(role, OrganisationFactory(kind=kind)), client)
    assert "4,321" not in said
    assert "Nothing was published yet." in said
    assert str(submission.receipt) not in said


def test_a_reporter_for_some_places_counts_what_waits_there_only(scene: Scene, client: Client) -> None:
    elsewhere = FacilityFactory(place=SubdistrictFactory(parent=DistrictFactory()))
    owed(scene, scene.facility)
    scene.sent()
    reporter = member(Role.FACILITY_REPORTER, scene.ngo, places=[elsewhere.place])
    assert waiting_count(reporter) == 0
    assert Reporter(reporter, scene.ngo, timezone.localdate()).waiting == 0
    assert Reporter(scene.coordinator, scene.ngo, timezone.localdate()).waiting == 1


def test_what_waits_is_counted_by_role(scene: Scene) -> None:
    owed(scene, scene.facility)
    assert waiting_count(scene.coordinator) == 1
    assert waiting_count(scene.officer) == 0
    submission = scene.sent(start=last_month())
    assert (waiting_count(scene.coordinator), waiting_count(scene.officer)) == (0, 1)
    send_back(by=scene.officer, submission=submission, reason="Deaths above cases", at=timezone.now())
    assert (waiting_count(scene.coordinator), waiting_count(scene.officer)) == (1, 0)


def test_what_waits_for_others_is_counted_for_nobody_else(scene: Scene) -> None:
    owed(scene, scene.facility)
    scene.sent(start=last_month(2))
    wish = [Wish(Field.TYPE, "hospital")]
    propose(by=scene.coordinator, facility=scene.facility, wishes=wish, reason="Grew", at=timezone.now())
    assert (waiting_count(scene.coordinator), waiting_count(scene.officer)) == (1, 2)
    for person in (
        member(Role.OBSERVER, scene.ngo),
        member(Role.OBSERVER, scene.directorate),
        member(Role.DATA_OFFICER, DirectorateFactory()),
    ):
        assert waiting_count(person) == 0


def test_what_a_directorate_has_to_send_waits_for_who_sends_it(scene: Scene) -> None:
    report = owed(scene, scene.facility)
    ExpectedReport.objects.filter(pk=report.pk).update(reporter=scene.directorate)
    everywhere = [scene.officer, member(Role.DIRECTOR, scene.directorate)]
    elsewhere = member(Role.DATA_OFFICER, scene.directorate, places=[SubdistrictFactory()])
    assert [waiting_count(person) for person in (*everywhere, elsewhere)] == [1, 0, 0]


def test_a_reporter_for_some_places_has_the_work_of_these_alone(scene: Scene) -> None:
    owed(scene, scene.facility)
    scene.sent(start=last_month(2))
    away = member(Role.FACILITY_REPORTER, scene.ngo, places=[SubdistrictFactory()])
    for person, many in ((scene.coordinator, 1), (away, 0)):
        desk = Reporter(person, scene.ngo, timezone.localdate())
        assert [desk.counts["to_send"], len(desk.on_its_way), len(desk.accepted), desk.facility_count] == [many] * 4


def test_of_the_body_each_role_finds_its_own_work(scene: Scene, client: Client) -> None:
    found = {}
    for role in (Role.DATA_MANAGER, Role.ADMINISTRATOR):
        client.force_login(member(role, scene.body))
        page = client.get("/").context
        found[role] = [page["runs"], *(page[name] is not None for name in ("reviewer", "overdue", "people"))]
    assert found == {Role.DATA_MANAGER: [True, True, True, False], Role.ADMINISTRATOR: [False, False, False, True]}


def test_notices_of_others_stand_on_nobodys_home(scene: Scene, client: Client) -> None:
    Notice.objects.create(person=scene.coordinator, kind="seal", key="1", at=timezone.now())
    for person, many in ((scene.coordinator, 1), (scene.officer, 0)):
        client.force_login(person)
        assert len(client.get("/").context["notices"]) == many


def test_reports_that_are_being_built_stand_on_no_home_and_figures_by_agreement_on_those_of_its_sides(
    scene: Scene,
) -> None:
    TemplateFactory()
    closed = DatasetFactory(code="closed", custodian=OrganisationFactory(kind="surveillance"), by_agreement=True)
    surveyed = published(TemplateFactory(dataset=closed)).template
    assert set(templates_for(scene.coordinator)) == {scene.template, surveyed}
    assert figures_for(scene.coordinator) == [scene.template]
    assert surveyed in figures_for(member(Role.SURVEILLANCE_OFFICER, closed.custodian))


def test_of_all_that_is_overseen_everybody_finds_what_the_role_opens(scene: Scene) -> None:
    today = timezone.localdate()
    owed(scene, scene.facility, last_month(2))
    scene.sent()
    found = {}
    for role, organisation in (
        (Role.DATA_MANAGER, scene.body),
        (Role.ADMINISTRATOR, scene.body),
        (Role.DONOR, OrganisationFactory(kind="donor")),
    ):
        person = member(role, organisation)
        over = Overseen(person, None, today)
        waits = sum(one.waiting for one in standings(person, scene.template, today))
        found[role] = (len(over.late), over.late_count, waits, sum(count for *_status, count in over.by_status))
    assert found == {
        Role.DATA_MANAGER: (1, 1, 1, 1),
        # The register, and no report.
        Role.ADMINISTRATOR: (0, 0, 0, 1),
        Role.DONOR: (0, 0, 0, 0),
    }


def test_reports_by_agreement_that_nobody_reviews_are_told_to_whom_they_are_open(scene: Scene) -> None:
    manager = member(Role.DATA_MANAGER, scene.body)
    scene.sent(at=timezone.now() - datetime.timedelta(days=60))
    assert LongWaiting(manager, None).count == 1
    closed = OrganisationFactory(kind="surveillance")
    Dataset.objects.filter(pk=scene.template.dataset_id).update(by_agreement=True, custodian=closed)
    manager = User.objects.get(pk=manager.pk)
    assert LongWaiting(manager, None).count == 0
    assert LongWaiting(member(Role.SURVEILLANCE_OFFICER, closed), None).count == 1


def test_an_agreement_on_some_places_shows_these_where_other_data_are_open_everywhere() -> None:
    shared, today = Shared(), timezone.localdate()
    own = DatasetFactory(code="own", custodian=shared.acu, by_agreement=True)
    other = published(TemplateFactory(dataset=own)).template
    place = shared.world.facilities[0].place
    shared.agree(SharingLevel.TOTALS, place)
    shared.dataset = own
    shared.agree(SharingLevel.TOTALS)
    over = Overseen(shared.observer, None, today)
    assert over.whose(other).level == FigureLevel.COUNTRY
    assert list(over.whose(shared.world.template).holders.values()) == [place]


def test_proposals_stand_on_the_homes_of_who_decides_and_who_may_propose(scene: Scene) -> None:
    today = timezone.localdate()
    wish = [Wish(Field.TYPE, "hospital")]
    propose(by=scene.coordinator, facility=scene.facility, wishes=wish, reason="Grew", at=timezone.now())
    manager, elsewhere = member(Role.DATA_MANAGER, scene.body), member(Role.DATA_OFFICER, DirectorateFactory())
    assert [Deciding(one, today).count for one in (scene.officer, elsewhere, manager)] == [1, 0, 0]
    reporter = member(Role.FACILITY_REPORTER, scene.ngo)
    assert [Proposing(one, scene.ngo, today).waiting for one in (scene.coordinator, reporter)] == [1, 0]


@pytest.mark.parametrize("role", [Role.NGO_COORDINATOR, Role.DATA_OFFICER, Role.DIRECTOR, Role.DATA_MANAGER])
def test_a_home_takes_as_many_queries_for_much_as_for_little(scene: Scene, client: Client, role: Role) -> None:
    organisation = {Role.NGO_COORDINATOR: scene.ngo, Role.DATA_MANAGER: scene.body}.get(role, scene.directorate)
    person = member(role, organisation)
    counts = []
    for number in (1, 6):
        for _report in range(number):
            facility = scene.other_facility()
            owed(scene, facility, last_month(2))
            owed(scene, facility, last_month(3))
            scene.sent(facility=facility, start=last_month(2), warnings=[warning()])
            scene.sent(facility=facility, start=last_month(4))
        home_of(person, client)
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Submission.objects.count() == 14
