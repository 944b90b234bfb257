"""What is done with hand-overs: offer sub-districts to another directorate, answer, take an offer back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.jurisdictions import ANNOUNCED, LONGEST_REASON, one_after_another, overlaps, shorten
from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import Handover, HandoverPart, Jurisdiction, JurisdictionDecision, Organisation, Place, User
from directorates.models.deputies import holders, roles_with
from directorates.models.handovers import HandoverQuerySet, HandoverState
from directorates.models.jurisdictions import JurisdictionQuerySet
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.models.places import Level
from directorates.models.seals import sealed
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, may, require
from directorates.rules.text import clean_text

FARTHEST = dt.timedelta(days=366)


def speaks_itself(organisation: Organisation) -> bool:
    """Whether a directorate can say something itself: it acts, and is not sealed."""
    return organisation.status == OrganisationStatus.ACTIVE and not sealed([organisation.pk])


def offers_own(user: User, giver: Organisation) -> bool:
    """Whether a person offers what a directorate holds, as its director: it acts, and is not sealed."""
    return speaks_itself(giver) and may(user, Permission.HAND_OVER_PLACES, giver)


def may_offer(user: User, giver: Organisation, day: dt.date) -> bool:
    """Whether a person offers places of a directorate: its director; or the body, where that cannot speak or lost some."""
    if offers_own(user, giver):
        return True
    return may(user, Permission.MANAGE_ORGANISATIONS) and (
        not speaks_itself(giver) or bool(offerable(user, giver, day))
    )


def offerable(user: User, giver: Organisation, day: dt.date) -> list[Place]:
    """The sub-districts that a person may offer for a directorate on a day, by path.

    Its director: what it holds. The body: what it was the last to hold where nobody holds it now and, where the directorate
    cannot speak itself, what it holds. Whoever lost a place has no say about it.
    """
    if offers_own(user, giver):
        return list(Place.objects.filter(jurisdictions__in=_held(giver, day)).order_by("path"))
    if not may(user, Permission.MANAGE_ORGANISATIONS):
        return []
    last = Jurisdiction.objects.held_last_by(giver, day)
    held = set(_held(giver, day).values_list("place", flat=True)) if speaks_itself(giver) else set()
    return [place for place in last if place.pk not in held]


def _demand_speaker(by: User, giver: Organisation) -> None:
    """Raise unless the person is the director of a directorate that speaks itself, or speaks for the body."""
    if offers_own(by, giver) or not may(by, Permission.MANAGE_ORGANISATIONS):
        require(by, Permission.HAND_OVER_PLACES, giver)
    else:
        require(by, Permission.MANAGE_ORGANISATIONS)


def _held(giver: Organisation, day: dt.date) -> JurisdictionQuerySet:
    """What a directorate holds on a day."""
    return Jurisdiction.objects.at(day).filter(organisation=giver)


def givers_for(user: User, directorates: Iterable[Organisation]) -> list[Organisation]:
    """Those of some directorates whose places a person may offer; in as many queries for any number.

    The body: those that cannot speak, and those that were the last to hold what nobody holds now.
    """
    rows = list(directorates)
    closed = sealed([one.pk for one in rows])
    speak = {one.pk for one in rows if one.status == OrganisationStatus.ACTIVE and one.pk not in closed}
    if not may(user, Permission.MANAGE_ORGANISATIONS):
        return [one for one in rows if one.pk in speak and may(user, Permission.HAND_OVER_PLACES, one)]
    lost = {row.organisation_id for row in Jurisdiction.objects.held_before(timezone.localdate()).values()}
    return [one for one in rows if one.pk not in speak or one.pk in lost]


def may_withdraw(user: User, handover: Handover) -> bool:
    """Whether a person may take an offer back: for whom it was made, and the director of who holds something of it."""
    giver = handover.giver
    if offers_own(user, giver):
        places = [part.place_id for part in handover.parts.all()]
        return handover.offered_as_id == giver.pk or _held(giver, handover.first).filter(place__in=places).exists()
    of_body = handover.offered_as_id != giver.pk or not speaks_itself(giver)
    return of_body and may(user, Permission.MANAGE_ORGANISATIONS)


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

    Places of any level are expanded to those of their sub-districts that the person may offer (`offerable`). 400 `invalid`
    with every fault, a place that is offered already and one that another holds among them.
    """
    _demand_speaker(by, giver)
    if (acting := by.acting) is None or not may_offer(by, giver, first):
        raise Refused(Permission.HAND_OVER_PLACES, giver)
    for country in Place.objects.filter(level=Level.COUNTRY).order_by("pk"):
        one_after_another(country)
    today, reason = timezone.localdate(at), clean_text(reason, multiline=True)
    _close_lapsed(today)
    parts, faults = _parts(giver, places, first, {place.pk for place in offerable(by, giver, first)})
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
    _hand_over(held, taken)
    for part in parts:
        part.taken = part.place_id in wanted
    HandoverPart.objects.bulk_update(parts, ["taken", "decision"])
    codes = [part.place.code for part in taken]
    record(by, "answer_handover", held, taken=codes, refused=len(parts) - len(taken))
    if taken:
        announce(ANNOUNCED)
    _tell(held, "taken" if len(taken) == len(parts) else "partly" if taken else "refused", by, at)
    return held


