"""What is done with ballots: open one, vote, call it off, count it.

How organisations are treated that change in the middle, in one rule: whoever is suspended or dissolved when votes are counted
is not reckoned with, nor is its vote; a sealed directorate keeps the vote that it gave before, and without one it is not
reckoned with either, for it could not vote. What is not reckoned with counts neither for the quorum nor for the majority.
"""

import datetime
import logging
from collections.abc import Collection, Iterator

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record, record_concerning
from directorates.foundation.locations import text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.models.organisations import OrganisationStatus
from directorates.models.seals import sealed
from directorates.permissions import Permission, Refused, require
from policies.actions.consultations import invite
from policies.actions.picture_marks import paper_faults
from policies.actions.telling import tell_policy
from policies.actions.versions import (
    adopted_by_ballot,
    demand_preparing,
    draft_for_writing,
    fix_text,
    locked,
    not_under_way,
)
from policies.models import Ballot, Elector, PolicyKind, PolicyVersion, Vote
from policies.models.ballots import LeftOut, tally_of
from policies.models.body_members import members_on
from policies.rules.ballots import Choice, Majority, Outcome

logger = logging.getLogger(__name__)
LONGEST_RESERVATION, LONGEST_REASON = 4_000, 2_000
SHORTEST, LONGEST = datetime.timedelta(hours=1), datetime.timedelta(days=90)
# What a kind of policy needs where nobody says otherwise: the majority, and the quorum in percent of the electors.
USUAL: dict[str, tuple[Majority, int]] = {
    PolicyKind.POLICY: (Majority.TWO_THIRDS, 67),
    PolicyKind.STANDARD: (Majority.TWO_THIRDS, 50),
    PolicyKind.PROCEDURE: (Majority.SIMPLE, 50),
    PolicyKind.FORM: (Majority.SIMPLE, 50),
    PolicyKind.LOGO: (Majority.SIMPLE, 50),
    PolicyKind.STATIONERY: (Majority.SIMPLE, 50),
}


@transaction.atomic
def open_ballot(
    *,
    version: PolicyVersion,
    majority: Majority,
    quorum: int,
    closes: datetime.datetime,
    seen: int,
    by: User,
    at: datetime.datetime,
) -> Ballot:
    """Let the directorates that act and are members of the body today vote on a version until a moment.

    Majority and quorum (percent) never change. A draft is fixed by it. Problems: 400 `invalid` with every fault; 409
    `under_way` while the version is asked about, or while another one is proposed or voted on.
    """
    demand_preparing(by, version)
    on_paper = paper_faults(version, seen)
    policy = locked(version.policy_id)
    held = PolicyVersion.objects.select_related("policy").filter(pk=version.pk).first()
    electors = members_on(timezone.localdate(at))
    faults = list(_faults(quorum, closes, electors, at))
    if held is not None and held.is_proposed:
        not_under_way(held, at)
        if adopted_by_ballot(held) is not None:
            raise Problem("carried", _("A ballot adopted this version already."), 409)
        if faults:
            raise Problem("invalid", _("The ballot cannot be opened so; each fault is listed."), errors=faults)
    else:
        held = draft_for_writing(version=version, seen=seen, by=by)
        fix_text(held, policy, [*on_paper, *faults], by=by, at=at)
    ballot = Ballot.objects.create(
        version=held, majority=majority, quorum=quorum, opened=at, opened_by=by, closes=closes
    )
    Elector.objects.bulk_create(Elector(ballot=ballot, organisation=one) for one in electors)
    invite(held, electors, at)
    told = {"policy": policy.code, "version": held.number, "majority": str(majority), "quorum": quorum}
    record(by, "open_ballot", ballot, **told, closes=closes.isoformat(), electors=[one.code for one in electors])
    ids = [one.pk for one in electors]
    tell_policy(held, "ballot", ids, Permission.VOTE_ON_POLICIES, str(ballot.pk), at, by)
    return ballot


def _faults(
    quorum: int, closes: datetime.datetime, electors: Collection[Organisation], at: datetime.datetime
) -> Iterator[Fault]:
    """A share that is none, a moment too soon or too far off, or nobody to vote."""
    if not electors:
        message = _("No directorate that acts is a member of the body today: there is nobody to vote.")
        yield Fault("closes", "nobody_votes", message)
    if not 1 <= quorum <= 100:
        yield Fault("quorum", "no_percentage", _("The quorum is a share between 1 and 100 percent."))
    if closes < at + SHORTEST:
        yield Fault("closes", "too_soon", _("Votes are taken for an hour at least."))
    if closes > at + LONGEST:
        yield Fault("closes", "too_late", _("Votes are taken for 90 days at most."))


