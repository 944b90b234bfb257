"""What is done in disputes over mandates: both sides state their case and appeal; the body arranges, decides, hears appeals.

Each step is one event that stays. A decision changes days, not texts: the other claim ends on the day before, or from that
day no longer holds in the place that is disputed, where it is a part of a larger one.
"""

import datetime
from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from psycopg2.extras import DateRange

from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.deputies import holders, roles_with
from directorates.models.organisations import Kind
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text
from policies.models import (
    DisputeDeed,
    DisputeEvent,
    DisputeState,
    Mandate,
    MandateDispute,
    MandateLimit,
    MandateOrigin,
)
from policies.models.disputes import DECIDING, UNDECIDED, WAITING
from policies.models.mandates import one_after_another

LONGEST_TEXT, LONGEST_BASIS = 4_000, 1_000
MOST_EVENTS = 200
# Whatever is to hold later than so is a slip.
FARTHEST = datetime.timedelta(days=366)
# How a dispute stands after what made it moot.
MOOT = {DisputeDeed.GAVE_WAY: DisputeState.GIVEN_WAY, DisputeDeed.LAPSED: DisputeState.LAPSED}


def own_mandate(user: User) -> Mandate:
    """A mandate of the organisation acted for, to ask rights of: a role for some places speaks for no organisation."""
    acting = user.acting_id or 0
    return Mandate(organisation_id=acting, stated_as_id=acting)


def _demand_keeping(by: User, dispute: MandateDispute) -> None:
    """Raise unless a person keeps mandates for the body; nobody decides a dispute of the own organisation."""
    require(by, Permission.KEEP_MANDATES, own_mandate(by))
    if dispute.claim_of(by.acting_id) is not None:
        detail = _("Nobody decides a dispute of the own organisation.")
        raise Refused(Permission.KEEP_MANDATES, dispute, code="own_case", detail=detail)


def _held(dispute: MandateDispute, states: Collection[str]) -> MandateDispute:
    """The dispute for writing, locked; 409 `not_open` where it is so far that this is done no more, or not yet."""
    rows = MandateDispute.objects.select_for_update(of=("self",)).named()
    held: MandateDispute = rows.get(pk=dispute.pk)
    if held.state not in states:
        words = _("This dispute stands otherwise by now: %(state)s. Nothing was changed.")
        raise Problem("not_open", words % {"state": held.get_state_display()}, 409)
    if held.events.count() >= MOST_EVENTS:
        words = _("A dispute has at most %(most)d entries.")
        raise Problem("too_many", words % {"most": MOST_EVENTS}, 409)
    return held


def _append(
    dispute: MandateDispute, kind: DisputeDeed, by: User | None, at: datetime.datetime, **said: Any
) -> DisputeEvent:
    """Write what happened; by nobody where only days passed."""
    entered: dict[str, Any] = {"kind": kind, "by": by, "acting_id": by.acting_id if by else None, "at": at}
    made = DisputeEvent.objects.create(dispute=dispute, **entered, **said)
    _tell(made)
    return made


def _tell(event: DisputeEvent) -> None:
    """Tell whoever speaks for either side what happened, and the body what it is to decide; never whoever did it."""
    dispute, day = event.dispute, timezone.localdate(event.at)
    sides = [claim.organisation_id for claim in dispute.claims]
    found = holders(sides, roles_with(Permission.CLAIM_MANDATES), day)
    if event.kind in (DisputeDeed.OPENED, DisputeDeed.APPEAL):
        bodies = Organisation.objects.filter(kind=Kind.BODY).values_list("pk", flat=True)
        found = [*found, *holders(bodies, roles_with(Permission.KEEP_MANDATES), day)]
    where, place = dispute.get_function_display, dispute.place
    values = {
        "what": str(event.kind),
        "function": {"ar": _in("ar", where), "en": _in("en", where)},
        "place": {"ar": place.name_ar, "en": place.name_en},
    }
    people = {one.person.pk for one in found} - {event.by_id}
    told = [Told(person, f"dispute:{dispute.pk}:{event.pk}", values) for person in people]
    notify("dispute", told, url=reverse("policies:dispute", args=[dispute.pk]), at=event.at)


