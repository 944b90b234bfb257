"""Names that a draft still lacks in one of the two languages: what another system brought without Arabic, above all."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.elements import Category, CategorySet, Element
from coordination.reporting.models.templates import ReportTemplate, Section, TemplateVersion, ValidationRule

NAMES, MESSAGES = ("name_ar", "name_en"), ("message_ar", "message_en")


class NamedThing(models.TextChoices):
    """What can lack a name, in the order in which they are asked for."""

    TEMPLATE = "template", _("Report template")
    SECTION = "section", _("Section")
    CATEGORY_SET = "category_set", _("Category set")
    CATEGORY = "category", _("Category")
    ELEMENT = "element", _("Item")
    OPTION = "option", _("Option of a choice")
    RULE = "rule", _("Message of a rule")


COLUMNS: dict[NamedThing, tuple[str, str]] = dict.fromkeys(NamedThing, NAMES) | {NamedThing.RULE: MESSAGES}
TABLES: dict[NamedThing, type[models.Model]] = {
    NamedThing.TEMPLATE: ReportTemplate,
    NamedThing.SECTION: Section,
    NamedThing.CATEGORY_SET: CategorySet,
    NamedThing.CATEGORY: Category,
    NamedThing.ELEMENT: Element,
    NamedThing.RULE: ValidationRule,
}


@dataclass(frozen=True)
class MissingName:
    """Something with a name in one language only; an option stands under its element."""

    kind: NamedThing
    pk: int
    code: str
    arabic: str
    english: str

    @property
    def key(self) -> str:
        """How a form names it."""
        key = f"{self.kind.value}-{self.pk}"
        return f"{key}-{self.code}" if self.kind is NamedThing.OPTION else key

    @property
    def longest(self) -> int:
        """How many characters the name may have."""
        return 400 if self.kind is NamedThing.RULE else 200


def elements_of(version: TemplateVersion) -> "models.QuerySet[Element]":
    """The elements that a version asks or computes."""
    return Element.objects.filter(uses__section__version=version).distinct().order_by("code")


def _rows(version: TemplateVersion) -> Iterator[tuple[NamedThing, "models.QuerySet[Any]"]]:
    """Everything with columns of names that a version shows, as far as one of them is blank."""
    elements = elements_of(version)
    sets = CategorySet.objects.filter(elements__in=elements).distinct()
    found: dict[NamedThing, models.QuerySet[Any]] = {
        NamedThing.TEMPLATE: ReportTemplate.objects.filter(pk=version.template_id),
        NamedThing.SECTION: Section.objects.filter(version=version).order_by("order"),
        NamedThing.CATEGORY_SET: sets,
        NamedThing.CATEGORY: Category.objects.filter(category_set__in=sets).order_by("category_set", "order"),
        NamedThing.ELEMENT: elements,
        NamedThing.RULE: ValidationRule.objects.filter(version=version).order_by("order"),
    }
    for kind, rows in found.items():
        arabic, english = COLUMNS[kind]
        yield kind, rows.filter(models.Q(**{arabic: ""}) | models.Q(**{english: ""}))


def _options(version: TemplateVersion) -> Iterator[MissingName]:
    """The options of choices that lack a name."""
    for pk, options in elements_of(version).exclude(options=[]).values_list("pk", "options"):
        for one in options:
            if not one["name_ar"] or not one["name_en"]:
                yield MissingName(NamedThing.OPTION, pk, one["code"], one["name_ar"], one["name_en"])


def missing_names(version: TemplateVersion) -> list[MissingName]:
    """What lacks a name, in order."""
    found = [
        MissingName(kind, *values)
        for kind, rows in _rows(version)
        for values in rows.values_list("pk", "code", *COLUMNS[kind])
    ]
    return found + list(_options(version))


def count_missing(version: TemplateVersion) -> int:
    """How many names are missing."""
    return len(missing_names(version))
