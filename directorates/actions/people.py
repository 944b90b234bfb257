"""What is done with people: invite, accept, give and end roles, choose a language."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.offers import check_not_offered, digest, offer_by_link, offer_to_person
from directorates.actions.sessions import end_sessions
from directorates.audit import record, record_concerning
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Invitation, Membership, Organisation, Place, RoleGroup, User
from directorates.models.confirmers import MANAGERS, offers
from directorates.models.organisations import OrganisationStatus
from directorates.models.seals import sealed
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, demand_own_right, may, open_role, require, scoped
from directorates.roles import GIVEN_BY_TWO, ROLES, Role

# Letters to strangers go out in this portal's name: so many a day and person are enough to open it anywhere.
INVITATIONS_A_DAY = 100


def organisations_managed_by(user: User) -> QuerySet[Organisation]:
    """The organisations whose people a person manages: lists, invites, gives roles and ends them."""
    mine = scoped(user, Permission.MANAGE_PEOPLE, Organisation.SCOPES[Permission.MANAGE_PEOPLE])
    return Organisation.objects.filter(mine)


def organisations_invited_to_by(user: User) -> QuerySet[Organisation]:
    """Those that a person may invite people to: one's own; and for who founds organisations, those that nobody manages."""
    mine = organisations_managed_by(user)
    if not may(user, Permission.MANAGE_ORGANISATIONS):
        return mine
    return mine | Organisation.objects.filter(~Exists(_managers().filter(organisation=OuterRef("pk"))))


def _managers() -> QuerySet[Membership]:
    """Who manages an organisation's people today, all of them: a role in some places only reaches nobody's people."""
    held = Membership.objects.at(timezone.localdate()).filter(person__is_active=True, role__in=MANAGERS)
    return held.filter(places=None)


def _require_inviting(by: User, organisation: Organisation, role: Role) -> None:
    """Raise unless the person may invite to the role.

    An organisation gives its roles itself. For one in which nobody manages people, whoever founds organisations invites
    who does from now on, and nobody else: the body does not choose the people of others.
    """
    if not may(by, Permission.MANAGE_ORGANISATIONS) or _managers().filter(organisation=organisation).exists():
        require(by, Permission.MANAGE_PEOPLE, organisation)
        return
    if role not in MANAGERS and not may(by, Permission.MANAGE_PEOPLE, organisation):
        known = " · ".join(str(one.label) for one in MANAGERS if organisation.kind in ROLES[one].kinds)
        message = _(
            "Here you name who manages the people of this organisation; that person gives the other roles: %(roles)s"
        )
        message %= {"roles": known}
        raise Problem("founding_only", message, 409, [Fault("role", "founding_only", message)])


def _check_reach(role: Role, places: Collection[Place]) -> None:
    """Raise where a role that manages people is limited to places: it would reach nobody, and stand in others' way."""
    if role in MANAGERS and places:
        message = _("Whoever manages an organisation's people does so for all of it: choose no places.")
        raise Problem("manages_everywhere", message, errors=[Fault("places", "manages_everywhere", message)])


def check_active(organisation: Organisation) -> None:
    """Raise where an organisation is suspended or dissolved: its roles would give nothing."""
    if organisation.status != OrganisationStatus.ACTIVE:
        message = _("This organisation is not active; its roles give nothing until it acts again.")
        raise Problem("organisation_inactive", message, 409, [Fault("organisation", "organisation_inactive", message)])


def _check_role(organisation: Organisation, role: Role) -> None:
    """Raise where a role does not exist in this kind of organisation."""
    if organisation.kind not in ROLES[role].kinds:
        known = " · ".join(str(one.label) for one in Role if organisation.kind in ROLES[one].kinds)
        message = _("The role “%(role)s” does not exist in an organisation of this kind. Its roles: %(roles)s") % {
            "role": role.label,
            "roles": known,
        }
        raise Problem("unknown_role", message, errors=[Fault("role", "unknown_role", message)])


def _check_own_right(by: User, role: Role, person: User | None = None) -> None:
    """Raise where a deputy offers a role that two people give."""
    if role in GIVEN_BY_TWO or person == by:
        demand_own_right(by, Permission.MANAGE_PEOPLE)


def _check_not_oneself(by: User, email: str) -> None:
    """Raise where people invite themselves: by a link they would have a role that nobody confirmed."""
    if email.lower() == by.email.lower():
        message = _(
            "This is your own e-mail. Give yourself the role on the page of people; a second person confirms it."
        )
        raise Problem("own_email", message, errors=[Fault("email", "own_email", message)])