@transaction.atomic
def vote(*, ballot: Ballot, choice: Choice, reservation: str, by: User, at: datetime.datetime) -> Vote:
    """Vote for the organisation acted for; until the ballot closes it can vote otherwise, and every vote stays on record.

    `Refused` where it has no vote; 409 `closed` where the time is over; 400 `invalid` for a reservation that is missing, or that
    stands beside another vote: it is not thrown away unseen. The same vote given twice is kept once.
    """
    require(by, Permission.VOTE_ON_POLICIES, Elector(organisation_id=by.acting_id or 0))
    # Votes pass one another; counting waits for those that are being written, and they for it.
    held = Ballot.objects.raw("SELECT * FROM policies_ballot WHERE id = %s FOR SHARE", [ballot.pk])[0]
    rows = Elector.objects.select_for_update(of=("self",), no_key=True)
    own = rows.filter(ballot=ballot, organisation=by.acting_id).first()
    if own is None:
        raise Refused(
            Permission.VOTE_ON_POLICIES, ballot, code="no_vote", detail=_("Your organisation has no vote here.")
        )
    if not held.takes_votes(at):
        raise Problem("closed", _("This ballot takes no votes any more."), 409)
    needed = _("Write what the reservation is.") if choice == Choice.RESERVED else ""
    kept = text_to_keep(reservation, "reservation", longest=LONGEST_RESERVATION, needed=needed)
    if kept and choice != Choice.RESERVED:
        words = _("A reservation is kept with “For with reservation” alone: choose that, or take the text out.")
        raise Problem("invalid", words, errors=[Fault("reservation", "not_reserved", words)])
    last = own.votes.order_by("-pk").first()
    if last is not None and (last.choice, last.reservation, last.by_id) == (choice, kept, by.pk):
        return last
    given = Vote.objects.create(
        elector=own, choice=choice, reservation=kept, by=by, instead_of_id=by.instead_of_id, at=at
    )
    record(by, "vote", held, policy=held.version.policy.code, version=held.version.number, choice=str(choice))
    return given


@transaction.atomic
def call_off_ballot(*, ballot: Ballot, why: str, by: User, at: datetime.datetime) -> Ballot:
    """End a ballot without counting it, with a reason that all who vote read. 409 `closed` where it is over."""
    demand_preparing(by, ballot.version)
    held = Ballot.objects.select_for_update(of=("self",)).select_related("version__policy").get(pk=ballot.pk)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if not held.takes_votes(at):
        raise Problem("closed", _("This ballot is over already."), 409)
    held.closed, held.outcome, held.called_off_why = at, Outcome.CALLED_OFF, why
    held.save(update_fields=["closed", "outcome", "called_off_why"])
    record(by, "call_off_ballot", held, policy=held.version.policy.code, version=held.version.number)
    _tell_outcome(held, at)
    return held


@unwalled
def close_ballots(*, at: datetime.datetime) -> int:
    """Count every ballot whose time is over; answers how many were counted. Run twice, it counts each once."""
    return sum(_counted(pk, at) for pk in Ballot.objects.due(at).values_list("pk", flat=True))


def _counted(pk: int, at: datetime.datetime) -> bool:
    """Count a ballot; one that cannot be counted keeps no other from it, and is tried again a minute later."""
    try:
        return _count(pk, at)
    except DatabaseError:
        logger.exception("A ballot could not be counted")
        return False


@transaction.atomic
def _count(pk: int, at: datetime.datetime) -> bool:
    """Count a ballot, once: votes that are being written come before, and none after."""
    held = Ballot.objects.select_for_update(of=("self",)).select_related("version__policy").get(pk=pk)
    if held.closed is not None:
        return False
    electors = list(held.electors.with_vote())
    closed = sealed(one.organisation_id for one in electors)
    for one in electors:
        if one.organisation.status != OrganisationStatus.ACTIVE:
            one.left_out = LeftOut.SUSPENDED
        elif one.organisation_id in closed and not one.choice:
            one.left_out = LeftOut.SEALED
    Elector.objects.bulk_update([one for one in electors if one.left_out], ["left_out"])
    tally = tally_of(held)
    held.closed, held.outcome = at, tally.outcome(Majority(held.majority), held.quorum)
    held.save(update_fields=["closed", "outcome"])
    told = {"policy": held.version.policy.code, "version": held.version.number, "outcome": str(held.outcome)}
    record_concerning(None, "close_ballot", held, held.version.policy.owner_id, **told)
    _tell_outcome(held, at)
    return True


def _tell_outcome(ballot: Ballot, at: datetime.datetime) -> None:
    """Tell those who voted and those who prepare the policy what came of it."""
    electors = ballot.electors.values_list("organisation", flat=True)
    key = f"{ballot.pk}:closed"
    tell_policy(ballot.version, str(ballot.outcome), electors, Permission.VOTE_ON_POLICIES, key, at)
    tell_policy(
        ballot.version, str(ballot.outcome), [ballot.version.policy.owner_id], Permission.MANAGE_POLICIES, key, at
    )


def closing_moment(day: datetime.date) -> datetime.datetime:
    """The end of a day, where the portal is: votes are taken on the whole of it."""
    return timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min))
