"""What a stored version asks, read from its rows into the specification that the rules work with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from coordination.reporting.models.elements import Category, CategorySet, Element
from coordination.reporting.models.templates import (
    ReportTemplate,
    Section,
    SectionElement,
    Slot,
    TemplateVersion,
    ValidationRule,
    VersionStatus,
)
from coordination.reporting.rules.expressions import Cell, Missing, Operator, parse
from coordination.reporting.rules.numbers import plain
from coordination.reporting.rules.periods import PeriodType, WeekRule
from coordination.reporting.rules.specification import (
    CategorySpec,
    ElementSpec,
    ElementType,
    OptionSpec,
    OverPlace,
    OverTime,
    RuleSpec,
    SectionSpec,
    Severity,
    TemplateSpec,
)
from coordination.reporting.rules.templates import (
    CategorySetSource,
    DatasetSource,
    ElementSource,
    Named,
    ProgrammeSource,
    TemplateSource,
)


def specification_of(version: TemplateVersion) -> TemplateSpec:
    """What the version asks, in five queries; a published version never changes, so it is read once a process."""
    if version.status == VersionStatus.DRAFT:
        return _read(version.pk)
    return _kept(version.pk)


def forget_specifications() -> None:
    """Read every version anew: for measures that write into a published one, as nobody else can."""
    _kept.cache_clear()


@lru_cache(maxsize=256)
def _kept(version_id: int) -> TemplateSpec:
    return _read(version_id)


def _read(version_id: int) -> TemplateSpec:
    """The specification from the rows."""
    version = TemplateVersion.objects.select_related("template").get(pk=version_id)
    sections = _sections(version)
    asked = {cell for section in sections for element in section.elements for cell in element.cells}
    slots = {cell: slot for cell, slot in slots_of(version.template_id).items() if cell in asked}
    return TemplateSpec(
        code=version.template.code,
        version=version.number,
        period_type=PeriodType(version.template.period_type),
        sections=sections,
        rules=tuple(_rule(row) for row in ValidationRule.objects.filter(version=version).order_by("order")),
        slots=slots,
    )


def slots_of(template_id: int) -> dict[Cell, str]:
    """The slot of everything that any version of the template ever asked."""
    rows = Slot.objects.filter(template=template_id).values_list("element__code", "category__code", "number")
    return {(element, category): f"s{number}" for element, category, number in rows}


def _sections(version: TemplateVersion) -> tuple[SectionSpec, ...]:
    places = SectionElement.objects.filter(section__version=version).order_by("order")
    places = places.select_related("element__numerator", "element__denominator")
    held: dict[int, list[SectionElement]] = defaultdict(list)
    for place in places:
        held[place.section_id].append(place)
    categories = _categories({place.element.category_set_id for place in places} - {None})
    return tuple(
        SectionSpec(
            code=section.code,
            name_ar=section.name_ar,
            name_en=section.name_en,
            elements=tuple(
                element_specification(place.element, place.required, categories.get(place.element.category_set_id, ()))
                for place in held[section.pk]
            ),
        )
        for section in Section.objects.filter(version=version).order_by("order")
    )


def _categories(sets: set[int | None]) -> dict[int | None, tuple[CategorySpec, ...]]:
    held: dict[int | None, list[CategorySpec]] = defaultdict(list)
    for row in Category.objects.filter(category_set__in=sets).order_by("order"):
        held[row.category_set_id].append(CategorySpec(row.code, row.name_ar, row.name_en))
    return {key: tuple(rows) for key, rows in held.items()}


def source_of(version: TemplateVersion) -> TemplateSource:
    """Everything that a file could say of a stored version, to be compared with what one says."""
    template = ReportTemplate.objects.select_related("programme", "dataset__custodian").get(pk=version.template_id)
    programme, dataset = template.programme, template.dataset
    spec = replace(specification_of(version), slots={})
    rows = element_sources([element.code for element in spec.elements])
    sets = category_set_sources({row.category_set for row in rows.values() if row.category_set})
    week_rules = programme.week_rules.order_by("since").values_list("since", "rule")
    return TemplateSource(
        template=_named(template),
        programme=ProgrammeSource(
            programme.code,
            programme.name_ar,
            programme.name_en,
            tuple((since, WeekRule(rule)) for since, rule in week_rules),
        ),
        dataset=DatasetSource(dataset.code, dataset.name_ar, dataset.name_en, dataset.custodian.code),
        due_days=template.due_days,
        first_day=version.first_day,
        category_sets=tuple(sets.values()),
        elements=tuple(rows.values()),
        spec=spec,
    )


def _named(row: ReportTemplate) -> Named:
    return Named(row.code, row.name_ar, row.name_en)


def element_sources(codes: Iterable[str]) -> dict[str, ElementSource]:
    """Stored elements as a file would define them, in the order of the codes."""
    rows = Element.objects.select_related("numerator", "denominator", "category_set").filter(code__in=list(codes))
    categories = _categories({row.category_set_id for row in rows} - {None})
    found = {
        row.code: ElementSource(
            element_specification(row, False, categories.get(row.category_set_id, ())),
            row.category_set.code if row.category_set else None,
            row.help_ar,
            row.help_en,
        )
        for row in rows
    }
    return {code: found[code] for code in codes if code in found}


def category_set_sources(codes: Iterable[str]) -> dict[str, CategorySetSource]:
    """Stored category sets as a file would define them."""
    rows = CategorySet.objects.filter(code__in=list(codes))
    categories = _categories({row.pk for row in rows})
    return {row.code: CategorySetSource(row.code, row.name_ar, row.name_en, categories.get(row.pk, ())) for row in rows}


def element_specification(element: Element, required: bool, categories: tuple[CategorySpec, ...] = ()) -> ElementSpec:
    """One element as a section uses it; bounds come out in their shortest form."""
    return ElementSpec(
        code=element.code,
        type=ElementType(element.type),
        name_ar=element.name_ar,
        name_en=element.name_en,
        required=required,
        minimum=None if element.minimum is None else plain(element.minimum),
        maximum=None if element.maximum is None else plain(element.maximum),
        over_time=OverTime(element.over_time),
        over_place=OverPlace(element.over_place),
        numerator=element.numerator.code if element.numerator else None,
        denominator=element.denominator.code if element.denominator else None,
        categories=categories,
        options=tuple(OptionSpec(option["code"], option["name_ar"], option["name_en"]) for option in element.options),
    )


def _rule(row: ValidationRule) -> RuleSpec:
    return RuleSpec(
        code=row.code,
        left=parse(row.left),
        operator=Operator(row.operator),
        right=parse(row.right),
        severity=Severity(row.severity),
        missing=Missing(row.missing),
        message_ar=row.message_ar,
        message_en=row.message_en,
    )