def _in(language: str, words: Callable[[], Any]) -> str:
    """Words in a language, for a notice that is read in another."""
    with translation.override(language):
        return str(words())


def _turn(dispute: MandateDispute, state: DisputeState, **fields: Any) -> None:
    """Write how far a dispute is."""
    for name, value in {"state": state, **fields}.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=["state", *fields])


def open_disputes(*, mandate: Mandate, by: User, at: datetime.datetime) -> list[MandateDispute]:
    """A dispute for each mandate of others that a new one overlaps with, as the database finds them."""
    made = []
    for pair in mandate.overlaps():
        place = {"function": mandate.function, "place_id": pair.place, "opened": at}
        dispute, new = MandateDispute.objects.get_or_create(first_id=pair.first, second_id=pair.second, defaults=place)
        if new:
            _append(dispute, DisputeDeed.OPENED, by, at)
            record(by, "open_dispute", dispute, first=pair.first, second=pair.second)
            made.append(dispute)
    return made


def close_moot(*, mandate: Mandate, deed: DisputeDeed, by: User | None, at: datetime.datetime, why: str = "") -> None:
    """Close what is undecided about a mandate that was ended or limited, unless it holds beside the other on days to come.

    `deed` is what ended it: its own side gave way, or another dispute was decided and the claim lapsed with it, or nobody did
    and its organisation was dissolved.
    """
    tomorrow = timezone.localdate(at) + datetime.timedelta(days=1)
    for dispute in MandateDispute.objects.select_for_update().of(mandate).lapsed(tomorrow):
        _append(dispute, deed, by, at, text=why)
        _turn(dispute, MOOT[deed])


def close_lapsed_disputes(*, at: datetime.datetime) -> int:
    """Close the undecided disputes whose claims hold beside one another on no day to come, as they did when these were opened;
    answers how many.
    """
    today, closed = timezone.localdate(at), 0
    for found in MandateDispute.objects.lapsed(today).of_days_to_come().order_by("pk"):
        with transaction.atomic():
            one_after_another(found.function)
            for dispute in MandateDispute.objects.select_for_update().filter(pk=found.pk).lapsed(today):
                _append(dispute, DisputeDeed.LAPSED, None, at)
                _turn(dispute, DisputeState.LAPSED)
                record(None, "lapse_dispute", dispute)
                closed += 1
    return closed


@transaction.atomic
def write_statement(*, dispute: MandateDispute, text: str, by: User, at: datetime.datetime) -> None:
    """What one of the two sides says; both are read beside one another. The same once more changes nothing."""
    require(by, Permission.CLAIM_MANDATES, dispute)
    text = text_to_keep(text, "text", longest=LONGEST_TEXT, needed=_("Write what your organisation says."))
    held = _held(dispute, WAITING)
    last = held.events.filter(kind=DisputeDeed.STATEMENT, acting=by.acting_id).order_by("-at", "-pk").first()
    if last is None or last.text != text:
        _append(held, DisputeDeed.STATEMENT, by, at, text=text)
        record(by, "write_statement", held)


@transaction.atomic
def arrange_interim(*, dispute: MandateDispute, text: str, by: User, at: datetime.datetime) -> None:
    """How the work goes on until it is decided; a later arrangement takes the place of an earlier one, which stays readable."""
    _demand_keeping(by, dispute)
    text = text_to_keep(text, "text", longest=LONGEST_TEXT, needed=_("Write how the work goes on."))
    held = _held(dispute, UNDECIDED)
    last = held.events.filter(kind=DisputeDeed.INTERIM).order_by("-at", "-pk").first()
    if last is None or last.text != text:
        _append(held, DisputeDeed.INTERIM, by, at, text=text)
        _turn(held, DisputeState.INTERIM)
        record(by, "arrange_interim", held)


