"""A world with one person of each kind, and one thing of each address: what the table of rights is tried on."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from coordination.meetings.actions.action_items import add_action_item
from coordination.meetings.actions.decisions import write_decision
from coordination.meetings.actions.invitations import write_attendance
from coordination.meetings.actions.meetings import MeetingSaid, call_meeting
from coordination.meetings.actions.minutes import write_minutes
from coordination.meetings.models import ActionItem, Decision, Meeting
from coordination.reporting.actions.arbiters import name_arbiter
from coordination.reporting.actions.attachments import attach
from coordination.reporting.actions.bulletin_parts import Wish as PartWish
from coordination.reporting.actions.bulletin_parts import keep_part
from coordination.reporting.actions.bulletins import start_bulletin
from coordination.reporting.actions.corrections import ask_correction
from coordination.reporting.actions.dashboards import make_dashboard
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.embedded_figures import embed_figure
from coordination.reporting.actions.errata import publish_erratum
from coordination.reporting.actions.follow_ups import ask_about
from coordination.reporting.actions.missing import explain
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.saved_views import keep_view
from coordination.reporting.actions.settlements import Said as SettlementSaid
from coordination.reporting.actions.settlements import propose_settlement, refuse_settlement
from coordination.reporting.actions.view_shares import Audience, share
from coordination.reporting.models import (
    BulletinSeries,
    CategorySet,
    CorrectionRequest,
    Dashboard,
    DoubleReport,
    Edition,
    Element,
    EmbeddedFigure,
    ExpectedReport,
    FollowUp,
    Indicator,
    IndicatorOperand,
    IndicatorVersion,
    MissingEvidence,
    PackageImport,
    Population,
    SavedView,
    Settlement,
    Submission,
    ViewShare,
)
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.editions import EditionFigure, EditionState
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.saved_views import Picture, Shows
from coordination.reporting.rules.settlements import Way
from coordination.reporting.rules.suppression import Limits
from directorates.actions.deputies import name_deputy
from directorates.actions.feeds import make_feed
from directorates.actions.handovers import offer_handover
from directorates.actions.people import invite
from directorates.actions.seals import seal
from directorates.actions.sharing import offer_sharing
from directorates.foundation.models import Job
from directorates.models import (
    Deputyship,
    Handover,
    JurisdictionDecision,
    Membership,
    Organisation,
    Place,
    RecordWitness,
    SharingAgreement,
    User,
)
from directorates.models.factor_resets import FactorReset
from directorates.models.sharing import SharingLevel
from directorates.roles import Role
from facilities.actions.position_grants import ask_for_positions
from facilities.actions.proposals import Wish, propose
from facilities.models import Support
from facilities.models.position_grants import PositionGrant
from facilities.models.proposals import Field
from policies.actions.agreements import AgreementSaid, begin_agreement, open_for_signature
from policies.actions.amendments import begin_amendment
from policies.actions.articles import keep_article
from policies.actions.ballots import open_ballot, vote
from policies.actions.branding import Said, keep_branding
from policies.actions.compliance import note_compliance
from policies.actions.concerns import raise_concern
from policies.actions.consultations import comment_on, open_consultation
from policies.actions.mandates import state_mandate
from policies.actions.obligations import add_obligation, say_of_obligation
from policies.actions.papers import add_paper
from policies.actions.pictures import add_picture
from policies.actions.policies import begin_policy
from policies.actions.reviews import plan_review
from policies.actions.sections import keep_section
from policies.actions.signatures import sign_agreement
from policies.actions.versions import begin_version, bring_into_force
from policies.models import (
    Agreement,
    AgreementText,
    Ballot,
    BodyMember,
    BrandFile,
    Concern,
    Evidence,
    Mandate,
    MandateDispute,
    Policy,
    PolicyPaper,
    PolicyPicture,
    PolicyReview,
    PolicyVersion,
)
from policies.rules.ballots import Choice, Majority
from tests.factories import (
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    confirmed_deputy,
    member,
)
from tests.reporting.attached import SOMEWHERE, pdf, png
from tests.reporting.clinic import Clinic, sent_from
from tests.reporting.workshop import Workshop

YESTERDAY = datetime.timedelta(days=1)


Made = TypeVar("Made")


@contextmanager
def made_once(make: Callable[[], Made], blocker: Any) -> Iterator[Made]:
    """A world for all tests of a module, of which nothing stays."""
    with blocker.unblock(), transaction.atomic():
        # As every test's own transaction: what demands to be the outermost one may begin inside.
        connection.atomic_blocks[-1]._from_testcase = True  # type: ignore[attr-defined]
        yield make()
        transaction.set_rollback(True)


class World(Clinic):
    """The clinic, and beside it everybody and everything that the table names."""

    FOREWORD = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        now, today = timezone.now(), timezone.localdate()
        self.elsewhere = SubdistrictFactory(parent=DistrictFactory())
        self.other: Organisation = DirectorateFactory(for_place=self.elsewhere)
        other = self.other
        administrator = member(Role.ADMINISTRATOR, self.body)
        self.people: dict[str, User | None] = {
            "A": administrator,
            "P": member(Role.POLICY_MANAGER, self.body),
            "M": member(Role.DATA_MANAGER, self.body),
            "D": member(Role.DIRECTOR, self.directorate),
            "O": self.officer,
            "N": self.clerk,
            "n": self.stranger,
            "d": member(Role.DIRECTOR, other),
            "S": member(Role.SURVEILLANCE_OFFICER, Organisation.objects.get(code="acu")),
            "o": member(Role.OBSERVER, OrganisationFactory(kind="cluster")),
            "a": member(Role.ORGANISATION_ADMINISTRATOR, self.ngo),
            "R": member(Role.FACILITY_REPORTER, self.ngo, places=[self.place]),
            "r": member(Role.FACILITY_REPORTER, self.ngo, places=[self.elsewhere]),
            "F": member(Role.DONOR, OrganisationFactory(kind="donor")),
            "E": member(Role.DATA_OFFICER, self.directorate, last=today - YESTERDAY),
            "X": UserFactory(),
            "-": None,
        }
        client = self.browser()
        self.report = sent_from(self, client, self.draft())
        self.picture = attach(by=self.clerk, submission=self.report, name="page.png", content=png(), at=now)
        self.held = attach(by=self.clerk, submission=self.report, name="map.pdf", content=pdf(SOMEWHERE), at=now)
        self.open_draft = self.draft(period=self.period.previous())
        approved = sent_from(self, client, self.draft(period=self.period.previous().previous()))
        self.approved: Submission = approve(by=self.officer, submission=approved, at=now)
        self.twin = FacilityFactory(code="SY070300-02", place=self.place, supporters=[self.ngo])
        self.proposal = propose(
            by=self.clerk, facility=self.facility, wishes=[Wish(Field.TYPE, "hospital")], reason="Grew", at=now
        )
        self.workshop = Workshop()
        self.section = self.workshop.section("visits", "births")
        self.rule = self.workshop.rule()
        self.set = CategorySet.objects.order_by("pk").first()
        self.element = Element.objects.get(code="visits")
        director = self.people["D"]
        assert director is not None
        colleague = member(Role.DATA_OFFICER, self.directorate)
        self.deputyship: Deputyship = confirmed_deputy(
            name_deputy(
                by=director, membership=director.memberships.get(), deputy=self.officer, first=today, last=today, at=now
            )
        )
        self.waiting_deputyship: Deputyship = name_deputy(
            by=colleague, membership=colleague.memberships.get(), deputy=self.officer, first=today, last=today, at=now
        )
        self.membership = Membership.objects.get(person=colleague)
        self.reset = FactorReset.objects.create(by=director, person=colleague, reason="wordreset", at=now)
        self.invitation, self.secret = invite(
            email="new@example.org", organisation=self.directorate, role=Role.DATA_OFFICER, by=director, at=now
        )
        self.package = PackageImport.objects.create(
            scheme="dhis2", title="Weekly", file_name="w.json", digest="0" * 64, by=administrator, at=now
        )
        self.job = Job.objects.create(kind="exchange.export", by=self.clerk, acting=self.ngo, state="failed")
        self.support = Support.objects.get(facility=self.facility, organisation=self.ngo)
        self.seal = seal(by=administrator, organisation=other, reason="wordseal", at=now)
        self.grant: PositionGrant = ask_for_positions(
            by=self.clerk, facility=self.facility, only_me=True, purpose="Evacuation", until=today, at=now
        )
        self.edition = self._published(administrator, now)
        surveillance = self.people["S"]
        assert surveillance is not None
        self.agreement: SharingAgreement = offer_sharing(
            dataset=self.template.dataset,
            recipient=self.body,
            level=SharingLevel.TOTALS,
            places=[],
            purpose="Bulletin",
            first=today,
            last=today,
            by=surveillance,
            at=now,
        )
        self._shared_life(now)
        self.witness = RecordWitness.objects.create(
            email="w@example.org", name="W", organisation=self.ngo, by=administrator, at=now
        )

    def _published(self, by: User, now: datetime.datetime) -> Edition:
        """An edition with one figure: filled first, as nothing is added to a published one."""
        made = Edition.objects.create(
            template=self.template,
            period_start=self.period.start,
            state="draft",
            smallest=5,
            facilities=3,
            share=85,
            reports=1,
            hidden=0,
            foreword=self.FOREWORD,
            at=now,
            by=by,
            acting=self.body,
        )
        country = Place.objects.get(level=0)
        EditionFigure.objects.create(edition=made, place=country, element=self.element, value=7)
        made.state = EditionState.PUBLISHED
        made.save(update_fields=["state"])
        return made

    def _shared_life(self, now: datetime.datetime) -> None:
        """What organisations agree on together: policies, who leads what, a meeting."""
        self.policy, self.concern, self.ballot = self._policy(now), self._asked(now), self._voted(now)
        self.logo = self._logo(now)
        self.member: BodyMember = BodyMember.objects.earliest("pk")
        self.mandate, self.dispute = self._claims(now)
        self._meeting(now)
        self._indicator(now)
        self.double, self.settlement = self._double(now)
        self.correction = self._corrected(now)
        self.feed_secret = make_feed(language="en", by=self.clerk, at=now)
        self._agreements(now)
        self.missing, self.missing_file = self._missing(now)
        self.follow_up: FollowUp = ask_about(
            by=self.officer, submission=self.report, slot="s1", question="wordquestion", at=now
        )
        self.handover = self._handed_over(now)
        self.embedded = self._embedded(now)
        self.view, self.dashboard, self.share = self._kept_views(now)
        self._bulletin()

    def _indicator(self, now: datetime.datetime) -> None:
        """An indicator per population, and how many live in the facility's sub-district."""
        self.indicator = Indicator.objects.create(code="visits_rate", name_ar="م", name_en="I", better="neutral")
        said = {"numerator": "visits", "denominator": "_pop_total * _years", "factor": 1, "decimals": 2, "at": now}
        since = datetime.date(2000, 1, 1)
        version = IndicatorVersion.objects.create(
            indicator=self.indicator, number=1, since=since, acting=self.body, **said
        )
        IndicatorOperand.objects.create(version=version, template=self.template, element=self.element)
        self.population = Population.objects.create(
            place=self.place,
            year=since.year,
            group="total",
            number=9,
            source="S",
            dated=since,
            at=now,
            acting=self.body,
        )

    def _bulletin(self) -> None:
        """The draft of a bulletin of the custodian's, with one text."""
        custodian = self.people["S"]
        assert custodian is not None
        series = BulletinSeries.objects.create(
            code="weekly-bulletin",
            name_ar="نشرة",
            name_en="Bulletin",
            dataset=self.template.dataset,
            period_type=self.template.period_type,
        )
        now = timezone.now()
        self.bulletin = start_bulletin(series=series, period=self.period, limits=Limits(), by=custodian, at=now)
        self.bulletin_part = keep_part(
            bulletin=self.bulletin,
            part=None,
            wish=PartWish("text", "مقدمة", "Introduction", "نص", "Text"),
            seen=0,
            by=custodian,
            at=now,
        )

    def _corrected(self, now: datetime.datetime) -> CorrectionRequest:
        """What the NGO asks to be corrected in its approved report; and an erratum of the edition."""
        custodian = self.people["S"]
        assert custodian is not None
        publish_erratum(by=custodian, edition=self.edition, text_ar="ك", text_en="E", at=now)
        return ask_correction(by=self.clerk, submission=self.approved, reason="wordcorrection", at=now)

    def _missing(self, now: datetime.datetime) -> tuple[ExpectedReport, MissingEvidence]:
        """A report that the NGO owed long ago, and why it did not come, with a picture."""
        period = self.period
        for _number in range(30):
            period = period.previous()
        row = ExpectedReport.objects.create(
            template=self.template,
            facility=self.facility,
            period_start=period.start,
            reporter=self.ngo,
            due=period.last_day,
            subdistrict=self.place,
            place_path=self.place.path,
            directorate=self.directorate,
            dataset=self.template.dataset,
        )
        files = [("road.png", png(colour="red"))]
        explain(by=self.clerk, expected=[row], reason="attacked", text="wordmissing", files=files, at=now)
        return row, MissingEvidence.objects.get()

    def _embedded(self, now: datetime.datetime) -> EmbeddedFigure:
        """A figure of the edition that a web site may show."""
        surveillance = self.people["S"]
        assert surveillance is not None
        said: dict[str, Any] = {"sites": ["https://health.example.org"], "until": timezone.localdate(now), "at": now}
        return embed_figure(edition=self.edition, element=self.element, level=0, by=surveillance, **said)

    def _kept_views(self, now: datetime.datetime) -> tuple[SavedView, Dashboard, ViewShare]:
        """A view of the officer's, shared with the director, and a dashboard that is shared with nobody."""
        director = self.people["D"]
        assert director is not None
        place = self.place.parent.parent if self.place.parent else None
        assert place is not None
        shows = Shows(self.template, place, FigureLevel.DISTRICT, None, "", Borders.THEN, Picture.MAP)
        words: dict[str, Any] = {"name": "wordview", "note": "wordview", "by": self.officer, "at": now}
        view = keep_view(shows=shows, **words)
        board = make_dashboard(views=[view], **words)
        return view, board, share(thing=view, audience=Audience(person=director), by=self.officer, at=now)

    def _handed_over(self, now: datetime.datetime) -> Handover:
        """The facility's sub-district, offered to the other directorate."""
        director = self.people["D"]
        assert director is not None
        giver, first = director.memberships.get().organisation, timezone.localdate(now) + datetime.timedelta(days=1)
        said: dict[str, Any] = {"reason": "wordreason", "by": director, "at": now}
        return offer_handover(giver=giver, taker=self.other, places=[self.place], first=first, **said)

    def _policy(self, now: datetime.datetime) -> Policy:
        """A policy of the body: its first version in force, its second being written."""
        manager, today = self.people["P"], timezone.localdate(now)
        assert manager is not None
        words: dict[str, Any] = {
            "heading_ar": "wordpolicy",
            "heading_en": "Words",
            "text_ar": "wordpolicy",
            "text_en": "wordpolicy",
        }
        version = begin_policy(code="words", kind="policy", name_ar="ك", name_en="W", by=manager, at=now)
        keep_section(version=version, section=None, by=manager, at=now, **words)
        bring_into_force(version=version, adopted=today, basis="x", since=today, seen=2, by=manager, at=now)
        draft = begin_version(policy=version.policy, by=manager, at=now)
        about: dict[str, Any] = {"issuer": "wordissuer", "reference": "", "dated": None, "by": manager, "at": now}
        self.paper: PolicyPaper = add_paper(version=draft, name="page.png", content=png(), **about)
        shows: dict[str, Any] = {"words_ar": "wordpicture", "words_en": "wordpicture", "by": manager, "at": now}
        self.drawing: PolicyPicture = add_picture(version=draft, name="page.png", content=png(), **shows)
        self.review: PolicyReview = plan_review(version=version, due=today, by=manager, at=now)
        said: dict[str, Any] = {"extent": "partly", "text": "wordnote", "files": [("page.png", png())]}
        note = note_compliance(version=version, by=self.clerk, at=now, **said)
        self.evidence: Evidence = note.evidence.get()
        return version.policy

    def _logo(self, now: datetime.datetime) -> BrandFile:
        """The unified logo in force since today, as a picture."""
        manager, today = self.people["P"], timezone.localdate(now)
        assert manager is not None
        said = Said("logo", "", "wordlogo", "wordlogo", "wordlogo", "wordlogo", "wordlogo", today)
        return keep_branding(said=said, files=[("logo.png", png())], by=manager, at=now).files.get()

    def _double(self, now: datetime.datetime) -> tuple[DoubleReport, Settlement]:
        """What both NGOs reported: the first proposes that its report counts, the directorate named the body as the arbiter."""
        director = self.people["D"]
        assert director is not None
        period = self.period.previous().previous().previous()
        for by, reporter in ((self.clerk, self.ngo), (self.stranger, self.other_ngo)):
            sent_from(self, self.browser(by), self.draft(by=by, period=period, reporter=reporter))
        attend(at=now, everything=True)
        double = DoubleReport.objects.named().get()
        said = SettlementSaid(Way.TAKE, "worddouble", taken=self.ngo)
        first = propose_settlement(double=double, said=said, by=self.clerk, at=now)
        refuse_settlement(double=double, settlement=first, reason="worddouble", by=self.stranger, at=now)
        made = propose_settlement(double=double, said=said, by=self.clerk, at=now)
        name_arbiter(double=double, arbiter=self.body, by=director, at=now)
        return double, made

    def _claims(self, now: datetime.datetime) -> tuple[Mandate, MandateDispute]:
        """The director's organisation and the surveillance unit both claim immunization in the facility's district, as pages offer it."""
        days: dict[str, Any] = {"since": timezone.localdate(now), "until": None, "at": now}
        what: dict[str, Any] = {
            "function": "immunization",
            "place": self.place.parent,
            "came": "claimed",
            "basis": "wordbasis",
        }
        made = [
            state_mandate(organisation=by.memberships.get().organisation, by=by, **what, **days)
            for letter in "DS"
            if (by := self.people[letter]) is not None
        ]
        return made[0], MandateDispute.objects.get()

    def _proposed(self, code: str, now: datetime.datetime) -> PolicyVersion:
        """A draft of a policy of the body, ready to be proposed."""
        manager = self.people["P"]
        assert manager is not None
        words: dict[str, Any] = {
            "heading_ar": "wordpolicy",
            "heading_en": "Words",
            "text_ar": "wordpolicy",
            "text_en": "wordpolicy",
        }
        version = begin_policy(code=code, kind="policy", name_ar="ك", name_en="W", by=manager, at=now)
        keep_section(version=version, section=None, by=manager, at=now, **words)
        return version

    def _asked(self, now: datetime.datetime) -> Concern:
        """A concern of the NGO about a version on which it and the directorate are asked."""
        manager, today = self.people["P"], timezone.localdate(now)
        assert manager is not None
        version = self._proposed("asked", now)
        open_consultation(
            version=version, organisations=[self.ngo, self.directorate], first=today, last=today, question="",
            seen=2, by=manager, at=now,
        )  # fmt: skip
        remark: dict[str, Any] = {"version": version, "section": None, "by": self.clerk, "at": now}
        comment_on(text="wordcomment", key=uuid4(), **remark)
        return raise_concern(about="wordconcern", seriousness="wish", proposal="", key=uuid4(), **remark)

    def _voted(self, now: datetime.datetime) -> Ballot:
        """A ballot of the two directorates, in which one has voted."""
        manager, director = self.people["P"], self.people["D"]
        assert manager is not None
        assert director is not None
        tomorrow = now + datetime.timedelta(days=1)
        ballot = open_ballot(
            version=self._proposed("voted", now), majority=Majority.SIMPLE, quorum=50, closes=tomorrow, seen=2,
            by=manager, at=now,
        )  # fmt: skip
        vote(ballot=ballot, choice=Choice.FOR, reservation="", by=director, at=now)
        return ballot

    def _meeting(self, now: datetime.datetime) -> None:
        """A meeting of the body, an hour old, with the directorate and the NGO; its minutes are open, the NGO took something on."""
        manager = self.people["P"]
        assert manager is not None
        hour = datetime.timedelta(hours=1)
        said = MeetingSaid(
            "body",
            "wordmeeting",
            now - 2 * hour,
            now - hour,
            "UTC",
            "",
            ["wordmeeting"],
            50,
            [self.directorate, self.ngo],
        )
        self.meeting: Meeting = call_meeting(said=said, by=manager, at=now)
        write_attendance(meeting=self.meeting, present=[self.ngo.pk], seen={}, by=manager, at=now)
        write_minutes(meeting=self.meeting, text="wordmeeting", seen={}, by=manager, at=now)
        self.decision: Decision = write_decision(
            meeting=self.meeting, subject="wordmeeting", text="wordmeeting", about={}, by=manager, at=now
        )
        self.action_item: ActionItem = add_action_item(
            meeting=self.meeting,
            decision=self.decision,
            text="wordmeeting",
            owner=self.ngo,
            due=timezone.localdate(now),
            by=manager,
            at=now,
        )

    def _agreements(self, now: datetime.datetime) -> None:
        """Of the directorate and the surveillance unit: a draft, one that waits for the unit's signature, one in force that is
        being amended, with an obligation.
        """
        director, unit = self.people["D"], self.people["S"]
        assert director is not None
        assert unit is not None
        self.pact_draft: Agreement = self._pact("wordpact a", now)
        self.pact_open: Agreement = self._pact("wordpact b", now, opened=True)
        self.pact: Agreement = self._pact("wordpact c", now, opened=True)
        for agreement, people in ((self.pact_open, [director]), (self.pact, [director, unit])):
            for by in people:
                own = agreement.parties.get(organisation=by.acting_id)
                sign_agreement(party=own, capacity="wordpact", by=by, at=now)
        self.amendment: AgreementText = begin_amendment(agreement=self.pact, by=director, at=now)
        (self.obligation,) = self.pact.obligations.all()
        say_of_obligation(obligation=self.obligation, state="obligation_done", evidence="wordpact", by=director, at=now)

    def _pact(self, name: str, now: datetime.datetime, *, opened: bool = False) -> Agreement:
        """An accord of the directorate with the surveillance unit, with an article and an obligation of the directorate."""
        director, unit = self.people["D"], self.people["S"]
        assert director is not None
        assert unit is not None
        parties = [by.memberships.get().organisation for by in (director, unit)]
        names = {"name_ar": name, "name_en": name, "summary_ar": "wordpact", "summary_en": "wordpact"}
        said = AgreementSaid(kind="bilateral", rule="all", since=None, until=None, parties=parties, **names)
        made = begin_agreement(said=said, by=director, at=now)
        words: dict[str, Any] = {
            "heading_ar": "wordpact",
            "heading_en": "Words",
            "text_ar": "wordpact",
            "text_en": "wordpact",
        }
        keep_article(text=made.texts.get(), article=None, by=director, at=now, **words)
        owed: dict[str, Any] = {"text_ar": "wordpact", "text_en": "wordpact", "due": None}
        add_obligation(agreement=made, organisation=parties[0], by=director, at=now, **owed)
        if opened:
            open_for_signature(agreement=made, seen=made.texts.get().edition, by=director, at=now)
        return made

    def _of_agreements(self) -> dict[str, dict[str, Any]]:
        """What completes the addresses of agreements."""
        party = self.pact_open.parties.order_by("-pk")[0].pk
        return {
            **{f"policies:{one}": {"pk": self.pact_draft.pk} for one in OF_A_DRAFT_PACT},
            **{f"policies:{one}": {"pk": self.pact_open.pk} for one in OF_AN_OPEN_PACT},
            **{f"policies:{one}": {"pk": self.pact.pk} for one in OF_A_PACT},
            **{
                f"policies:{one}article": {"pk": self.pact_draft.pk, "anchor": "words"}
                for one in ("", "move_", "remove_")
            },
            **{
                f"policies:{one}": {"pk": self.pact_open.pk, "party": party}
                for one in ("paper_signature", "party_left", "object_to_signature")
            },
            **{
                f"policies:{one}": {"pk": self.pact.pk, "number": self.amendment.number}
                for one in (
                    *("agreement_text", "propose_amendment", "consent_to_amendment"),
                    *("refuse_amendment", "give_up_amendment", "discard_amendment"),
                )
            },
            "policies:obligation": {"pk": self.obligation.pk},
            "policies:remove_obligation": {"pk": self.pact_draft.obligations.get().pk},
            "api:agreement": {"pk": self.pact.pk},
        }

    @cached_property
    def _named(self) -> dict[str, dict[str, Any]]:
        """What completes addresses, by their names: the things of a world stay the same, so that each is looked up once."""
        code, template, draft = self.facility.code, self.template.code, self.workshop.template.code
        return {
            **{f"policies:{one}_policy": {"code": self.policy.code} for one in ("rename", "draft", "compare")},
            **{
                one: {"code": self.policy.code}
                for one in (
                    "policies:policy",
                    "policies:policy_readers",
                    "api:policy",
                    "api:ballots",
                    "api:acknowledgements",
                    "api:policy_compliance",
                )
            },
            **{f"api:policy_{one}": {"code": "asked"} for one in ("comments", "concerns")},
            **{f"policies:{one}": {"code": self.policy.code, "number": 1} for one in ("version", "withdraw_policy")},
            **{
                f"policies:{one}": {"code": self.policy.code, "number": 2}
                for one in ("force_policy", "discard_policy", "new_policy_section", "consult", "new_ballot")
            },
            **{
                f"policies:{one}": {"code": "asked", "number": 1}
                for one in ("change_consultation", "discussion", "comment_on_policy", "new_concern")
            },
            **{
                f"policies:{one}concern": {"code": "asked", "number": 1, "pk": self.concern.pk}
                for one in ("", "answer_", "settle_")
            },
            **{
                f"policies:{one}": {"code": "voted", "number": 1, "pk": self.ballot.pk}
                for one in ("ballot", "vote", "call_off_ballot")
            },
            **{
                f"policies:{one}": {"code": self.policy.code, "number": 1}
                for one in (
                    *("acknowledgements", "acknowledge", "acknowledge_facilities"),
                    *("compliance", "note_compliance", "plan_review", "policy_pdf"),
                )
            },
            "policies:evidence": {"code": self.policy.code, "number": 1, "pk": self.evidence.pk},
            "policies:finish_review": {"code": self.policy.code, "number": 1, "pk": self.review.pk},
            "policies:new_paper": {"code": self.policy.code, "number": 2},
            **{
                f"policies:{one}paper": {"code": self.policy.code, "number": 2, "pk": self.paper.pk}
                for one in ("", "take_out_")
            },
            "policies:pictures": {"code": self.policy.code, "number": 2},
            **{
                one: {"code": self.policy.code, "number": 2, "digest": self.drawing.digest}
                for one in ("policies:picture", "api:policy_file")
            },
            **{
                f"policies:{one}_picture": {"code": self.policy.code, "number": 2, "which": 1}
                for one in ("describe", "take_out")
            },
            **{f"policies:{one}": {"pk": self.logo.version_id} for one in ("brand_version", "withdraw_brand")},
            **{f"{one}:brand_file": {"pk": self.logo.version_id, "ending": "png"} for one in ("policies", "api")},
            "policies:leave_body": {"pk": self.member.pk},
            "policies:brand_logo": {"digest": self.logo.digest},
            **{
                f"policies:{one}policy_section": {"code": self.policy.code, "number": 2, "anchor": "words"}
                for one in ("", "move_", "remove_")
            },
            **{f"policies:{one}": {"pk": self.mandate.pk} for one in ("mandate", "end_mandate")},
            **{
                f"policies:dispute{one}": {"pk": self.dispute.pk}
                for one in ("", "_statement", "_interim", "_decision", "_appeal", "_outcome")
            },
            **{
                f"{app}:double_{one}": {"pk": self.double.pk}
                for app in ("reporting", "api")
                for one in ("report", "propose", "take_back", "confirm", "refuse", "arbiter", "decide")
            },
            **{
                f"reporting:double_{one}": {"pk": self.double.pk, "settlement": self.settlement.pk}
                for one in ("confirm", "refuse")
            },
            **self._of_agreements(),
            **{f"meetings:{one}": {"pk": self.meeting.pk} for one in OF_A_MEETING},
            "meetings:change_decision": {"pk": self.meeting.pk, "number": 1},
            "meetings:action_item": {"pk": self.action_item.pk},
            "api:meeting": {"pk": self.meeting.pk},
            "directorates:end_key": {"key": "0" * 8},
            **{
                f"{app}:follow_up{one}": {"pk": self.follow_up.pk}
                for app in ("reporting", "api")
                for one in ("", "_answer", "_again", "_settle")
            },
            "reporting:quality_of": {"level": "facility", "code": code},
            "reporting:missing_report": {"pk": self.missing.pk},
            "reporting:missing_evidence": {"pk": self.missing_file.pk},
            "feed": {"secret": self.feed_secret},
            "directorates:end_session": {"pk": 1},
            "directorates:no_witness": {"pk": self.witness.pk},
            **{f"reporting:{one}": {"pk": self.bulletin.pk} for one in OF_A_BULLETIN},
            **{f"api:{one}": {"pk": self.bulletin.pk} for one in ("bulletin", "bulletin_answer")},
            "reporting:bulletin_part_new": {"pk": self.bulletin.pk, "kind": "text"},
            "reporting:bulletin_part": {"pk": self.bulletin.pk, "kind": "text", "part_pk": self.bulletin_part.pk},
            "reporting:edition": {"pk": self.edition.pk},
            **{
                f"reporting:indicator{one}": {"code": "visits_rate"} for one in ("", "_formula", "_describe", "_retire")
            },
            "api:indicator": {"code": "visits_rate"},
            "api:indicator_values": {"code": "visits_rate"},
            "reporting:take_back_population": {"pk": self.population.pk},
            "exchange:populations_file": {"format": "csv"},
            "reporting:edition_verify": {"pk": self.edition.pk},
            "api:edition": {"pk": self.edition.pk},
            **{f"reporting:{one}": {"pk": self.view.pk} for one in OF_A_VIEW},
            **{f"reporting:{one}": {"pk": self.dashboard.pk} for one in OF_A_DASHBOARD},
            **{f"reporting:{one}": {"pk": self.edition.pk} for one in ("embedded_figures", "embed")},
            "reporting:revoke_embedded": {"pk": self.embedded.pk},
            "embedded_figure": {"token": self.embedded.token},
            "reporting:withdraw_share": {"pk": self.share.pk},
            "api:view": {"pk": self.view.pk},
            **{f"reporting:{one}": {"pk": self.edition.pk} for one in ("new_erratum", "no_erratum")},
            "api:errata": {"pk": self.edition.pk},
            "directorates:agreement": {"pk": self.agreement.pk},
            "directorates:agreement_accept": {"pk": self.agreement.pk},
            "directorates:agreement_end": {"pk": self.agreement.pk},
            "directorates:sharing_dataset": {"code": self.template.dataset.code},
            "directorates:dataset_readers": {"code": self.template.dataset.code},
            "directorates:end_border": {"pk": JurisdictionDecision.objects.earliest("pk").pk},
            "directorates:organisation_state": {"code": self.handover.giver.code},
            "places:split": {"code": self.place.code},
            "places:district": {"code": self.place.parent.code if self.place.parent else ""},
            "directorates:offer_handover": {"code": self.handover.giver.code},
            "directorates:handover": {"pk": self.handover.pk},
            "directorates:withdraw_handover": {"pk": self.handover.pk},
            "directorates:confirm_seal": {"pk": self.seal.pk},
            "directorates:ask_unseal": {"pk": self.seal.pk},
            "directorates:unseal": {"pk": self.seal.pk},
            "directorates:withdraw_seal": {"pk": self.seal.pk},
            "facilities:position_grant": {"pk": self.grant.pk},
            "facilities:position_approve": {"pk": self.grant.pk},
            "facilities:position_end": {"pk": self.grant.pk},
            "facilities:position_read": {"pk": self.grant.pk, "code": code},
            "directorates:deputies": {"pk": self.deputyship.membership_id},
            "directorates:decide_deputy": {"pk": self.waiting_deputyship.pk},
            "directorates:end_deputyship": {"pk": self.deputyship.pk},
            "directorates:invitation": {"secret": self.secret},
            "directorates:person": {"pk": self.membership.person_id},
            "directorates:ask_factor_reset": {"pk": self.membership.person_id},
            "directorates:decide_factor_reset": {"pk": self.reset.pk},
            "directorates:end_role": {"pk": self.membership.pk},
            "directorates:decide_offer": {"pk": self.invitation.pk},
            "directorates:withdraw": {"pk": self.invitation.pk},
            "facilities:proposal": {"pk": self.proposal.pk},
            "facilities:withdraw": {"pk": self.proposal.pk},
            "facilities:support_end": {"code": code, "pk": self.support.pk},
            "facilities:support_declared": {"code": code, "pk": self.support.pk},
            "facilities:duplicate": {"first": code, "second": self.twin.code},
            "reporting:attachment": {"pk": self.report.pk, "number": self.picture.pk},
            "reporting:attachment_take_away": {"pk": self.report.pk, "number": self.picture.pk},
            "reporting:attachment_release": {"pk": self.report.pk, "number": self.held.pk},
            "reporting:attachment_refuse": {"pk": self.report.pk, "number": self.held.pk},
            "api:missing_file": {"number": self.missing_file.pk},
            "api:attachment": {"pk": self.report.pk, "number": self.picture.pk},
            "api:attachments": {"pk": self.report.pk},
            "reporting:ask_correction": {"pk": self.approved.pk},
            "api:corrections": {"pk": self.approved.pk},
            **{
                address: {"pk": self.approved.pk, "number": self.correction.number}
                for deed in ("accept", "refuse", "withdraw")
                for address in (f"reporting:{deed}_correction", f"api:correction_{deed}")
            },
            "reporting:fill": {"pk": self.open_draft.pk},
            "reporting:check": {"pk": self.open_draft.pk},
            "reporting:reopen": {"pk": self.approved.pk},
            "reporting:version": {"code": template, "number": 1},
            "reporting:preview": {"code": template, "number": 1},
            "reporting:preview_frame": {"code": template, "number": 1},
            "reporting:missing_names": {"code": draft, "number": 1},
            **{
                f"reporting:{one}": {"code": template}
                for one in ("schedule", "check_figures", "rule_records", "check_rules")
            },
            "reporting:section": {"code": draft, "pk": self.section.pk},
            "reporting:section_items": {"code": draft, "pk": self.section.pk},
            "reporting:rule": {"code": draft, "pk": self.rule.pk},
            "reporting:category_set": {"code": self.set.code if self.set else ""},
            "reporting:element": {"code": self.element.code},
            "reporting:change_element": {"code": self.element.code},
            "jobs:job": {"pk": self.job.pk},
            "jobs:file": {"pk": self.job.pk},
            "jobs:again": {"pk": self.job.pk},
            "exchange:export": {"code": "reports"},
            "exchange:package": {"pk": self.package.pk},
            "exchange:register": {"format": "csv"},
            "exchange:country": {"format": "csv"},
            "exchange:send": {"noun": "reports"},
            "exchange:upload": {"pk": 1},
            "exchange:taken": {"pk": 1},
            "api:facility": {"code": code},
            "api:template": {"code": template},
        }

    def arguments(self, name: str) -> dict[str, Any]:
        """What completes the address of a name."""
        code, template, draft = self.facility.code, self.template.code, self.workshop.template.code
        if name in self._named:
            return self._named[name]
        if name.startswith(("reporting:", "api:submission_")) and name.partition(":")[2] in OF_A_REPORT:
            return {"pk": self.report.pk}
        if name.startswith("facilities:") and name.partition(":")[2] in OF_A_FACILITY:
            return {"code": code}
        if name.startswith("reporting:") and name.partition(":")[2] in OF_A_DRAFT:
            return {"code": draft}
        if name in OF_A_TEMPLATE:
            return {"code": template}
        return {"pk": self.report.pk} if name.startswith("api:submission") and name != "api:submissions" else {}


