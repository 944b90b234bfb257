"""What is done with the sections of a draft: write one, move it, take it out."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum, Value
from django.db.models.functions import Length
from django.utils.text import slugify
from django.utils.translation import gettext as _

from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import User
from policies.actions.picture_marks import mark_faults
from policies.actions.versions import count_change, draft_for_writing
from policies.models import PolicySection, PolicyVersion
from policies.rules.markdown import words_of

LONGEST_ANCHOR = 60
# Addresses and places on pages that have another meaning.
RESERVED = frozenset({"new", "main"})
MOST_SECTIONS, LONGEST_VERSION = 200, 1_000_000


@transaction.atomic
def keep_section(
    *,
    version: PolicyVersion,
    section: PolicySection | None,
    heading_ar: str,
    heading_en: str,
    text_ar: str,
    text_en: str,
    by: User,
    at: datetime.datetime,
    seen: Mapping[str, Any] | None = None,
) -> PolicySection:
    """Write a section of a draft, or a new one behind the others; its anchor comes from the first English heading and stays.

    `seen` is what a page began with: where the section says something else by now, nothing is written (409 `changed`).
    400 `invalid` where a text gives a location (a policy is read by everybody) or shows a picture that the version has not, or
    the version would be too long; 409 `gone` where the section was taken out.
    """
    held = draft_for_writing(version=version, seen=None, by=by)
    said = {"heading_ar": heading_ar, "heading_en": heading_en, "text_ar": text_ar, "text_en": text_en}
    if faults := [*passage_faults(said), *mark_faults(said, held), *_length_faults(held, section, said)]:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if section is None:
        last = held.sections.aggregate(last=Max("order"))["last"]
        order = 0 if last is None else last + 1
        anchor = free_anchor(heading_en, held.sections.values_list("anchor", flat=True), "section")
        made = PolicySection.objects.create(version=held, anchor=anchor, order=order, **said)
        count_change(held, "add_section", by=by, at=at, section=made.anchor)
        return made
    kept = held.sections.filter(pk=section.pk).first()
    if kept is None:
        raise section_gone()
    demand_unchanged(kept.standing(), seen or {}, kept.standing_told())
    changed = [name for name, text in said.items() if getattr(kept, name) != text]
    for name in changed:
        setattr(kept, name, said[name])
    if changed:
        kept.save(update_fields=changed)
        count_change(held, "change_section", by=by, at=at, section=kept.anchor, fields=changed)
    return kept


def section_gone() -> Problem:
    """What is told where a section was taken out meanwhile."""
    return Problem("gone", _("This section was taken out in the meantime. Nothing was saved."), 409)


def passage_faults(said: Mapping[str, str]) -> list[Fault]:
    """Faults of texts that give a location, as they are typed or as they are read: marks may stand inside a number."""
    typed = location_faults(**said)
    told = {fault.field for fault in typed}
    read = {name: words_of(said[name]) for name in ("text_ar", "text_en") if name not in told}
    return [*typed, *location_faults(**read)]


def _length_faults(version: PolicyVersion, section: PolicySection | None, said: Mapping[str, str]) -> list[Fault]:
    """What is too much for one version: everybody reads it on one page, and two are compared."""
    others = version.sections.exclude(pk=section.pk) if section else version.sections.all()
    length = sum((Length(name) for name in ("text_ar", "text_en")), start=Value(0))
    told = others.aggregate(sections=Count("pk"), characters=Sum(length))
    found = []
    if section is None and told["sections"] >= MOST_SECTIONS:
        message = _("A version has at most %(most)d sections.") % {"most": MOST_SECTIONS}
        found.append(Fault("heading_en", "too_many", message))
    if (told["characters"] or 0) + len(said["text_ar"]) + len(said["text_en"]) > LONGEST_VERSION:
        message = _("A version has at most %(most)s characters in all sections.") % {"most": f"{LONGEST_VERSION:,}"}
        found.append(Fault("text_en", "too_long", message))
    return found


def free_anchor(heading: str, used: Iterable[str], otherwise: str) -> str:
    """An anchor from a heading that is not used yet, and means nothing else on its pages."""
    base, taken = slugify(heading)[:LONGEST_ANCHOR].strip("-_") or otherwise, RESERVED.union(used)
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base[: LONGEST_ANCHOR - 5]}-{number}"
    return found


def exchanged(rows: list[Any], key: int, *, down: bool) -> list[Any]:
    """Rows in a new order, numbered by it: the one with this key exchanged with its neighbour; at the end it stays."""
    place = next((number for number, row in enumerate(rows) if row.pk == key), -1)
    other = place + (1 if down else -1)
    if place < 0 or not 0 <= other < len(rows):
        return []
    rows[place], rows[other] = rows[other], rows[place]
    for order, row in enumerate(rows):
        row.order = order
    return rows


@transaction.atomic
def move_policy_section(*, section: PolicySection, down: bool, seen: int, by: User, at: datetime.datetime) -> None:
    """Exchange a section with its neighbour; at the end it stays where it is."""
    held = draft_for_writing(version=section.version, seen=seen, by=by)
    if rows := exchanged(list(held.sections.order_by("order", "pk")), section.pk, down=down):
        PolicySection.objects.bulk_update(rows, ["order"])
        count_change(held, "move_section", by=by, at=at, section=section.anchor)


@transaction.atomic
def remove_policy_section(*, section: PolicySection, seen: int, by: User, at: datetime.datetime) -> None:
    """Take a section out of a draft; earlier versions keep theirs."""
    held = draft_for_writing(version=section.version, seen=seen, by=by)
    section.delete()
    count_change(held, "remove_section", by=by, at=at, section=section.anchor)
