"""What a package from another system offers, whatever its format: templates, elements, category sets and rules.

Everything is known by the identifier that it has there (`uid`), and so are the parts that it names: `ElementSource`
holds the uid of its category set and, for a ratio, of its two elements; operands of rules are (element, category) uids.
The codes in it are proposals; `package_codes.py` settles them. Names without Arabic (or English) are empty here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from coordination.reporting.rules.expressions import Calculation, Cell, Expression, Negation, Operand
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.specification import RuleSpec
from coordination.reporting.rules.templates import CategorySetSource, ElementSource


class Scheme(StrEnum):
    """Whose identifiers."""

    DHIS2 = "dhis2"
    XLSFORM = "xlsform"


class Kind(StrEnum):
    """What something in a package is."""

    TEMPLATE = "template"
    SECTION = "section"
    ELEMENT = "element"
    CATEGORY_SET = "category_set"
    RULE = "rule"
    INDICATOR = "indicator"
    PREDICTOR = "predictor"
    OTHER = "other"


@dataclass(frozen=True)
class Remark:
    """What is not carried, or (`carried`) only with a difference; the words of `reason` are in `package_words.py`."""

    kind: Kind
    name: str
    uid: str
    reason: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    carried: bool = False


@dataclass(frozen=True)
class OfferedSection:
    """A part of a template: its elements' uids, each with whether an answer is required."""

    code: str
    name_ar: str
    name_en: str
    elements: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class OfferedTemplate:
    """A template; the format may not know its periods, then the importer says them."""

    uid: str
    code: str
    name_ar: str
    name_en: str
    period_type: PeriodType | None
    due_days: int
    sections: tuple[OfferedSection, ...]
    rules: tuple[RuleSpec, ...] = ()

    @property
    def elements(self) -> tuple[str, ...]:
        """The uids of what is asked, in order."""
        return tuple(uid for section in self.sections for uid, _required in section.elements)


@dataclass(frozen=True)
class Package:
    """All that was read."""

    scheme: Scheme
    name: str
    templates: tuple[OfferedTemplate, ...]
    elements: Mapping[str, ElementSource] = field(hash=False)
    category_sets: Mapping[str, CategorySetSource] = field(default_factory=dict, hash=False)
    # The uids of a set's categories, in their order.
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    remarks: tuple[Remark, ...] = ()


def chosen(package: Package, uids: Iterable[str]) -> Package:
    """The same with these templates only; elements and rules of the others alone are named as left out."""
    wanted = set(uids)
    templates = tuple(one for one in package.templates if one.uid in wanted)
    asked = {uid for one in templates for uid in one.elements}
    sets = {package.elements[uid].category_set for uid in asked}
    return replace(
        package,
        templates=templates,
        elements={uid: one for uid, one in package.elements.items() if uid in asked},
        category_sets={uid: one for uid, one in package.category_sets.items() if uid in sets},
        categories={uid: one for uid, one in package.categories.items() if uid in sets},
        remarks=(*package.remarks, *_not_chosen(package, templates, asked)),
    )


def _not_chosen(package: Package, templates: tuple[OfferedTemplate, ...], asked: set[str]) -> Iterator[Remark]:
    """What stands only in templates that were not chosen."""
    for one in package.templates:
        if one not in templates:
            yield Remark(Kind.TEMPLATE, one.name_en or one.name_ar, one.uid, "not_chosen")
    for uid, element in package.elements.items():
        if uid not in asked:
            yield Remark(Kind.ELEMENT, element.spec.name_en or element.spec.name_ar, uid, "only_in_others")
    carried = {rule.code for one in templates for rule in one.rules}
    told: set[str] = set()
    for rule in (rule for one in package.templates for rule in one.rules):
        if rule.code not in carried and rule.code not in told:
            told.add(rule.code)
            yield Remark(Kind.RULE, rule.message_en or rule.message_ar, rule.code, "only_in_others")


def renamed(tree: Expression, cells: Mapping[Cell, Cell]) -> Expression:
    """The same expression over other names; what has none keeps its own."""
    if isinstance(tree, Operand):
        return Operand(*cells.get((tree.element, tree.category), (tree.element, tree.category)))
    if isinstance(tree, Negation):
        return Negation(renamed(tree.inner, cells))
    if isinstance(tree, Calculation):
        return Calculation(tree.sign, renamed(tree.left, cells), renamed(tree.right, cells))
    return tree
