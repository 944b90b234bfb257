"""What is done with indicators: make one, change its formula from a period on, say how it is read, retire it."""

import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coordination.reporting.models import Indicator, IndicatorOperand, IndicatorVersion
from coordination.reporting.models.indicator_formulas import ReadFormula, WrittenFormula, read_formula
from coordination.reporting.models.indicators import BetterWay
from coordination.reporting.rules.templates import NAME
from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

# With a code: held by whoever makes an indicator under it.
LOCK = 7_204_021
LONGEST_NAME, LONGEST_CODE, LONGEST_READING, LONGEST_WHY = 200, 60, 1000, 500
# Words that stand in addresses in the place of a code.
RESERVED = ("new", "lost")
WORDS = ("name_ar", "name_en", "reading_ar", "reading_en")


@transaction.atomic
def make_indicator(
    *,
    code: str,
    name_ar: str,
    name_en: str,
    reading_ar: str,
    reading_en: str,
    better: str,
    written: WrittenFormula,
    by: User,
    at: datetime.datetime,
) -> Indicator:
    """Make an indicator with its first version; everything wrong at once, a code that is taken among it."""
    require(by, Permission.MANAGE_TEMPLATES)
    said = _cleaned(name_ar=name_ar, name_en=name_en, reading_ar=reading_ar, reading_en=reading_en)
    read, faults = read_formula(written)
    faults = [*_faults_of_code(code), *_faults_of_words(said, better), *faults]
    if faults or read is None:
        raise Problem("invalid", _("The indicator cannot be kept as it is; each fault is told."), errors=faults)
    made = Indicator.objects.create(code=code, better=better, **said)
    _write(made, 1, written, read, "", by, at)
    record(by, "make_indicator", made, code=code)
    return made


