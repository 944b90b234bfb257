"""What is done with concerns: raise one, answer it, say whether it is settled."""

import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text
from policies.actions.consultations import demand_asked, demand_room, keep_once
from policies.actions.telling import tell_policy
from policies.models import Concern, ConcernEvent, PolicySection, PolicyVersion
from policies.models.concerns import ConcernState, Seriousness

LONGEST_CONCERN = 4_000
# So many raises one organisation about one version: each is answered, and stays with the policy.
MOST_CONCERNS = 50


@transaction.atomic
def raise_concern(
    *,
    version: PolicyVersion,
    section: PolicySection | None,
    about: str,
    seriousness: str,
    proposal: str,
    key: UUID,
    by: User,
    at: datetime.datetime,
) -> Concern:
    """Raise a concern of the organisation acted for about a version, or a section, while it is asked about.

    It waits for an answer, and stays with the policy until its organisation calls it settled. Sent twice, it is kept once.
    """
    said = Concern(organisation_id=by.acting_id or 0, key=key, at=at)
    require(by, Permission.COMMENT_ON_POLICIES, said)
    said.version = held = demand_asked(version, section, by.acting_id, at)
    said.section = section
    said.about, said.proposal = _words(about, proposal, seriousness)
    demand_room(said, MOST_CONCERNS)
    said.seriousness, said.by, said.instead_of_id = seriousness, by, by.instead_of_id
    if (kept := keep_once(said, "about", "seriousness", "proposal")) is not said:
        return kept
    record(by, "raise_concern", said, policy=held.policy.code, version=held.number)
    tell_policy(held, "concern", [held.policy.owner_id], Permission.MANAGE_POLICIES, str(said.pk), at, by)
    return said


def _words(about: str, proposal: str, seriousness: str) -> tuple[str, str]:
    """What a concern is about and the change that it proposes, cleaned; every fault of these and of how serious it is at once."""
    about, proposal = (clean_text(text, multiline=True) for text in (about, proposal))
    needed = _("Write what the concern is about.")
    faults = text_faults(about, "about", longest=LONGEST_CONCERN, needed=needed)
    faults += text_faults(proposal, "proposal", longest=LONGEST_CONCERN)
    if seriousness not in Seriousness.values:
        faults.append(Fault("seriousness", "required", _("Say how serious it is.")))
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    return about, proposal


def _locked(concern: Concern, seen: int) -> tuple[Concern, str]:
    """The concern with where it stands, locked; 409 `changed` where more was said to it than the page showed."""
    held = Concern.objects.select_for_update(of=("self",), no_key=True).select_related("version__policy")
    found = held.get(pk=concern.pk)
    said = list(found.events.all())
    if len(said) != seen:
        detail = _("Something was said to this concern in the meantime. The page shows it.")
        raise Problem("changed", detail, 409)
    return found, said[-1].state if said else ConcernState.OPEN


@transaction.atomic
def answer_concern(
    *, concern: Concern, text: str, changes: bool, seen: int, by: User, at: datetime.datetime
) -> ConcernEvent:
    """Answer a concern, as those who prepare the policy: what changes in the next text, or why nothing does.

    `seen` is how many words the page showed under it. 409 `settled` where its organisation has called it settled.
    """
    require(by, Permission.MANAGE_POLICIES, concern)
    held, state = _locked(concern, seen)
    needed = _("Write what changes, or why nothing does.")
    text = text_to_keep(text, "text", longest=LONGEST_CONCERN, needed=needed)
    if state == ConcernState.SETTLED:
        raise Problem("settled", _("This concern is settled already."), 409)
    said = _say(held, ConcernState.ANSWERED, text, changes, by, at)
    record(by, "answer_concern", held, changes=changes, policy=held.version.policy.code)
    told = [held.organisation_id]
    tell_policy(held.version, "answer", told, Permission.COMMENT_ON_POLICIES, str(said.pk), at, by)
    return said


@transaction.atomic
def settle_concern(
    *, concern: Concern, settled: bool, text: str, seen: int, by: User, at: datetime.datetime
) -> ConcernEvent:
    """Say as the organisation that raised a concern whether it is settled; unsettled ones are shown on the ballot and stay.

    409 `unanswered` where it is called unsettled before anybody answered; 409 `settled` where it is settled already.
    """
    require(by, Permission.COMMENT_ON_POLICIES, concern)
    held, state = _locked(concern, seen)
    text = text_to_keep(text, "text", longest=LONGEST_CONCERN)
    if state == ConcernState.SETTLED:
        raise Problem("settled", _("This concern is settled already."), 409)
    if not settled and state != ConcernState.ANSWERED:
        raise Problem("unanswered", _("It counts as not settled as long as nobody has answered it."), 409)
    became = ConcernState.SETTLED if settled else ConcernState.UNSETTLED
    said = _say(held, became, text, None, by, at)
    record(by, "settle_concern" if settled else "hold_concern", held, policy=held.version.policy.code)
    told = [held.version.policy.owner_id]
    tell_policy(held.version, became.value, told, Permission.MANAGE_POLICIES, str(said.pk), at, by)
    return said


def _say(
    concern: Concern, state: ConcernState, text: str, changes: bool | None, by: User, at: datetime.datetime
) -> ConcernEvent:
    """Write what was said."""
    return ConcernEvent.objects.create(
        concern=concern, state=state, changes=changes, text=text, organisation_id=by.acting_id or 0, by=by,
        instead_of_id=by.instead_of_id, at=at,
    )  # fmt: skip
