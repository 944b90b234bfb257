"""What is done with hand-overs: offer sub-districts to another directorate, answer, take an offer back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.jurisdictions import ANNOUNCED, one_after_another, overlaps, shorten
from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import Handover, HandoverPart, Jurisdiction, JurisdictionDecision, Organisation, Place, User
from directorates.models.deputies import holders, roles_with
from directorates.models.handovers import HandoverQuerySet, HandoverState
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.models.places import Level
from directorates.models.seals import sealed
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, may, require
from directorates.rules.text import clean_text

LONGEST_REASON = 2_000
FARTHEST = dt.timedelta(days=366)


def speaks_itself(organisation: Organisation) -> bool:
    """Whether a directorate can say something itself: it acts, and is not sealed."""
    return organisation.status == OrganisationStatus.ACTIVE and not sealed([organisation.pk])


def may_offer(user: User, giver: Organisation) -> bool:
    """Whether a person offers places of a directorate: its director or, where it cannot speak, the body."""
    if speaks_itself(giver):
        return may(user, Permission.HAND_OVER_PLACES, giver)
    return may(user, Permission.MANAGE_ORGANISATIONS)


def givers_for(user: User, directorates: Iterable[Organisation]) -> list[Organisation]:
    """Those of some directorates whose places a person may offer; in one query for any number."""
    rows = list(directorates)
    closed = sealed([one.pk for one in rows])
    speak = [one for one in rows if one.status == OrganisationStatus.ACTIVE and one.pk not in closed]
    manages = may(user, Permission.MANAGE_ORGANISATIONS)
    return [one for one in rows if (may(user, Permission.HAND_OVER_PLACES, one) if one in speak else manages)]


def places_on_offer(user: User) -> HandoverQuerySet:
    """What is offered to the organisation acted for and waits for the person, who may take it over."""
    if not may(user, Permission.HAND_OVER_PLACES):
        return Handover.objects.none()
    return Handover.objects.open(timezone.localdate()).filter(taker=user.acting_id)


@transaction.atomic
def offer_handover(
    *,
    giver: Organisation,
    taker: Organisation,
    places: Collection[Place],
    first: dt.date,
    reason: str,
    by: User,
    at: dt.datetime,
) -> Handover:
    """Offer places of a directorate to another one from a day on: nothing changes before that one has answered.

    Places of any level are expanded to the sub-districts that the giver holds on that day, or was the last to hold.
    400 `invalid` with every fault, a place that is offered already and one that another holds among them.
    """
    own = speaks_itself(giver)
    require(by, Permission.HAND_OVER_PLACES if own else Permission.MANAGE_ORGANISATIONS, giver if own else None)
    if (acting := by.acting) is None:
        raise Refused(Permission.HAND_OVER_PLACES, giver)
    for country in Place.objects.filter(level=Level.COUNTRY).order_by("pk"):
        one_after_another(country)
    today, reason = timezone.localdate(at), clean_text(reason, multiline=True)
    _close_lapsed(today)
    parts, faults = _parts(giver, places, first)
    faults = [*_offer_faults(giver, taker, first, reason, today), *faults]
    if faults:
        raise Problem("invalid", _("This cannot be handed over like this; each fault is listed."), errors=faults)
    made = Handover.objects.create(giver=giver, taker=taker, first=first, reason=reason, offered=at, offered_as=acting)
    HandoverPart.objects.bulk_create(HandoverPart(handover=made, place=place) for place in parts)
    codes = [place.code for place in parts]
    record(by, "offer_handover", made, giver=giver.code, taker=taker.code, places=codes, first=first.isoformat())
    _tell(made, "offered", by, at)
    return made


@transaction.atomic
def answer_handover(
    *, handover: Handover, places: Collection[Place], answer: str = "", by: User, at: dt.datetime
) -> Handover:
    """Take over some of what is offered, all of it, or nothing; what is not taken stays with the giver, and says why.

    All in one transaction: either everything that was named changes hands on the day, or nothing does. 409 `wrong_state`
    where it was answered, withdrawn or lapsed before, `giver_sealed` where a directorate that is sealed had offered it itself.
    """
    require(by, Permission.HAND_OVER_PLACES, handover.taker)
    held = _locked(handover)
    _demand_open(held, timezone.localdate(at))
    if held.offered_as_id == held.giver_id and sealed([held.giver_id]):
        told = _("The directorate that offered this is sealed. What it offered rests until the seal is lifted.")
        raise Problem("giver_sealed", told, 409)
    parts = list(held.parts.select_related("place").order_by("place__code"))
    wanted = {place.pk for place in places}
    answer = clean_text(answer, multiline=True)
    taken = [part for part in parts if part.place_id in wanted]
    if faults := _answer_faults(held, parts, taken, wanted, answer):
        raise Problem("invalid", _("This answer cannot be kept; each fault is listed."), errors=faults)
    held.answered, held.answer = at, answer
    held.save(update_fields=["answered", "answer"])
    for part in parts:
        part.taken = part.place_id in wanted
        part.decision = _hand_over(held, part) if part.taken else None
        part.save(update_fields=["taken", "decision"])
    codes = [part.place.code for part in taken]
    record(by, "answer_handover", held, taken=codes, refused=len(parts) - len(taken))
    if taken:
        announce(ANNOUNCED)
    _tell(held, "taken" if len(taken) == len(parts) else "partly" if taken else "refused", by, at)
    return held


@transaction.atomic
def withdraw_handover(*, handover: Handover, by: User, at: dt.datetime) -> Handover:
    """Take back an offer that nobody answered; whoever may make it may take it back."""
    if not may_offer(by, handover.giver):
        require(by, Permission.HAND_OVER_PLACES, handover.giver)
    held = _locked(handover)
    _demand_open(held, timezone.localdate(at))
    _close(held, at)
    record(by, "withdraw_handover", held)
    _tell(held, "withdrawn", by, at)
    return held


def _locked(handover: Handover) -> Handover:
    """The row, locked after the country: two who answer at once come one after the other."""
    part = HandoverPart.objects.filter(handover=handover).select_related("place").first()
    if part is not None:
        one_after_another(part.place)
    rows = Handover.objects.select_for_update(of=("self",)).select_related("giver", "taker", "offered_as")
    found: Handover = rows.get(pk=handover.pk)
    return found


def _demand_open(handover: Handover, today: dt.date) -> None:
    """Raise unless it waits for an answer."""
    state = handover.state(today)
    if state is not HandoverState.OPEN:
        told = _("This hand-over waits for no answer any more: %(state)s. Nothing was changed.") % {
            "state": state.label
        }
        raise Problem("wrong_state", told, 409, extra={"state": state.value})


def _close(handover: Handover, at: dt.datetime) -> None:
    """Withdraw an offer: its places can be offered again."""
    handover.withdrawn = at
    handover.save(update_fields=["withdrawn"])
    handover.parts.update(taken=False)


def _close_lapsed(today: dt.date) -> None:
    """Let the places of offers that lapsed be offered again; the offers go on reading as lapsed."""
    HandoverPart.objects.filter(handover__in=Handover.objects.lapsed(today), taken=None).update(taken=False)


def _offer_faults(giver: Organisation, taker: Organisation, first: dt.date, reason: str, today: dt.date) -> list[Fault]:
    """What speaks against an offer, whichever places it is about."""
    found = []
    if taker.pk == giver.pk:
        found.append(Fault("taker", "same", _("A directorate hands over to another one.")))
    elif taker.kind != Kind.DIRECTORATE:
        found.append(Fault("taker", "not_a_directorate", _("Health directorates are competent for places.")))
    elif not speaks_itself(taker):
        told = _("This directorate cannot answer now: it is suspended, dissolved or sealed.")
        found.append(Fault("taker", "cannot_answer", told))
    if first < today:
        told = _("The day is today or later: what was reviewed before stays with whoever was competent.")
        found.append(Fault("first", "in_past", told))
    if first > today + FARTHEST:
        found.append(Fault("first", "too_late", _("The day is at most a year ahead.")))
    return [*found, *text_faults(reason, "reason", longest=LONGEST_REASON, needed=_("A reason is needed."))]


def _parts(giver: Organisation, places: Collection[Place], first: dt.date) -> tuple[list[Place], list[Fault]]:
    """The sub-districts of some places that the giver can hand over on a day, and why others cannot be."""
    wanted = Place.objects.none()
    for place in places:
        wanted |= Place.objects.standing().under(place).filter(level=Level.SUBDISTRICT)
    asked = list(wanted.order_by("code"))
    last = Jurisdiction.objects.last_by_place(asked, first)
    found = [place for place in asked if place.pk in last and last[place.pk].organisation_id == giver.pk]
    if not places:
        return [], [Fault("places", "required", _("Choose at least one place."))]
    if not found:
        return [], [Fault("places", "not_held", _("The directorate holds no sub-district there on that day."))]
    faults = []
    offered = HandoverPart.objects.filter(taken=None, place__in=found).select_related("place")
    if names := " · ".join(part.place.name for part in offered):
        told = _("Offered already, and waiting for an answer: %(places)s") % {"places": names}
        faults.append(Fault("places", "offered_already", told))
    return found, [*faults, *_held_faults(giver, found, first)]


def _held_faults(giver: Organisation, places: Sequence[Place], first: dt.date) -> list[Fault]:
    """Sub-districts that the giver cannot give from a day on: held by it only since then, or by another later."""
    found = []
    begun = Jurisdiction.objects.filter(organisation=giver, place__in=places, valid__startswith=first)
    if names := " · ".join(row.place.name for row in begun.select_related("place")):
        told = _("Held since that very day; it can be handed over from the day after: %(places)s") % {"places": names}
        found.append(Fault("first", "just_begun", told))
    for until, own in _by_end(giver, places, first).items():
        found += overlaps(own, first, until, apart=giver)
    return [Fault("places" if one.field == "place" else one.field, one.code, one.message) for one in found]


def _by_end(giver: Organisation, places: Sequence[Place], first: dt.date) -> dict[dt.date | None, list[Place]]:
    """Sub-districts by the day until which the giver would have held them from a day on; None without an end."""
    rows = Jurisdiction.objects.at(first).filter(organisation=giver, place__in=places)
    ends = {row.place_id: row.last_day for row in rows}
    found = defaultdict[dt.date | None, list[Place]](list)
    for place in places:
        found[ends.get(place.pk)].append(place)
    return found


def _answer_faults(
    handover: Handover, parts: Sequence[HandoverPart], taken: Sequence[HandoverPart], wanted: set[int], answer: str
) -> list[Fault]:
    """Everything that speaks against an answer, at once; what changed since the offer is among it."""
    found = []
    if wanted - {part.place_id for part in parts}:
        found.append(Fault("places", "not_offered", _("One of these places was not offered.")))
    needed = (
        _("Say why, so that the other side knows: not everything is taken over.") if len(taken) < len(parts) else ""
    )
    found += text_faults(answer, "answer", longest=LONGEST_REASON, needed=needed)
    giver, first = handover.giver, handover.first
    last = Jurisdiction.objects.last_by_place([one.place for one in taken], first)
    lost = [one.place for one in taken if last[one.place_id].organisation_id != giver.pk]
    if lost:
        names = " · ".join(place.name for place in lost)
        told = _("Meanwhile decided for another directorate: %(places)s") % {"places": names}
        found.append(Fault("places", "not_held", told))
    return [*found, *_held_faults(giver, [one.place for one in taken if one.place not in lost], first)]


def _hand_over(handover: Handover, part: HandoverPart) -> JurisdictionDecision:
    """The giver's jurisdiction ends on the day before, and the taker's begins, as long as the giver's would have held."""
    first, place = handover.first, part.place
    held = Jurisdiction.objects.at(first).filter(place=place, organisation=handover.giver).first()
    until = held.last_day if held else None
    if held:
        shorten([held], first - dt.timedelta(days=1))
    valid = lasting(first, until)
    decision = JurisdictionDecision.objects.create(
        organisation=handover.taker, place=place, basis=handover.reason, valid=valid
    )
    Jurisdiction.objects.create(decision=decision, organisation=handover.taker, place=place, valid=valid)
    return decision


def _tell(handover: Handover, state: str, by: User, at: dt.datetime) -> None:
    """Tell the directors of both sides, and who manages organisations where the giver cannot speak."""
    sides = Organisation.objects.filter(pk__in={handover.giver_id, handover.taker_id, handover.offered_as_id})
    roles = {*roles_with(Permission.HAND_OVER_PLACES), *roles_with(Permission.MANAGE_ORGANISATIONS)}
    found = holders(sides.values_list("pk", flat=True), roles, timezone.localdate(at))
    people = {one.person.pk for one in found} - {by.pk}
    names = {
        side: {"ar": one.name_ar, "en": one.name_en}
        for side, one in (("giver", handover.giver), ("taker", handover.taker))
    }
    values = {"state": state, "first": handover.first.isoformat(), "places": handover.parts.count(), **names}
    told = [Told(person, f"handover:{handover.pk}:{state}", values) for person in people]
    notify("handover", told, url=reverse("directorates:handover", args=[handover.pk]), at=at)