@transaction.atomic
def withdraw_handover(*, handover: Handover, by: User, at: dt.datetime) -> Handover:
    """Take back an offer that nobody answered (`may_withdraw`)."""
    _demand_speaker(by, handover.giver)
    if not may_withdraw(by, handover):
        raise Refused(Permission.HAND_OVER_PLACES, handover.giver)
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


def _parts(
    giver: Organisation, places: Collection[Place], first: dt.date, may_give: Collection[int]
) -> tuple[list[Place], list[Fault]]:
    """The sub-districts of some places that can be handed over on a day, and why others cannot be."""
    wanted = Place.objects.none()
    for place in places:
        wanted |= Place.objects.standing().under(place).filter(level=Level.SUBDISTRICT)
    found = [place for place in wanted.order_by("code") if place.pk in may_give]
    if not places:
        return [], [Fault("places", "required", _("Choose at least one place."))]
    if not found:
        told = _("None of these sub-districts is the directorate's to hand over on that day.")
        return [], [Fault("places", "not_held", told)]
    faults = []
    offered = HandoverPart.objects.filter(taken=None, place__in=found).select_related("place")
    if names := " · ".join(part.place.name for part in offered):
        told = _("Offered already, and waiting for an answer: %(places)s") % {"places": names}
        faults.append(Fault("places", "offered_already", told))
    return found, [*faults, *_held_faults(giver, found, first)]


def _held_faults(giver: Organisation, places: Sequence[Place], first: dt.date) -> list[Fault]:
    """Sub-districts that the giver cannot give from a day on: held by it only since then, or by anybody later."""
    found = []
    held = list(_held(giver, first).filter(place__in=places).select_related("place").order_by("place__code"))
    if names := " · ".join(row.place.name for row in held if row.first_day == first):
        told = _("Held since that very day; it can be handed over from the day after: %(places)s") % {"places": names}
        found.append(Fault("first", "just_begun", told))
    for until, own in _by_end(held, places).items():
        # Only what ends on the day before makes way; what the giver itself holds later stands against it as well.
        found += overlaps(own, first, until, apart=held)
    return [Fault("places" if one.field == "place" else one.field, one.code, one.message) for one in found]


def _by_end(held: Sequence[Jurisdiction], places: Sequence[Place]) -> dict[dt.date | None, list[Place]]:
    """Sub-districts by the day until which the giver would have held them; None without an end."""
    ends = {row.place_id: row.last_day for row in held}
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
    # What a directorate offered itself, it still has to hold; what the body offered, it was at least the last to hold.
    own = handover.offered_as_id == giver.pk
    kept = {
        place
        for place, row in last.items()
        if row.organisation_id == giver.pk and (not own or row.last_day is None or row.last_day >= first)
    }
    lost = [one.place for one in taken if one.place_id not in kept]
    if lost:
        names = " · ".join(place.name for place in lost)
        told = _("Meanwhile decided otherwise, and no longer the other directorate's: %(places)s") % {"places": names}
        found.append(Fault("places", "not_held", told))
    return [*found, *_held_faults(giver, [one.place for one in taken if one.place not in lost], first)]


def _hand_over(handover: Handover, taken: Sequence[HandoverPart]) -> None:
    """The giver's jurisdictions end on the day before; the taker's begin, each as long as the giver's would have held."""
    first, taker = handover.first, handover.taker
    held = list(_held(handover.giver, first).filter(place__in=[part.place_id for part in taken]))
    until = {row.place_id: row.last_day for row in held}
    shorten(held, first - dt.timedelta(days=1))
    decisions = JurisdictionDecision.objects.bulk_create(
        JurisdictionDecision(
            organisation=taker,
            place=part.place,
            basis=handover.reason,
            valid=lasting(first, until.get(part.place_id)),
        )
        for part in taken
    )
    Jurisdiction.objects.bulk_create(
        Jurisdiction(decision=one, organisation=taker, place=one.place, valid=one.valid) for one in decisions
    )
    for part, decision in zip(taken, decisions, strict=True):
        part.decision = decision


def _tell(handover: Handover, state: str, by: User, at: dt.datetime) -> None:
    """Tell the directors of both sides, and whoever manages organisations at the body: it is told of every hand-over."""
    sides = Organisation.objects.filter(
        Q(pk__in={handover.giver_id, handover.taker_id}) | Q(kind=Kind.BODY, status=OrganisationStatus.ACTIVE)
    )
    roles = {*roles_with(Permission.HAND_OVER_PLACES), *roles_with(Permission.MANAGE_ORGANISATIONS)}
    found = holders(sides.values_list("pk", flat=True), roles, timezone.localdate(at))
    people = {one.person.pk for one in found} - {by.pk}
    names = {
        side: {"ar": one.name_ar, "en": one.name_en}
        for side, one in (("giver", handover.giver), ("taker", handover.taker))
    }
    parts = handover.parts.filter(taken=True) if state in ("taken", "partly") else handover.parts.all()
    values = {"state": state, "first": handover.first.isoformat(), "places": parts.count(), **names}
    told = [Told(person, f"handover:{handover.pk}:{state}", values) for person in people]
    notify("handover", told, url=reverse("directorates:handover", args=[handover.pk]), at=at)
