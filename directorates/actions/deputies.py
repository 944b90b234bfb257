"""What is done with deputies: name one for days of absence, confirm it as a second person, end it early.

Nobody grants what they do not hold, and nobody hands on sensitive rights alone.
"""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.people import organisations_managed_by
from directorates.audit import record, record_concerning
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import Deputyship, Membership, Organisation, User
from directorates.models.confirmers import DeputyOffer, deputy_offers, waiting_deputies
from directorates.models.organisations import OrganisationStatus
from directorates.models.seals import sealed
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, demand_own_right, may, require
from directorates.roles import GIVEN_BY_TWO, Role

# The roles whose work cannot wait for someone to come back.
DEPUTISED = frozenset({Role.DIRECTOR, Role.DATA_OFFICER, Role.DATA_MANAGER})
LONGEST = datetime.timedelta(days=183)


def may_name(user: User, membership: Membership) -> bool:
    """Whether a person names the deputy of a role: whose role it is, or whoever manages the organisation's people."""
    return (
        membership.person_id == user.pk or organisations_managed_by(user).filter(pk=membership.organisation_id).exists()
    )


def eligible(membership: Membership, today: datetime.date) -> list[User]:
    """Who can stand in: the others who are of the same organisation today, by name."""
    members = Membership.objects.at(today).filter(organisation=membership.organisation_id, person__is_active=True)
    rows = User.objects.filter(pk__in=members.values("person")).exclude(pk=membership.person_id)
    return list(rows.order_by("name", "email"))


@transaction.atomic
def name_deputy(
    *,
    by: User,
    membership: Membership,
    deputy: User,
    first: datetime.date,
    last: datetime.date,
    at: datetime.datetime,
) -> Deputyship:
    """Have a colleague stand in for someone in a role from a day to a day.

    Sensitive rights are handed on once a second person confirmed it, who is told; then both are.
    """
    # A form that is sent twice: the second waits for the first, and is told that the days are taken.
    rows = Membership.objects.select_for_update(of=("self",)).select_related("person", "organisation")
    held = rows.get(pk=membership.pk)
    if not may_name(by, held):
        raise Refused(Permission.MANAGE_PEOPLE, held)
    by_two = held.role in GIVEN_BY_TWO
    if by_two and held.person_id != by.pk:
        require(by, Permission.MANAGE_PEOPLE, held.organisation)
        demand_own_right(by, Permission.MANAGE_PEOPLE)
    _end_lapsed(held, at)
    faults = [*_faults_of_role(held, first, last), *_faults_of_days(held, first, last, timezone.localdate(at))]
    if deputy not in eligible(held, timezone.localdate(at)):
        faults.append(Fault("deputy", "no_colleague", _("Choose someone else of the same organisation.")))
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    made = Deputyship.objects.create(
        membership=held, deputy=deputy, valid=lasting(first, last), by=by, at=at, by_two=by_two
    )
    days = {"first": first.isoformat(), "last": last.isoformat()}
    record(by, "name_deputy", made, person=held.person_id, deputy=deputy.pk, role=held.role, **days)
    if by_two:
        (offer,) = deputy_offers([made], timezone.localdate(at))
        _tell(made, "asked", {person.pk for person in offer.people}, at)
    else:
        _tell(made, "given", {made.deputy_id, held.person_id} - {by.pk}, at)
    return made


def may_confirm_deputy(user: User, offer: DeputyOffer) -> bool:
    """Whether a person, as the organisation acted for, is one of those who may confirm a deputyship."""
    return user in offer.people and may(user, offer.right, _owner(offer))


def deputies_to_confirm(user: User, at: datetime.datetime) -> list[DeputyOffer]:
    """The deputyships that wait for this person to confirm or refuse them."""
    if not may(user, Permission.MANAGE_PEOPLE) and not may(user, Permission.MANAGE_ORGANISATIONS):
        return []
    return [one for one in waiting_deputies(at) if may_confirm_deputy(user, one)]


@transaction.atomic
def confirm_deputy(*, by: User, deputyship: Deputyship, at: datetime.datetime) -> Deputyship:
    """Confirm a deputyship as a second person: from now on it gives what the role gives, on its days; all are told."""
    offer = _held(by, deputyship, at)
    held, role = offer.deputyship, offer.deputyship.membership
    if role.organisation.status != OrganisationStatus.ACTIVE or sealed([role.organisation_id]):
        raise Problem("sealed", _("This organisation does not act now. What was asked waits until it does."), 409)
    if not offer.stands:
        message = _("Whoever asked for this manages nobody here any more. Refuse it; somebody else can ask anew.")
        raise Problem("asker_gone", message, 409)
    held.confirmed_by, held.confirmed_at = by, at
    held.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(by, "confirm_deputy", held)
    _tell(held, "given", {held.deputy_id, role.person_id, held.by_id} - {by.pk}, at)
    return held


@transaction.atomic
def refuse_deputy(*, by: User, deputyship: Deputyship, at: datetime.datetime) -> Deputyship:
    """Refuse a deputyship as a second person: it gives nothing; whoever asked is told."""
    held = _held(by, deputyship, at).deputyship
    held.ended = at
    held.save(update_fields=["ended"])
    _record(by, "refuse_deputy", held)
    _tell(held, "refused", {held.by_id} - {by.pk}, at)
    return held


