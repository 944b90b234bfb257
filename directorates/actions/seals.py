"""Sealing a directorate and lifting the seal: one row, asked at every use; nothing is pushed anywhere."""

import datetime

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.notices import Told, notify
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import AccessToken, DirectorateSeal, FeedKey, Membership, Organisation, User
from directorates.models.deputies import holders, roles_with
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.permissions import Permission, Refused, may, require
from directorates.roles import Role
from directorates.rules.text import clean_text

ANNOUNCED = "seal"
LONGEST_REASON = 1000
# A request that nobody confirmed for so long has to be made anew.
CONFIRMED_WITHIN = datetime.timedelta(days=3)


def seals_alone(user: User, organisation: Organisation) -> bool:
    """Whether a person seals a directorate without a second: who directs it."""
    own = user.acting_id == organisation.pk and organisation.kind == Kind.DIRECTORATE
    return own and may(user, Permission.SEAL_DIRECTORATES, organisation)


def can_be_sealed() -> "list[Organisation]":
    """The directorates that act and are not sealed."""
    rows = Organisation.objects.active().filter(kind=Kind.DIRECTORATE)
    return list(rows.exclude(pk__in=DirectorateSeal.objects.closing().values("organisation")))


@transaction.atomic
def seal(*, by: User, organisation: Organisation, reason: str, at: datetime.datetime) -> DirectorateSeal:
    """Seal a directorate at once as its director, or ask for it: then somebody of another organisation confirms."""
    require(by, Permission.SEAL_DIRECTORATES)
    if (acting := by.acting) is None:
        raise Refused(Permission.SEAL_DIRECTORATES)
    reason = _reason(reason)
    # Keeps no reports from being written meanwhile, and waits for none.
    held = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if held.kind != Kind.DIRECTORATE or held.status != OrganisationStatus.ACTIVE:
        raise Problem("no_directorate", _("Only a health directorate that acts can be sealed."), 409)
    alone = seals_alone(by, held)
    _make_way(held, alone, at)
    made = DirectorateSeal.objects.create(
        organisation=held,
        reason=reason,
        asked=at,
        asked_by=by,
        asked_as=acting,
        since=at if alone else None,
    )
    if alone:
        _close(made, by, "seal", at)
    else:
        record(by, "ask_seal", made, organisation=held.code)
        _tell(made, "asked", by, at)
    return made


@transaction.atomic
def confirm_seal(*, by: User, seal: DirectorateSeal, at: datetime.datetime) -> DirectorateSeal:
    """Confirm what somebody of another organisation asked for: the directorate is sealed."""
    require(by, Permission.SEAL_DIRECTORATES)
    held = _held(seal)
    if not _waits(held, at):
        raise Problem("wrong_state", _("Nobody waits for this to be confirmed any more."), 409)
    _demand_another(by, held, held.asked_by_id, held.asked_as_id)
    held.since, held.confirmed_by, held.confirmed_as_id = at, by, by.acting_id
    held.save(update_fields=["since", "confirmed_by", "confirmed_as"])
    _close(held, by, "seal", at)
    return held


@transaction.atomic
def ask_unseal(*, by: User, seal: DirectorateSeal, reason: str, at: datetime.datetime) -> DirectorateSeal:
    """Ask that a seal be lifted; somebody of another organisation confirms."""
    require(by, Permission.SEAL_DIRECTORATES)
    reason = _reason(reason)
    held = _held(seal)
    if not held.closes or (held.lift_asked is not None and held.lift_asked >= at - CONFIRMED_WITHIN):
        raise Problem("wrong_state", _("This seal is lifted, or lifting it is asked for already."), 409)
    held.lift_reason, held.lift_asked, held.lift_asked_by, held.lift_asked_as_id = reason, at, by, by.acting_id
    held.save(update_fields=["lift_reason", "lift_asked", "lift_asked_by", "lift_asked_as"])
    record(by, "ask_unseal", held, organisation=held.organisation.code)
    _tell(held, "lift_asked", by, at)
    return held


@transaction.atomic
def unseal(*, by: User, seal: DirectorateSeal, at: datetime.datetime) -> DirectorateSeal:
    """Lift a seal that somebody of another organisation asked to lift; the directorate's people sign in anew."""
    require(by, Permission.SEAL_DIRECTORATES)
    held = _held(seal)
    asked = held.lift_asked
    if not held.closes or asked is None or asked < at - CONFIRMED_WITHIN:
        raise Problem("wrong_state", _("Nobody waits for this to be confirmed any more."), 409)
    _demand_another(by, held, held.lift_asked_by_id, held.lift_asked_as_id)
    held.lifted, held.lifted_by, held.lifted_as_id = at, by, by.acting_id
    held.save(update_fields=["lifted", "lifted_by", "lifted_as"])
    keys = _end_sessions(held.organisation_id, at)
    record(by, "unseal", held, organisation=held.organisation.code, keys=keys)
    announce(ANNOUNCED)
    _tell(held, "lifted", by, at)
    return held


