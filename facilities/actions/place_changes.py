"""What is done with places and the facilities that stand in them: move a sub-district, split it, merge some into one.

The body decides; whoever is competent stays so (`directorates/actions/place_plans.py` says why). Reports and figures of
periods that ended before the day stay where they were.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.actions.place_changes import succeed
from directorates.actions.place_plans import NewPlace, Plan, plan_merge, plan_move, plan_split
from directorates.foundation.problems import Fault, Problem
from directorates.models import Place, PlaceChange, User
from directorates.permissions import Permission, Refused, require, rights_of
from facilities.models import Facility, FormerPlacement


@transaction.atomic
def move_place(
    *,
    place: Place,
    parent: Place,
    code: str,
    first: dt.date,
    reason: str,
    source: str = "",
    by: User,
    at: dt.datetime,
) -> PlaceChange:
    """Move a sub-district under another district from a day on, under another P-code, with all its facilities."""
    _demand_right(by)
    plan = plan_move(place, parent, code)
    change = succeed(plan=plan, first=first, reason=reason, source=source, by=by, at=at)
    _take_along(change, {one.pk: change.laters[0] for one in _lying_in(plan)})
    return change


@dataclass(frozen=True)
class Move:
    """A sub-district, and the P-code under which it lies elsewhere."""

    place: Place
    code: str


@transaction.atomic
def move_places(
    *,
    moves: Sequence[Move],
    parent: Place,
    first: dt.date,
    reason: str,
    source: str = "",
    by: User,
    at: dt.datetime,
) -> list[PlaceChange]:
    """Move sub-districts of a district under another one from a day on: so a district moves, or becomes part of another.

    All of them, or none: 400 `invalid` with the faults of each, under the P-code that it has until then.
    """
    _demand_right(by)
    said: dict[str, Any] = {"parent": parent, "first": first, "reason": reason, "source": source, "by": by, "at": at}
    made, faults = list[PlaceChange](), list[Fault]()
    for move in sorted(moves, key=lambda one: one.place.code):
        try:
            with transaction.atomic():
                made.append(move_place(place=move.place, code=move.code, **said))
        except Problem as problem:
            faults += (one for one in _of_move(move, problem) if one not in faults)
    if not moves:
        faults.append(Fault("", "required", _("Give at least one sub-district its new P-code.")))
    if faults:
        raise Problem("invalid", _("Places cannot be changed like this; each fault is listed."), errors=faults)
    return made


def _of_move(move: Move, problem: Problem) -> Iterator[Fault]:
    """The faults of one of several moves: what is wrong with the place or its code stands at its code."""
    for one in problem.errors:
        yield replace(one, field=f"code_{move.place.code}") if one.field in ("", "code", "places") else one


@transaction.atomic
def merge_places(
    *,
    places: Sequence[Place],
    into: Place,
    first: dt.date,
    reason: str,
    source: str = "",
    by: User,
    at: dt.datetime,
) -> PlaceChange:
    """Merge sub-districts into one from a day on: it goes on, or is a place again; their facilities lie in it from then."""
    _demand_right(by)
    plan = plan_merge(places, into)
    change = succeed(plan=plan, first=first, reason=reason, source=source, by=by, at=at)
    _take_along(change, {one.pk: change.laters[0] for one in _lying_in(plan)})
    return change


@transaction.atomic
def split_place(
    *,
    place: Place,
    parts: Sequence[NewPlace],
    facilities: Mapping[str, str],
    first: dt.date,
    reason: str,
    source: str = "",
    by: User,
    at: dt.datetime,
) -> PlaceChange:
    """Split a sub-district into several from a day on; `facilities` says for each of its facilities, by code, in which it lies."""
    _demand_right(by)
    plan = plan_split(place, parts)
    held = _lying_in(plan)
    # An entry that was merged into another lies where that one does.
    asked = {
        one.code: facilities.get(one.merge.survivor.code, parts[0].code) for one in held if _is_merged(one) and parts
    }
    asked |= facilities
    beside = _assignment_faults(held, asked, {part.code for part in parts})
    change = succeed(plan=plan, first=first, reason=reason, source=source, beside=beside, by=by, at=at)
    laters = {later.code: later for later in change.laters}
    _take_along(change, {one.pk: laters[asked[one.code]] for one in held})
    return change


def _demand_right(by: User) -> None:
    """Who changes places says where facilities lie, so both rights are asked for, everywhere."""
    require(by, Permission.MANAGE_ORGANISATIONS)
    if not rights_of(by).everywhere(Permission.VIEW_SUBDISTRICTS):
        raise Refused(Permission.VIEW_SUBDISTRICTS)


def _lying_in(plan: Plan) -> list[Facility]:
    """Every entry of the register in the places that end, merged ones too, locked in one order."""
    rows = Facility.objects.select_for_update(of=("self",)).filter(place__in=[one.pk for one in plan.formers])
    return list(rows.select_related("merge__survivor").order_by("pk"))


def _is_merged(facility: Facility) -> bool:
    """Whether an entry was merged into another one."""
    return hasattr(facility, "merge")


def _assignment_faults(held: Sequence[Facility], asked: Mapping[str, str], parts: set[str]) -> list[Fault]:
    """Facilities that are in none of the parts, or not in the place that is split."""
    found = []
    for one in held:
        if asked.get(one.code) not in parts:
            told = _("In which of the new places this facility lies has to be said: %(facility)s.")
            found.append(Fault(f"facility_{one.code}", "unassigned", told % {"facility": f"{one.name} ({one.code})"}))
    codes = {one.code for one in held}
    for code in asked:
        if code not in codes:
            told = _("This facility does not lie in the place that is split: %(facility)s.") % {"facility": code}
            found.append(Fault("facilities", "not_there", told))
    return found


def _take_along(change: PlaceChange, into: Mapping[int, Place]) -> None:
    """Let facilities lie in other places from the day of a change on, keeping where they lay before."""
    rows = list(Facility.objects.filter(pk__in=into).order_by("pk"))
    FormerPlacement.objects.bulk_create(
        FormerPlacement(facility=row, place_id=row.place_id, until=change.first, change=change) for row in rows
    )
    for row in rows:
        row.place = into[row.pk]
    Facility.objects.bulk_update(rows, ["place"])
