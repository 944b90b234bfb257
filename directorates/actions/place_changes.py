"""What is done with places over time: rename one, or let others take the ground of some over from a day on.

Facilities stand in sub-districts, so moves, splits and merges are made one floor up (`facilities/actions/place_changes.py`),
which calls `succeed` and takes the facilities along; the database refuses one without the other.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.handovers import LONGEST_REASON
from directorates.actions.jurisdictions import ANNOUNCED, one_after_another, shorten
from directorates.actions.place_plans import Plan, names_told
from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import (
    Jurisdiction,
    Membership,
    Organisation,
    Place,
    PlaceChange,
    PlaceName,
    PlaceSuccession,
    User,
)
from directorates.models.place_changes import PlaceChangeKind, last_of
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text

LONGEST_SOURCE = 300


@transaction.atomic
def rename_place(
    *,
    place: Place,
    name_ar: str,
    name_en: str,
    first: dt.date,
    reason: str,
    source: str = "",
    by: User,
    at: dt.datetime,
) -> PlaceChange:
    """Call a place by other names from a day on; the names that it gives up stay those of the time before, and find it."""
    require(by, Permission.MANAGE_ORGANISATIONS)
    one_after_another(place)
    held = Place.objects.select_for_update(of=("self",)).select_related("parent").get(pk=place.pk)
    names = clean_text(name_ar), clean_text(name_en)
    faults = [*names_told(*names), *_said_faults(reason, source)]
    since = held.names.aggregate(day=Max(Upper("valid")))["day"]
    if names == (held.name_ar, held.name_en):
        faults.append(Fault("name_ar", "same", _("These are the names that it bears.")))
    elif since is not None and first <= since:
        told = _("%(place)s was renamed on %(day)s: the day is after that.")
        faults.append(Fault("first", "changed_later", told % {"place": held.name, "day": since.isoformat()}))
    if first > timezone.localdate(at):
        faults.append(
            Fault("first", "in_future", _("The day is today or earlier: a name is written down once it holds."))
        )
    if held.ended is not None:
        faults.append(Fault("", "ended", _("It is no place any more since %(day)s.") % {"day": held.ended.isoformat()}))
    _refuse(faults)
    said = {"former_ar": held.name_ar, "former_en": held.name_en, "later_ar": names[0], "later_en": names[1]}
    change = _write(PlaceChangeKind.RENAMED, held, first, reason, source, by, at, **said)
    PlaceName.objects.create(
        place=held, name_ar=held.name_ar, name_en=held.name_en, valid=lasting(since, last_of(first))
    )
    held.take_names(*names)
    held.save()
    record(by, "rename_place", change, place=held.code, first=first.isoformat(), **said)
    return change


@transaction.atomic
def succeed(
    *,
    plan: Plan,
    first: dt.date,
    reason: str,
    source: str = "",
    beside: Sequence[Fault] = (),
    by: User,
    at: dt.datetime,
) -> PlaceChange:
    """Let places end on a day and others take their ground over: nothing that was reported or counted is moved.

    Whoever is competent stays so, by the same decision, as long as before. `beside` are faults of the floor above, told with
    all others; it moves the facilities in the same transaction.
    """
    require(by, Permission.MANAGE_ORGANISATIONS)
    one_after_another(plan.place)
    held = [one.pk for one in (*plan.formers, *plan.laters) if one.pk]
    now = {one.pk: one for one in Place.objects.select_for_update(of=("self",)).filter(pk__in=held).order_by("pk")}
    plan = _as_it_stands(plan, now)
    _refuse([*plan.against(first, timezone.localdate(at)), *_said_faults(reason, source), *beside])
    standing = [one for one in plan.laters if one.pk and one.ended is None]
    for later in plan.laters:
        _begin(later, first)
    change = _write(plan.kind, plan.place, first, reason, source, by, at)
    PlaceSuccession.objects.bulk_create(
        PlaceSuccession(change=change, former=former, later=later, day=first)
        for former in plan.formers
        for later in plan.laters
    )
    _pass_on(plan, first)
    followed = _let_roles_follow(plan, standing, first)
    Place.objects.filter(pk__in=[one.pk for one in plan.formers]).update(ended=first)
    codes = {"formers": [one.code for one in plan.formers], "laters": [one.code for one in plan.laters]}
    said = {"change": plan.kind.value, "first": first.isoformat(), "roles": followed}
    record(by, "change_places", change, **said, **codes)
    announce(ANNOUNCED)
    return change


def _as_it_stands(plan: Plan, now: dict[int, Place]) -> Plan:
    """The plan with its places as they stand now that they are locked; another change may have come before."""
    formers, laters = ([now.get(one.pk, one) for one in places] for places in (plan.formers, plan.laters))
    return Plan(plan.kind, now.get(plan.place.pk, plan.place), formers, laters, plan.faults)


def _said_faults(reason: str, source: str) -> list[Fault]:
    """What is wrong with the reason and the source."""
    needed = _("A reason is needed: it stays in the history.")
    said = text_faults(clean_text(reason, multiline=True), "reason", longest=LONGEST_REASON, needed=needed)
    return [*said, *text_faults(clean_text(source), "source", longest=LONGEST_SOURCE)]


def _refuse(faults: Sequence[Fault]) -> None:
    """Raise with all faults where there are any."""
    if faults:
        told = _("Places cannot be changed like this; each fault is listed.")
        raise Problem("invalid", told, errors=list(faults))


def _write(
    kind: PlaceChangeKind,
    place: Place,
    first: dt.date,
    reason: str,
    source: str,
    by: User,
    at: dt.datetime,
    **said: str,
) -> PlaceChange:
    """The row of a change."""
    acting: Organisation | None = by.acting
    if acting is None:
        raise Refused(Permission.MANAGE_ORGANISATIONS, place)
    texts = {"reason": clean_text(reason, multiline=True), "source": clean_text(source)}
    return PlaceChange.objects.create(kind=kind, place=place, first=first, at=at, decided_as=acting, **texts, **said)


def _begin(later: Place, first: dt.date) -> None:
    """Let a place begin that is not there yet, or that had ended; one that stands goes on."""
    if later.pk is None or later.ended is not None:
        later.began, later.ended = first, None
        later.save()


@unwalled
def _let_roles_follow(plan: Plan, standing: Sequence[Place], first: dt.date) -> int:
    """Let roles that were given for all of the ground alone be roles for what follows; answers how many there are.

    They open the same ground as before under its new codes, and no other: a role for one of two merged places stays as it is.
    """
    rows = Membership.objects.exclude(valid__fully_lt=(first, None))
    for place in (*plan.formers, *standing):
        rows = rows.filter(places=place)
    found = list(rows.order_by("pk"))
    for membership in found:
        membership.places.add(*plan.laters)
    return len(found)


def _pass_on(plan: Plan, first: dt.date) -> None:
    """Let whoever is competent for what ends be so for what follows, by the same decisions, as long as before."""
    rows = Jurisdiction.objects.at(first).filter(place__in=plan.formers).select_related("decision")
    ending = list(rows.order_by("place__code"))
    held = set(Jurisdiction.objects.at(first).filter(place__in=plan.laters).values_list("place", flat=True))
    for row in ending[:1]:
        Jurisdiction.objects.bulk_create(
            Jurisdiction(
                decision=row.decision,
                organisation_id=row.organisation_id,
                place=later,
                valid=lasting(first, row.last_day),
            )
            for later in plan.laters
            if later.pk not in held
        )
    shorten(ending, last_of(first))
