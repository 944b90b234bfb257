"""What of policies and mandates waits for a person: one query each, for homes, for the count on every page, and for filters."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from directorates.models import User
from directorates.permissions import Permission, may, rights_of
from policies.actions.acknowledgements import to_acknowledge, to_acknowledge_for_facilities
from policies.actions.mandates import keeps_mandates
from policies.actions.reviews import AHEAD
from policies.models import Ballot, Concern, Consultation, MandateDispute, PolicyComment, PolicyReview, PolicyVersion
from policies.models.ballots import carried
from policies.models.concerns import ConcernState


def ballots_to_vote(user: User, day: datetime.date) -> QuerySet[Any]:
    """The ballots on which the organisation acted for has not voted."""
    return Ballot.objects.to_vote(user, timezone.now()).unvoted(user)


def consultations_asking(user: User, day: datetime.date) -> QuerySet[Any]:
    """The consultations in which the organisation acted for is asked on a day, the first to end first."""
    own = PolicyComment(organisation_id=user.acting_id or 0)
    if not may(user, Permission.COMMENT_ON_POLICIES, own):
        return Consultation.objects.none()
    rows = Consultation.objects.at(day).filter(
        version__invitations__organisation=user.acting_id,
        version__invitations__asked=True,
        version__valid=None,
        version__given_up=None,
    )
    return rows.order_by("valid__endswith", "pk")


def consultations_to_answer(user: User, day: datetime.date) -> QuerySet[Any]:
    """Those of them in which it has said nothing yet: neither a comment nor a concern."""
    said = {"version": OuterRef("version"), "organisation": user.acting_id}
    remarks = (Exists(PolicyComment.objects.filter(**said)), Exists(Concern.objects.filter(**said)))
    return consultations_asking(user, day).exclude(remarks[0]).exclude(remarks[1])


def concerns_waiting(user: User, day: datetime.date) -> QuerySet[Any]:
    """The concerns that wait for a person's word: for an answer, or for what the organisation makes of one."""
    rights, scopes = rights_of(user), Concern.SCOPES
    waits = rights.condition(Permission.MANAGE_POLICIES, scopes[Permission.MANAGE_POLICIES])
    waits &= Q(state=ConcernState.OPEN)
    settles = rights.condition(Permission.COMMENT_ON_POLICIES, scopes[Permission.COMMENT_ON_POLICIES])
    waits |= settles & Q(state=ConcernState.ANSWERED)
    return Concern.objects.with_state().filter(waits, version__valid=None).order_by("at", "pk")


def reviews_due(user: User, day: datetime.date) -> QuerySet[Any]:
    """The reviews that are due within a month or late, of policies that the person keeps."""
    scopes = PolicyReview.SCOPES[Permission.MANAGE_POLICIES]
    return PolicyReview.objects.due(day + AHEAD, day).filter(
        rights_of(user).condition(Permission.MANAGE_POLICIES, scopes)
    )


def texts_to_bring_into_force(user: User, day: datetime.date) -> QuerySet[Any]:
    """The texts that a ballot adopted and that nobody has brought into force, of policies that the person keeps."""
    scopes = PolicyVersion.SCOPES[Permission.MANAGE_POLICIES]
    return carried().filter(rights_of(user).condition(Permission.MANAGE_POLICIES, scopes)).order_by("fixed", "pk")


def disputes_waiting(user: User, day: datetime.date) -> QuerySet[Any]:
    """The disputes that a person is to decide for the body, or in which the own side has said nothing yet."""
    rows = MandateDispute.objects.visible_to(user)
    return rows.to_decide(user.acting_id) if keeps_mandates(user) else rows.to_state(user)


Asked = Callable[[User, datetime.date], QuerySet[Any]]
# What can wait of a policy, by the word for it in addresses: how it is called, what is asked, and whose policy that is.
WAITS: dict[str, tuple[Promise, Asked, str]] = {
    "vote": (pgettext_lazy("policies", "Wait for our vote"), ballots_to_vote, "version__policy"),
    "acknowledge": (pgettext_lazy("policies", "Not acknowledged by us"), to_acknowledge, "policy"),
    "facilities": (
        pgettext_lazy("policies", "Not acknowledged by facilities of ours"), to_acknowledge_for_facilities, "policy",
    ),
    "comment": (pgettext_lazy("policies", "We are asked about them"), consultations_asking, "version__policy"),
    "concern": (pgettext_lazy("policies", "A concern waits for our word"), concerns_waiting, "version__policy"),
    "review": (pgettext_lazy("policies", "We review them by now"), reviews_due, "version__policy"),
    "force": (
        pgettext_lazy("policies", "Adopted by a ballot, to be brought into force"), texts_to_bring_into_force, "policy",
    ),
}  # fmt: skip


def policies_waiting(user: User, day: datetime.date) -> tuple[QuerySet[Any], ...]:
    """Everything of policies and mandates that waits for a person's vote, acknowledgement, word, decision or deed."""
    asked = [ask for _words, ask, _policy in WAITS.values() if ask is not consultations_asking]
    return tuple(ask(user, day) for ask in (*asked, consultations_to_answer, disputes_waiting))
