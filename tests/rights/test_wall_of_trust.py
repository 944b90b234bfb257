"""The second wall by the registry: every table that it calls walled shows nothing to nobody, and to each person their own."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from coordination.meetings.models import (
    ActionItem,
    ActionItemEvent,
    Decision,
    Meeting,
    MeetingInvitation,
    Minutes,
    MinutesCorrection,
)
from coordination.meetings.models.meetings import MeetingQuerySet
from coordination.reporting.actions.claims import claim
from coordination.reporting.models import (
    Claim,
    Comparison,
    ConsolidationRun,
    CorrectionRequest,
    Dashboard,
    DashboardView,
    DoubleReport,
    DoubleReportEvent,
    EmbeddedFigure,
    Extension,
    Look,
    PackageImport,
    SavedView,
    Settlement,
    Submission,
    ViewShare,
)
from coordination.search.actions.entries import index_texts
from coordination.search.models import SearchEntry
from coordination.sensitivity import REGISTRY
from directorates.actions.people import organisations_invited_to_by
from directorates.foundation import jobs
from directorates.foundation.models import Job
from directorates.foundation.sight import NOTHING, PORTAL, seeing
from directorates.models import FactorReset, Invitation, SharingAgreement, User
from directorates.models.sharing import SharingAgreementQuerySet
from directorates.permissions import sight_of
from directorates.roles import Role
from facilities.models import PositionApproval, PositionGrant, PositionReading
from facilities.models.position_grants import PositionGrantQuerySet
from policies.actions.acknowledgements import acknowledge_policy
from policies.actions.amendments import propose_amendment
from policies.actions.articles import keep_article
from policies.actions.concerns import answer_concern
from policies.models import (
    Agreement,
    AgreementEvent,
    AgreementText,
    Article,
    Ballot,
    BrandFile,
    BrandVersion,
    ComplianceNote,
    Concern,
    Consent,
    DisputeEvent,
    Evidence,
    Mandate,
    MandateDispute,
    Obligation,
    Party,
    PolicyComment,
    PolicyPaper,
    PolicyPicture,
    PolicyReview,
    PolicySection,
    PolicyVersion,
    Signature,
)
from policies.models.agreements import AgreementQuerySet
from policies.models.versions import PolicyVersionQuerySet
from tests.factories import OrganisationFactory, UserFactory, member
from tests.reporting.test_wall import rows
from tests.rights.world import World, made_once

pytestmark = pytest.mark.wall

# How each table leads to its meeting.
OF_MEETINGS: dict[type[Model], str] = {
    MeetingInvitation: "meeting",
    Minutes: "meeting",
    MinutesCorrection: "minutes__meeting",
    Decision: "meeting",
    ActionItem: "meeting",
    ActionItemEvent: "item__meeting",
}
# Of these the world holds nothing.
EMPTY = {
    *("directorates.Invitation_places", "directorates.OrganisationStatusChange", "directorates.StoredFile"),
    *("policies.MandateLimit", "directorates.NoticeChoice"),
    *("facilities.ExactPosition", "facilities.Merge", "facilities.NotDuplicate", "facilities.OperatingStatus"),
    *("meetings.MinutesCorrection", "reporting.StoredRequest"),
    # What editions were made of: tests/reporting/test_verifications.py.
    *("reporting.EditionReport", "reporting.EditionAside", "reporting.EditionExpected"),
}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Everybody and everything, with what is said beside a report and read of positions."""
    with made_once(_world, django_db_blocker) as found:
        yield found


def _world() -> World:
    found, now = World(), timezone.now()
    grant, officer = found.grant, found.officer
    claim(by=officer, submissions=[found.report], at=now)
    revision = found.report.revision
    assert revision is not None
    Look.objects.create(revision=revision, kind="unusual", slot="s1", word="Seen", at=now, by=officer)
    Extension.objects.create(
        **{name: getattr(found.report, name) for name in ("template", "facility", "period_start", "reporter")},
        **{name: getattr(found.report, name) for name in ("directorate", "dataset", "place_path")},
        before=found.period.start,
        until=timezone.localdate(),
        reason="Roads",
        by=officer,
        at=now,
    )
    for who, acting in (("D", found.directorate), ("A", found.body)):
        by = found.people[who]
        assert by is not None
        PositionApproval.objects.create(grant=grant, by=by, acting=acting, at=now)
    PositionReading.objects.create(
        grant=grant, facility=found.facility, by=found.clerk, acting=found.ngo, reason="Convoy", at=now
    )
    answer_concern(
        concern=found.concern, text="Because", changes=False, seen=0, by=found.people["P"] or officer, at=now
    )
    _propose(found, now)
    held = PolicyVersion.objects.get(policy=found.policy, number=1)
    acknowledge_policy(version=held, since=None, by=found.clerk, at=now)
    ConsolidationRun.objects.create(kind="drain", origin="touch", state="run_done", began=now, ended=now)
    index_texts()
    return found


