"""What is done with mandates: state one, end one. Whoever states what another claims opens a dispute, and is told so."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, Place, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, may, require
from directorates.rules.text import clean_text
from policies.actions.disputes import FARTHEST, LONGEST_BASIS, close_moot, open_disputes, own_mandate
from policies.models import DisputeDeed, Mandate, MandateDispute, MandateLimit, MandateOrigin
from policies.models.disputes import DECIDING
from policies.models.mandates import one_after_another

LONGEST_REASON = 2_000


def keeps_mandates(user: User) -> bool:
    """Whether a person keeps the mandates of all for the body."""
    return may(user, Permission.KEEP_MANDATES, own_mandate(user))


@transaction.atomic
def state_mandate(
    *,
    function: str,
    place: Place,
    organisation: Organisation,
    since: datetime.date,
    until: datetime.date | None,
    basis: str,
    came: str,
    by: User,
    at: datetime.datetime,
) -> Mandate:
    """State that an organisation leads a function in a place: the own one as a claim, any by the body.

    Where another organisation's mandate overlaps, a dispute is opened with it. 400 `invalid` with every fault; 409 `exists`
    where the organisation's mandate stands there already in these days, `decided` where it claims what was decided against it;
    a claim to more than that does not hold in the part that was decided.
    """
    own = organisation.pk == by.acting_id and not keeps_mandates(by)
    require(by, Permission.CLAIM_MANDATES if own else Permission.KEEP_MANDATES, own_mandate(by))
    basis = clean_text(basis, multiline=True)
    text = text_faults(basis, "basis", longest=LONGEST_BASIS, needed=_("This is required."))
    if faults := [*_day_faults(since, until, timezone.localdate(at)), *text]:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    one_after_another(function)
    apart = _demand_mere_claim(function, place, organisation, until, came) if own else []
    same = {"function": function, "place": place, "organisation": organisation}
    valid = lasting(since, until)
    if (there := Mandate.objects.standing().filter(**same, valid__overlap=valid).first()) is not None:
        words = _("This is stated already, from %(day)s on.") % {"day": there.begins.isoformat()}
        raise Problem("exists", words, 409, [Fault("place", "exists", words)])
    entered = {"stated": at, "stated_by": by, "stated_as_id": by.acting_id}
    made = Mandate.objects.create(**same, valid=valid, basis=basis, came=came, **entered)
    record(by, "state_mandate", made, function=str(function), place=place.code, organisation=organisation.code)
    for lost, day in apart:
        MandateLimit.objects.create(mandate=made, place_id=lost.place_id, since=max(day, since), dispute=lost)
    open_disputes(mandate=made, by=by, at=at)
    return made


def _demand_mere_claim(
    function: str, place: Place, organisation: Organisation, until: datetime.date | None, came: str
) -> list[tuple[MandateDispute, datetime.date]]:
    """Raise where an organisation states of itself what was agreed or decided, or claims anew what was decided against it;
    answers what lies inside the place and was decided against it, with the day from which that holds.
    """
    apart = []
    if came != MandateOrigin.CLAIMED:
        words = _("What was agreed or decided is entered by the body; an organisation states its claim.")
        raise Problem("invalid", words, errors=[Fault("came", "claimed_only", words)])
    for lost in MandateDispute.objects.lost_by(organisation).filter(function=function).named():
        day = lost.events.filter(kind__in=DECIDING).latest("at", "pk").day
        if day is None or (until is not None and until < day):
            continue
        if lost.place.path.startswith(place.path) and lost.place != place:
            apart.append((lost, day))
        elif place.path.startswith(lost.place.path):
            words = _(
                "From %(day)s on this is decided for another organisation. It is not claimed anew: appeal, or ask the body."
            )
            told = words % {"day": day.isoformat()}
            raise Problem("decided", told, 409, [Fault("place", "decided", told)])
    return apart


def _day_faults(since: datetime.date, until: datetime.date | None, today: datetime.date) -> list[Fault]:
    """Days that cannot be: in the wrong order, or so far off that they are a slip."""
    found = []
    if since > today + FARTHEST:
        found.append(Fault("since", "too_late", _("It holds from a day at most a year ahead.")))
    if until is not None and until < since:
        found.append(Fault("until", "before_first", _("The last day is the first day or later.")))
    return found


@transaction.atomic
def end_mandate(*, mandate: Mandate, last_day: datetime.date, why: str, by: User, at: datetime.datetime) -> Mandate:
    """End a mandate with a last day, never later than it had; what was to hold later can be called off before its first.

    Its own side ends it, or the body where that entered it. What is undecided about it is closed with it: a side gave way.
    409 `over` where it holds no more, `in_dispute` where the body would end one side of a dispute; 400 `invalid` where the day cannot be.
    """
    own = may(by, Permission.CLAIM_MANDATES, mandate)
    require(by, Permission.CLAIM_MANDATES if own else Permission.KEEP_MANDATES, mandate)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    one_after_another(mandate.function)
    held: Mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    today = timezone.localdate(at)
    if not held.may_end(today):
        raise Problem("over", _("This mandate holds no more. Nothing was changed."), 409)
    if not own and MandateDispute.objects.of(held).waiting().exists():
        detail = _("This mandate is disputed: its own side ends it, or the dispute is decided. Nothing was changed.")
        raise Problem("in_dispute", detail, 409)
    if fault := _end_fault(held, last_day, today):
        raise Problem("invalid", fault.message, errors=[fault])
    if last_day < held.begins:
        held.called_off = today
    else:
        held.valid = lasting(held.begins, last_day)
    # Whoever ends a claim claims no more than this, whatever an appeal brings.
    held.ended_why, held.claimed = why, None
    held.save(update_fields=["valid", "called_off", "ended_why", "claimed"])
    record(by, "end_mandate", held, last_day=last_day.isoformat())
    close_moot(mandate=held, deed=DisputeDeed.GAVE_WAY, why=why, by=by, at=at)
    return held


def _end_fault(mandate: Mandate, last_day: datetime.date, today: datetime.date) -> Fault | None:
    """Why a mandate cannot end with a day."""
    if mandate.last_day is not None and last_day > mandate.last_day:
        words = _("It ends on %(day)s already. To hold longer, state a mandate that follows.")
        return Fault("last_day", "later", words % {"day": mandate.last_day.isoformat()})
    if last_day > today + FARTHEST:
        return Fault("last_day", "too_late", _("The last day is at most a year ahead."))
    if last_day < mandate.begins <= today:
        words = _("It holds since %(day)s. The last day is that day or later.")
        return Fault("last_day", "before_first", words % {"day": mandate.begins.isoformat()})
    return None
