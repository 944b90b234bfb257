"""What is done with duplicates: say that two entries are two facilities, or merge one into the other."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, may, require
from directorates.rules.text import clean_text
from facilities.actions.decisions import close_with_facility
from facilities.actions.facilities import describe_facility
from facilities.actions.standing import demand_standing
from facilities.actions.statuses import change_status
from facilities.actions.support import begin_support, declare_support, end_support
from facilities.actions.wishes import text_faults
from facilities.models import Facility, Merge, NotDuplicate
from facilities.models.facilities import FacilityType, Service
from facilities.models.statuses import NOT_EXPECTED, Operating


@transaction.atomic
def set_apart(*, first: Facility, second: Facility, reason: str, by: User, at: dt.datetime) -> NotDuplicate:
    """Keep that two entries are two facilities, so that nobody is asked again; who keeps one of them says it. Safe twice."""
    if not may(by, Permission.MANAGE_FACILITIES, first):
        require(by, Permission.MANAGE_FACILITIES, second)
    reason = clean_text(reason, multiline=True)
    if faults := [*_same(first, second), *text_faults("reason", reason)]:
        raise _invalid(faults)
    smaller, larger = sorted((first, second), key=lambda one: one.pk)
    row, new = NotDuplicate.objects.get_or_create(
        first=smaller, second=larger, defaults={"reason": reason, "by": by, "at": at}
    )
    if new:
        record(by, "set_apart", smaller, other=larger.code)
    return row


@transaction.atomic
def merge(*, survivor: Facility, merged: Facility, reason: str, by: User, at: dt.datetime) -> Merge:
    """Merge an entry into another one: from today only the survivor stands, for good.

    The merged one closes today; its supporters support the survivor from today; its names and its code go on finding the
    survivor; open proposals about it are overtaken. Reports stay where they were reported, and so do past figures.
    """
    require(by, Permission.MANAGE_FACILITIES, survivor)
    require(by, Permission.MANAGE_FACILITIES, merged)
    rows = Facility.objects.select_for_update(of=("self",)).select_related("place").order_by("pk")
    held = {row.pk: row for row in rows.filter(pk__in=(survivor.pk, merged.pk))}
    survivor, merged = held[survivor.pk], held[merged.pk]
    reason = clean_text(reason, multiline=True)
    for facility in (merged, survivor):
        demand_standing(facility)
    faults = [*_same(survivor, merged), *text_faults("reason", reason)]
    if not reason:
        faults.append(Fault("reason", "required", _("A reason is needed: it stays in the history.")))
    if faults:
        raise _invalid(faults)
    today = timezone.localdate(at)
    if merged.status not in NOT_EXPECTED:
        change_status(facility=merged, status=Operating.CLOSED, reason=reason, since=today, by=by, at=at)
    _hand_over(survivor, merged, today, by)
    _name(survivor, merged, by)
    close_with_facility(facility=merged, by=by, at=at)
    row = Merge.objects.create(
        merged=merged, survivor=survivor, day=today, reason=reason, by=by, acting_id=by.acting_id, at=at
    )
    record(by, "merge", survivor, merged=merged.code, into=survivor.code)
    announce("merge")
    return row


def _same(one: Facility, other: Facility) -> list[Fault]:
    """The fault of one entry named twice."""
    told = _("Two different entries are needed.")
    return [Fault("", "same", told)] if one.pk == other.pk else []


def _invalid(faults: list[Fault]) -> Problem:
    """All faults of a deed."""
    return Problem("invalid", _("The two entries cannot be treated like this; each fault is listed."), errors=faults)


def _hand_over(survivor: Facility, merged: Facility, today: dt.date, by: User) -> None:
    """End the supports of the merged entry yesterday, and let them go on at the survivor where there is none yet."""
    current = merged.supports.exclude(valid__fully_lt=(today, None)).select_related("organisation", "facility__place")
    for support in list(current):
        first, last = support.first_day, support.last_day
        since = max(today, first or today)
        yesterday = today - dt.timedelta(days=1)
        end_support(support=support, last_day=max(yesterday, first or yesterday), by=by)
        if survivor.supports.filter(organisation=support.organisation, valid__overlap=(since, None)).exists():
            continue
        kept = begin_support(facility=survivor, organisation=support.organisation, since=since, by=by)
        if support.share or support.services:
            declare_support(support=kept, share=support.share, services=support.services, by=by)
        if last is not None:
            end_support(support=kept, last_day=last, by=by)


def _name(survivor: Facility, merged: Facility, by: User) -> None:
    """Let the survivor be found by the merged entry's code and by every name that it had."""
    found = [*survivor.other_names, merged.code, merged.name_ar, merged.name_en, *merged.other_names]
    own = {survivor.name_ar, survivor.name_en}
    describe_facility(
        facility=survivor,
        name_ar=survivor.name_ar,
        name_en=survivor.name_en,
        type=FacilityType(survivor.type),
        services=[Service(row.service) for row in survivor.services.all()],
        other_names=[name for name in dict.fromkeys(found) if name not in own],
        by=by,
    )