OF_A_VIEW = ("saved_view", "change_view", "delete_view", "share_view")
OF_A_DASHBOARD = ("dashboard", "change_dashboard", "delete_dashboard", "share_dashboard")
OF_A_DRAFT_PACT = {
    *("change_agreement", "discard_agreement", "open_agreement", "record_agreement", "new_article", "new_obligation"),
}
OF_AN_OPEN_PACT = {"sign_agreement", "decline_agreement", "give_up_agreement"}
OF_A_PACT = {
    *(
        "agreement",
        "end_agreement",
        "name_party",
        "leave_agreement",
        "amend_agreement",
        "renew_agreement",
        "compare_agreement",
    ),
}
OF_A_BULLETIN = {
    *("bulletin", "bulletin_make", "bulletin_verify", "bulletin_open", "bulletin_take_back", "bulletin_answer"),
    *("bulletin_publish", "bulletin_correct", "bulletin_discard", "bulletin_pdf", "bulletin_layout", "bulletin_deed"),
}
OF_A_MEETING = {
    *("meeting", "change_meeting", "call_off_meeting", "answer_meeting", "attendance", "meeting_calendar"),
    *("minutes", "close_minutes", "correct_minutes", "new_decision", "new_action_item"),
}
OF_A_REPORT = {"ask", "attach", "receipt", "paper", "report", "readers", "approve", "send_back", "look"}
OF_A_FACILITY = {"propose", "describe", "status", "support", "facility", "readers", "merged", "position"} | {
    f"position_{deed}" for deed in ("ask", "enter", "remove")
}
OF_A_DRAFT = {
    "start_version",
    "draft",
    "draft_deed",
    "discard_version",
    "new_section",
    "new_rule",
    "try_rule",
    "publish_version",
    "template_head",
}
OF_A_TEMPLATE = {"reporting:template", "reporting:template_comparison", "reporting:retire_template"}
