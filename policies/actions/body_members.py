"""What is done about members of the coordination body: directorates join from a day on, and leave with one."""

import datetime
from collections.abc import Collection, Iterator

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text
from policies.models import BodyMember

LONGEST_BASIS, LONGEST_REASON = 500, 2_000
# Whatever is to be later than so is a slip.
FARTHEST = datetime.timedelta(days=366)


@transaction.atomic
def join_body(
    *, directorates: Collection[Organisation], since: datetime.date, basis: str, by: User, at: datetime.datetime
) -> list[BodyMember]:
    """Enter directorates as members from a day on; those that are members from that day already stay so.

    400 `invalid` with every fault: none is named, one acts no more, is none, or was a member later; 409 `overlap` where somebody
    else entered one meanwhile.
    """
    require(by, Permission.MANAGE_ORGANISATIONS)
    basis = clean_text(basis)
    there = set(
        BodyMember.objects.filter(directorate__in=directorates, valid__startswith=since).values_list(
            "directorate", flat=True
        )
    )
    new = [one for one in directorates if one.pk not in there]
    faults = [
        *_joining_faults(directorates, new, since, at),
        *text_faults(basis, "basis", longest=LONGEST_BASIS, needed=_("Write by what they joined.")),
    ]
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    rows = [BodyMember(directorate=one, valid=lasting(since), basis=basis, at=at, by=by) for one in new]
    try:
        with transaction.atomic():
            BodyMember.objects.bulk_create(rows)
    except IntegrityError as taken:
        detail = _(
            "Somebody else entered one of these as a member in the meantime. Nothing was kept; look at it first."
        )
        raise Problem("overlap", detail, 409) from taken
    for row in rows:
        record(by, "join_body", row, organisation=row.directorate.code, since=since.isoformat())
    return rows


def _joining_faults(
    directorates: Collection[Organisation], new: Collection[Organisation], since: datetime.date, at: datetime.datetime
) -> Iterator[Fault]:
    """Who cannot join from a day on, and a day that is a slip."""
    if not directorates:
        yield Fault("directorates", "required", _("Choose at least one directorate."))
    for one in new:
        if one.kind != Kind.DIRECTORATE:
            yield Fault("directorates", "no_directorate", _("%(name)s is no directorate.") % {"name": one.short})
        elif one.status != OrganisationStatus.ACTIVE:
            words = _("%(name)s does not act any more.") % {"name": one.short}
            yield Fault("directorates", "not_active", words)
    taken = BodyMember.objects.filter(directorate__in=new, valid__overlap=lasting(since)).select_related("directorate")
    for row in taken:
        words = _("%(name)s is a member on or after that day already.") % {"name": row.directorate.short}
        yield Fault("directorates", "member", words)
    if since > timezone.localdate(at) + FARTHEST:
        yield Fault("since", "too_late", _("They join within a year."))


@transaction.atomic
def leave_body(*, member: BodyMember, last_day: datetime.date, why: str, by: User, at: datetime.datetime) -> BodyMember:
    """End a membership with a day; ballots that are open keep those who could vote when they were opened.

    Said twice alike, it is kept once. 400 `invalid` with every fault; 409 `left` where another last day stands already.
    """
    require(by, Permission.MANAGE_ORGANISATIONS)
    held: BodyMember = (
        BodyMember.objects.select_for_update(of=("self",)).select_related("directorate").get(pk=member.pk)
    )
    why = clean_text(why, multiline=True)
    if (held.last_day, held.left_why) == (last_day, why):
        return held
    if held.last_day is not None:
        told = _("It left with %(day)s already. Nothing was changed.") % {"day": held.last_day.isoformat()}
        raise Problem("left", told, 409)
    faults = text_faults(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if held.first_day is not None and last_day < held.first_day:
        words = _("It joined on %(day)s. The last day is that one or later.") % {"day": held.first_day.isoformat()}
        faults.append(Fault("last_day", "before_first", words))
    if last_day > timezone.localdate(at) + FARTHEST:
        faults.append(Fault("last_day", "too_late", _("The last day is at most a year ahead.")))
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    held.valid, held.left_why = lasting(held.first_day, last_day), why
    held.save(update_fields=["valid", "left_why"])
    record(by, "leave_body", held, organisation=held.directorate.code, last_day=last_day.isoformat())
    return held
