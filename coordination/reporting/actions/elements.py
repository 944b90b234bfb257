"""What is done with elements and category sets: written as a template's file defines them."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from coordination.reporting.models import Category, CategorySet, Element, SectionElement
from coordination.reporting.models.specifications import category_set_sources, element_sources
from coordination.reporting.models.templates import VersionStatus
from coordination.reporting.rules.templates import CategorySetSource, ElementSource, TemplateSource, differences
from directorates.foundation.problems import Fault


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
    sets = {held.code: _write_category_set(held) for held in source.category_sets}
    rows: dict[str, Element] = {}
    # What a ratio is computed from comes first.
    for given in sorted(source.elements, key=lambda element: element.spec.is_computed):
        spec = given.spec
        rows[spec.code], _new = Element.objects.update_or_create(
            code=spec.code,
            defaults={
                "name_ar": spec.name_ar,
                "name_en": spec.name_en,
                "type": spec.type.value,
                "category_set": sets[given.category_set] if given.category_set else None,
                "over_time": spec.over_time.value,
                "over_place": spec.over_place.value,
                "numerator": rows[spec.numerator] if spec.numerator else None,
                "denominator": rows[spec.denominator] if spec.denominator else None,
                "minimum": spec.minimum,
                "maximum": spec.maximum,
                "options": [{"code": o.code, "name_ar": o.name_ar, "name_en": o.name_en} for o in spec.options],
                "help_ar": given.help_ar,
                "help_en": given.help_en,
            },
        )
    return rows


def _write_category_set(given: CategorySetSource) -> CategorySet:
    row, _new = CategorySet.objects.update_or_create(
        code=given.code, defaults={"name_ar": given.name_ar, "name_en": given.name_en}
    )
    row.categories.exclude(code__in=[category.code for category in given.categories]).delete()
    for order, category in enumerate(given.categories):
        Category.objects.update_or_create(
            category_set=row,
            code=category.code,
            defaults={"order": order, "name_ar": category.name_ar, "name_en": category.name_en},
        )
    return row
