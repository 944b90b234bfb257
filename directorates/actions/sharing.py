"""Sharing a dataset: its custodian offers, the recipient accepts, either side ends; and what is read by agreement only."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import Dataset, Organisation, Place, SharingAgreement, User
from directorates.models.deputies import holders, roles_with
from directorates.models.organisations import OrganisationStatus
from directorates.models.sharing import SharingLevel, SharingState
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, may, open_agreement, require
from directorates.rules.text import clean_text

LONGEST_TEXT = 1000
# An agreement is looked at anew at least so often.
MOST_YEARS = 5
# So many days before the last one both sides are told.
WARNED_BEFORE = 30


def datasets_to_share(user: User) -> QuerySet[Dataset]:
    """The datasets that a person may offer to others: those in the custody of the organisation acted for."""
    mine = Dataset.objects.in_custody_of(user.acting_id)
    return mine if may(user, Permission.AGREE_ON_SHARING) else mine.none()


def data_on_offer(user: User) -> QuerySet[SharingAgreement]:
    """What is offered to the organisation acted for and waits for the person, who may agree."""
    rows = SharingAgreement.objects.to_accept(user.acting_id, timezone.localdate())
    return rows.named() if may(user, Permission.AGREE_ON_SHARING) else rows.none()


def recipients_of(user: User) -> QuerySet[Organisation]:
    """The organisations to which a person's may offer data: every other one that acts."""
    return Organisation.objects.active().exclude(pk=user.acting_id or 0).order_by("kind", "code")


@transaction.atomic
def offer_sharing(
    *,
    dataset: Dataset,
    recipient: Organisation,
    level: SharingLevel,
    places: Sequence[Place],
    purpose: str,
    first: datetime.date,
    last: datetime.date,
    by: User,
    at: datetime.datetime,
) -> SharingAgreement:
    """Offer an organisation to read a dataset; it gives nothing before the other side accepts.

    An agreement of the same level that holds on one of the days is in the way and has to be ended first.
    """
    require(by, Permission.AGREE_ON_SHARING, dataset)
    # Two offers at once: the second waits for the first, and is told.
    held = Dataset.objects.select_for_update(no_key=True).select_related("custodian").get(pk=dataset.pk)
    purpose = clean_text(purpose, multiline=True)
    faults = [
        *_faults_of_days(first, last, timezone.localdate(at)),
        *_faults_of_recipient(held, recipient),
        *_faults_of_purpose(purpose),
    ]
    if faults := faults or _faults_of_others(held, recipient, level, first, last):
        raise Problem("invalid", _("This cannot be offered."), errors=faults)
    sides = {"dataset": held, "custodian": held.custodian, "recipient": recipient}
    agreement = SharingAgreement.objects.create(
        **sides, level=level, purpose=purpose, valid=lasting(first, last), offered=at, offered_by=by
    )
    agreement.places.set(places)
    _record(by, "offer_sharing", agreement, places=[place.code for place in places])
    _tell(agreement, "offered", recipient, by, at)
    return agreement


@transaction.atomic
def accept_sharing(*, agreement: SharingAgreement, by: User, at: datetime.datetime) -> SharingAgreement:
    """Accept what was offered to the organisation acted for; its people read from the first day on."""
    held = _held(agreement)
    _demand_side(by, held, held.recipient_id)
    if held.state(timezone.localdate(at)) != SharingState.OFFERED:
        raise Problem("wrong_state", _("This is not on offer any more."), 409)
    held.accepted, held.accepted_by = at, by
    held.save(update_fields=["accepted", "accepted_by"])
    open_agreement(held)
    _record(by, "accept_sharing", held)
    _tell(held, "accepted", held.custodian, by, at)
    return held


@transaction.atomic
def end_sharing(*, agreement: SharingAgreement, reason: str, by: User, at: datetime.datetime) -> SharingAgreement:
    """End an agreement, decline an offer or take it back, as either side: from this moment it gives nothing."""
    held = _held(agreement)
    _demand_side(by, held, held.custodian_id, held.recipient_id)
    if held.ended is not None or held.state(timezone.localdate(at)) == SharingState.EXPIRED:
        raise Problem("wrong_state", _("This agreement has ended already."), 409)
    reason = clean_text(reason, multiline=True)
    if faults := _faults_of_reason(reason):
        raise Problem("invalid", _("This agreement was not ended."), errors=faults)
    held.ended, held.ended_by, held.ended_as, held.ended_why = at, by, by.acting, reason
    held.save(update_fields=["ended", "ended_by", "ended_as", "ended_why"])
    _record(by, "end_sharing", held)
    other = held.recipient if by.acting_id == held.custodian_id else held.custodian
    _tell(held, "ended", other, by, at)
    return held


@transaction.atomic
def read_by_agreement(*, dataset: Dataset, only: bool, by: User, at: datetime.datetime) -> Dataset:
    """Have a dataset in one's custody read by agreement only, or by whoever's role opens its places, as most are."""
    require(by, Permission.AGREE_ON_SHARING, dataset)
    held = Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
    if held.by_agreement != only:
        held.by_agreement = only
        held.save(update_fields=["by_agreement"])
        record(by, "close_dataset" if only else "open_dataset", held, code=held.code)
    return held