@transaction.atomic
def withdraw_seal(*, by: User, seal: DirectorateSeal, at: datetime.datetime) -> DirectorateSeal:
    """Take back what one's own organisation asked for and nobody confirmed: to seal, or to lift the seal."""
    require(by, Permission.SEAL_DIRECTORATES)
    held = _held(seal)
    if not may_withdraw(by, held):
        raise Problem("wrong_state", _("There is nothing here that your organisation can take back."), 409)
    if held.since is None:
        held.withdrawn = at
    else:
        held.lift_reason, held.lift_asked, held.lift_asked_by, held.lift_asked_as = "", None, None, None
    held.save(update_fields=["withdrawn", "lift_reason", "lift_asked", "lift_asked_by", "lift_asked_as"])
    record(by, "withdraw_seal", held, organisation=held.organisation.code)
    return held


def may_withdraw(user: User, seal: DirectorateSeal) -> bool:
    """Whether a person's organisation asked for something that is still open."""
    if seal.since is None:
        return seal.withdrawn is None and seal.asked_as_id == user.acting_id
    return seal.closes and seal.lift_asked is not None and seal.lift_asked_as_id == user.acting_id


def deeds_open(user: User, seal: DirectorateSeal, at: datetime.datetime) -> set[str]:
    """What a person can do with a seal now: confirm, ask_unseal, unseal, withdraw."""
    if not may(user, Permission.SEAL_DIRECTORATES):
        return set()
    found = {"withdraw"} if may_withdraw(user, seal) else set()
    waits = seal.lift_asked is not None and seal.lift_asked >= at - CONFIRMED_WITHIN
    if seal.closes and not waits:
        found.add("ask_unseal")
    elif seal.closes and _is_another(user, seal.lift_asked_by_id, seal.lift_asked_as_id):
        found.add("unseal")
    elif _waits(seal, at) and _is_another(user, seal.asked_by_id, seal.asked_as_id):
        found.add("confirm")
    return found


def _held(seal: DirectorateSeal) -> DirectorateSeal:
    """The row, locked: two who confirm at once come one after the other."""
    rows = DirectorateSeal.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=seal.pk)


def _make_way(organisation: Organisation, alone: bool, at: datetime.datetime) -> None:
    """Close a request that is too old or that the director overtakes; raise where there is a seal or a request."""
    held = DirectorateSeal.objects.open().select_for_update().filter(organisation=organisation).first()
    if held is None:
        return
    if held.since is not None:
        raise Problem("sealed_already", _("This directorate is sealed already."), 409)
    if not alone and held.asked >= at - CONFIRMED_WITHIN:
        raise Problem(
            "asked_already", _("This is asked for already; somebody of another organisation confirms it."), 409
        )
    held.withdrawn = at
    held.save(update_fields=["withdrawn"])


def _waits(seal: DirectorateSeal, at: datetime.datetime) -> bool:
    """Whether sealing waits for a second person."""
    return seal.since is None and seal.withdrawn is None and seal.asked >= at - CONFIRMED_WITHIN


def _is_another(user: User, first: int | None, first_as: int | None) -> bool:
    """Whether a person is not the one who asked, and acts as another organisation."""
    return user.pk != first and user.acting_id != first_as


def _demand_another(by: User, seal: DirectorateSeal, first: int | None, first_as: int | None) -> None:
    """Raise unless somebody else asked, as another organisation."""
    if not _is_another(by, first, first_as):
        detail = _("Somebody of another organisation than the one that asked has to confirm this.")
        raise Refused(Permission.SEAL_DIRECTORATES, seal, code="second_organisation", detail=detail)


def _close(seal: DirectorateSeal, by: User, deed: str, at: datetime.datetime) -> None:
    """Record that it closes, have reports reviewed by the body, tell the others."""
    record(by, deed, seal, organisation=seal.organisation.code)
    announce(ANNOUNCED)
    _tell(seal, "sealed", by, at)


def _end_sessions(organisation: int, at: datetime.datetime) -> int:
    """End every session, key and feed of the directorate's people; answer how many keys."""
    people = Membership.objects.at(timezone.localdate(at)).filter(organisation=organisation).values("person")
    User.objects.filter(pk__in=people).update(sessions_ended=F("sessions_ended") + 1)
    FeedKey.objects.filter(organisation=organisation, secret_hash__isnull=False).update(secret_hash=None)
    keys = AccessToken.objects.filter(Q(organisation=None) | Q(organisation=organisation), user__in=people)
    return keys.delete()[0]


def _tell(seal: DirectorateSeal, state: str, by: User, at: datetime.datetime) -> None:
    """Tell whoever may seal anywhere, and the data managers; nobody of a directorate that is sealed."""
    roles = {*roles_with(Permission.SEAL_DIRECTORATES), Role.DATA_MANAGER}
    everywhere = Organisation.objects.active().values_list("pk", flat=True)
    people = {one.person.pk for one in holders(everywhere, roles, timezone.localdate(at))} - {by.pk}
    directorate = seal.organisation
    values = {"state": state, "organisation": {"ar": directorate.name_ar, "en": directorate.name_en}}
    told = [Told(person, f"seal:{seal.pk}:{state}:{at.isoformat()}", values) for person in people]
    notify("seal", told, url=reverse("directorates:seals"), at=at)


def _reason(text: str) -> str:
    """The reason, cleaned; there has to be one."""
    reason = clean_text(text, multiline=True)
    if not reason:
        message = _("A reason is needed: it stays in the history.")
        raise Problem("invalid", message, errors=[Fault("reason", "required", message)])
    if len(reason) > LONGEST_REASON:
        message = _("This text is too long: at most %(most)d characters.") % {"most": LONGEST_REASON}
        raise Problem("invalid", message, errors=[Fault("reason", "too_long", message)])
    return reason