def _owner(offer: DeputyOffer) -> Organisation | None:
    """What the right to confirm is asked of: the organisation, or nothing in particular where the body confirms."""
    return offer.deputyship.membership.organisation if offer.right is Permission.MANAGE_PEOPLE else None


def _held(by: User, deputyship: Deputyship, at: datetime.datetime) -> DeputyOffer:
    """The deputyship, locked, with who may confirm it; raise where it does not wait any more or somebody else confirms."""
    rows = Deputyship.objects.select_for_update(of=("self",))
    held = rows.select_related("membership__organisation", "membership__person", "deputy", "by").get(pk=deputyship.pk)
    (offer,) = deputy_offers([held], timezone.localdate(at))
    if not may_confirm_deputy(by, offer):
        detail = _("A second person has to confirm: neither who asked nor the deputy, nor whoever stands in.")
        raise Refused(offer.right, held.membership.organisation, code="second_person", detail=detail)
    require(by, offer.right, _owner(offer))
    if not held.waits(at):
        raise Problem("decided_already", _("This was decided already, or nobody confirmed it in time."), 409)
    return offer


def _end_lapsed(membership: Membership, at: datetime.datetime) -> None:
    """Free the days of what nobody confirmed in time."""
    for row in membership.deputyships.filter(ended=None, by_two=True, confirmed_at=None):
        if row.lapsed(at):
            row.ended = at
            row.save(update_fields=["ended"])


def _record(by: User, what: str, held: Deputyship) -> None:
    """Write the entry; it stands in the organisation's record whoever decided."""
    role = held.membership
    details = {"person": role.person_id, "deputy": held.deputy_id, "role": role.role, "asked_by": held.by_id}
    record_concerning(by, what, held, role.organisation_id, **details)


@transaction.atomic
def end_deputyship(*, by: User, deputyship: Deputyship, at: datetime.datetime) -> Deputyship:
    """End a deputyship at once; by whoever is back, by the deputy, or by whoever manages the people."""
    rows = Deputyship.objects.select_for_update(of=("self",)).select_related("membership__organisation", "deputy")
    held = rows.get(pk=deputyship.pk)
    if held.deputy_id != by.pk and not may_name(by, held.membership):
        raise Refused(Permission.MANAGE_PEOPLE, held)
    if held.ended is not None or held.last_day is None or held.last_day < timezone.localdate(at):
        raise Problem("ended_already", _("This deputyship has ended already."), 409)
    held.ended = at
    held.save(update_fields=["ended"])
    record(by, "end_deputyship", held, person=held.membership.person_id, deputy=held.deputy_id)
    return held


def _faults_of_role(membership: Membership, first: datetime.date, last: datetime.date) -> list[Fault]:
    """Why there can be no deputy of this role on these days."""
    if membership.role not in DEPUTISED:
        return [Fault("", "no_deputy", _("Deputies are named for directors, data officers and data managers."))]
    valid = membership.valid
    before, after = valid.lower is not None and last < valid.lower, valid.upper is not None and first >= valid.upper
    if before or after:
        return [Fault("first", "role_not_held", _("The role itself is not held on these days."))]
    return []


def _faults_of_days(
    membership: Membership, first: datetime.date, last: datetime.date, today: datetime.date
) -> list[Fault]:
    """What is wrong with the days."""
    if last < first:
        words = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        return [Fault("last", "ends_before_it_begins", words)]
    if last < today:
        return [Fault("last", "in_the_past", _("The last day is over already."))]
    if first < today:
        # It would give nothing for those days, and the list would say that somebody stood in.
        return [Fault("first", "in_the_past", _("The first day is over already."))]
    if last - first > LONGEST:
        words = _("A deputy stands in for at most half a year; for longer someone else is given the role.")
        return [Fault("last", "too_long", words)]
    taken = membership.deputyships.filter(ended=None, valid__overlap=lasting(first, last)).select_related("deputy")
    if (found := taken.first()) is not None:
        words = _("On some of these days %(name)s stands in already.") % {"name": found.deputy}
        return [Fault("first", "taken", words)]
    return []


def _tell(made: Deputyship, what: str, people: set[int], at: datetime.datetime) -> None:
    """Tell some people what was asked or became of it: asked, given, refused."""
    membership = made.membership
    values = {
        "what": what,
        "role": membership.role,
        "organisation": {"ar": membership.organisation.name_ar, "en": membership.organisation.name_en},
        "first": made.first_day.isoformat() if made.first_day else "",
        "last": made.last_day.isoformat() if made.last_day else "",
    }
    asked = what == "asked"
    if not asked:
        # Who confirms may be of the body: names stand on the portal's page, in no letter to another house.
        values |= {"person": str(membership.person), "deputy": str(made.deputy)}
    told = [Told(one, f"deputy:{made.pk}:{what}", values | {"me": one == made.deputy_id}) for one in people]
    view, of = ("decide_deputy", made.pk) if asked else ("deputies", membership.pk)
    notify("deputy", told, url=reverse(f"directorates:{view}", args=[of]), at=at)