def _check_not_too_many(by: User, at: datetime.datetime) -> None:
    """Raise where someone has invited as many today as anyone may."""
    if Invitation.objects.filter(by=by, at__gt=at - datetime.timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise Problem("too_many_invitations", _("So many invitations went out today already. Go on tomorrow."), 429)


@transaction.atomic
def invite(
    *,
    email: str,
    organisation: Organisation,
    role: Role,
    by: User | None,
    at: datetime.datetime,
    places: Collection[Place] = (),
) -> tuple[Invitation, str]:
    """Invite someone to a role; answers the invitation and the secret of its link, which is stored nowhere.

    The link to a role with sensitive rights works once a second person confirmed it (`roles_by_two.py`). `by` is None
    only for the command that invites an administrator from the machine itself, which needs no second person.
    """
    if by is not None:
        _require_inviting(by, organisation, role)
        _check_own_right(by, role)
        _check_not_oneself(by, email)
        _check_not_too_many(by, at)
    # The same invited twice at once: the second waits for the first, and is told.
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    check_active(organisation)
    _check_role(organisation, role)
    _check_reach(role, places)
    if by is not None:
        check_not_offered(email.lower(), organisation, role, at)
    return offer_by_link(email=email.lower(), organisation=organisation, role=role, by=by, at=at, places=places)


def reopen_roles() -> int:
    """Bring the grants of every role in step with `roles.py`, as after an upgrade; answer how many roles there are."""
    groups = list(RoleGroup.objects.select_related("organisation"))
    for held in groups:
        with transaction.atomic():
            open_role(held.organisation, Role(held.role))
    return len(groups)


@unwalled
def invitation_of(secret: str) -> Invitation | None:
    """The invitation that a secret belongs to, used and expired ones too: whoever has the secret may see it."""
    return _whole_invitations().filter(secret_hash=digest(secret)).first()


@unwalled
def invitation_opened(pk: int) -> Invitation | None:
    """The invitation whose link was opened in a browser before; the caller knows it from that browser's session alone."""
    return _whole_invitations().filter(pk=pk).first()


def _whole_invitations() -> QuerySet[Invitation]:
    """With everything that whoever is invited reads of it."""
    return Invitation.objects.select_related("organisation", "by").prefetch_related("places")


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, at: datetime.datetime) -> None:
    """End an invitation that was not accepted, so that its link opens nothing any more."""
    if not organisations_invited_to_by(by).filter(pk=invitation.organisation_id).exists():
        raise Refused(Permission.MANAGE_PEOPLE, invitation.organisation)
    # Whoever accepts it at the same moment comes before or after.
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise Problem(
            "invitation_accepted", _("This invitation was already accepted. The role can be ended instead."), 409
        )
    if invitation.ended_at is not None:
        raise Problem("decided_already", _("This was decided already, or nobody confirmed it in time."), 409)
    invitation.ended_at, invitation.expires = at, min(invitation.expires, at)
    invitation.save(update_fields=["ended_at", "expires"])
    record_concerning(by, "withdraw", invitation, invitation.organisation_id)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, name: str, password: str, at: datetime.datetime) -> User:
    """Make (or find) the person an invitation was sent to and give the role; a second use finds it accepted."""
    # Two who accept to manage the same organisation come one after the other.
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
    held = _held_to_accept(invitation)
    if held.accepted_at is not None or held.expires <= at:
        raise Problem("invitation_ended", _("This invitation was already used or has expired. Ask for a new one."), 409)
    check_active(organisation)
    if sealed([organisation.pk]):
        raise Problem("sealed", _("This directorate is sealed. Its roles wait until the seal is lifted."), 409)
    if held.waits:
        message = _("A second person has to confirm this role first. The link works from then on.")
        raise Problem("waits_for_second_person", message, 409)
    if _fell(held, at):
        raise Problem("invitation_ended", _("This invitation was already used or has expired. Ask for a new one."), 409)
    person = User.objects.filter(email=held.email).first()
    if person is None:
        person = User.objects.create_user(held.email, password, name=name)
    _write_accepted(held, at)
    join(
        person=person,
        organisation=held.organisation,
        role=Role(held.role),
        since=timezone.localdate(at),
        places=list(held.places.all()),
    )
    record_concerning(person, "accept", held, held.organisation_id)
    return person


