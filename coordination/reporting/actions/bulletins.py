"""Beginning a bulletin, and throwing a draft away: a new one begins with the layout of the last of its series."""

import datetime
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coordination.reporting.actions.editions import faults_of_limits
from coordination.reporting.models import Bulletin, BulletinPart, BulletinSeries
from coordination.reporting.models.editions import EditionState
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.suppression import Limits
from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Dataset, User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

COPIED = (
    *("order", "kind", "heading_ar", "heading_en", "text_ar", "text_en"),
    *("template_id", "element_id", "indicator_id", "level", "categories"),
)


@transaction.atomic
def found_series(
    *, code: str, name_ar: str, name_en: str, dataset: Dataset, period_type: PeriodType, by: User, at: datetime.datetime
) -> BulletinSeries:
    """Begin a series of bulletins of a dataset, by its custodian."""
    require(by, Permission.PUBLISH_EDITIONS, BulletinSeries(dataset=dataset))
    names = {"name_ar": clean_text(name_ar), "name_en": clean_text(name_en)}
    series = BulletinSeries(code=code, dataset=dataset, period_type=period_type.value, **names)
    if faults := [
        *location_faults(**names),
        *(Fault(name, "needed", _("A name is needed in both languages.")) for name, text in names.items() if not text),
    ]:
        raise Problem("invalid", _("This cannot be kept."), errors=faults)
    if BulletinSeries.objects.filter(code=code).exists():
        fault = Fault("code", "taken", _("There is a series of this code."))
        raise Problem("invalid", _("This cannot be kept."), errors=[fault])
    series.save(force_insert=True)
    record(by, "found_series", series, code=code)
    return series


@transaction.atomic
def start_bulletin(
    *, series: BulletinSeries, period: Period, limits: Limits, by: User, at: datetime.datetime
) -> Bulletin:
    """Begin the bulletin of a period, with the layout of the last one of the series; 409 `exists` where there is one."""
    require(by, Permission.PUBLISH_EDITIONS, series)
    faults = list(faults_of_limits(limits))
    if period.type != PeriodType(series.period_type):
        faults.append(Fault("period", "wrong_period_type", _("These bulletins have other periods.")))
    if faults:
        raise Problem("invalid", _("This bulletin cannot be begun."), errors=faults)
    last = Bulletin.objects.filter(series=series).order_by("-pk").first()
    return _begin(Bulletin(series=series, period_start=period.start, **asdict(limits)), last, by, at)


@transaction.atomic
def correct_bulletin(*, bulletin: Bulletin, by: User, at: datetime.datetime) -> Bulletin:
    """Begin the bulletin that corrects a published one: same layout, same limits, figures made anew; the old one stays."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    if not bulletin.is_published:
        raise _wrong_state(bulletin, _("Only what is published is corrected by another bulletin."))
    fresh = Bulletin(series=bulletin.series, period_start=bulletin.period_start, corrects=bulletin)
    fresh.smallest, fresh.facilities, fresh.share = bulletin.smallest, bulletin.facilities, bulletin.share
    return _begin(fresh, bulletin, by, at)


def _begin(fresh: Bulletin, last: Bulletin | None, by: User, at: datetime.datetime) -> Bulletin:
    """Write a draft with the parts of another."""
    fresh.by, fresh.started = by, at
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as twice:
        words = _("There is a bulletin of this period, or one that corrects it: it can be opened from the list.")
        raise Problem("exists", words, 409) from twice
    if last is not None:
        parts = last.parts.values(*COPIED)
        BulletinPart.objects.bulk_create(BulletinPart(bulletin=fresh, **part) for part in parts)
    record(by, "start_bulletin", fresh, series=fresh.series.code, period=fresh.period.id)
    return fresh


@transaction.atomic
def discard_bulletin(*, bulletin: Bulletin, by: User, at: datetime.datetime) -> None:
    """Throw a draft away that nobody has answered, with the figures that were made for it alone."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    held = lock_draft(bulletin)
    if held.answers.exists():
        raise _wrong_state(held, _("This bulletin was answered already: what was said of it stays."))
    record(by, "discard_bulletin", held, series=held.series.code, period=held.period.id)
    forget_drafts(held)
    held.delete()


def lock_draft(bulletin: Bulletin, seen: int | None = None) -> Bulletin:
    """The draft, locked; 409 where it is none any more, or was changed since a page showed it."""
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related("series__dataset")
    held = rows.filter(pk=bulletin.pk).first()
    if held is None:
        raise Problem("gone", _("This draft was thrown away meanwhile."), 409)
    if not held.is_draft:
        raise _wrong_state(held, _("This bulletin is no draft any more: nothing of it can be changed."))
    if seen is not None and held.seen != seen:
        raise Problem("changed", _("Somebody changed this draft meanwhile. Look at it again."), 409)
    return held


def touch_draft(held: Bulletin) -> None:
    """Say that a draft was changed."""
    held.seen += 1
    held.save(update_fields=["seen"])


@unwalled
def forget_drafts(held: Bulletin) -> None:
    """Throw away the figures that were made for a draft, its indicators too; what is published stays, and what signers have read."""
    rows = [row.edition for row in held.editions.select_related("edition")]
    held.indicator_values.all().delete()
    held.populations.all().delete()
    held.editions.all().delete()
    for edition in rows:
        if edition.state == EditionState.DRAFT and edition.opened is None:
            edition.delete()


def _wrong_state(held: Bulletin, words: str) -> Problem:
    return Problem("wrong_state", words, 409, extra={"state": held.state})
