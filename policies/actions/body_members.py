"""What is done about members of the coordination body: directorates join from a day on, and leave with one."""

import datetime
from collections.abc import Collection, Iterator

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, OrganisationName, User
from directorates.models.deputies import holders, roles_with
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
    """Enter directorates as members from a day on; those of which the same was entered already stay so, and are not answered.

    400 `invalid` with every fault: none is named, one acts no more, is none, was not there yet or was a member later; 409
    `overlap` where somebody else entered one meanwhile.
    """
    require(by, Permission.MANAGE_ORGANISATIONS)
    basis = clean_text(basis)
    same = BodyMember.objects.standing().filter(directorate__in=directorates, basis=basis)
    open_since = same.filter(valid__startswith=since, valid__endswith=None)
    there = set(open_since.values_list("directorate", flat=True))
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
    _tell(rows, "joined", since, but=by, at=at)
    return rows


def _tell(
    rows: Collection[BodyMember], what: str, day: datetime.date, *, but: User | None, at: datetime.datetime
) -> None:
    """Tell whoever votes for some directorates what was entered of their membership, and of which day."""
    of = {row.directorate_id: row for row in rows}
    told = {}
    for one in holders(of, roles_with(Permission.VOTE_ON_POLICIES), timezone.localdate(at)):
        row = of[one.membership.organisation_id]
        held = row.directorate
        values = {"what": what, "directorate": {"ar": held.name_ar, "en": held.name_en}, "day": day.isoformat()}
        if but is None or one.person.pk != but.pk:
            key = f"member:{row.pk}:{what}:{at.isoformat()}"
            told[one.person.pk, row.pk] = Told(one.person.pk, key, values)
    notify("member", told.values(), url=reverse("policies:body_members"), at=at)


def _joining_faults(
    directorates: Collection[Organisation], new: Collection[Organisation], since: datetime.date, at: datetime.datetime
) -> Iterator[Fault]:
    """Who cannot join from a day on, and a day that is a slip."""
    if not directorates:
        yield Fault("directorates", "required", _("Choose at least one directorate."))
    for one in new:
        if one.kind != Kind.DIRECTORATE:
            yield Fault("directorates", "no_directorate", _("No directorate: %(name)s") % {"name": one.short})
        elif one.status != OrganisationStatus.ACTIVE:
            words = _("Does not act any more: %(name)s") % {"name": one.short}
            yield Fault("directorates", "not_active", words)
    rows = BodyMember.objects.standing().filter(directorate__in=new, valid__overlap=lasting(since))
    for row in rows.select_related("directorate"):
        words = _("Is a member on or after that day already: %(name)s") % {"name": row.directorate.short}
        yield Fault("directorates", "member", words)
    for one, first in _founded_after(new, since):
        words = _("Was not there on that day, but from %(day)s: %(name)s")
        yield Fault("since", "before_founded", words % {"name": one.short, "day": first.isoformat()})
    if since > timezone.localdate(at) + FARTHEST:
        yield Fault("since", "too_late", _("They join within a year."))


def _founded_after(
    directorates: Collection[Organisation], day: datetime.date
) -> Iterator[tuple[Organisation, datetime.date]]:
    """Those whose first name is of a later day, with that day; of one whose names are not dated, no day is too early."""
    names = OrganisationName.objects.filter(organisation__in=directorates).values_list("organisation", "valid")
    first: dict[int, datetime.date] = {}
    for pk, valid in names:
        begun = valid.lower or datetime.date.min
        first[pk] = min(first.get(pk, begun), begun)
    for one in directorates:
        if one.pk in first and day < first[one.pk]:
            yield one, first[one.pk]


@transaction.atomic
def leave_body(*, member: BodyMember, last_day: datetime.date, why: str, by: User, at: datetime.datetime) -> BodyMember:
    """End a membership with a day, or with another one than was said before, as long as that is not past.

    Before the first day of one that is to come, it never begins. Ballots that are open keep those who could vote when they
    were opened. Said twice alike, it is kept once. 400 `invalid` with every fault; 409 `left` where it is over already.
    """
    require(by, Permission.MANAGE_ORGANISATIONS)
    held: BodyMember = (
        BodyMember.objects.select_for_update(of=("self",)).select_related("directorate").get(pk=member.pk)
    )
    why, today = clean_text(why, multiline=True), timezone.localdate(at)
    never = held.first_day is not None and last_day < held.first_day
    if held.left_why == why and (never if held.called_off else held.last_day == last_day):
        return held
    if not held.may_end(today):
        raise Problem("left", _("This membership is over already. Nothing was changed."), 409)
    faults = text_faults(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if faults := [*faults, *_last_day_faults(held, last_day, today)]:
        raise Problem("invalid", faults[0].message, errors=faults)
    if never:
        held.called_off = today
    else:
        held.valid = lasting(held.first_day, last_day)
    held.left_why = why
    held.save(update_fields=["valid", "left_why", "called_off"])
    told = {"organisation": held.directorate.code, "last_day": last_day.isoformat()}
    record(by, "leave_body", held, **told, **({"called_off": True} if never else {}))
    what, day = ("called_off", held.first_day or last_day) if never else ("left", last_day)
    _tell([held], what, day, but=by, at=at)
    return held


def _last_day_faults(member: BodyMember, last_day: datetime.date, today: datetime.date) -> Iterator[Fault]:
    """Last days that cannot be: before the first of a membership that began, so far off that it is a slip, or in the next one."""
    first = member.first_day
    if first is not None and last_day < first <= today:
        words = _("It joined on %(day)s. The last day is that one or later.") % {"day": first.isoformat()}
        yield Fault("last_day", "before_first", words)
    if last_day > today + FARTHEST:
        yield Fault("last_day", "too_late", _("The last day is at most a year ahead."))
    others = BodyMember.objects.standing().filter(directorate=member.directorate_id).exclude(pk=member.pk)
    later = others.filter(valid__startswith__gt=first).order_by("valid").first() if first is not None else None
    if later is not None and later.first_day is not None and last_day >= later.first_day:
        words = _("It is a member again from %(day)s. The last day is before that.")
        yield Fault("last_day", "followed", words % {"day": later.first_day.isoformat()})
