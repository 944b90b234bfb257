"""What is done with people: invite, accept, give and end roles, choose a language, make and end keys."""

import datetime
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import AccessToken, Invitation, Membership, Organisation, Place, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, may, open_role, require
from directorates.roles import ROLES, Role

INVITATION_DAYS = 7


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_role(organisation: Organisation, role: Role) -> None:
    """Raise where a role does not exist in this kind of organisation."""
    if organisation.kind not in ROLES[role].kinds:
        message = _("The role “%(role)s” does not exist in an organisation of this kind.") % {"role": role.label}
        raise Problem("unknown_role", message, errors=[Fault("role", "unknown_role", message)])


@transaction.atomic
def invite(
    *, email: str, organisation: Organisation, role: Role, by: User | None, at: datetime.datetime
) -> tuple[Invitation, str]:
    """Invite someone to a role; answers the invitation and the secret of its link, which is stored nowhere.

    `by` is None only for the command that invites the first administrator of an empty portal.
    """
    if by is not None and not may(by, Permission.MANAGE_ORGANISATIONS):
        require(by, Permission.MANAGE_PEOPLE, organisation)
    _check_role(organisation, role)
    secret = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        email=email.lower(),
        organisation=organisation,
        role=role,
        secret_hash=digest(secret),
        by=by,
        at=at,
        expires=at + datetime.timedelta(days=INVITATION_DAYS),
    )
    record(by, "invite", invitation, organisation=organisation.code, role=role.value)
    return invitation, secret


def open_invitation(secret: str, at: datetime.datetime) -> Invitation | None:
    """The invitation that a secret opens, if it is neither used nor expired."""
    rows = Invitation.objects.select_related("organisation").filter(accepted_at=None, expires__gt=at)
    return rows.filter(secret_hash=digest(secret)).first()


@transaction.atomic
def accept_invitation(*, invitation: Invitation, name: str, password: str, at: datetime.datetime) -> User:
    """Make (or find) the person an invitation was sent to and give the role; a second use finds it accepted."""
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if held.accepted_at is not None or held.expires <= at:
        raise Problem("invitation_ended", _("This invitation was already used or has expired. Ask for a new one."), 409)
    person = User.objects.filter(email=held.email).first()
    if person is None:
        person = User.objects.create_user(held.email, password, name=name)
    held.accepted_at = at
    held.save(update_fields=["accepted_at"])
    join(person=person, organisation=held.organisation, role=Role(held.role), since=timezone.localdate(at))
    record(person, "accept", held)
    return person


def join(
    *, person: User, organisation: Organisation, role: Role, since: datetime.date, places: list[Place] | None = None
) -> Membership:
    """Give a person a role in an organisation from a day on; the caller has checked the right to do so."""
    _check_role(organisation, role)
    open_role(organisation, role)
    held = person.memberships.filter(organisation=organisation, role=role).at(since).first()
    if held is not None:
        return held
    membership = Membership.objects.create(person=person, organisation=organisation, role=role, valid=lasting(since))
    membership.places.set(places or [])
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: User, last_day: datetime.date) -> None:
    """End a membership with a day; from the next day on it gives nothing."""
    require(by, Permission.MANAGE_PEOPLE, membership.organisation)
    first = membership.first_day
    if first is not None and last_day < first:
        message = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        raise Problem("ends_before_it_begins", message, errors=[Fault("last_day", "ends_before_it_begins", message)])
    membership.valid = lasting(first, last_day)
    membership.save(update_fields=["valid"])
    record(by, "end", membership, last_day=last_day.isoformat())


def choose_language(*, by: User, language: str) -> None:
    """Remember in which language a person reads."""
    by.language = language
    by.save(update_fields=["language"])


@transaction.atomic
def make_token(
    *, by: User, at: datetime.datetime, expires: datetime.datetime, name: str = ""
) -> tuple[AccessToken, str]:
    """Make a key of the API for its owner; the key itself is shown once and stored hashed."""
    token, key = AccessToken.objects.create(user=by, expiry=expires - at, name=name, organisation_id=by.acting_id)
    record(by, "make_key", token, name=name)
    return token, key


@transaction.atomic
def end_token(*, by: User, token: AccessToken) -> None:
    """End one's own key."""
    record(by, "end_key", token, name=token.name)
    token.delete()
