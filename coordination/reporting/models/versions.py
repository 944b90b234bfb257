"""A version as a file would say it, and what is wrong with it: a draft is judged by the very rules that judge a file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Max

from coordination.reporting.models.elements import Category, Element
from coordination.reporting.models.specifications import slots_of
from coordination.reporting.models.templates import (
    ReportTemplate,
    Section,
    SectionElement,
    TemplateVersion,
    ValidationRule,
    VersionStatus,
)
from coordination.reporting.rules.periods import PeriodType, period_containing
from coordination.reporting.rules.sources import SourceFault
from coordination.reporting.rules.specification import TemplateSpec, assign_slots
from coordination.reporting.rules.template_words import words_of_fault
from coordination.reporting.rules.templates import TemplateSource, read_template

# A day for the rules to read before somebody chose the first period; no fault ever comes of it.
SOME_DAY = date(2019, 1, 1)


@dataclass(frozen=True)
class DraftFault:
    """One thing that is wrong: in words, and the row where it is mended."""

    message: str
    row: Any

    @property
    def kind(self) -> str:
        """What kind of row that is."""
        return str(self.row._meta.model_name)


class Outline:
    """A version with its rows in order, what a file would say of it, and the judgement of that."""

    def __init__(self, version: TemplateVersion, first_day: date | None = None) -> None:
        """Keep the version; the rows are read when they are asked for."""
        self.version = version
        self.first_day = first_day

    @cached_property
    def template(self) -> ReportTemplate:
        """The template with all that a file says of it."""
        rows = ReportTemplate.objects.select_related("programme", "dataset__custodian")
        return rows.prefetch_related("programme__week_rules").get(pk=self.version.template_id)

    @cached_property
    def sections(self) -> list[Section]:
        """The sections, each with its elements in `placed`."""
        related = ("element__category_set", "element__numerator", "element__denominator")
        places = SectionElement.objects.filter(section__version=self.version.pk).select_related(*related)
        held: dict[int, list[SectionElement]] = {}
        for place in places.order_by("order", "pk"):
            held.setdefault(place.section_id, []).append(place)
        sections = list(Section.objects.filter(version=self.version.pk).order_by("order", "pk"))
        for section in sections:
            section.placed = held.get(section.pk, [])  # type: ignore[attr-defined]
        return sections

    @property
    def elements(self) -> list[Element]:
        """Every element in the order in which it is asked."""
        return [place.element for section in self.sections for place in section.placed]  # type: ignore[attr-defined]

    @cached_property
    def rules(self) -> list[ValidationRule]:
        """The rules in order."""
        return list(ValidationRule.objects.filter(version=self.version.pk).order_by("order", "pk"))

    @cached_property
    def data(self) -> dict[str, Any]:
        """What a file would say, so that one reader judges both."""
        template, programme, dataset = self.template, self.template.programme, self.template.dataset
        period_type = PeriodType(template.period_type)
        first = self.first_day or self.version.first_day or period_containing(SOME_DAY, period_type).start
        return {
            "template": {
                "code": template.code,
                "name": _names(template),
                "programme": {
                    "code": programme.code,
                    "name": _names(programme),
                    "week_rules": [{"since": row.since, "rule": row.rule} for row in programme.week_rules.all()],
                },
                "dataset": {"code": dataset.code, "name": _names(dataset), "custodian": dataset.custodian.code},
                "period": template.period_type,
                "due_days": template.due_days,
            },
            "version": self.version.number,
            "from": first,
            "category_sets": _sets_in(self.elements),
            "elements": {element.code: element_data(element) for element in self.elements},
            "sections": [_section(section) for section in self.sections],
            "rules": [_rule(rule) for rule in self.rules],
        }

    @cached_property
    def _judged(self) -> tuple[TemplateSource, list[SourceFault]]:
        return read_template(self.data)

    @property
    def source(self) -> TemplateSource:
        """The version as the rules read it."""
        return self._judged[0]

    @cached_property
    def spec(self) -> TemplateSpec:
        """What would be asked, with the slots it would have; without its rules where anything is wrong."""
        spec = self.source.spec
        slots = assign_slots(spec.sections, slots_of(self.version.template_id))
        return replace(spec, slots=slots, rules=() if self.faults else spec.rules)

    @cached_property
    def faults(self) -> list[DraftFault]:
        """All that is wrong, each with the row where it is mended."""
        return [DraftFault(words_of_fault(fault), self._row(fault.path)) for fault in self._judged[1]]

    def _row(self, path: str) -> Any:
        """The row that a path of the data speaks of; the version itself where it is none of them."""
        kind, _point, rest = path.partition(".")
        step = rest.partition(".")[0]
        if kind in ("sections", "rules") and step.isdigit():
            return (self.sections if kind == "sections" else self.rules)[int(step)]
        elements = {element.code: element for element in self.elements}
        if kind == "elements" and step in elements:
            return elements[step]
        sets = {one.category_set.code: one.category_set for one in elements.values() if one.category_set}
        return sets.get(step, self.version) if kind == "category_sets" else self.version


def _names(thing: Any) -> dict[str, str]:
    return {"ar": thing.name_ar, "en": thing.name_en}


def _named(thing: Any) -> dict[str, str]:
    return {"code": thing.code, "ar": thing.name_ar, "en": thing.name_en}


def _sets_in(elements: Iterable[Element]) -> dict[str, Any]:
    """The category sets of these elements."""
    sets = {element.category_set_id: element.category_set for element in elements if element.category_set}
    held: dict[int, list[Any]] = {pk: [] for pk in sets if pk}
    for row in Category.objects.filter(category_set__in=sets).order_by("order"):
        held[row.category_set_id].append(_named(row))
    return {one.code: {"name": _names(one), "categories": held[one.pk]} for one in sets.values()}


def element_data(element: Element) -> dict[str, Any]:
    """An element as a file defines it; what is not said is left out."""
    said = {
        "categories": element.category_set.code if element.category_set else None,
        "min": element.minimum,
        "max": element.maximum,
        "numerator": element.numerator.code if element.numerator else None,
        "denominator": element.denominator.code if element.denominator else None,
        "options": [{"code": one["code"], "ar": one["name_ar"], "en": one["name_en"]} for one in element.options],
        "help": {"ar": element.help_ar, "en": element.help_en} if element.help_ar or element.help_en else None,
    }
    always = {"type": element.type, "name": _names(element)}
    always |= {"over_time": element.over_time, "over_place": element.over_place}
    return always | {key: value for key, value in said.items() if value not in (None, [])}


def _section(section: Section) -> dict[str, Any]:
    places = section.placed  # type: ignore[attr-defined]
    asked = [{"element": place.element.code, "required": place.required} for place in places]
    return {"code": section.code, "name": _names(section), "elements": asked}


def _rule(rule: ValidationRule) -> dict[str, Any]:
    said = {name: getattr(rule, name) for name in ("code", "left", "operator", "right", "severity", "missing")}
    return said | {"message": {"ar": rule.message_ar, "en": rule.message_en}}


def draft_of(template: ReportTemplate) -> TemplateVersion | None:
    """The version that is being built; there is one at most."""
    return template.versions.filter(status=VersionStatus.DRAFT).order_by("number").first()


def last_published(template: ReportTemplate) -> TemplateVersion | None:
    """The latest version in which reports are or were filled."""
    return TemplateVersion.objects.published().filter(template=template).order_by("-number").first()


def next_number(template: ReportTemplate) -> int:
    """The number of a version to come."""
    return (template.versions.aggregate(last=Max("number"))["last"] or 0) + 1
