"""What is done with assignments: facilities report by a template for a time."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.reporting.models import Assignment, ReportTemplate
from directorates.audit import record
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from facilities.models import Facility


@transaction.atomic
def assign(
    *,
    template: ReportTemplate,
    facilities: Sequence[Facility],
    first: dt.date,
    last: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
) -> int:
    """Have facilities report by a template from a day on; answer how many. Overlaps are named, and nothing is written.

    `by` is None only for the loading commands.
    """
    if by is not None:
        require(by, Permission.MANAGE_TEMPLATES)
    ReportTemplate.objects.select_for_update().get(pk=template.pk)
    if last is not None and last < first:
        message = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        raise Problem("invalid", message, errors=[Fault("last", "ends_before_it_begins", message)])
    valid = lasting(first, last)
    held = Assignment.objects.filter(template=template, facility__in=facilities, valid__overlap=valid)
    codes = held.order_by("facility__code").values_list("facility__code", flat=True)
    message = _("This facility reports by the template on some of these days already.")
    if faults := [Fault(code, "overlaps", message) for code in codes]:
        raise Problem("invalid", _("The template cannot be assigned like this; each fault is listed."), errors=faults)
    rows = [Assignment(template=template, facility=facility, valid=valid) for facility in facilities]
    Assignment.objects.bulk_create(rows)
    record(by, "assign", template, facilities=len(rows), first=first.isoformat())
    announce("assignment")
    return len(rows)
