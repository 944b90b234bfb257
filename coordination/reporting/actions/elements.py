"""What is done with elements and category sets: written as a template's file defines them, or one by one by hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from coordination.reporting.actions.versions import refuse
from coordination.reporting.models import Category, CategorySet, Element, SectionElement
from coordination.reporting.models.elements import published_uses
from coordination.reporting.models.specifications import category_set_sources, element_sources
from coordination.reporting.models.templates import VersionStatus
from coordination.reporting.models.versions import element_data
from coordination.reporting.rules.templates import (
    CategorySetSource,
    ElementSource,
    TemplateSource,
    differences,
    read_category_set,
    read_element,
)
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import User
from directorates.permissions import Permission, require

# With a code: held by whoever makes something of the library under it.
LOCK = 7_204_013
# Where the fields of a form stand in the data of a file.
ELEMENT_FIELDS = {
    "name.ar": "name_ar",
    "name.en": "name_en",
    "help.ar": "help_ar",
    "help.en": "help_en",
    "help": "help_ar",
    "min": "minimum",
    "max": "maximum",
    "categories": "category_set",
    "options": "options",
}
SET_FIELDS = {"name.ar": "name_ar", "name.en": "name_en", "categories": "categories"}


def element_faults(source: TemplateSource) -> list[Fault]:
    """Elements and category sets that a published version uses and the file would change."""
    stored = element_sources([element.spec.code for element in source.elements])
    sets = category_set_sources([held.code for held in source.category_sets])
    used = set(_published(stored))
    used_sets = {stored[code].category_set for code in used}
    found: list[Fault] = []
    for element in source.elements:
        if element.spec.code in used:
            found += _changes(f"elements.{element.spec.code}", stored[element.spec.code], element)
    for held in source.category_sets:
        if held.code in used_sets:
            found += _changes(f"category_sets.{held.code}", sets[held.code], held)
    return found


def _published(codes: Iterable[str]) -> Iterator[str]:
    """Those of the codes that a published version asks."""
    rows = SectionElement.objects.filter(element__code__in=list(codes))
    rows = rows.exclude(section__version__status=VersionStatus.DRAFT)
    yield from rows.values_list("element__code", flat=True).distinct()


def _changes(
    path: str, stored: ElementSource | CategorySetSource, given: ElementSource | CategorySetSource
) -> Iterator[Fault]:
    for where, before, after in differences(stored, given, path):
        message = _("A published version uses this. Published: %(before)s. In the file: %(after)s.")
        yield Fault(where, "published", message % {"before": before, "after": after})


def write_elements(source: TemplateSource) -> dict[str, Element]:
    """The category sets and elements of a file as rows, made or brought in step; within the caller's transaction."""
    sets = _write_category_sets(source.category_sets)
    rows: dict[str, Element] = {}
    # What a ratio is computed from comes first.
    for computed in (False, True):
        given = [element for element in source.elements if element.spec.is_computed is computed]
        written = [_element(one, sets, rows) for one in given]
        _write(Element, written, unique=["code"])
        rows |= {row.code: row for row in written}
    return rows


def _element(given: ElementSource, sets: Mapping[str, CategorySet], rows: Mapping[str, Element]) -> Element:
    """An element as a file says it."""
    spec = given.spec
    row = Element(
        code=spec.code,
        name_ar=spec.name_ar,
        name_en=spec.name_en,
        type=spec.type.value,
        category_set=sets[given.category_set] if given.category_set else None,
        over_time=spec.over_time.value,
        over_place=spec.over_place.value,
        numerator=rows[spec.numerator] if spec.numerator else None,
        denominator=rows[spec.denominator] if spec.denominator else None,
        minimum=spec.minimum,
        maximum=spec.maximum,
        options=[{"code": o.code, "name_ar": o.name_ar, "name_en": o.name_en} for o in spec.options],
        help_ar=given.help_ar,
        help_en=given.help_en,
    )
    row.keep_in_step()
    return row


