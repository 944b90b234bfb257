"""Who confirms, as a second person, a role or a deputyship with sensitive rights that one person asked for."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from directorates.models.deputies import Deputyship, Holder, holders, roles_with
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


@dataclass(frozen=True)
class DeputyOffer:
    """A deputyship that waits, with the people who may confirm it today, by which right, and whether it still stands."""

    deputyship: Deputyship
    people: tuple[User, ...]
    right: Permission
    stands: bool


class Seconds:
    """Who may ask and who may confirm in some organisations on a day; in as many queries for one as for any number."""

    def __init__(self, organisations: Collection[int], day: datetime.date) -> None:
        """Find who manages people there, and who founds organisations."""
        self.of_day = _everywhere(holders(organisations, MANAGERS, day))
        bodies = Organisation.objects.active().filter(kind=Kind.BODY).values_list("pk", flat=True)
        self.founding = _everywhere(holders(bodies, FOUNDERS, day))

    def _managing(self, organisation: int) -> list[Holder]:
        return [held for held in self.of_day if held.membership.organisation_id == organisation]

    def asking(self, organisation: int) -> set[int]:
        """Who may ask there: who manages its people or, where nobody does, founds organisations."""
        return {held.person.pk for held in self._managing(organisation) or self.founding}

    def confirming(self, organisation: int, apart: Collection[int | None]) -> tuple[tuple[User, ...], Permission]:
        """Who may confirm, of those who are not set apart, and by which right."""
        own = _others(self._managing(organisation), apart)
        right = Permission.MANAGE_PEOPLE if own else Permission.MANAGE_ORGANISATIONS
        return own or _others(self.founding, apart), right


def offers(invitations: Collection[Invitation], day: datetime.date) -> list[Offer]:
    """Each of some invitations with who may confirm it; in as many queries for one as for any number."""
    if not invitations:
        return []
    seconds = Seconds({one.organisation_id for one in invitations}, day)
    emails = {one.email for one in invitations if one.person_id is None and one.email}
    known: dict[str, int] = dict(User.objects.filter(email__in=emails).values_list("email", "pk"))
    found = []
    for one in invitations:
        apart = {one.by_id, one.person_id or known.get(one.email)}
        people, right = seconds.confirming(one.organisation_id, apart)
        found.append(Offer(one, people, right, one.by_id in seconds.asking(one.organisation_id)))
    return found


def deputy_offers(deputyships: Collection[Deputyship], day: datetime.date) -> list[DeputyOffer]:
    """Each of some deputyships with who may confirm it: neither who asked nor the deputy."""
    if not deputyships:
        return []
    seconds = Seconds({one.membership.organisation_id for one in deputyships}, day)
    found = []
    for one in deputyships:
        role = one.membership
        people, right = seconds.confirming(role.organisation_id, {one.by_id, one.deputy_id})
        stands = one.by_id == role.person_id or one.by_id in seconds.asking(role.organisation_id)
        found.append(DeputyOffer(one, people, right, stands))
    return found


def waiting_deputies(at: datetime.datetime) -> list[DeputyOffer]:
    """The deputyships that wait for a second person, the oldest first; none of what is closed or sealed."""
    rows = Deputyship.objects.waiting(at).filter(
        not_sealed("membership__organisation"), membership__organisation__status="active"
    )
    named = rows.select_related("membership__organisation", "membership__person", "deputy", "by")
    return deputy_offers(list(named.order_by("at", "pk")), timezone.localdate(at))


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
