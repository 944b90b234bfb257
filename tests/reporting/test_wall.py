"""The second wall: the database itself shows a request what its person's rights open, and shows nothing to nobody."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.celery import app
from coordination.meetings.models import (
    ActionItem,
    ActionItemEvent,
    Decision,
    Meeting,
    MeetingInvitation,
    Minutes,
    MinutesCorrection,
)
from coordination.reporting.models import (
    Attachment,
    BrokenRule,
    Claim,
    Comparison,
    ConsolidationRun,
    CorrectionRequest,
    CountedReport,
    Dashboard,
    DashboardView,
    DoubleReport,
    DoubleReportEvent,
    Draft,
    EditionAside,
    EditionExpected,
    EditionReport,
    EmbeddedFigure,
    ExpectedReport,
    ExplainedReport,
    Explanation,
    Extension,
    FollowUp,
    FollowUpWord,
    Look,
    MissingEvidence,
    PackageImport,
    Revision,
    SavedView,
    Settlement,
    StoredRequest,
    Submission,
    SubmissionEvent,
    ViewShare,
)
from coordination.reporting.models.submissions import SubmissionQuerySet
from coordination.search.models import SearchEntry
from directorates.foundation import jobs
from directorates.foundation.models import Job, Notice, StoredFile
from directorates.foundation.sight import ENTRANCE, NOTHING, PORTAL, Sight, seeing, turn_to, unwalled
from directorates.models import (
    FactorReset,
    Invitation,
    Membership,
    NoticeChoice,
    OrganisationStatusChange,
    RecordWitness,
    SharingAgreement,
    User,
)
from directorates.models.validity import lasting
from directorates.permissions import open_role, rights_of, sight_of
from directorates.roles import Role
from facilities.models import (
    ChangeProposal,
    ExactPosition,
    FieldChange,
    Merge,
    NotDuplicate,
    OperatingStatus,
    PositionApproval,
    PositionGrant,
    PositionReading,
    ProposalEvent,
)
from policies.models import (
    Acknowledgement,
    Agreement,
    AgreementEvent,
    AgreementText,
    Article,
    Ballot,
    BodyMember,
    BrandFile,
    BrandVersion,
    ComplianceNote,
    Concern,
    ConcernEvent,
    Consent,
    Consultation,
    DisputeEvent,
    Evidence,
    Mandate,
    MandateDispute,
    MandateLimit,
    Obligation,
    ObligationEvent,
    Party,
    PolicyComment,
    PolicyPaper,
    PolicyPicture,
    PolicyReview,
    PolicySection,
    PolicyVersion,
    Signature,
    Vote,
)
from tests.api.callers import Caller
from tests.factories import (
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    member,
)
from tests.reporting.clinic import Clinic, sent_from
from tests.reporting.reports import Scene, sent, wide_scene

pytestmark = [pytest.mark.django_db, pytest.mark.wall]

WALLED: set[type[Model]] = {
    NoticeChoice,
    SearchEntry,
    PolicyVersion,
    PolicySection,
    Mandate,
    MandateLimit,
    MandateDispute,
    DisputeEvent,
    Agreement,
    Party,
    Signature,
    AgreementText,
    Article,
    Consent,
    AgreementEvent,
    Obligation,
    ObligationEvent,
    Consultation,
    PolicyComment,
    Concern,
    ConcernEvent,
    Ballot,
    Vote,
    Acknowledgement,
    PolicyPaper,
    PolicyPicture,
    PolicyReview,
    ComplianceNote,
    Evidence,
    BrandVersion,
    BrandFile,
    BodyMember,
    Meeting,
    MeetingInvitation,
    Minutes,
    MinutesCorrection,
    Decision,
    ActionItem,
    ActionItemEvent,
    EditionReport,
    CorrectionRequest,
    EditionAside,
    EditionExpected,
    Submission,
    Draft,
    Revision,
    SubmissionEvent,
    ExpectedReport,
    CountedReport,
    User,
    ExactPosition,
    StoredFile,
    Notice,
    Attachment,
    Claim,
    BrokenRule,
    Comparison,
    DoubleReport,
    DoubleReportEvent,
    FollowUp,
    FollowUpWord,
    Look,
    Settlement,
    Extension,
    Explanation,
    ExplainedReport,
    MissingEvidence,
    Invitation,
    Invitation.places.through,
    FactorReset,
    SharingAgreement,
    Job,
    ConsolidationRun,
    SavedView,
    EmbeddedFigure,
    Dashboard,
    DashboardView,
    ViewShare,
    RecordWitness,
    OrganisationStatusChange,
    PositionGrant,
    PositionApproval,
    PositionReading,
    ChangeProposal,
    FieldChange,
    ProposalEvent,
    OperatingStatus,
    Merge,
    NotDuplicate,
    StoredRequest,
    PackageImport,
}
# These have rows as soon as a report was sent.
AT_ONCE = {Submission, Draft, Revision, SubmissionEvent, Comparison, User}


def rows(table: type[Model], sight: Sight) -> int:
    """How many rows a sight opens, asked in plain SQL as the application's role."""
    with seeing(sight), connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table._meta.db_table}"')
        return int(cursor.fetchone()[0])


