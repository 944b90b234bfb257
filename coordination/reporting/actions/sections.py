"""What is done with the sections of a draft and the items in them: add, rename, move, ask, no longer ask."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from coordination.reporting.actions.versions import held_draft, keep_change, refuse
from coordination.reporting.models import Element, Section, SectionElement, TemplateVersion
from coordination.reporting.rules.templates import read_section
from directorates.models import User

FIELDS = {"name.ar": "name_ar", "name.en": "name_en"}
LONGEST_CODE = 40


def free_code(wished: str, taken: Iterable[str], longest: int = LONGEST_CODE) -> str:
    """The code nearest to the wished one that nothing has yet."""
    used, number = set(taken), 1
    base = wished[:longest].strip("-_") or "section"
    code = base
    while code in used:
        number += 1
        code = f"{base[: longest - 4].strip('-_')}-{number}"
    return code


@transaction.atomic
def add_section(
    *, version: TemplateVersion, name_ar: str, name_en: str, seen: int, by: User, at: dt.datetime
) -> Section:
    """A new section behind the others; its code comes from its English name."""
    held = held_draft(by=by, version=version, seen=seen)
    taken = list(Section.objects.filter(version=held).values_list("code", flat=True))
    code = free_code(slugify(name_en), taken)
    refuse(read_section({"code": code, "name": {"ar": name_ar, "en": name_en}}), FIELDS)
    section = Section.objects.create(version=held, code=code, name_ar=name_ar, name_en=name_en, order=_next(held))
    keep_change(held, "add_section", by=by, at=at, section=code)
    return section


def _next(version: TemplateVersion) -> int:
    """The place behind the last section."""
    last = Section.objects.filter(version=version).order_by("-order").first()
    return last.order + 1 if last else 0


@transaction.atomic
def rename_section(*, section: Section, name_ar: str, name_en: str, seen: int, by: User, at: dt.datetime) -> Section:
    """Other names for a section; the code stays."""
    held = held_draft(by=by, version=section.version, seen=seen)
    refuse(read_section({"code": section.code, "name": {"ar": name_ar, "en": name_en}}), FIELDS)
    Section.objects.filter(pk=section.pk).update(name_ar=name_ar, name_en=name_en)
    keep_change(held, "rename_section", by=by, at=at, section=section.code)
    return section


@transaction.atomic
def move_section(*, section: Section, down: bool, seen: int, by: User, at: dt.datetime) -> None:
    """Exchange a section with its neighbour; at the end it stays where it is."""
    held = held_draft(by=by, version=section.version, seen=seen)
    rows = list(Section.objects.filter(version=held).order_by("order", "pk"))
    if _exchange(rows, section.pk, down):
        _number(rows)
        keep_change(held, "move_section", by=by, at=at, section=section.code)


@transaction.atomic
def remove_section(*, section: Section, seen: int, by: User, at: dt.datetime) -> None:
    """Take a section out with all its items; the items stay in the library."""
    held = held_draft(by=by, version=section.version, seen=seen)
    items = list(section.places.values_list("element__code", flat=True))
    section.delete()
    keep_change(held, "remove_section", by=by, at=at, section=section.code, items=items)


@transaction.atomic
def ask_elements(
    *, section: Section, elements: Sequence[Element], seen: int, by: User, at: dt.datetime
) -> list[Element]:
    """Ask elements of the library in a section, behind the others; one that the version asks already stays in its place."""
    held = held_draft(by=by, version=section.version, seen=seen)
    asked = set(SectionElement.objects.filter(section__version=held).values_list("element", flat=True))
    new = [element for element in dict.fromkeys(elements) if element.pk not in asked]
    first = section.places.count()
    rows = list(section.places.order_by("order", "pk"))
    _number(rows)
    SectionElement.objects.bulk_create(
        SectionElement(section=section, element=element, order=first + place, required=element.over_place != "ratio")
        for place, element in enumerate(new)
    )
    if new:
        keep_change(held, "ask", by=by, at=at, section=section.code, items=[element.code for element in new])
    return new


@transaction.atomic
def require_item(*, place: SectionElement, required: bool, seen: int, by: User, at: dt.datetime) -> None:
    """Whether an answer is required."""
    held = held_draft(by=by, version=place.section.version, seen=seen)
    SectionElement.objects.filter(pk=place.pk).update(required=required)
    keep_change(held, "require", by=by, at=at, item=place.element.code, required=required)


@transaction.atomic
def remove_item(*, place: SectionElement, seen: int, by: User, at: dt.datetime) -> None:
    """No longer ask an item; it stays in the library."""
    held = held_draft(by=by, version=place.section.version, seen=seen)
    code = place.element.code
    place.delete()
    keep_change(held, "unask", by=by, at=at, item=code)


@transaction.atomic
def move_item(*, place: SectionElement, down: bool, seen: int, by: User, at: dt.datetime) -> None:
    """Exchange an item with its neighbour; from the end of a section it goes on into the next one."""
    held = held_draft(by=by, version=place.section.version, seen=seen)
    rows = list(place.section.places.order_by("order", "pk"))
    if _exchange(rows, place.pk, down):
        _number(rows)
    elif (target := _neighbour(place.section, down)) is not None:
        there = list(target.places.order_by("order", "pk"))
        moved = next(row for row in rows if row.pk == place.pk)
        moved.section = target
        moved.save(update_fields=["section"])
        _number([moved, *there] if down else [*there, moved])
    else:
        return
    keep_change(held, "move_item", by=by, at=at, item=place.element.code)


def _neighbour(section: Section, down: bool) -> Section | None:
    """The section before or behind."""
    rows = list(Section.objects.filter(version=section.version).order_by("order", "pk"))
    place = rows.index(section) + (1 if down else -1)
    return rows[place] if 0 <= place < len(rows) else None


def _exchange(rows: list[Any], pk: int, down: bool) -> bool:
    """Exchange the row of that key with its neighbour in the list; whether there is one."""
    place = next(index for index, row in enumerate(rows) if row.pk == pk)
    other = place + (1 if down else -1)
    if not 0 <= other < len(rows):
        return False
    rows[place], rows[other] = rows[other], rows[place]
    return True


def _number(rows: list[Any]) -> None:
    """Write the order in which the rows stand."""
    for order, row in enumerate(rows):
        row.order = order
    if rows:
        type(rows[0]).objects.bulk_update(rows, ["order"])
