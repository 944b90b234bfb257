"""What is done with the sections of a draft: write one, move it, take it out."""

import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Problem
from directorates.models import User
from policies.actions.versions import count_change, draft_for_writing
from policies.models import PolicySection, PolicyVersion

LONGEST_ANCHOR = 60


@transaction.atomic
def keep_section(
    *,
    version: PolicyVersion,
    section: PolicySection | None,
    heading_ar: str,
    heading_en: str,
    text_ar: str,
    text_en: str,
    seen: int,
    by: User,
    at: datetime.datetime,
) -> PolicySection:
    """Write a section of a draft, or a new one behind the others; its anchor comes from the first English heading and stays.

    400 `invalid` where a text gives a location: a policy is read by everybody.
    """
    held = draft_for_writing(version=version, seen=seen, by=by)
    said = {"heading_ar": heading_ar, "heading_en": heading_en, "text_ar": text_ar, "text_en": text_en}
    if faults := location_faults(**said):
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if section is None:
        last = held.sections.aggregate(last=Max("order"))["last"]
        order = 0 if last is None else last + 1
        made = PolicySection.objects.create(version=held, anchor=_anchor(held, heading_en), order=order, **said)
        count_change(held, "add_section", by=by, at=at, section=made.anchor)
        return made
    kept = PolicySection.objects.get(pk=section.pk, version=held)
    changed = [name for name, text in said.items() if getattr(kept, name) != text]
    for name in changed:
        setattr(kept, name, said[name])
    if changed:
        kept.save(update_fields=changed)
        count_change(held, "change_section", by=by, at=at, section=kept.anchor, fields=changed)
    return kept


def _anchor(version: PolicyVersion, heading: str) -> str:
    """An anchor from a heading that no section of the version has."""
    base = slugify(heading)[:LONGEST_ANCHOR].strip("-_") or "section"
    used = set(version.sections.values_list("anchor", flat=True))
    found, number = base, 1
    while found in used:
        number += 1
        found = f"{base[: LONGEST_ANCHOR - 5]}-{number}"
    return found


@transaction.atomic
def move_policy_section(*, section: PolicySection, down: bool, seen: int, by: User, at: datetime.datetime) -> None:
    """Exchange a section with its neighbour; at the end it stays where it is."""
    held = draft_for_writing(version=section.version, seen=seen, by=by)
    rows = list(held.sections.order_by("order", "pk"))
    place = next(number for number, row in enumerate(rows) if row.pk == section.pk)
    other = place + (1 if down else -1)
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for order, row in enumerate(rows):
        row.order = order
    PolicySection.objects.bulk_update(rows, ["order"])
    count_change(held, "move_section", by=by, at=at, section=section.anchor)


@transaction.atomic
def remove_policy_section(*, section: PolicySection, seen: int, by: User, at: datetime.datetime) -> None:
    """Take a section out of a draft; earlier versions keep theirs."""
    held = draft_for_writing(version=section.version, seen=seen, by=by)
    section.delete()
    count_change(held, "remove_section", by=by, at=at, section=section.anchor)
