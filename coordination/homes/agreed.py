"""What is agreed on asks of somebody: to vote, acknowledge, say something, answer, decide; to sign, consent, meet obligations."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from coordination.homes.some import LINES, Some
from coordination.reporting.models import Bulletin
from directorates.models import User
from directorates.permissions import Permission, may, rights_of
from policies.actions.acknowledgements import to_acknowledge, to_acknowledge_for_facilities
from policies.models import (
    AgreementText,
    Ballot,
    Concern,
    Consultation,
    MandateDispute,
    Obligation,
    Party,
    PolicyReview,
    PolicyVersion,
)
from policies.waits import (
    ballots_to_vote,
    concerns_waiting,
    consultations_asking,
    disputes_waiting,
    reviews_due,
    texts_to_bring_into_force,
)


@dataclass(frozen=True)
class Stage:
    """The versions that have come so far, the last changed first."""

    name: str
    versions: Some[PolicyVersion]


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
    def ballots(self) -> Some[Ballot]:
        """The ballots on which the person can vote; behind those that wait for a vote those where one stands.

        The list that is led to has those alone that wait, so they alone are counted.
        """
        rows = Ballot.objects.to_vote(self.user, timezone.now()).unvoted_first(self.user)
        found: Some[Ballot] = Some.of(rows.select_related("version__policy"), "policies:policies", "?waits=vote")
        if found.more:
            found.more = max(ballots_to_vote(self.user, self.today).count() - LINES, 0)
        return found

    @cached_property
    def texts(self) -> Some[PolicyVersion]:
        """What waits for the person's acknowledgement."""
        return Some.of(to_acknowledge(self.user, self.today), "policies:policies", "?waits=acknowledge")

    @cached_property
    def consultations(self) -> Some[Consultation]:
        """On what the organisation acted for is asked now, the first to end first."""
        rows = consultations_asking(self.user, self.today).select_related("version__policy")
        return Some.of(rows, "policies:policies", "?waits=comment")

    @cached_property
    def concerns(self) -> Some[Concern]:
        """The concerns that wait for the person's word: for an answer, or for what the organisation makes of one."""
        rows = concerns_waiting(self.user, self.today).select_related("version__policy", "organisation")
        return Some.of(rows, "policies:policies", "?waits=concern")

    @cached_property
    def disputes(self) -> Some[MandateDispute]:
        """The disputes that wait for the person, the first opened first."""
        rows = disputes_waiting(self.user, self.today).select_related("place").order_by("opened", "pk")
        return Some.of(rows, "policies:disputes")

    @cached_property
    def facilities(self) -> Some[PolicyVersion]:
        """What facilities of the person's organisation have not acknowledged."""
        return Some.of(to_acknowledge_for_facilities(self.user, self.today), "policies:policies", "?waits=facilities")

    @cached_property
    def reviews(self) -> Some[PolicyReview]:
        """The reviews that are due within a month or late, of policies that the person keeps."""
        return Some.of(
            reviews_due(self.user, self.today).select_related("version__policy"), "policies:policies", "?waits=review"
        )

    @cached_property
    def carried(self) -> Some[PolicyVersion]:
        """What a ballot adopted and the person can bring into force."""
        rows = texts_to_bring_into_force(self.user, self.today).select_related("policy")
        return Some.of(rows, "policies:policies", "?waits=force")

    @cached_property
    def makes(self) -> bool:
        """Whether the person signs agreements: who does not is asked for none, and nothing is looked up."""
        return may(self.user, Permission.MAKE_AGREEMENTS)

    @cached_property
    def to_sign(self) -> Some[Party]:
        """The agreements that wait for the signature of the organisation acted for."""
        rows = Party.objects.to_sign(self.user, self.today) if self.makes else Party.objects.none()
        return Some.of(rows.select_related("agreement"), "policies:agreements", "?state=to_sign")

    @cached_property
    def to_consent(self) -> Some[AgreementText]:
        """The amendments and renewals that wait for its consent."""
        rows = AgreementText.objects.to_consent(self.user, self.today) if self.makes else AgreementText.objects.none()
        return Some.of(rows.select_related("agreement"), "policies:agreements", "?state=to_consent")

    @cached_property
    def owed(self) -> Some[tuple[Obligation, bool]]:
        """What it owes within a month, each with whether that is overdue."""
        rows = Obligation.objects.waiting_for(self.user, self.today) if self.makes else Obligation.objects.none()
        found: Some[Obligation] = Some.of(
            rows.named(), "policies:obligations", f"?organisation={self.user.acting.code}" if self.user.acting else ""
        )
        return found.told((one, one.is_overdue(self.today)) for one in found)

    @cached_property
    def bulletins(self) -> Some[Bulletin]:
        """The bulletins that wait for the answer of the organisation acted for, the first to close first."""
        rows = Bulletin.objects.to_sign(self.user).named().order_by("answer_until", "pk")
        return Some.of(rows, "reporting:bulletins", "?waits=sign")

    @property
    def agreements_wait(self) -> bool:
        """Whether anything of agreements does."""
        return bool(self.to_sign or self.to_consent or self.owed)

    @property
    def waits(self) -> bool:
        """Whether anything does."""
        said = self.ballots or self.texts or self.consultations or self.concerns or self.carried
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
            Stage("draft", Some.of(rows.drafts(), "policies:policies", "?state=draft")),  # type: ignore[attr-defined]
            Stage("asked", Some.of(proposed.filter(asked), "policies:policies", "?state=proposed")),
            Stage("voted", Some.of(proposed.filter(voted), "policies:policies", "?state=proposed")),
            Stage("between", Some.of(proposed.filter(~voted).exclude(asked), "policies:policies", "?state=proposed")),
            Stage("coming", Some.of(rows.coming(self.today), "policies:policies", "?state=coming")),  # type: ignore[attr-defined]
        ]
