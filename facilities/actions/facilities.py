"""What is done with facilities: enter them in the register, describe them anew."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from facilities.actions.standing import demand_standing
from facilities.models import Facility, FacilityService, OperatingStatus
from facilities.models.facilities import FacilityType, Service
from facilities.models.statuses import Operating

# With a code: held by whoever enters a facility under it.
LOCK = 7_204_014


@transaction.atomic
def register_facility(
    *,
    code: str,
    name_ar: str,
    name_en: str,
    type: FacilityType,  # noqa: A002 - the field's name
    place: Place,
    services: Iterable[Service],
    opened: datetime.date | None = None,
    other_names: Iterable[str] = (),
    by: User,
    at: datetime.datetime,
) -> Facility:
    """Enter a facility in the register, functioning from its opening or from today; the competent directorate does it."""
    named = {"name_ar": name_ar, "name_en": name_en, "other_names": list(other_names)}
    facility = Facility(code=code, type=type, place=place, opened=opened, **named)
    require(by, Permission.MANAGE_FACILITIES, facility)
    # A form that is sent twice, or two directorates with one code: the second waits, and is told that the code is taken.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(lower(%s)))", [LOCK, code])
    today = timezone.localdate(at)
    if faults := _faults(facility, today):
        raise Problem("invalid", _("The facility cannot be registered like this; each fault is listed."), errors=faults)
    facility.save(force_insert=True)
    _set_services(facility, services)
    first = opened or today
    OperatingStatus.objects.create(facility=facility, status=Operating.FUNCTIONING, valid=lasting(first), by=by, at=at)
    record(by, "register", facility, code=code, place=place.code)
    announce("facility")
    return facility


def _faults(facility: Facility, today: datetime.date) -> list[Fault]:
    """Everything that speaks against entering a facility, at once."""
    found = name_faults(facility)
    if Facility.objects.filter(code__iexact=facility.code).exists():
        found.append(Fault("code", "exists", _("Another facility in the register has this code.")))
    if facility.place.level != Level.SUBDISTRICT or facility.place.ended:
        found.append(Fault("place", "wrong_level", _("A facility stands in a sub-district.")))
    if facility.opened and facility.opened > today:
        found.append(Fault("opened", "in_future", _("This date is after today.")))
    return found


def name_faults(facility: Facility) -> list[Fault]:
    """The names of a facility are read by everybody: none gives a location."""
    others = " | ".join(facility.other_names)
    return location_faults(name_ar=facility.name_ar, name_en=facility.name_en, other_names=others)


@transaction.atomic
def describe_facility(
    *,
    facility: Facility,
    name_ar: str,
    name_en: str,
    type: FacilityType,  # noqa: A002 - the field's name
    services: Iterable[Service],
    other_names: Iterable[str],
    by: User,
    seen: Mapping[str, Any] | None = None,
) -> None:
    """Correct a facility's names, type and services; what it was called before goes on finding it.

    `seen` is what a page began with: where something else stands by now, nothing is written (409 `changed`).
    """
    require(by, Permission.MANAGE_FACILITIES, facility)
    # Locked before it is asked: an entry that is being merged is changed no more, and a name just given is not lost.
    held = Facility.objects.select_for_update().get(pk=facility.pk)
    demand_standing(held)
    demand_unchanged(held.standing(), seen or {}, held.standing_told())
    before = {held.name_ar, held.name_en} - {name_ar, name_en}
    facility.other_names = list(dict.fromkeys([*other_names, *sorted(before)]))
    facility.name_ar, facility.name_en, facility.type = name_ar, name_en, type
    if faults := name_faults(facility):
        raise Problem("invalid", _("The facility cannot be described like this; each fault is listed."), errors=faults)
    facility.save(update_fields=["name_ar", "name_en", "other_names", "type", "search"])
    _set_services(facility, services)
    record(by, "describe", facility, name_ar=name_ar, name_en=name_en, type=str(type))


def _set_services(facility: Facility, services: Iterable[Service]) -> None:
    """Let a facility give exactly these services."""
    wanted = {str(service) for service in services}
    facility.services.exclude(service__in=wanted).delete()
    rows = [FacilityService(facility=facility, service=service) for service in sorted(wanted)]
    FacilityService.objects.bulk_create(rows, ignore_conflicts=True)
