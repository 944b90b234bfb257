"""What is done with support: an organisation begins to support a facility, and ends it."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.organisations import Kind
from directorates.models.validity import lasting
from directorates.permissions import Permission, may, require
from facilities.actions.standing import demand_standing
from facilities.models import Facility, Support
from facilities.models.facilities import Service

WHOLE_SHARE = 100


@transaction.atomic
def begin_support(*, facility: Facility, organisation: Organisation, since: datetime.date, by: User) -> Support:
    """Record that an organisation supports a facility from a day on; several may at once."""
    require(by, Permission.MANAGE_FACILITIES, facility)
    Facility.objects.select_for_update().get(pk=facility.pk)
    demand_standing(facility)
    faults = []
    if organisation.kind != Kind.NGO:
        faults.append(Fault("organisation", "not_an_ngo", _("Facilities are supported by medical NGOs.")))
    elif facility.supports.filter(organisation=organisation, valid__overlap=lasting(since)).exists():
        faults.append(
            Fault("organisation", "exists", _("This organisation supports the facility on that day or later."))
        )
    if faults:
        raise Problem("invalid", _("The support cannot be recorded like this; each fault is listed."), errors=faults)
    support = Support.objects.create(facility=facility, organisation=organisation, valid=lasting(since))
    record(
        by, "begin_support", support, facility=facility.code, organisation=organisation.code, since=since.isoformat()
    )
    announce("support")
    return support


def declares(user: User, support: Support) -> bool:
    """Whether a person may say how far a support goes: whoever keeps the facility's entry, and the supporter itself."""
    if may(user, Permission.MANAGE_FACILITIES, support.facility):
        return True
    own = support.organisation_id == user.acting_id
    return own and may(user, Permission.PROPOSE_FACILITIES, support.facility)


def reads_declared(user: User, facility: Facility, sides: Collection[int]) -> bool:
    """Whether a person reads how far each support goes: the supporters and directorates of a facility, its keepers, the body.

    Others with the register see who supports it: what each declared is for those who settle figures by it.
    """
    concerned = user.acting_id in sides or (user.acting is not None and user.acting.kind == Kind.BODY)
    return concerned or may(user, Permission.MANAGE_FACILITIES, facility)


@transaction.atomic
def declare_support(*, support: Support, by: User, share: int | None = None, services: Collection[str] = ()) -> None:
    """Write down the share of the support and the services that were declared; empty is not declared. It changes no report."""
    own = support.organisation_id == by.acting_id
    require(by, Permission.PROPOSE_FACILITIES if own else Permission.MANAGE_FACILITIES, support.facility)
    held = Support.objects.select_for_update().get(pk=support.pk)
    demand_standing(support.facility)
    faults = []
    if share is not None and not 1 <= share <= WHOLE_SHARE:
        faults.append(Fault("share", "out_of_bounds", _("A share lies between 1 and 100 per cent.")))
    if unknown := sorted(set(services) - set(Service.values)):
        faults.append(Fault("services", "unknown", _("Unknown: %(given)s.") % {"given": ", ".join(unknown)[:80]}))
    if faults:
        raise Problem("invalid", _("The support cannot be recorded like this; each fault is listed."), errors=faults)
    wanted = [one for one in Service.values if one in services]
    if (held.share, held.services) == (share, wanted):
        return
    held.share, held.services = share, wanted
    held.save(update_fields=["share", "services"])
    said = {"share": share or 0, "services": " ".join(wanted)}
    record(by, "declare_support", held, facility=support.facility.code, organisation=support.organisation.code, **said)


@transaction.atomic
def end_support(*, support: Support, last_day: datetime.date, by: User) -> None:
    """Record the last day on which an organisation supports a facility."""
    require(by, Permission.MANAGE_FACILITIES, support.facility)
    first = support.first_day
    if first is not None and last_day < first:
        message = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        raise Problem("invalid", message, errors=[Fault("last_day", "ends_before_it_begins", message)])
    others = support.facility.supports.filter(organisation=support.organisation).exclude(pk=support.pk)
    if others.filter(valid__overlap=lasting(first, last_day)).exists():
        message = _("On that day a later support by the same organisation has begun already.")
        raise Problem("invalid", message, errors=[Fault("last_day", "overlaps", message)])
    support.valid = lasting(first, last_day)
    support.save(update_fields=["valid"])
    record(by, "end_support", support, facility=support.facility.code, last_day=last_day.isoformat())
    announce("support")
