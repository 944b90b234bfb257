"""Roles with sensitive rights: offered by one person, confirmed or refused by a second."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.offers import tell, valid_until
from directorates.actions.people import (
    check_active,
    check_not_held,
    join,
    organisations_invited_to_by,
)
from directorates.audit import record_concerning
from directorates.foundation.letters import send_letter
from directorates.foundation.problems import Problem
from directorates.models import Invitation, Organisation, User
from directorates.models.confirmers import Offer, offers, waiting_offers
from directorates.models.seals import sealed
from directorates.permissions import Permission, Refused, may, require
from directorates.roles import Role


def may_confirm(user: User, offer: Offer) -> bool:
    """Whether a person, as the organisation acted for, is one of those who may confirm an offer."""
    return user in offer.people and may(user, offer.right, _owner(offer))


def may_refuse(user: User, offer: Offer) -> bool:
    """Whether a person may end an offer: whoever may confirm it, and whoever may make such offers there."""
    invited = organisations_invited_to_by(user).filter(pk=offer.invitation.organisation_id)
    return may_confirm(user, offer) or invited.exists()


def offers_seen_by(user: User, at: datetime.datetime) -> list[Offer]:
    """What waits for a second person, for those who may confirm it and for those who offer roles there."""
    invited = organisations_invited_to_by(user)
    if not may(user, Permission.MANAGE_ORGANISATIONS):
        return waiting_offers(at, Q(organisation__in=invited))
    # The body may be asked to confirm anywhere; nobody else is asked about what is not the own organisation's.
    waiting = waiting_offers(at)
    mine = set(invited.values_list("pk", flat=True)) if waiting else set()
    return [one for one in waiting if one.invitation.organisation_id in mine or may_confirm(user, one)]


def offers_to_confirm(user: User, at: datetime.datetime) -> list[Offer]:
    """What waits for this person to confirm it, or to refuse it where whoever asked may not ask any more."""
    if not may(user, Permission.MANAGE_PEOPLE) and not may(user, Permission.MANAGE_ORGANISATIONS):
        return []
    return [one for one in offers_seen_by(user, at) if may_confirm(user, one)]


def who_would_confirm(user: User, organisation: Organisation) -> Offer:
    """Who could confirm what a person were to offer in an organisation today."""
    return offers([Invitation(organisation=organisation, by=user)], timezone.localdate())[0]


@transaction.atomic
def confirm_role(*, invitation: Invitation, by: User, at: datetime.datetime) -> Invitation:
    """Confirm an offer as a second person: the link works from now on; who is known has the role from its first day on."""
    offer = _held(invitation, at)
    if not may_confirm(by, offer):
        detail = _("A second person has to confirm: neither who asked nor who gets the role, nor a deputy.")
        raise Refused(offer.right, offer.invitation.organisation, code="second_person", detail=detail)
    require(by, offer.right, _owner(offer))
    _check_stands(offer)
    held = offer.invitation
    held.confirmed_by, held.confirmed_at, held.expires = by, at, valid_until(at)
    if held.person is None:
        transaction.on_commit(lambda: send_letter("letters/role_confirmed.txt", held.email, invitation=held))
    else:
        _give(held, at)
    held.save(update_fields=["confirmed_by", "confirmed_at", "expires", "accepted_at"])
    record_concerning(by, "confirm_role", held, held.organisation_id, role=str(held.role), asked_by=held.by_id)
    _tell_asker(held, "confirmed", by, at)
    return held


@transaction.atomic
def refuse_role(*, invitation: Invitation, by: User, at: datetime.datetime) -> Invitation:
    """Refuse an offer, or withdraw what oneself or a colleague asked: it gives nothing any more."""
    offer = _held(invitation, at)
    held = offer.invitation
    _require_refusing(by, offer)
    held.ended_at = held.expires = at
    held.save(update_fields=["ended_at", "expires"])
    record_concerning(by, "refuse_role", held, held.organisation_id, role=str(held.role), asked_by=held.by_id)
    _tell_asker(held, "refused", by, at)
    return held


def _require_refusing(by: User, offer: Offer) -> None:
    """Raise unless a person may end an offer; the record then names for whom the person stands in."""
    organisation = offer.invitation.organisation
    if not may_refuse(by, offer):
        raise Refused(Permission.MANAGE_PEOPLE, organisation)
    if may(by, Permission.MANAGE_PEOPLE, organisation):
        require(by, Permission.MANAGE_PEOPLE, organisation)
    else:
        require(by, Permission.MANAGE_ORGANISATIONS)


def _owner(offer: Offer) -> Organisation | None:
    """What the right to confirm is asked of: the organisation, or nothing in particular where the body confirms."""
    return offer.invitation.organisation if offer.right is Permission.MANAGE_PEOPLE else None


def _held(invitation: Invitation, at: datetime.datetime) -> Offer:
    """The offer, locked behind its organisation as whoever accepts locks them; raise where it does not wait any more."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("person", "by")
    held = rows.get(pk=invitation.pk)
    held.organisation = organisation
    if not held.waits or held.ended_at is not None or held.expires <= at:
        raise Problem("decided_already", _("This was decided already, or nobody confirmed it in time."), 409)
    return offers([held], timezone.localdate(at))[0]


def _check_stands(offer: Offer) -> None:
    """Raise where the organisation does not act or is sealed, or whoever asked may not ask any more."""
    held = offer.invitation
    check_active(held.organisation)
    if sealed([held.organisation_id]):
        raise Problem("sealed", _("This directorate is sealed. Its roles wait until the seal is lifted."), 409)
    if not offer.stands:
        message = _("Whoever asked for this manages nobody here any more. Refuse it; somebody else can ask anew.")
        raise Problem("asker_gone", message, 409)


def _give(held: Invitation, at: datetime.datetime) -> None:
    """Give somebody known the role, from the day that was named or from today on."""
    role, since = Role(held.role), max(held.since or timezone.localdate(at), timezone.localdate(at))
    if held.person is not None:
        check_not_held(held.person, held.organisation, role, since)
        places = list(held.places.all())
        join(person=held.person, organisation=held.organisation, role=role, since=since, places=places)
        held.accepted_at = at
        tell(held, "given", [held.person.pk], None, at)


def _tell_asker(held: Invitation, what: str, by: User, at: datetime.datetime) -> None:
    """Tell whoever asked what became of it, unless it was the same person."""
    if held.by is not None and held.by != by:
        tell(held, what, [held.by.pk], by, at)
