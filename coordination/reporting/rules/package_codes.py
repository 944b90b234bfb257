"""Codes for what a package brings: made from its own codes and names, those of what is here already kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.packages import OfferedTemplate, Package, renamed
from coordination.reporting.rules.specification import CategorySpec, ElementSpec, RuleSpec, SectionSpec
from coordination.reporting.rules.templates import CategorySetSource, ElementSource

LONGEST_NAME, LONGEST_CATEGORY, LONGEST_SLUG = 60, 40, 40


def as_name(text: str, fallback: str, longest: int = LONGEST_NAME) -> str:
    """A code that may stand in expressions: Latin letters, digits and underscores, a letter first."""
    code = _plain(text, "_")
    return (code if code[:1].isalpha() else _plain(f"{fallback}_{code}", "_"))[:longest].strip("_")


def as_category(text: str, fallback: str) -> str:
    """A code of a category, which may begin with a digit."""
    return (_plain(text, "_") or _plain(fallback, "_") or "category")[:LONGEST_CATEGORY].strip("_")


def as_slug(text: str, fallback: str, longest: int = LONGEST_SLUG) -> str:
    """A code that may stand in addresses."""
    return (_plain(text, "-") or _plain(fallback, "-") or "template")[:longest].strip("-")


def _plain(text: str, between: str) -> str:
    """Small Latin letters and digits, everything else one sign between them; accents are dropped."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", between, letters).strip(between)


def distinct(code: str, taken: set[str], longest: int) -> str:
    """The code, or the first of code_2, code_3 … that is free; it is taken from then on."""
    sign = "-" if "-" in code else "_"
    found, number = code, 1
    while found in taken:
        number += 1
        ending = f"{sign}{number}"
        found = code[: longest - len(ending)] + ending
    taken.add(found)
    return found


@dataclass
class Known:
    """What is here already: codes by uid of what came before, and every code that is taken."""

    templates: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, str] = field(default_factory=dict)
    category_sets: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    template_codes: Iterable[str] = ()
    element_codes: Iterable[str] = ()
    set_codes: Iterable[str] = ()


@dataclass(frozen=True)
class Coded:
    """The package with settled codes: definitions by uid that name one another by code, and (element, category) by uids."""

    elements: Mapping[str, ElementSource]
    category_sets: Mapping[str, CategorySetSource]
    templates: Mapping[str, str]
    cells: Mapping[Cell, Cell]

    def sections(self, offered: OfferedTemplate) -> tuple[SectionSpec, ...]:
        """The sections of a template over these definitions."""
        return tuple(
            SectionSpec(
                section.code,
                section.name_ar,
                section.name_en,
                tuple(
                    replace(self.elements[uid].spec, required=required and not self.elements[uid].spec.is_computed)
                    for uid, required in section.elements
                ),
            )
            for section in offered.sections
        )

    def rules(self, offered: OfferedTemplate) -> tuple[RuleSpec, ...]:
        """The rules of a template over these definitions."""
        return tuple(
            replace(rule, left=renamed(rule.left, self.cells), right=renamed(rule.right, self.cells))
            for rule in offered.rules
        )


def settle(package: Package, known: Known) -> Coded:
    """Give everything its code: the one it has here, or its own proposal made distinct, in the order of the package."""
    sets, set_cells = _sets(package, known)
    taken = set(known.element_codes)
    codes = {
        uid: known.elements.get(uid) or distinct(one.spec.code, taken, LONGEST_NAME)
        for uid, one in package.elements.items()
    }
    elements = {uid: _element(one, codes[uid], codes, sets) for uid, one in package.elements.items()}
    cells: dict[Cell, Cell] = {}
    for uid, one in package.elements.items():
        cells[uid, None] = (codes[uid], None)
        for category, code in set_cells.get(one.category_set or "", {}).items():
            cells[uid, category] = (codes[uid], code)
    taken = set(known.template_codes)
    templates = {
        one.uid: known.templates.get(one.uid) or distinct(one.code, taken, LONGEST_SLUG) for one in package.templates
    }
    return Coded(elements, sets, templates, cells)


def _sets(package: Package, known: Known) -> tuple[dict[str, CategorySetSource], dict[str, dict[str, str]]]:
    """The category sets with settled codes, and the code of each category by set and uid."""
    taken = set(known.set_codes)
    sets: dict[str, CategorySetSource] = {}
    cells: dict[str, dict[str, str]] = {}
    for uid, one in package.category_sets.items():
        code = known.category_sets.get(uid) or distinct(one.code, taken, LONGEST_CATEGORY)
        inside = {known.categories[key] for key in package.categories[uid] if key in known.categories}
        pairs = list(zip(package.categories[uid], one.categories, strict=True))
        cells[uid] = {
            key: known.categories.get(key) or distinct(spec.code, inside, LONGEST_CATEGORY) for key, spec in pairs
        }
        categories = tuple(CategorySpec(cells[uid][key], spec.name_ar, spec.name_en) for key, spec in pairs)
        sets[uid] = CategorySetSource(code, one.name_ar, one.name_en, categories)
    return sets, cells


def _element(
    one: ElementSource, code: str, codes: Mapping[str, str], sets: Mapping[str, CategorySetSource]
) -> ElementSource:
    """An element under its code, its set and parts under theirs."""
    held = sets[one.category_set] if one.category_set else None
    spec: ElementSpec = replace(
        one.spec,
        code=code,
        numerator=codes[one.spec.numerator] if one.spec.numerator else None,
        denominator=codes[one.spec.denominator] if one.spec.denominator else None,
        categories=held.categories if held else (),
    )
    return replace(one, spec=spec, category_set=held.code if held else None)
