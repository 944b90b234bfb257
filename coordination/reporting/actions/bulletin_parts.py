"""The layout of a draft: parts are added, changed, moved and taken out; each change names the state that was seen."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from coordination.reporting.actions.bulletin_indicators import faults_of_indicator
from coordination.reporting.actions.bulletins import lock_draft, touch_draft
from coordination.reporting.models import Bulletin, BulletinPart, Element, Indicator, ReportTemplate
from coordination.reporting.models.bulletins import PartKind, PartLevel
from coordination.reporting.models.measures import measures_of
from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, may, require

MOST_PARTS = 120
LONGEST_HEADING, LONGEST_TEXT = 200, 20_000


@dataclass(frozen=True)
class Wish:
    """What a part is to be."""

    kind: str
    heading_ar: str
    heading_en: str
    text_ar: str = ""
    text_en: str = ""
    template: ReportTemplate | None = None
    element: Element | None = None
    indicator: Indicator | None = None
    level: int = PartLevel.GOVERNORATE
    categories: bool = False


@transaction.atomic
def keep_part(
    *, bulletin: Bulletin, part: BulletinPart | None, wish: Wish, seen: int, by: User, at: datetime.datetime
) -> BulletinPart:
    """Add a part at the end, or change one; everything wrong is told at once."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    held = lock_draft(bulletin, seen)
    if faults := [*_faults_of_words(wish), *_faults_of_figures(held, wish, by)]:
        raise Problem("invalid", _("This part cannot be kept."), errors=faults)
    if part is None:
        if held.parts.count() >= MOST_PARTS:
            raise Problem("too_many", _("A bulletin has at most %(most)d parts.") % {"most": MOST_PARTS}, 409)
        last = held.parts.aggregate(last=Max("order"))["last"]
        part = BulletinPart(bulletin=held, order=0 if last is None else last + 1)
    figures = wish.kind != PartKind.TEXT
    item = figures and wish.indicator is None
    for name in ("kind", "heading_ar", "heading_en", "text_ar", "text_en", "level"):
        setattr(part, name, getattr(wish, name))
    part.template, part.element = (wish.template, wish.element) if item else (None, None)
    part.indicator = wish.indicator if figures else None
    part.categories = wish.categories and wish.kind == PartKind.TABLE
    part.save()
    touch_draft(held)
    record(by, "keep_part", held, part=part.pk, kind=part.kind)
    return part


@transaction.atomic
def move_part(*, part: BulletinPart, down: bool, seen: int, by: User, at: datetime.datetime) -> None:
    """Change places with the part before or behind; at either end nothing moves."""
    require(by, Permission.PUBLISH_EDITIONS, part.bulletin)
    held = lock_draft(part.bulletin, seen)
    row = held.parts.get(pk=part.pk)
    beside = held.parts.filter(order__gt=row.order).first() if down else held.parts.filter(order__lt=row.order).last()
    if beside is None:
        return
    row.order, beside.order = beside.order, row.order
    BulletinPart.objects.bulk_update([row, beside], ["order"])
    touch_draft(held)
    record(by, "move_part", held, part=row.pk)


@transaction.atomic
def remove_part(*, part: BulletinPart, seen: int, by: User, at: datetime.datetime) -> None:
    """Take a part out."""
    require(by, Permission.PUBLISH_EDITIONS, part.bulletin)
    held = lock_draft(part.bulletin, seen)
    record(by, "remove_part", held, part=part.pk)
    held.parts.filter(pk=part.pk).delete()
    touch_draft(held)


def _faults_of_words(wish: Wish) -> Iterable[Fault]:
    """Headings in both languages, a text in both where it is one; no text gives a location: everybody reads it."""
    needed = _("Write it in both languages: the bulletin comes out in both.")
    for language in ("ar", "en"):
        heading = getattr(wish, f"heading_{language}")
        yield from text_faults(heading, f"heading_{language}", longest=LONGEST_HEADING, needed=needed)
        text = getattr(wish, f"text_{language}")
        asked = needed if wish.kind == PartKind.TEXT else ""
        yield from text_faults(text, f"text_{language}", longest=LONGEST_TEXT, needed=asked)


def _faults_of_figures(held: Bulletin, wish: Wish, by: User) -> Iterable[Fault]:
    """A figure of another dataset, of other periods, or that the report does not ask; an indicator that draws on such figures."""
    if wish.kind not in PartKind.values:
        yield Fault("kind", "unknown", _("There is no such part."))
    if wish.kind == PartKind.TEXT:
        return
    if wish.level not in PartLevel.values:
        yield Fault("level", "unknown", _("There are no such rows."))
    if wish.indicator is not None:
        yield from faults_of_indicator(held, wish.indicator, by)
        if wish.categories:
            yield Fault("categories", "no_categories", _("An indicator has no categories."))
        return
    if wish.template is None or not may(by, Permission.PUBLISH_EDITIONS, wish.template):
        yield Fault("template", "unknown", _("Figures of this report are not yours to publish."))
    elif wish.template.dataset_id != held.series.dataset_id:
        yield Fault("template", "other_dataset", _("A bulletin holds figures of one dataset: its own."))
    elif wish.template.period_type != held.series.period_type:
        yield Fault("template", "wrong_period_type", _("This report has other periods than the bulletin."))
    elif wish.element is None or wish.element.code not in measures_of(wish.template, held.period):
        yield Fault("element", "unknown", _("This report does not ask this item in this period."))