@transaction.atomic
def decide_dispute(
    *,
    dispute: MandateDispute,
    for_whom: Organisation,
    decision: str,
    basis: str,
    day: datetime.date,
    by: User,
    at: datetime.datetime,
) -> MandateDispute:
    """Decide a dispute for one side from a day on; the other claim ends, or no longer holds in the place that is disputed.

    400 `invalid` with every fault: for neither side, a day on which not both claimed it or too far off; 409 `not_open`
    where it was decided meanwhile.
    """
    _demand_keeping(by, dispute)
    one_after_another(dispute.function)
    held = _held(dispute, UNDECIDED)
    decision, basis = _decided(held, for_whom, decision, basis, day, at)
    _demand_holding(held.claim_of(for_whom.pk), day)
    _append(held, DisputeDeed.DECISION, by, at, text=decision, basis=basis, for_whom=for_whom, day=day)
    loser = next(claim for claim in held.claims if claim.organisation_id != for_whom.pk)
    _make_way(loser, held, day)
    _turn(held, DisputeState.DECIDED, decided_for=for_whom)
    record(by, "decide_dispute", held, for_whom=for_whom.code, day=day.isoformat())
    close_moot(mandate=loser, deed=DisputeDeed.LAPSED, by=by, at=at)
    return held


@transaction.atomic
def appeal_decision(*, dispute: MandateDispute, text: str, by: User, at: datetime.datetime) -> None:
    """Appeal against what was decided; it holds until the appeal is decided. Only the side against which it went appeals."""
    require(by, Permission.CLAIM_MANDATES, dispute)
    text = text_to_keep(text, "text", longest=LONGEST_TEXT, needed=_("Write why the decision should be another."))
    held = _held(dispute, (DisputeState.DECIDED,))
    if held.decided_for_id == by.acting_id:
        raise Problem("not_yours", _("It was decided for your organisation; the other side can appeal."), 409)
    _append(held, DisputeDeed.APPEAL, by, at, text=text)
    _turn(held, DisputeState.APPEALED)
    record(by, "appeal_decision", held)


@transaction.atomic
def decide_appeal(
    *,
    dispute: MandateDispute,
    for_whom: Organisation,
    decision: str,
    basis: str,
    day: datetime.date,
    by: User,
    at: datetime.datetime,
) -> MandateDispute:
    """Uphold a decision, or decide for the other side from a day on, which then holds a mandate there; this is for good.

    Upheld, the decision holds from its own day, whatever day is given. 400 `invalid` as with a decision, and for a day before
    that of the decision; 409 `not_open` where there is no appeal.
    """
    _demand_keeping(by, dispute)
    one_after_another(dispute.function)
    held = _held(dispute, (DisputeState.APPEALED,))
    upheld = for_whom.pk == held.decided_for_id
    before = _last_decision(held)
    day = before.day if upheld and before is not None and before.day is not None else day
    decision, basis = _decided(held, for_whom, decision, basis, day, at)
    if not upheld:
        _demand_holding(held.claim_of(for_whom.pk), day, heard_again=True)
    kind = DisputeDeed.UPHELD if upheld else DisputeDeed.CHANGED
    _append(held, kind, by, at, text=decision, basis=basis, for_whom=for_whom, day=day)
    if not upheld:
        loser = next(claim for claim in held.claims if claim.organisation_id != for_whom.pk)
        _make_way(loser, held, day)
        close_moot(mandate=loser, deed=DisputeDeed.LAPSED, by=by, at=at)
        _put_in_place(held, for_whom, basis, day, by, at)
    _turn(held, DisputeState.CLOSED, decided_for=for_whom)
    record(by, "decide_appeal", held, for_whom=for_whom.code, day=day.isoformat(), upheld=upheld)
    return held


