"""What is done with the operating status: change it, with the day and the reason."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import DateRange

from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from facilities.actions.standing import demand_standing
from facilities.models import Facility, OperatingStatus
from facilities.models.statuses import Operating


@transaction.atomic
def change_status(
    *, facility: Facility, status: Operating, reason: str, since: datetime.date, by: User, at: datetime.datetime
) -> OperatingStatus:
    """Record that a facility's status is another one since a day; the present status ends the day before.

    Where the new one begins on the first day of the present one, that one was a mistake: it stays in the history and
    holds on no day.
    """
    require(by, Permission.MANAGE_FACILITIES, facility)
    held = Facility.objects.select_for_update().get(pk=facility.pk)
    demand_standing(held)
    present = held.statuses.filter(valid__upper_inf=True).first()
    if faults := _faults(present, status, reason, since, timezone.localdate(at)):
        raise Problem("invalid", _("The status cannot be changed like this; each fault is listed."), errors=faults)
    if present is not None:
        present.valid = DateRange(present.first_day, since, "[)")
        present.save(update_fields=["valid"])
    new = OperatingStatus.objects.create(
        facility=held, status=status, reason=reason, valid=lasting(since), by=by, at=at
    )
    held.status = facility.status = status
    held.save(update_fields=["status"])
    record(by, "change_status", held, status=status.value, since=since.isoformat())
    announce("facility")
    return new


def _faults(
    present: OperatingStatus | None, status: Operating, reason: str, since: datetime.date, today: datetime.date
) -> list[Fault]:
    """Everything that speaks against a change, at once."""
    found = location_faults(reason=reason)
    if not reason.strip():
        found.append(
            Fault("reason", "required", _("A reason is needed: it stands in the history and explains the gap."))
        )
    if since > today:
        found.append(Fault("since", "in_future", _("This date is after today.")))
    if present is not None and present.first_day is not None and since < present.first_day:
        first = {"first": present.first_day.isoformat()}
        found.append(
            Fault("since", "too_early", _("The present status began on %(first)s; a change comes later.") % first)
        )
    if present is not None and present.status == status:
        found.append(Fault("status", "unchanged", _("The facility has this status already.")))
    return found
