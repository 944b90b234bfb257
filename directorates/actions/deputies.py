"""What is done with deputies: name one for days of absence, end it early; nobody grants what they do not hold."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.people import organisations_managed_by
from directorates.audit import record
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import Deputyship, Membership, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused
from directorates.roles import Role

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
    """Have a colleague stand in for someone in a role from a day to a day; both are told."""
    # A form that is sent twice: the second waits for the first, and is told that the days are taken.
    rows = Membership.objects.select_for_update(of=("self",)).select_related("person", "organisation")
    held = rows.get(pk=membership.pk)
    if not may_name(by, held):
        raise Refused(Permission.MANAGE_PEOPLE, held)
    faults = [*_faults_of_role(held, first, last), *_faults_of_days(held, first, last, timezone.localdate(at))]
    if deputy not in eligible(held, timezone.localdate(at)):
        faults.append(Fault("deputy", "no_colleague", _("Choose someone else of the same organisation.")))
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    made = Deputyship.objects.create(membership=held, deputy=deputy, valid=lasting(first, last), by=by, at=at)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    record(by, "name_deputy", made, person=held.person_id, deputy=deputy.pk, role=held.role, **days)
    _tell(made, by, at)
    return made


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


def _tell(made: Deputyship, by: User, at: datetime.datetime) -> None:
    """Tell the deputy and, where someone else named the deputy, whoever is away."""
    membership = made.membership
    values = {
        "person": str(membership.person),
        "deputy": str(made.deputy),
        "role": membership.role,
        "organisation": {"ar": membership.organisation.name_ar, "en": membership.organisation.name_en},
        "first": made.first_day.isoformat() if made.first_day else "",
        "last": made.last_day.isoformat() if made.last_day else "",
    }
    people = {made.deputy_id, membership.person_id} - {by.pk}
    told = [Told(person, f"deputy:{made.pk}", values | {"me": person == made.deputy_id}) for person in people]
    notify("deputy", told, url=reverse("directorates:deputies", args=[membership.pk]), at=at)
