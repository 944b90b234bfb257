"""What is done about names that a draft lacks: they are filled in, and without them nothing is published."""

import datetime as dt
import re
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.reporting.models import Element, TemplateVersion
from coordination.reporting.models.missing_names import COLUMNS, TABLES, MissingName, NamedThing, missing_names
from coordination.reporting.models.templates import VersionStatus
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text, has_control_characters

_ARABIC = re.compile(r"[\u0621-\u064a]")
_BRACES = re.compile(r"\{(?!(?:left|right)\})|(?<!\{left)(?<!\{right)\}")
LANGUAGES = ("ar", "en")


@transaction.atomic
def fill_names(*, by: User, version: TemplateVersion, names: Mapping[str, str], at: dt.datetime) -> int:
    """Fill in names that a draft lacks, keyed `ar-element-7`; answer how many were filled. All faults at once.

    What was named meanwhile stays: nothing is overwritten, and a name given twice is written once.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    version = TemplateVersion.objects.select_for_update().get(pk=version.pk)
    if version.status != VersionStatus.DRAFT:
        raise Problem("published", _("This version is published and never changes."), 409)
    work: list[tuple[MissingName, str, str]] = []
    faults: list[Fault] = []
    for one in missing_names(version):
        for language, held in zip(LANGUAGES, (one.arabic, one.english), strict=True):
            field = f"{language}-{one.key}"
            text = clean_text(names.get(field, ""))
            if held or not text:
                continue
            if words := _wrong(one, language, names[field], text):
                faults.append(Fault(field, "invalid", words))
            work.append((one, language, text))
    if faults:
        raise Problem("invalid", _("Some names cannot be taken; each is told."), errors=faults)
    for one, language, text in work:
        _write(one, language, text)
    if work:
        record(by, "name", version, filled=len(work), at=at.isoformat())
    return len(work)


def _wrong(one: MissingName, language: str, given: str, text: str) -> str:
    """What is wrong with a name, in words; empty where nothing is."""
    if has_control_characters(given):
        return _("The text holds invisible control characters. Typing it again removes them.")
    if len(text) > one.longest:
        return _("The text has more than %(limit)s characters.") % {"limit": one.longest}
    if language == "ar" and not _ARABIC.search(text):
        return _("“%(given)s” holds no Arabic letter.") % {"given": text[:40]}
    if one.kind is NamedThing.RULE and _BRACES.search(text):
        return _("Only {left} and {right} may stand in braces.")
    return ""


def _write(one: MissingName, language: str, text: str) -> None:
    """Write one name where it is still blank."""
    if one.kind is NamedThing.OPTION:
        element = Element.objects.select_for_update().get(pk=one.pk)
        for option in element.options:
            if option["code"] == one.code:
                option[f"name_{language}"] = option[f"name_{language}"] or text
        element.save(update_fields=["options"])
        return
    column = COLUMNS[one.kind][LANGUAGES.index(language)]
    row = TABLES[one.kind]._default_manager.select_for_update().filter(pk=one.pk, **{column: ""}).first()
    if row is not None:
        setattr(row, column, text)
        row.save(update_fields=[column])


def demand_names(version: TemplateVersion) -> None:
    """Raise 409 `names_missing`, each named, unless everything that a version shows has a name in both languages."""
    missing = missing_names(version)
    if missing:
        told = _("%(kind)s %(code)s: the name in Arabic or in English is missing.")
        faults = [Fault(one.key, "names_missing", told % {"kind": one.kind.label, "code": one.code}) for one in missing]
        detail = _("A version is published once everything in it has a name in Arabic and in English.")
        raise Problem("names_missing", detail, 409, errors=faults)