@unwalled
def _held_to_accept(invitation: Invitation) -> Invitation:
    """The invitation, locked, with its places: whoever is invited sees none but by its link."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.prefetch_related("places").get(pk=invitation.pk)


@unwalled
def _write_accepted(held: Invitation, at: datetime.datetime) -> None:
    """Write that an invitation was accepted."""
    held.accepted_at = at
    held.save(update_fields=["accepted_at"])


@unwalled
def _fell(invitation: Invitation, at: datetime.datetime) -> bool:
    """Whether whoever offered a role that two people give may offer it no more.

    So of two whom the body invited to manage the same organisation the first comes in.
    """
    asked = invitation.by_id is not None and invitation.role in GIVEN_BY_TWO
    return asked and not offers([invitation], timezone.localdate(at))[0].stands


def join(
    *, person: User, organisation: Organisation, role: Role, since: datetime.date, places: list[Place] | None = None
) -> Membership:
    """Give a person a role in an organisation from a day on; the caller has checked the right to do so."""
    _check_role(organisation, role)
    open_role(organisation, role)
    held = person.memberships.filter(organisation=organisation, role=role, valid__overlap=lasting(since)).first()
    if held is not None:
        return held
    membership = Membership.objects.create(person=person, organisation=organisation, role=role, valid=lasting(since))
    membership.places.set(places or [])
    return membership


def check_not_held(person: User, organisation: Organisation, role: Role, since: datetime.date) -> None:
    """Raise where a person has a role already on a day or later."""
    if person.memberships.filter(organisation=organisation, role=role, valid__overlap=lasting(since)).exists():
        message = _("This person has this role already, or will have it from a later day on.")
        raise Problem("held_already", message, 409, [Fault("role", "held_already", message)])


@transaction.atomic
def give_role(
    *,
    person: User,
    organisation: Organisation,
    role: Role,
    since: datetime.date,
    places: list[Place],
    by: User,
    at: datetime.datetime,
) -> Membership | Invitation:
    """Give someone who is already known a role in an organisation, everywhere or in some places only.

    One with sensitive rights, or to oneself, is offered, and given once a second person confirmed it.
    """
    require(by, Permission.MANAGE_PEOPLE, organisation)
    _check_own_right(by, role, person)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    check_active(organisation)
    _check_role(organisation, role)
    _check_reach(role, places)
    # A form that is sent twice: the second waits for the first, and is told.
    User.objects.select_for_update().get(pk=person.pk)
    check_not_held(person, organisation, role, since)
    told: dict[str, Any] = {"person": person, "organisation": organisation, "role": role, "since": since}
    if role in GIVEN_BY_TWO or person == by:
        return offer_to_person(**told, places=places, by=by, at=at)
    membership = join(**told, places=places)
    record(by, "give", membership, since=since.isoformat(), places=[place.code for place in places])
    return membership


def _check_others_remain(membership: Membership, last_day: datetime.date) -> None:
    """Raise where nobody would be left after a day who can found organisations and manage the body's people."""
    if membership.role != Role.ADMINISTRATOR:
        return
    # Two administrators who end each other's roles, or stop each other, at once wait for one another.
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    others = Membership.objects.at(last_day + datetime.timedelta(days=1)).exclude(person=membership.person_id)
    kept = others.filter(
        organisation=membership.organisation, role=Role.ADMINISTRATOR, person__is_active=True, places=None
    )
    if not kept.filter(valid__upper_inf=True).exists():
        message = _("Nobody would be left to administer the portal. Give the role to someone else first.")
        raise Problem("last_administrator", message, 409, [Fault("last_day", "last_administrator", message)])


@transaction.atomic
def end_membership(*, membership: Membership, by: User, last_day: datetime.date) -> None:
    """End a membership with a day; from the next day on it gives nothing. One that is over stays over."""
    require(by, Permission.MANAGE_PEOPLE, membership.organisation)
    if membership.last_day is not None and membership.last_day < timezone.localdate():
        message = _("This role has ended already. It can be given anew.")
        raise Problem("ended_already", message, 409, [Fault("last_day", "ended_already", message)])
    by_two = membership.role in GIVEN_BY_TWO or membership.person_id == by.pk
    if by_two and membership.last_day is not None and last_day > membership.last_day:
        message = _("Two people give this role, so one alone does not make it longer. It can be given anew afterwards.")
        raise Problem("given_by_two", message, 409, [Fault("last_day", "given_by_two", message)])
    _check_others_remain(membership, last_day)
    first = membership.first_day
    if first is not None and last_day < first:
        message = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        raise Problem("ends_before_it_begins", message, errors=[Fault("last_day", "ends_before_it_begins", message)])
    same = membership.person.memberships.filter(organisation=membership.organisation, role=membership.role)
    if same.exclude(pk=membership.pk).filter(valid__overlap=lasting(first, last_day)).exists():
        message = _("On that day the same role has begun anew already.")
        raise Problem("overlaps", message, errors=[Fault("last_day", "overlaps", message)])
    membership.valid = lasting(first, last_day)
    membership.save(update_fields=["valid"])
    record(by, "end", membership, last_day=last_day.isoformat())


@transaction.atomic
def describe_oneself(*, by: User, name: str, language: str, zone: str) -> None:
    """Change one's own name, the language one reads in, and by whose clocks one reads hours."""
    by.name, by.language, by.zone = name, language, zone
    by.save(update_fields=["name", "language", "zone"])
    record(by, "describe", by)


@transaction.atomic
def let_in(*, person: User, active: bool, by: User) -> None:
    """Stop someone from signing in, or let the person in again; sessions and keys of the API end at once."""
    require(by, Permission.MANAGE_ORGANISATIONS)
    if person == by and not active:
        raise Problem("oneself", _("Nobody stops their own signing in; another administrator can."), 409)
    today = timezone.localdate()
    current = list(person.memberships.at(today).select_related("organisation"))
    for membership in current if not active else ():
        _check_others_remain(membership, today)
    person.is_active = active
    person.save(update_fields=["is_active"])
    if not active:
        end_sessions(person)
    deed = "let_in" if active else "keep_out"
    for organisation in {membership.organisation_id for membership in current}:
        record_concerning(by, deed, person, organisation)
    if not current:
        record(by, deed, person)


def choose_language(*, by: User, language: str) -> None:
    """Remember in which language a person reads."""
    by.language = language
    by.save(update_fields=["language"])
