"""What is done with assignments: facilities begin to report by a template, and cease to."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.reporting.models import Assignment, ReportTemplate
from directorates.audit import record
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from facilities.models import Facility, Merge


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
    """Have facilities report by a template from a day on; answer how many. Every fault is named, and then nothing is written.

    `by` is None only for the loading commands.
    """
    if by is not None:
        require(by, Permission.MANAGE_TEMPLATES)
    ReportTemplate.objects.select_for_update().get(pk=template.pk)
    if last is not None and last < first:
        message = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        raise Problem("invalid", message, errors=[Fault("last", "ends_before_it_begins", message)])
    valid = lasting(first, last)
    if faults := _faults(template, facilities, valid):
        raise Problem("invalid", _("The template cannot be assigned like this; each fault is listed."), errors=faults)
    rows = [Assignment(template=template, facility=facility, valid=valid) for facility in facilities]
    Assignment.objects.bulk_create(rows)
    codes = sorted(facility.code for facility in facilities)
    record(by, "assign", template, template=template.code, first=first.isoformat(), facilities=codes)
    announce("assignment")
    return len(rows)


def _faults(template: ReportTemplate, facilities: Collection[Facility], valid: object) -> list[Fault]:
    """The facilities that report by the template on some of these days already, or are no entries of their own."""
    held = Assignment.objects.filter(template=template, facility__in=facilities, valid__overlap=valid)
    overlaps = _("%(facility)s reports by this template on some of these days already.")
    merged = _("%(facility)s was merged into another entry, which reports instead.")
    gone = Merge.objects.filter(merged__in=facilities).order_by("merged__code").values_list("merged__code", flat=True)
    codes = held.order_by("facility__code").values_list("facility__code", flat=True)
    return [
        *(Fault(code, "overlaps", overlaps % {"facility": code}) for code in dict.fromkeys(codes)),
        *(Fault(code, "merged", merged % {"facility": code}) for code in gone),
    ]


@transaction.atomic
def end_assignments(
    *, template: ReportTemplate, facilities: Collection[Facility], last: dt.date, by: User, at: dt.datetime
) -> int:
    """Let a day be the last on which facilities report by a template; answer how many that changes. Safe twice.

    What would begin later does not begin. Reports that were sent stay, in the figures too.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    ReportTemplate.objects.select_for_update().get(pk=template.pk)
    after = last + dt.timedelta(days=1)
    rows = Assignment.objects.on_or_after(after).filter(template=template, facility__in=facilities)
    held = list(rows.select_related("facility").select_for_update(of=("self",)))
    if not held:
        return 0
    begun = [row for row in held if row.first_day is None or row.first_day <= last]
    for row in begun:
        row.valid = lasting(row.first_day, last)
    Assignment.objects.bulk_update(begun, ["valid"], batch_size=1000)
    Assignment.objects.filter(pk__in={row.pk for row in held} - {row.pk for row in begun}).delete()
    codes = sorted({row.facility.code for row in held})
    record(by, "end_assignments", template, template=template.code, last=last.isoformat(), facilities=codes)
    announce("assignment")
    return len(codes)


@transaction.atomic
def hand_over(*, merge: Merge, by: User, at: dt.datetime) -> None:
    """Have the entry that stays report by the templates of the one merged into it, from the day of the merge on. Safe twice.

    The merged one ceases the day before; where the other reports by a template already, it goes on as it did.
    """
    require(by, Permission.MANAGE_FACILITIES, merge.survivor)
    rows = Assignment.objects.on_or_after(merge.day).filter(facility=merge.merged)
    templates = ReportTemplate.objects.filter(pk__in=rows.values("template")).order_by("pk")
    list(templates.select_for_update())
    for row in list(rows.select_related("template").select_for_update(of=("self",))):
        since, last = max(merge.day, row.first_day or merge.day), row.last_day
        if since == row.first_day:
            row.delete()
        else:
            row.valid = lasting(row.first_day, merge.day - dt.timedelta(days=1))
            row.save(update_fields=["valid"])
        here = Assignment.objects.filter(template=row.template, facility=merge.survivor)
        if here.filter(valid__overlap=lasting(since, last)).exists():
            continue
        Assignment.objects.create(template=row.template, facility=merge.survivor, valid=lasting(since, last))
        codes = {"template": row.template.code, "merged": merge.merged.code, "facilities": [merge.survivor.code]}
        record(by, "assign", row.template, first=since.isoformat(), **codes)
    announce("assignment")
