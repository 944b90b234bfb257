"""What is done with the register as a whole: many facilities entered at once, with their histories."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import DateRange

from directorates.audit import entry
from directorates.foundation.locations import location_faults
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import AuditEvent, Organisation, Place, User
from directorates.models.organisations import Kind
from directorates.models.places import Level
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, rights_of
from facilities.models import Facility, FacilityService, OperatingStatus, Support
from facilities.models.facilities import FacilityType, Service
from facilities.models.statuses import Operating


@dataclass(frozen=True)
class StatusEntry:
    """A status of a facility since a day; it ends where the next one begins."""

    status: Operating
    since: dt.date
    reason: str = ""


@dataclass(frozen=True)
class SupportEntry:
    """An organisation's support from a day to a last day, or open."""

    organisation: Organisation
    first: dt.date
    last: dt.date | None = None


@dataclass(frozen=True)
class FacilityEntry:
    """A facility to be entered, with its services, its statuses in order (the first at its opening) and its supporters."""

    code: str
    name_ar: str
    name_en: str
    type: FacilityType
    place: Place
    services: Sequence[Service]
    statuses: Sequence[StatusEntry]
    supports: Sequence[SupportEntry] = ()
    other_names: Sequence[str] = ()


@transaction.atomic
def register_many(*, entries: Sequence[FacilityEntry], by: User, at: dt.datetime) -> list[Facility]:
    """Enter many facilities, all or none, in as many statements as one takes; faults name the entry they are in."""
    facilities = [_facility(one) for one in entries]
    rights = rights_of(by)
    for facility in facilities:
        if not rights.allow(Permission.MANAGE_FACILITIES, facility):
            raise Refused(Permission.MANAGE_FACILITIES, facility)
    if faults := _faults(entries, timezone.localdate(at)):
        raise Problem(
            "invalid", _("The facilities cannot be registered like this; each fault is listed."), errors=faults
        )
    pairs = list(zip(Facility.objects.bulk_create(facilities), entries, strict=True))
    FacilityService.objects.bulk_create(
        FacilityService(facility=facility, service=service) for facility, one in pairs for service in one.services
    )
    OperatingStatus.objects.bulk_create(row for facility, one in pairs for row in _statuses(facility, one, by, at))
    Support.objects.bulk_create(
        Support(facility=facility, organisation=support.organisation, valid=lasting(support.first, support.last))
        for facility, one in pairs
        for support in one.supports
    )
    AuditEvent.objects.bulk_create(
        entry(by, "register", facility, code=one.code, place=one.place.code) for facility, one in pairs
    )
    announce("facility")
    return facilities


def _facility(one: FacilityEntry) -> Facility:
    """The row of an entry, its search key in step."""
    facility = Facility(
        code=one.code,
        name_ar=one.name_ar,
        name_en=one.name_en,
        type=one.type,
        place=one.place,
        other_names=list(one.other_names),
        opened=one.statuses[0].since,
        status=one.statuses[-1].status,
    )
    facility.keep_in_step()
    return facility


def _statuses(facility: Facility, one: FacilityEntry, by: User, at: dt.datetime) -> list[OperatingStatus]:
    """The history of a facility, without gaps."""
    ends = [status.since for status in one.statuses[1:]] + [None]
    return [
        OperatingStatus(
            facility=facility,
            status=status.status,
            reason=status.reason,
            valid=DateRange(status.since, end, "[)"),
            by=by,
            at=at,
        )
        for status, end in zip(one.statuses, ends, strict=True)
    ]


def _faults(entries: Sequence[FacilityEntry], today: dt.date) -> list[Fault]:
    """Everything that speaks against these entries, at once."""
    counted = Counter(one.code.lower() for one in entries)
    held = set(Facility.objects.filter(code__in=[one.code for one in entries]).values_list("code", flat=True))
    found = []
    for number, one in enumerate(entries):
        reasons = " | ".join(status.reason for status in one.statuses)
        typed = location_faults(names=" | ".join((one.name_ar, one.name_en, *one.other_names)), statuses=reasons)
        found += [Fault(f"entries[{number}].{fault.field}", fault.code, fault.message) for fault in typed]
        days = [status.since for status in one.statuses]
        if one.code in held or counted[one.code.lower()] > 1:
            message = _("Another facility in the register has this code.")
            found.append(Fault(f"entries[{number}].code", "exists", message))
        if one.place.level != Level.SUBDISTRICT or one.place.ended:
            found.append(Fault(f"entries[{number}].place", "wrong_level", _("A facility stands in a sub-district.")))
        if days != sorted(set(days)) or days[-1] > today:
            message = _("Statuses follow one another by day, up to today.")
            found.append(Fault(f"entries[{number}].statuses", "wrong_order", message))
        if any(support.organisation.kind != Kind.NGO for support in one.supports):
            message = _("Facilities are supported by medical NGOs.")
            found.append(Fault(f"entries[{number}].supports", "not_an_ngo", message))
    return found
