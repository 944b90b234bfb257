"""What is done with support: an organisation begins to support a facility, and ends it."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.organisations import Kind
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from facilities.actions.standing import demand_standing
from facilities.models import Facility, Support


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
    announce("facility")
    return support


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
    announce("facility")