def _write_category_sets(given: Sequence[CategorySetSource]) -> dict[str, CategorySet]:
    """The category sets with their categories; what a set has no more is taken away."""
    sets = [CategorySet(code=one.code, name_ar=one.name_ar, name_en=one.name_en) for one in given]
    _write(CategorySet, sets, unique=["code"])
    categories = []
    for one, row in zip(given, sets, strict=True):
        row.categories.exclude(code__in=[category.code for category in one.categories]).delete()
        for order, category in enumerate(one.categories):
            names = {"name_ar": category.name_ar, "name_en": category.name_en}
            categories.append(Category(category_set=row, code=category.code, order=order, **names))
    _write(Category, categories, unique=["category_set", "code"])
    return {row.code: row for row in sets}


def _write(model: type[Model], rows: Sequence[Any], *, unique: Sequence[str]) -> None:
    """Write rows in one statement: new ones are made, those that are there already are brought in step."""
    others = [field.name for field in model._meta.concrete_fields if field.name not in {"id", *unique}]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=others)


@transaction.atomic
def keep_element(
    *,
    element: Element | None,
    code: str,
    by: User,
    near: Sequence[Element] = (),
    aware: bool = False,
    seen: Mapping[str, Any] | None = None,
    **said: Any,
) -> Element:
    """Make an element, or change one that no published version asks; judged as in a file.

    `said` holds the fields. A new one whose names are near to others (`near`) is made only by someone `aware` of them.
    `seen` is what a page began with. Problems: 400 `invalid` with all faults, 409 `similar`, 409 `published`, and 409
    `changed` where something else stands by now.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    row = element or Element(code=code)
    if element is not None:
        row = Element.objects.select_for_update().get(pk=element.pk)
        _demand_unpublished(published_uses([row.pk]))
        demand_unchanged(row.standing(), seen or {}, row.standing_told())
    for name, value in said.items():
        setattr(row, name, value)
    sets = category_set_sources([row.category_set.code] if row.category_set else [])
    refuse(read_element(row.code, element_data(row), sets)[1], ELEMENT_FIELDS)
    if element is None:
        _demand_free(Element, code)
        if near and not aware:
            message = _("The library has items that are near to this one. Using one of them keeps figures comparable.")
            raise Problem("similar", message, 409)
    row.save()
    record(by, "change" if element else "make", row, code=row.code)
    return row


def _demand_free(kind: type[Element] | type[CategorySet], code: str) -> None:
    """Raise unless nothing of the kind has the code yet; a form that is sent twice waits here for its first time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, code])
    held: Element | CategorySet | None = kind.objects.filter(code=code).first()
    if held is not None:
        message = _("This code is taken: %(name)s has it.") % {"name": held.name}
        raise Problem("invalid", message, errors=[Fault("code", "taken", message)])


def _demand_unpublished(used: bool) -> None:
    """Raise 409 where a published version asks it: what was asked stays as it was asked."""
    if used:
        raise Problem(
            "published", _("A published version uses this, so it stays as it is. A new one can be made."), 409
        )


@transaction.atomic
def keep_category_set(
    *,
    category_set: CategorySet | None,
    code: str,
    name_ar: str,
    name_en: str,
    categories: Sequence[tuple[str, str, str]],
    by: User,
) -> CategorySet:
    """Make a category set, or change one that no published version uses; `categories` are codes with both names."""
    require(by, Permission.MANAGE_TEMPLATES)
    code = category_set.code if category_set else code
    said = [{"code": one, "ar": arabic, "en": english} for one, arabic, english in categories]
    given, faults = read_category_set(code, {"name": {"ar": name_ar, "en": name_en}, "categories": said})
    refuse(faults, SET_FIELDS)
    if len(given.categories) < 2:
        message = _("A category set has two categories or more.")
        raise Problem("invalid", message, errors=[Fault("categories", "too_few", message)])
    if category_set is None:
        _demand_free(CategorySet, code)
    else:
        CategorySet.objects.select_for_update().get(pk=category_set.pk)
        _demand_unpublished(published_uses(Element.objects.filter(category_set=category_set).values("pk")))
    row = _write_category_sets([given])[code]
    record(by, "change" if category_set else "make", row, code=code)
    return row