def _decided(
    dispute: MandateDispute,
    for_whom: Organisation,
    decision: str,
    basis: str,
    day: datetime.date,
    at: datetime.datetime,
) -> tuple[str, str]:
    """The words of a decision as they are kept; everything wrong with it is told at once."""
    decision, basis = clean_text(decision, multiline=True), clean_text(basis, multiline=True)
    needed = _("This is required.")
    faults = text_faults(decision, "decision", longest=LONGEST_TEXT, needed=needed)
    faults += text_faults(basis, "basis", longest=LONGEST_BASIS, needed=needed)
    if dispute.claim_of(for_whom.pk) is None:
        faults.append(Fault("for_whom", "neither", _("It is decided for one of the two sides.")))
    faults += _day_faults(dispute, day, timezone.localdate(at))
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    return decision, basis


def _day_faults(dispute: MandateDispute, day: datetime.date, today: datetime.date) -> list[Fault]:
    """Days from which nothing can be decided: before both claimed it, before the decision that was appealed, too far off."""
    both = max(claim.begins for claim in dispute.claims)
    last = _last_decision(dispute)
    if day < both:
        words = _("Both claim it from %(day)s on. A decision holds from that day or later.")
        return [Fault("day", "too_early", words % {"day": both.isoformat()})]
    if last is not None and last.day is not None and day < last.day:
        words = _("The decision holds from %(day)s on. The outcome of the appeal holds from that day or later.")
        return [Fault("day", "too_early", words % {"day": last.day.isoformat()})]
    if day > today + FARTHEST:
        return [Fault("day", "too_late", _("It holds from a day at most a year ahead."))]
    return []


def _last_decision(dispute: MandateDispute) -> DisputeEvent | None:
    """What was decided last, if anything was."""
    return dispute.events.filter(kind__in=DECIDING).order_by("-at", "-pk").first()


def _demand_holding(claim: Mandate | None, day: datetime.date, *, heard_again: bool = False) -> None:
    """Raise 400 `invalid` where the side for which it is decided does not claim it on the day: nobody would lead it then.

    Heard again, its claim has made way to the decision already; what it claimed until then counts.
    """
    valid = None if claim is None else _claimed(claim) if heard_again else claim.valid
    off = claim is not None and claim.called_off is not None and not heard_again
    if valid is None or off or (valid.upper is not None and valid.upper <= day):
        words = _("This side does not claim it on that day any more. Choose an earlier day, or the other side.")
        raise Problem("invalid", words, errors=[Fault("day", "over", words)])


def _claimed(claim: Mandate) -> DateRange:
    """The days for which a mandate was claimed, whatever was decided since."""
    days: DateRange = claim.claimed or claim.valid
    return days


def _make_way(claim: Mandate, dispute: MandateDispute, day: datetime.date) -> None:
    """From a day on, a claim does not hold in the place that is disputed: all of its own, or a part of it."""
    if claim.place_id != dispute.place_id:
        MandateLimit.objects.create(mandate=claim, place_id=dispute.place_id, since=day, dispute=dispute)
    elif claim.begins >= day:
        claim.called_off = day
        claim.save(update_fields=["called_off"])
    elif claim.valid.upper is None or claim.valid.upper > day:
        claim.claimed, claim.valid = _claimed(claim), lasting(claim.begins, day - datetime.timedelta(days=1))
        claim.save(update_fields=["valid", "claimed"])


def _put_in_place(
    dispute: MandateDispute, for_whom: Organisation, basis: str, day: datetime.date, by: User, at: datetime.datetime
) -> None:
    """A mandate, in the place that was disputed, for the side whose claim had made way, for as long as it was claimed; unless
    it holds one again by now.
    """
    claim = dispute.claim_of(for_whom.pk)
    valid = DateRange(day, _claimed(claim).upper if claim else None)
    same = {"function": dispute.function, "place_id": dispute.place_id, "organisation": for_whom}
    if Mandate.objects.standing().filter(**same, valid__overlap=valid).exists():
        return
    entered = {"stated": at, "stated_by": by, "stated_as_id": by.acting_id}
    made = Mandate.objects.create(**same, valid=valid, basis=basis, came=MandateOrigin.DECIDED, **entered)
    open_disputes(mandate=made, by=by, at=at)