@pytest.fixture
def clinic() -> Clinic:
    """A health centre with a report that was approved and counts, and one that is a draft."""
    found = Clinic()
    sent_from(found, found.browser(), found.draft())
    return found


def told() -> tuple[str, ...]:
    """Some of what the connection holds of the sight."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('sight.' || name, true) FROM unnest(%s) name", [["portal", "people", "person"]]
        )
        return tuple(row[0] for row in cursor.fetchall())


def test_a_sight_inside_another_changes_what_differs_and_afterwards_the_outer_one_holds() -> None:
    outer, inner = Sight(people=True, person=7), Sight(people=True, portal=True)
    with seeing(outer):
        assert told() == ("off", "on", "7")
        with CaptureQueriesContext(connection) as asked, seeing(inner):
            pass
        assert [query["sql"].count("set_config") for query in asked] == [2, 2]
        with seeing(inner):
            assert told() == ("on", "on", "0")
            turn_to(NOTHING)
            assert told() == ("off", "off", "0")
        assert told() == ("off", "on", "7")


def _fail(statement: str) -> None:
    """Fail inside a sight and a savepoint: in the database, or afterwards in Python."""
    with transaction.atomic(), seeing(PORTAL), connection.cursor() as cursor:
        cursor.execute(statement)
        raise ZeroDivisionError


@pytest.mark.parametrize("statement", ["SELECT nothing", "SELECT 1"], ids=["in the database", "in Python"])
def test_what_fails_inside_a_sight_leaves_the_outer_one(statement: str) -> None:
    with seeing(Sight(people=True, person=7)):
        with pytest.raises((ZeroDivisionError, ProgrammingError)):
            _fail(statement)
        assert told() == ("off", "on", "7")
        with seeing(NOTHING):
            assert told() == ("off", "off", "0")


# --- Nothing for nobody --------------------------------------------------------------------------------------------


def test_the_tables_behind_the_wall_are_these() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        found = {row[0] for row in cursor.fetchall()}
    named = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert found <= named
    assert found == {table._meta.db_table for table in WALLED}


@pytest.mark.parametrize("table", sorted(AT_ONCE, key=str))
def test_a_query_without_a_sight_finds_nothing(clinic: Clinic, table: type[Model]) -> None:
    clinic.draft(period=clinic.period.previous())
    assert rows(table, PORTAL) > 0
    assert rows(table, NOTHING) == 0
    assert rows(table, sight_of(AnonymousUser())) == 0
    assert rows(table, sight_of(UserFactory())) == (1 if table is User else 0)


def test_what_is_expected_and_what_counts_is_behind_it_too() -> None:
    scene = wide_scene()
    report = scene.sent()
    period, place = report.period_start, scene.place
    CountedReport.objects.create(
        template=scene.template,
        facility=scene.facility,
        period_start=period,
        submission=report,
        revision_id=report.revision_id or 0,
        rule="only",
        on_time=True,
        subdistrict=place,
    )
    ExpectedReport.objects.create(
        template=scene.template,
        facility=scene.facility,
        period_start=period,
        reporter=scene.ngo,
        due=period,
        subdistrict=place,
        place_path=place.path,
        directorate=scene.directorate,
        dataset=scene.template.dataset,
    )
    reader = member("ngo_coordinator", OrganisationFactory())
    for table in (CountedReport, ExpectedReport):
        assert (rows(table, PORTAL), rows(table, NOTHING)) == (1, 0)
    # Whoever sees figures knows what they were counted from, not who owes what.
    assert (rows(CountedReport, sight_of(reader)), rows(ExpectedReport, sight_of(reader))) == (1, 0)
    assert rows(ExpectedReport, sight_of(scene.coordinator)) == 1
    # Who reads published editions only knows neither.
    assert rows(CountedReport, sight_of(member("observer", OrganisationFactory(kind="cluster")))) == 0


def test_a_sight_ends_where_it_was_set_and_with_its_transaction(clinic: Clinic) -> None:
    with seeing(NOTHING):
        with transaction.atomic(), seeing(sight_of(clinic.officer)):
            assert Submission.objects.count() == 1
        assert Submission.objects.count() == 0
        with pytest.raises(ProgrammingError), transaction.atomic(), seeing(PORTAL), connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")
        assert Submission.objects.count() == 0
        turn_to(PORTAL)
        assert Submission.objects.count() == 1
    assert Submission.objects.count() == 1


# --- What a sight opens --------------------------------------------------------------------------------------------


def test_wall_and_list_open_the_same_to_every_role() -> None:
    scene = wide_scene()
    elsewhere = SubdistrictFactory(parent=DistrictFactory())
    other = DirectorateFactory(for_place=elsewhere)
    ngo = OrganisationFactory()
    far = FacilityFactory(place=elsewhere, supporters=[scene.ngo, ngo])
    scene.sent()
    for reporter in (scene.ngo, ngo):
        sent(scene.version, facility=far, reporter=reporter, by=member("ngo_coordinator", reporter))
    people = [
        scene.coordinator,
        scene.officer,
        member("ngo_coordinator", ngo),
        member("ngo_coordinator", scene.ngo, places=[elsewhere]),
        member("data_officer", other),
        member("director", other, places=[scene.place]),
        member("data_manager", scene.body),
        member("data_manager", scene.body, places=[elsewhere]),
        member("surveillance_officer", scene.template.dataset.custodian),
        member("observer", OrganisationFactory(kind="cluster")),
        member("administrator", scene.body),
        member("donor", OrganisationFactory(kind="donor")),
    ]
    found = set()
    for person in people:
        listed = set(Submission.objects.visible_to(person).values_list("pk", flat=True))
        with seeing(sight_of(person)):
            assert set(Submission.objects.values_list("pk", flat=True)) == listed
            assert Revision.objects.count() == len(listed)
        found.add(len(listed))
    assert found == {0, 1, 2, 3}


def test_a_draft_is_its_reporters_alone(clinic: Clinic) -> None:
    clinic.draft(period=clinic.period.previous())
    with seeing(sight_of(clinic.clerk)):
        assert (Submission.objects.filter(status="draft").count(), Draft.objects.count()) == (1, 1)
    with seeing(sight_of(clinic.officer)):
        assert (Submission.objects.filter(status="draft").count(), Draft.objects.count()) == (0, 0)


def test_a_role_that_ended_opens_nothing_although_no_job_ran(clinic: Clinic) -> None:
    Membership.objects.filter(person=clinic.officer).update(
        valid=lasting(None, timezone.localdate() - datetime.timedelta(days=1))
    )
    assert rows(Submission, sight_of(User.objects.get(pk=clinic.officer.pk))) == 0


def test_nobody_writes_a_report_for_a_body_that_is_not_theirs(clinic: Clinic) -> None:
    report = Submission.objects.get()
    with seeing(sight_of(clinic.stranger)):
        assert Submission.objects.filter(pk=report.pk).update(status="approved") == 0
    report.pk, report.receipt, report.revision = None, None, None
    report.status, report.period_start = "draft", clinic.period.previous().start
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        seeing(sight_of(clinic.stranger)),
    ):
        report.save(force_insert=True)


# --- Pages, API and jobs -------------------------------------------------------------------------------------------


@contextmanager
def forgotten() -> Iterator[None]:
    """As if somebody had taken `.visible_to()` away."""
    with mock.patch.object(SubmissionQuerySet, "visible_to", lambda rows, _user: rows):
        yield


def test_a_list_that_forgot_to_ask_shows_nothing_more(clinic: Clinic) -> None:
    report = Submission.objects.get()
    with forgotten():
        for person, there in ((clinic.stranger, False), (clinic.officer, True), (clinic.clerk, True)):
            client, caller = clinic.browser(person), Caller(person)
            assert (str(report.receipt) in client.get("/reports/").content.decode()) is there
            assert client.get(f"/reports/{report.pk}/").status_code == (200 if there else 404)
            assert len(caller.get("submissions/").json()["results"]) == there
            assert caller.get(f"submissions/{report.pk}/").status_code == (200 if there else 404)
            taken = client.post("/exchange/exports/reports/", {"format": "csv"}).content.decode()
            assert (str(report.receipt) in taken) is there
    # What this test takes away is what hides the report where there is no wall.
    assert not Submission.objects.visible_to(clinic.stranger).exists()


def test_a_visitor_sees_no_person_but_signs_in(clinic: Clinic) -> None:
    clinic.clerk.set_password("a long password")
    clinic.clerk.save()
    assert rows(User, NOTHING) == 0
    assert rows(User, ENTRANCE) > 1
    client = Client()
    assert client.get("/").status_code == 302
    client.post("/accounts/login/", {"login": clinic.clerk.email, "password": "a long password"})
    assert client.get("/").status_code == 200


def test_a_task_sees_everything_and_what_it_does_for_a_person_sees_what_the_person_may(clinic: Clinic) -> None:
    seen: list[int] = []

    @app.task(name="tests.count_reports")
    def count() -> int:
        return Submission.objects.count()

    kind = jobs.Kind("tests.count", "", lambda _job, _tell: seen.append(Submission.objects.count()) or {})  # type: ignore[arg-type, func-returns-value]
    with seeing(NOTHING):
        assert count() == 1
    for person in (clinic.stranger, clinic.officer):
        job = Job.objects.create(kind="tests.count", by=person, acting_id=person.acting_id)
        assert jobs.run(job.pk, kind)
    assert seen == [0, 1]


def test_a_step_for_everybody_is_marked_as_one(clinic: Clinic) -> None:
    @unwalled
    def all_reports() -> int:
        return Submission.objects.count()

    with seeing(sight_of(clinic.stranger)):
        assert (all_reports(), Submission.objects.count()) == (1, 0)


def test_a_role_for_some_places_opens_places_inside_both(clinic: Clinic) -> None:
    reader = member("facility_reporter", OrganisationFactory(), places=[clinic.place])
    open_role(reader.acting, Role.FACILITY_REPORTER)  # type: ignore[arg-type]
    assert rights_of(reader).scopes
    sight = sight_of(reader)
    assert (sight.figures, sight.subdistricts) == (False, (clinic.place.pk,))


def test_people_are_named_to_whoever_has_a_role() -> None:
    scene = Scene()
    assert rows(User, sight_of(scene.coordinator)) == User.objects.count()