@transaction.atomic
def change_formula(
    *, indicator: Indicator, written: WrittenFormula, why: str, seen: int, by: User, at: datetime.datetime
) -> IndicatorVersion:
    """Compute periods that begin on a day or later otherwise; older versions stay, and with them what they gave.

    `seen` is the last version that the writer saw: 409 `changed` where there is another. What stands already is no change.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    held = _held(indicator)
    last = held.last
    why = clean_text(why, multiline=True)
    read, faults = read_formula(written)
    faults = [*faults, *_faults_of_why(why)]
    if faults or read is None:
        raise Problem("invalid", _("The formula cannot be kept as it is; each fault is told."), errors=faults)
    if _same(last, written, read):
        return last
    if last.number != seen:
        raise Problem("changed", _("Somebody changed the formula meanwhile. Nothing was overwritten."), 409)
    version = _write(held, last.number + 1, written, read, why, by, at)
    record(by, "change_indicator", held, code=held.code, version=version.number)
    return version


@transaction.atomic
def describe_indicator(
    *,
    indicator: Indicator,
    name_ar: str,
    name_en: str,
    reading_ar: str,
    reading_en: str,
    better: str,
    seen: dict[str, Any],
    by: User,
    at: datetime.datetime,
) -> Indicator:
    """Say otherwise how an indicator is called and read; `seen` is what the page began with."""
    require(by, Permission.MANAGE_TEMPLATES)
    held = _held(indicator)
    said = _cleaned(name_ar=name_ar, name_en=name_en, reading_ar=reading_ar, reading_en=reading_en)
    if faults := _faults_of_words(said, better):
        raise Problem("invalid", _("The indicator cannot be kept as it is; each fault is told."), errors=faults)
    wanted = said | {"better": better}
    standing = {name: str(getattr(held, name)) for name in wanted}
    if standing == wanted:
        return held
    demand_unchanged(standing, seen, standing | {"better": held.get_better_display()})
    for name, value in wanted.items():
        setattr(held, name, value)
    held.save(update_fields=list(wanted))
    record(by, "describe_indicator", held, code=held.code, at=at.isoformat())
    return held


@transaction.atomic
def retire_indicator(*, indicator: Indicator, by: User, at: datetime.datetime) -> Indicator:
    """Take an indicator out of the list; its address, versions and figures stay. Retired twice it stays as it was."""
    require(by, Permission.MANAGE_TEMPLATES)
    held = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if held.retired_at is None:
        held.retired_at, held.retired_acting_id = at, by.acting_id
        held.save(update_fields=["retired_at", "retired_acting"])
        record(by, "retire_indicator", held, code=held.code)
    return held


def _held(indicator: Indicator) -> Indicator:
    """The indicator, locked; a retired one is changed no more."""
    held = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if held.retired_at is not None:
        raise Problem("retired", _("This indicator is retired and changes no more."), 409)
    return held


def _cleaned(**said: str) -> dict[str, str]:
    return {name: clean_text(text, multiline=name.startswith("reading")) for name, text in said.items()}


def _faults_of_code(code: str) -> list[Fault]:
    """A code that is none, is a word of an address, or is taken; a form that is sent twice waits here for its first time."""
    if not NAME.fullmatch(code) or len(code) > LONGEST_CODE or code in RESERVED:
        return [Fault("code", "invalid", _("Small Latin letters, digits and underscores are needed, a letter first."))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, code])
    taken = Indicator.objects.filter(code=code).first()
    return [Fault("code", "taken", _("This code is taken: %(name)s has it.") % {"name": taken.name})] if taken else []


def _faults_of_words(said: dict[str, str], better: str) -> list[Fault]:
    """What is wrong with names and with how it is read: everybody reads them."""
    faults = location_faults(**said)
    for name in ("name_ar", "name_en"):
        if not said[name]:
            faults.append(Fault(name, "required", _("This is required.")))
    for name in WORDS:
        most = LONGEST_NAME if name.startswith("name") else LONGEST_READING
        if len(said[name]) > most:
            words = _("This text is too long: at most %(most)d characters.")
            faults.append(Fault(name, "too_long", words % {"most": most}))
    if better not in BetterWay.values:
        faults.append(Fault("better", "unknown", _("This is not one of the choices.")))
    return faults


def _faults_of_why(why: str) -> list[Fault]:
    """Why a formula is changed has to be said: its figures change with it."""
    faults = location_faults(why=why)
    if not why:
        faults.append(
            Fault("why", "required", _("Write why it is computed otherwise; whoever compares figures reads it."))
        )
    elif len(why) > LONGEST_WHY:
        words = _("This text is too long: at most %(most)d characters.")
        faults.append(Fault("why", "too_long", words % {"most": LONGEST_WHY}))
    return faults


def _same(last: IndicatorVersion, written: WrittenFormula, read: ReadFormula) -> bool:
    """Whether a version says exactly this."""
    shown = (last.factor, last.decimals, last.since, last.unit_ar, last.unit_en)
    wanted = (written.factor, written.decimals, written.since, *written.units)
    sides = (last.numerator, last.denominator) == (str(read.formula.numerator), str(read.formula.denominator))
    held = {(one.template_id, one.element_id, one.category_id) for one in last.operands.all()}
    rows = {(one.pk, element.pk, category.pk if category else None) for one, element, category in read.rows}
    return sides and shown == wanted and held == rows


def _write(
    indicator: Indicator,
    number: int,
    written: WrittenFormula,
    read: ReadFormula,
    why: str,
    by: User,
    at: datetime.datetime,
) -> IndicatorVersion:
    """A version with what answers its operands; the expressions are kept in one spelling."""
    arabic, english = written.units
    deed: dict[str, Any] = {"at": at, "acting_id": by.acting_id}
    version = IndicatorVersion.objects.create(
        indicator=indicator,
        number=number,
        since=written.since,
        numerator=str(read.formula.numerator),
        denominator=str(read.formula.denominator),
        factor=written.factor,
        unit_ar=arabic,
        unit_en=english,
        decimals=written.decimals,
        why=why,
        **deed,
    )
    IndicatorOperand.objects.bulk_create(
        IndicatorOperand(version=version, template=template, element=element, category=category)
        for template, element, category in read.rows
    )
    return version
