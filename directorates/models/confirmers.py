"""Who confirms, as a second person, a role with sensitive rights that one person offered."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from directorates.models.deputies import Holder, holders, roles_with
from directorates.models.organisations import Kind, Organisation
from directorates.models.people import Invitation, User
from directorates.models.seals import not_sealed
from directorates.roles import Permission

# The roles that manage the people of their organisation, and those that found organisations.
MANAGERS = roles_with(Permission.MANAGE_PEOPLE)
FOUNDERS = roles_with(Permission.MANAGE_ORGANISATIONS)


@dataclass(frozen=True)
class Offer:
    """An offer of a role with the people who may confirm it today, by which right, and whether it still stands."""

    invitation: Invitation
    people: tuple[User, ...]
    # Of the own organisation; where nobody else manages its people, of the body.
    right: Permission
    # Whoever asked may still ask for it today.
    stands: bool


def offers(invitations: Collection[Invitation], day: datetime.date) -> list[Offer]:
    """Each of some invitations with who may confirm it; in as many queries for one as for any number."""
    if not invitations:
        return []
    of_day = _everywhere(holders({one.organisation_id for one in invitations}, MANAGERS, day))
    bodies = Organisation.objects.active().filter(kind=Kind.BODY).values_list("pk", flat=True)
    founding = _everywhere(holders(bodies, FOUNDERS, day))
    emails = {one.email for one in invitations if one.person_id is None and one.email}
    known: dict[str, int] = dict(User.objects.filter(email__in=emails).values_list("email", "pk"))
    found = []
    for one in invitations:
        managing = [held for held in of_day if held.membership.organisation_id == one.organisation_id]
        apart = {one.by_id, one.person_id or known.get(one.email)} - {None}
        own, of_body = _others(managing, apart), _others(founding, apart)
        asking = managing or founding
        stands = one.by_id in {held.person.pk for held in asking}
        right = Permission.MANAGE_PEOPLE if own else Permission.MANAGE_ORGANISATIONS
        found.append(Offer(one, own or of_body, right, stands))
    return found


def waiting_offers(at: datetime.datetime, *within: Q) -> list[Offer]:
    """The offers that wait for a second person, those that expire first before others; none of what is closed or sealed."""
    rows = Invitation.objects.waiting(at).filter(not_sealed("organisation"), *within, organisation__status="active")
    named = rows.select_related("organisation", "person", "by").prefetch_related("places")
    return offers(list(named.order_by("expires", "pk")), timezone.localdate(at))


def _everywhere(held: Iterable[Holder]) -> list[Holder]:
    """Those who hold the role themselves and everywhere: one person names a deputy, who is therefore no second person."""
    return [one for one in held if one.instead_of is None and not one.membership.places.all()]


def _others(held: Iterable[Holder], apart: Collection[int | None]) -> tuple[User, ...]:
    """The people who are not among some."""
    return tuple({one.person.pk: one.person for one in held if one.person.pk not in apart}.values())
