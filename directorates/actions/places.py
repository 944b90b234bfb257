"""What is done with places: loading a country's file, again and again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import Place, RoleGroup, User
from directorates.models.places import Level
from directorates.permissions import Permission, open_role, require
from directorates.roles import Role
from directorates.rules.places import PlaceRow, RowFault, read_places

WRITTEN = ("level", "parent", "path", "name_ar", "name_en", "other_names", "former_names", "search")

MESSAGES: Mapping[str, Promise] = {
    "not_utf8": gettext_lazy("This line is not UTF-8. Save the file as CSV in UTF-8."),
    "missing_columns": gettext_lazy("The file has no column: %(columns)s."),
    "uneven_row": gettext_lazy("This line has %(given)s columns, the first line has %(wanted)s."),
    "unreadable_row": gettext_lazy("This line is not CSV: a quotation mark is not closed, or a field is too long."),
    "unknown_level": gettext_lazy("The level “%(given)s” is unknown. Possible: 0 country, 1, 2, 3."),
    "not_a_code": gettext_lazy("“%(given)s” is not a P-code: 2 to 20 capital Latin letters and digits."),
    "missing_name": gettext_lazy("A name is missing."),
    "name_too_long": gettext_lazy("A name has at most %(longest)s characters."),
    "unreadable_name": gettext_lazy("The name holds invisible control characters."),
    "wrong_script": gettext_lazy("“%(given)s” holds no letter of this language: wrong column or wrong encoding."),
    "duplicate_code": gettext_lazy("The P-code %(given)s is in line %(line)s already."),
    "unknown_parent": gettext_lazy("The place above, “%(given)s”, is neither in this file nor in the portal."),
    "parent_of_country": gettext_lazy("A country stands under no other place."),
    "level_gap": gettext_lazy("The place above, “%(given)s”, is not on the level just above level %(level)s."),
    "unknown_place": gettext_lazy("The P-code “%(given)s” is not in the file of places."),
    "unknown_use": gettext_lazy("The use “%(given)s” is unknown. Possible: name_en, name_ar, other."),
    "moved": gettext_lazy(
        "%(given)s stands under %(parent)s in the portal. Reports refer to it, so a file cannot move it."
    ),
}


@dataclass(frozen=True)
class Loaded:
    """How many places a loading found new, changed and as they were."""

    new: int
    changed: int
    same: int


@transaction.atomic
def load_places(*, data: bytes, spellings: bytes = b"", by: User | None, at: dt.datetime) -> Loaded:
    """Bring the portal's places in step with a country's file; with any fault, tell all of them and change nothing.

    Places that the file does not name stay as they are. `by` is None only for the loading commands.
    """
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)
    held = {place.code: place for place in Place.objects.select_related("parent").select_for_update(of=("self",))}
    reading = read_places(data, spellings, {code: place.level for code, place in held.items()})
    faults = reading.faults + _moves(reading.places, held)
    if faults:
        raise Problem("bad_places", _("The file was not loaded; each fault is listed."), errors=_told(faults))
    loaded = _write(reading.places, held)
    if loaded.new or loaded.changed:
        country = next((row for row in reading.places if row.level == Level.COUNTRY), reading.places[0])
        record(by, "load", held[country.code], new=loaded.new, changed=loaded.changed)
        _open_roles_everywhere(reading.places)
    return loaded


def _moves(rows: Sequence[PlaceRow], held: Mapping[str, Place]) -> list[RowFault]:
    """Rows that would move a place: submissions and grants carry its path."""
    found = []
    for row in rows:
        place = held.get(row.code)
        parent = place.parent.code if place is not None and place.parent else ""
        if place is not None and (parent != row.parent or place.level != row.level):
            found.append(RowFault("places", row.line, "parent_pcode", "moved", {"given": row.code, "parent": parent}))
    return found


def _told(faults: Sequence[RowFault]) -> list[Fault]:
    """The faults in words, each with its file and line in the field: `places:12:pcode`."""
    return [
        Fault(
            f"{fault.file}:{fault.line}:{fault.column}".rstrip(":"),
            fault.code,
            str(MESSAGES[fault.code]) % fault.params,
        )
        for fault in faults
    ]


def _write(rows: Sequence[PlaceRow], held: dict[str, Place]) -> Loaded:
    """Write what is new or changed, a level at a time; `held` is brought up to date."""
    new = changed = 0
    for level in Level:
        create: list[Place] = []
        update: list[Place] = []
        for row in (row for row in rows if row.level == level):
            place = held.get(row.code) or Place(code=row.code)
            before = [getattr(place, name) for name in WRITTEN]
            place.level, place.parent = row.level, held.get(row.parent)
            place.take_names(row.name_ar, row.name_en)
            place.other_names = list(row.other_names)
            place.keep_in_step()
            if place._state.adding:
                create.append(place)
            elif before != [getattr(place, name) for name in WRITTEN]:
                update.append(place)
            held[row.code] = place
        Place.objects.bulk_create(create)
        Place.objects.bulk_update(update, WRITTEN)
        new, changed = new + len(create), changed + len(update)
    return Loaded(new, changed, len(rows) - new - changed)


def _open_roles_everywhere(rows: Sequence[PlaceRow]) -> None:
    """Roles that reach every place reach a country that came after them, too."""
    if any(row.level == Level.COUNTRY for row in rows):
        for held in RoleGroup.objects.select_related("organisation"):
            open_role(held.organisation, Role(held.role))