def _propose(world: World, now: datetime.datetime) -> None:
    """The amendment of the world is proposed: its parties read it and who consented, and nobody else."""
    text, by = world.amendment, world.people["D"]
    assert by is not None
    words: dict[str, Any] = dict.fromkeys(("heading_ar", "heading_en", "text_ar", "text_en"), "wordpact")
    keep_article(text=text, article=None, by=by, at=now, **words)
    text.refresh_from_db()
    propose_amendment(text=text, why="wordpact", seen=text.edition, by=by, at=now)


def _of_agreements(user: User) -> dict[str, QuerySet[Any]]:
    """What the lists open of agreements."""
    agreements, texts = Agreement.objects.visible_to(user), AgreementText.objects.visible_to(user)
    return {
        "Agreement": agreements,
        "Party": Party.objects.filter(agreement__in=agreements),
        "Signature": Signature.objects.filter(party__agreement__in=agreements),
        "AgreementEvent": AgreementEvent.objects.visible_to(user),
        "Obligation": Obligation.objects.visible_to(user),
        "AgreementText": texts,
        "Article": Article.objects.filter(text__in=texts),
        "Consent": Consent.objects.filter(text__in=texts),
    }


def _of_views(user: User) -> dict[str, QuerySet[Any]]:
    """What the lists open of kept views, and of figures that are embedded."""
    views, dashboards = SavedView.objects.visible_to(user), Dashboard.objects.visible_to(user)
    return {
        "SavedView": views,
        "Dashboard": dashboards,
        "DashboardView": DashboardView.objects.filter(dashboard__in=dashboards),
        "ViewShare": ViewShare.objects.filter(Q(view__in=views) | Q(dashboard__in=dashboards)),
        "EmbeddedFigure": EmbeddedFigure.objects.visible_to(user),
    }


def listed(user: User) -> dict[str, QuerySet[Any]]:
    """What the lists themselves open of each table, where one says so."""
    reports = Submission.objects.visible_to(user)
    grants = PositionGrant.objects.visible_to(user)
    invited = Q(organisation__in=organisations_invited_to_by(user)) | Q(by=user)
    return {
        "Claim": Claim.objects.filter(submission__in=reports),
        "CorrectionRequest": CorrectionRequest.objects.visible_to(user),
        "Look": Look.objects.filter(revision__in=reports.values("revision")),
        "Comparison": Comparison.objects.filter(revision__in=reports.values("revision")),
        "ConsolidationRun": ConsolidationRun.objects.visible_to(user),
        "DoubleReport": DoubleReport.objects.visible_to(user),
        "Settlement": Settlement.objects.filter(double__in=DoubleReport.objects.visible_to(user)),
        "DoubleReportEvent": DoubleReportEvent.objects.filter(double__in=DoubleReport.objects.visible_to(user)),
        **_of_views(user),
        "PositionGrant": grants,
        "PositionApproval": PositionApproval.objects.filter(grant__in=grants),
        "PositionReading": PositionReading.objects.filter(Q(grant__in=grants) | Q(by=user)),
        "SharingAgreement": SharingAgreement.objects.visible_to(user),
        "PackageImport": PackageImport.objects.visible_to(user),
        "Invitation": Invitation.objects.filter(invited),
        "PolicyVersion": PolicyVersion.objects.visible_to(user),
        "Mandate": Mandate.objects.visible_to(user),
        "MandateDispute": MandateDispute.objects.visible_to(user),
        "DisputeEvent": DisputeEvent.objects.filter(dispute__in=MandateDispute.objects.visible_to(user)),
        **_of_agreements(user),
        "PolicyComment": PolicyComment.objects.visible_to(user),
        "Concern": Concern.objects.visible_to(user),
        "ComplianceNote": ComplianceNote.objects.visible_to(user),
        "Evidence": Evidence.objects.filter(about__in=ComplianceNote.objects.visible_to(user)),
        "PolicyPaper": PolicyPaper.objects.filter(version__in=PolicyVersion.objects.visible_to(user)),
        "PolicyPicture": PolicyPicture.objects.filter(version__in=PolicyVersion.objects.visible_to(user)),
        "PolicyReview": PolicyReview.objects.filter(version__in=PolicyVersion.objects.visible_to(user)),
        "BrandVersion": BrandVersion.objects.visible_to(user),
        "BrandFile": BrandFile.objects.filter(version__in=BrandVersion.objects.visible_to(user)),
        "Ballot": Ballot.objects.visible_to(user),
        "PolicySection": PolicySection.objects.filter(version__in=PolicyVersion.objects.visible_to(user)),
        **{
            model.__name__: model._default_manager.filter(**{f"{path}__in": Meeting.objects.visible_to(user)})
            for model, path in OF_MEETINGS.items()
        },
        "Meeting": Meeting.objects.visible_to(user),
        "SearchEntry": SearchEntry.objects.filter(
            Q(version__in=PolicyVersion.objects.visible_to(user))
            | Q(decision__in=Decision.objects.visible_to(user))
            | Q(minutes__meeting__in=Meeting.objects.visible_to(user))
            | Q(mandate__in=Mandate.objects.visible_to(user))
            | Q(dispute__in=MandateDispute.objects.visible_to(user))
            | Q(agreement__in=Agreement.objects.visible_to(user))
            | Q(sharing__in=SharingAgreement.objects.visible_to(user))
        ),
    }


