"""What is agreed on asks of somebody: to vote, acknowledge, say something, answer, decide; to sign, consent, meet obligations."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from directorates.models import User
from directorates.permissions import Permission, may, rights_of
from policies.actions.acknowledgements import to_acknowledge, to_acknowledge_for_facilities
from policies.actions.mandates import keeps_mandates
from policies.actions.reviews import AHEAD
from policies.models import (
    AgreementText,
    Ballot,
    Concern,
    Consultation,
    MandateDispute,
    Obligation,
    Party,
    PolicyComment,
    PolicyReview,
    PolicyVersion,
)
from policies.models.concerns import ConcernState

LINES = 6


@dataclass(frozen=True)
class Stage:
    """The versions that have come so far, the last changed first."""

    name: str
    versions: list[PolicyVersion]


def policies_waiting(user: User) -> tuple[QuerySet[Any], ...]:
    """The ballots, texts and disputes that wait for a person's vote, acknowledgement or word."""
    ballots = Ballot.objects.to_vote(user, timezone.now()).unvoted(user)
    return ballots, to_acknowledge(user, timezone.localdate()), disputes_waiting(user)


def disputes_waiting(user: User) -> QuerySet[MandateDispute]:
    """The disputes that a person is to decide for the body, or in which the own side has said nothing yet."""
    rows = MandateDispute.objects.visible_to(user)
    return rows.to_decide(user.acting_id) if keeps_mandates(user) else rows.to_state(user)


def agreements_waiting(user: User) -> tuple[QuerySet[Any], ...]:
    """The agreements to sign, the amendments to consent to, and the obligations that are due soon or overdue."""
    if not may(user, Permission.MAKE_AGREEMENTS):
        return ()
    today = timezone.localdate()
    return (
        Party.objects.to_sign(user, today),
        AgreementText.objects.to_consent(user, today),
        Obligation.objects.waiting_for(user, today),
    )


class Agreed:
    """What waits for a person about shared policies."""

    def __init__(self, user: User, today: datetime.date) -> None:
        """Keep who asks."""
        self.user, self.today = user, today

    @cached_property
    def ballots(self) -> list[Ballot]:
        """The ballots on which the person can vote, the first to close first; also those where a vote stands."""
        rows = Ballot.objects.to_vote(self.user, timezone.now())
        return list(rows.select_related("version__policy")[:LINES])

    @cached_property
    def texts(self) -> list[PolicyVersion]:
        """What waits for the person's acknowledgement."""
        return list(to_acknowledge(self.user, self.today)[:LINES])

    @cached_property
    def consultations(self) -> list[Consultation]:
        """On what the organisation acted for is asked now, the first to end first."""
        own = PolicyComment(organisation_id=self.user.acting_id or 0)
        if not may(self.user, Permission.COMMENT_ON_POLICIES, own):
            return []
        rows = Consultation.objects.at(self.today).filter(
            version__invitations__organisation=self.user.acting_id,
            version__invitations__asked=True,
            version__valid=None,
            version__given_up=None,
        )
        return list(rows.select_related("version__policy").order_by("valid__endswith", "pk")[:LINES])

    @cached_property
    def concerns(self) -> list[Concern]:
        """The concerns that wait for the person's word: for an answer, or for what the organisation makes of one."""
        rights, rows = rights_of(self.user), Concern.objects.with_state().filter(version__valid=None)
        scopes = Concern.SCOPES
        to_answer = rights.condition(Permission.MANAGE_POLICIES, scopes[Permission.MANAGE_POLICIES])
        to_settle = rights.condition(Permission.COMMENT_ON_POLICIES, scopes[Permission.COMMENT_ON_POLICIES])
        waits = to_answer & Q(state=ConcernState.OPEN)
        waits |= to_settle & Q(state=ConcernState.ANSWERED)
        found = rows.filter(waits).select_related("version__policy", "organisation")
        return list(found.order_by("at", "pk")[:LINES])

    @cached_property
    def disputes(self) -> list[MandateDispute]:
        """The disputes that wait for the person, the first opened first."""
        return list(disputes_waiting(self.user).select_related("place").order_by("opened", "pk")[:LINES])

    @cached_property
    def facilities(self) -> list[PolicyVersion]:
        """What facilities of the person's organisation have not acknowledged."""
        return list(to_acknowledge_for_facilities(self.user, self.today)[:LINES])

    @cached_property
    def reviews(self) -> list[PolicyReview]:
        """The reviews that are due within a month or late, of policies that the person keeps."""
        rights = rights_of(self.user)
        mine = rights.condition(Permission.MANAGE_POLICIES, PolicyReview.SCOPES[Permission.MANAGE_POLICIES])
        rows = PolicyReview.objects.due(self.today + AHEAD, self.today).filter(mine)
        return list(rows.select_related("version__policy")[:LINES])

    @cached_property
    def makes(self) -> bool:
        """Whether the person signs agreements: who does not is asked for none, and nothing is looked up."""
        return may(self.user, Permission.MAKE_AGREEMENTS)

    @cached_property
    def to_sign(self) -> list[Party]:
        """The agreements that wait for the signature of the organisation acted for."""
        rows = Party.objects.to_sign(self.user, self.today) if self.makes else Party.objects.none()
        return list(rows.select_related("agreement")[:LINES])

    @cached_property
    def to_consent(self) -> list[AgreementText]:
        """The amendments and renewals that wait for its consent."""
        rows = AgreementText.objects.to_consent(self.user, self.today) if self.makes else AgreementText.objects.none()
        return list(rows.select_related("agreement")[:LINES])

    @cached_property
    def owed(self) -> list[tuple[Obligation, bool]]:
        """What it owes within a month, each with whether that is overdue."""
        rows = Obligation.objects.waiting_for(self.user, self.today) if self.makes else Obligation.objects.none()
        return [(one, one.is_overdue(self.today)) for one in rows.named()[:LINES]]

    @property
    def agreements_wait(self) -> bool:
        """Whether anything of agreements does."""
        return bool(self.to_sign or self.to_consent or self.owed)

    @property
    def waits(self) -> bool:
        """Whether anything does."""
        said = self.ballots or self.texts or self.consultations or self.concerns
        return bool(said or self.facilities or self.disputes or self.reviews)

    @property
    def prepares(self) -> bool:
        """Whether the person prepares policies."""
        return may(self.user, Permission.MANAGE_POLICIES)

    @cached_property
    def stages(self) -> list[Stage]:
        """How far what the person prepares has come: drafts, asked about, voted on, to be decided, held from a later day."""
        rights = rights_of(self.user)
        mine = rights.condition(Permission.MANAGE_POLICIES, PolicyVersion.SCOPES[Permission.MANAGE_POLICIES])
        rows: QuerySet[PolicyVersion] = PolicyVersion.objects.filter(mine).select_related("policy").order_by("-changed")
        asked = Q(consultation__valid__endswith__gt=self.today)
        voted = Q(open_ballots__gt=0)
        proposed = rows.proposed().annotate(open_ballots=Count("ballots", filter=Q(ballots__closed=None)))  # type: ignore[attr-defined]
        return [
            Stage("draft", list(rows.drafts()[:LINES])),  # type: ignore[attr-defined]
            Stage("asked", list(proposed.filter(asked)[:LINES])),
            Stage("voted", list(proposed.filter(voted)[:LINES])),
            Stage("between", list(proposed.filter(~voted).exclude(asked)[:LINES])),
            Stage("coming", list(rows.coming(self.today)[:LINES])),  # type: ignore[attr-defined]
        ]