def warn_of_ends(*, today: datetime.date, at: datetime.datetime) -> int:
    """Tell both sides of the agreements that end within a month, once each; answers how many people were told."""
    soon = SharingAgreement.objects.accepted().filter(
        valid__endswith__gt=today, valid__endswith__lte=today + datetime.timedelta(days=WARNED_BEFORE)
    )
    found = soon.select_related("dataset", "custodian", "recipient").order_by("pk")
    return sum(_tell(one, "ends", side, None, at) for one in found for side in (one.custodian, one.recipient))


def deeds_open(user: User, agreement: SharingAgreement, day: datetime.date) -> set[str]:
    """What a person can do with an agreement: accept, end."""
    state = agreement.state(day)
    ended = {SharingState.ENDED, SharingState.DECLINED, SharingState.EXPIRED}
    if state in ended or not may(user, Permission.AGREE_ON_SHARING, agreement):
        return set()
    accepts = state == SharingState.OFFERED and user.acting_id == agreement.recipient_id
    return {"end", "accept"} if accepts else {"end"}


def _faults_of_reason(reason: str) -> list[Fault]:
    """None, a lecture, or a location."""
    told = _("Say why, in at most 1,000 characters; the other side reads it.")
    fits = reason and len(reason) <= LONGEST_TEXT
    return [*location_faults(reason=reason), *([] if fits else [Fault("reason", "required", told)])]


def _held(agreement: SharingAgreement) -> SharingAgreement:
    """The row, locked: whoever accepts and whoever ends it at once come one after the other."""
    rows = SharingAgreement.objects.select_for_update(of=("self",)).select_related("dataset", "custodian", "recipient")
    return rows.get(pk=agreement.pk)


def _demand_side(by: User, agreement: SharingAgreement, *sides: int) -> None:
    """Raise unless the person may agree for the organisation acted for, and that is one of the sides."""
    require(by, Permission.AGREE_ON_SHARING, agreement)
    if by.acting_id not in sides:
        detail = _("This is for the other side to do.")
        raise Refused(Permission.AGREE_ON_SHARING, agreement, code="other_side", detail=detail)


def _faults_of_days(first: datetime.date, last: datetime.date, today: datetime.date) -> Iterable[Fault]:
    """Days that say nothing, or too much."""
    if first < today:
        yield Fault("first", "past", _("An agreement begins today or later."))
    if last < first:
        yield Fault("last", "before_first", _("The last day is before the first."))
    elif last > _years_after(first):
        yield Fault("last", "too_long", _("Five years at most; then both sides agree anew."))


def _years_after(day: datetime.date) -> datetime.date:
    """The same day some years later; the last of February for its 29th."""
    try:
        return day.replace(year=day.year + MOST_YEARS)
    except ValueError:
        return day.replace(year=day.year + MOST_YEARS, day=28)


def _faults_of_recipient(dataset: Dataset, recipient: Organisation) -> Iterable[Fault]:
    """A recipient that needs no agreement, or cannot use one."""
    if recipient.pk == dataset.custodian_id:
        yield Fault("recipient", "oneself", _("These data are in that organisation's own custody."))
    elif recipient.status != OrganisationStatus.ACTIVE:
        yield Fault("recipient", "organisation_inactive", _("This organisation is not active."))


def _faults_of_purpose(purpose: str) -> Iterable[Fault]:
    """None, a lecture, or a location."""
    yield from location_faults(purpose=purpose)
    if not purpose or len(purpose) > LONGEST_TEXT:
        yield Fault("purpose", "required", _("Say what the data are for, in at most 1,000 characters."))


def _faults_of_others(
    dataset: Dataset, recipient: Organisation, level: SharingLevel, first: datetime.date, last: datetime.date
) -> list[Fault]:
    """An agreement of the same level that holds on one of the days."""
    rows = SharingAgreement.objects.filter(dataset=dataset, recipient=recipient, level=level, ended=None)
    other = rows.filter(valid__overlap=lasting(first, last)).first()
    if other is None:
        return []
    message = _("There is one for the same data and the same days already, from %(first)s to %(last)s. End it first.")
    return [Fault("first", "overlaps", message % {"first": other.first_day, "last": other.last_day})]


def _record(by: User, deed: str, agreement: SharingAgreement, **details: object) -> None:
    """Record a deed with what both sides look for."""
    told = {"dataset": agreement.dataset.code, "recipient": agreement.recipient.code, "level": agreement.level}
    record(by, deed, agreement, **told | details)


def _tell(agreement: SharingAgreement, what: str, to: Organisation, by: User | None, at: datetime.datetime) -> int:
    """Tell whoever agrees on sharing at one side what the other did, or what comes; answers how many were told."""
    found = holders([to.pk], roles_with(Permission.AGREE_ON_SHARING), timezone.localdate(at))
    people = {one.person.pk for one in found} - {by.pk if by else None}
    other = agreement.recipient if to.pk == agreement.custodian_id else agreement.custodian
    values = {
        "what": what,
        "dataset": {"ar": agreement.dataset.name_ar, "en": agreement.dataset.name_en},
        "organisation": {"ar": other.name_ar, "en": other.name_en},
        "until": str(agreement.last_day),
    }
    told = [Told(person, f"sharing:{agreement.pk}:{what}", values) for person in people]
    return notify("sharing", told, url=reverse("directorates:agreement", args=[agreement.pk]), at=at)