def test_every_walled_table_shows_nothing_without_a_sight_or_a_role(made: World) -> None:
    for name in sorted(REGISTRY.walled):
        table = apps.get_model(name)
        own = 1 if table is User else 0
        assert (rows(table, PORTAL) == 0) is (name in EMPTY), name
        assert (rows(table, NOTHING), rows(table, sight_of(AnonymousUser()))) == (0, 0), name
        assert rows(table, sight_of(UserFactory())) == own, name


@pytest.mark.parametrize("who", list("APMDONndSoaRrFEX"))
def test_wall_and_lists_open_the_same(made: World, who: str) -> None:
    person = made.people[who]
    assert person is not None
    for name, opened in listed(person).items():
        expected = set(opened.values_list("pk", flat=True))
        if name == "Invitation" and who == "A":
            # Whoever founds organisations is asked to confirm anywhere.
            expected = set(Invitation.objects.values_list("pk", flat=True))
        with seeing(sight_of(person)):
            assert set(opened.model.objects.values_list("pk", flat=True)) == expected, name


def test_an_extension_is_seen_with_its_report(made: World) -> None:
    for who, there in (("N", True), ("R", True), ("r", False), ("n", False), ("D", True), ("d", False), ("M", True)):
        person = made.people[who]
        assert person is not None
        assert (rows(Extension, sight_of(person)) == 1) is there, who
        assert Extension.objects.visible_to(person).exists() <= there, who


def test_a_job_is_seen_by_whoever_asked_and_by_those_who_keep_the_portal_running(made: World) -> None:
    for who in "NnMADo":
        person = made.people[who]
        assert person is not None
        opened = set(jobs.visible_to(person).values_list("pk", flat=True))
        with seeing(sight_of(person)):
            assert set(Job.objects.values_list("pk", flat=True)) == opened, who


def test_a_lost_second_step_is_seen_by_those_who_manage_the_person(made: World) -> None:
    seen = {who for who, person in made.people.items() if person and rows(FactorReset, sight_of(person))}
    # The officer stands in for the director today.
    assert seen == {"A", "D", "O"}


def test_an_invitation_is_seen_by_its_own_house_and_by_who_founds_organisations(made: World) -> None:
    other = member(Role.ORGANISATION_ADMINISTRATOR, OrganisationFactory())
    seen = {who for who, person in made.people.items() if person and rows(Invitation, sight_of(person))}
    assert seen == {"A", "D", "O"}
    assert rows(Invitation, sight_of(other)) == 0


@contextmanager
def forgotten(*querysets: type[QuerySet[Any]]) -> Iterator[None]:
    """As if somebody had taken `.visible_to()` away."""
    whole: Callable[[Any, User], Any] = lambda found, _user: found  # noqa: E731
    with ExitStack() as taken:
        for one in querysets:
            taken.enter_context(mock.patch.object(one, "visible_to", whole))
        yield


@pytest.mark.parametrize(
    ("address", "queryset", "seers"),
    [
        ("facilities:position_grant", PositionGrantQuerySet, "NDA"),
        ("directorates:agreement", SharingAgreementQuerySet, "SA"),
        ("policies:policy_section", PolicyVersionQuerySet, "A"),
        ("meetings:meeting", MeetingQuerySet, "NDA"),
        ("policies:sign_agreement", AgreementQuerySet, "DS"),
    ],
)
def test_a_page_that_forgot_to_ask_shows_nothing_more(
    made: World, address: str, queryset: type[QuerySet[Any]], seers: str
) -> None:
    page = reverse(address, kwargs=made.arguments(address))
    with forgotten(queryset):
        for who in "NDASndo":
            expected = {200} if who in seers else {403, 404}
            assert made.browser(made.people[who]).get(page).status_code in expected, who
