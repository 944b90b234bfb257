"""Reading a report template from a file's data: everything it says, or every fault with its path."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from coordination.reporting.rules.expressions import (
    Expression,
    ExpressionProblem,
    Missing,
    Number,
    Operator,
    cells_read,
    parse,
)
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, WeekRule
from coordination.reporting.rules.sources import Node, SourceFault
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

# Codes of elements and categories stand in expressions, all others in addresses.
NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
CATEGORY = re.compile(r"[a-z0-9][a-z0-9_]*", re.ASCII)
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
# Beyond these a total would not fit, and the database's columns would cut.
MAX_BOUND = Decimal(10) ** 12
LONGEST_RULE = 400


@dataclass(frozen=True)
class Named:
    """A code with its two names."""

    code: str = ""
    name_ar: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class ProgrammeSource(Named):
    """The programme, and how it numbers its weeks from which day on."""

    week_rules: tuple[tuple[dt.date, WeekRule], ...] = ()


@dataclass(frozen=True)
class DatasetSource(Named):
    """The dataset and the code of the organisation in whose custody it is."""

    custodian: str = ""


@dataclass(frozen=True)
class CategorySetSource(Named):
    """A category set with its categories in order."""

    categories: tuple[CategorySpec, ...] = ()


@dataclass(frozen=True)
class ElementSource:
    """An element as its file defines it; whether it is required is said where a section uses it."""

    spec: ElementSpec
    category_set: str | None = None
    help_ar: str = ""
    help_en: str = ""


@dataclass(frozen=True)
class TemplateSource:
    """All that a file says of one version of a template."""

    template: Named
    programme: ProgrammeSource
    dataset: DatasetSource
    due_days: int
    first_day: dt.date | None
    category_sets: tuple[CategorySetSource, ...]
    elements: tuple[ElementSource, ...]
    spec: TemplateSpec


def read_template(source: object) -> tuple[TemplateSource, list[SourceFault]]:
    """What the data say, and all that is wrong with them; with faults the answer is not to be used."""
    faults: list[SourceFault] = []
    top = Node(source, "", faults).take(
        needed=("template", "version", "from", "elements", "sections"), optional=("category_sets", "rules")
    )
    head = top["template"].take(needed=("code", "name", "programme", "dataset", "period", "due_days"))
    template = _named(head["code"], head["name"], SLUG)
    period_type = head["period"].choice(PeriodType)
    sets = {held.code: held for held in (_category_set(code, node) for code, node in top["category_sets"].entries())}
    elements = {code: _element(code, node, sets) for code, node in top["elements"].entries()}
    sections = tuple(_section(node, elements) for node in top["sections"].items())
    spec = TemplateSpec(template.code, top["version"].whole(1, 999), period_type, sections)
    _check_use(top["sections"], top["elements"], spec, elements)
    spec = replace(spec, rules=_rules(top["rules"], spec))
    return TemplateSource(
        template=template,
        programme=_programme(head["programme"]),
        dataset=_dataset(head["dataset"]),
        due_days=head["due_days"].whole(0, 366),
        first_day=_first_day(top["from"], period_type),
        category_sets=tuple(sets.values()),
        elements=tuple(elements.values()),
        spec=spec,
    ), faults


def read_element(
    code: str, source: object, sets: Mapping[str, CategorySetSource]
) -> tuple[ElementSource, list[SourceFault]]:
    """One element by itself, and all that is wrong with it, at paths within it."""
    faults: list[SourceFault] = []
    return _element(code, Node(source, "", faults), sets), faults


def read_category_set(code: str, source: object) -> tuple[CategorySetSource, list[SourceFault]]:
    """One category set by itself, and all that is wrong with it, at paths within it."""
    faults: list[SourceFault] = []
    return _category_set(code, Node(source, "", faults)), faults


def read_rule(source: object, spec: TemplateSpec) -> tuple[RuleSpec, list[SourceFault]]:
    """One rule over what a template asks, and all that is wrong with it, at paths within it."""
    faults: list[SourceFault] = []
    return _rule(Node(source, "", faults), spec), faults


def read_section(source: object) -> list[SourceFault]:
    """All that is wrong with the code and the names of a section, at paths within it."""
    faults: list[SourceFault] = []
    node = Node(source, "", faults).take(needed=("code", "name"))
    _named(node["code"], node["name"], SLUG)
    return faults


def read_head(source: object) -> list[SourceFault]:
    """All that is wrong with the code, names, period and due days of a template, at paths within it."""
    faults: list[SourceFault] = []
    node = Node(source, "", faults).take(needed=("code", "name", "period", "due_days"))
    _named(node["code"], node["name"], SLUG)
    node["period"].choice(PeriodType)
    node["due_days"].whole(0, 366)
    return faults


def _named(code: Node, name: Node, pattern: re.Pattern[str]) -> Named:
    name_ar, name_en = name.names()
    return Named(code.code(pattern, 40), name_ar, name_en)


def _programme(node: Node) -> ProgrammeSource:
    parts = node.take(needed=("code", "name"), optional=("week_rules",))
    named = _named(parts["code"], parts["name"], SLUG)
    rules = []
    for entry in parts["week_rules"].items():
        pair = entry.take(needed=("since", "rule"))
        since = pair["since"].day()
        rules.append((since or dt.date.min, pair["rule"].choice(WeekRule)))
    return ProgrammeSource(named.code, named.name_ar, named.name_en, tuple(sorted(rules)))


def _dataset(node: Node) -> DatasetSource:
    parts = node.take(needed=("code", "name", "custodian"))
    named = _named(parts["code"], parts["name"], SLUG)
    return DatasetSource(named.code, named.name_ar, named.name_en, parts["custodian"].code(SLUG, 40))


def _first_day(node: Node, period_type: PeriodType) -> dt.date | None:
    """The day from which the version holds: the first of a period."""
    day = node.day()
    try:
        return day and Period(period_type, day).start
    except PeriodError as problem:
        node.fault(problem.code, **problem.params)
        return day


def _category_set(code: str, node: Node) -> CategorySetSource:
    parts = node.take(needed=("name", "categories"))
    name_ar, name_en = parts["name"].names()
    found: dict[str, CategorySpec] = {}
    for entry in parts["categories"].items():
        pair = entry.take(needed=("code", "ar", "en"))
        one = pair["code"].code(CATEGORY, 40)
        if one in found:
            entry.fault("used_twice", given=one)
        found[one] = CategorySpec(one, pair["ar"].text(200, arabic=True), pair["en"].text(200))
    Node(code, node.path, node.faults).code(NAME, 40)
    return CategorySetSource(code, name_ar, name_en, tuple(found.values()))


_ELEMENT = ("categories", "min", "max", "over_time", "over_place", "numerator", "denominator", "options", "help")


def _element(code: str, node: Node, sets: Mapping[str, CategorySetSource]) -> ElementSource:
    Node(code, node.path, node.faults).code(NAME, 60)
    parts = node.take(needed=("type", "name"), optional=_ELEMENT)
    name_ar, name_en = parts["name"].names()
    help_ar, help_en = parts["help"].names(1000)
    chosen = parts["categories"].text(40) or None
    if chosen and chosen not in sets:
        parts["categories"].fault("unknown_code", given=chosen)
    spec = ElementSpec(
        code=code,
        type=parts["type"].choice(ElementType),
        name_ar=name_ar,
        name_en=name_en,
        minimum=_bound(parts["min"]),
        maximum=_bound(parts["max"]),
        over_time=parts["over_time"].choice(OverTime, OverTime.SUM),
        over_place=parts["over_place"].choice(OverPlace, OverPlace.SUM),
        numerator=parts["numerator"].text(60) or None,
        denominator=parts["denominator"].text(60) or None,
        categories=sets[chosen].categories if chosen and chosen in sets else (),
        options=tuple(_option(entry) for entry in parts["options"].items()),
    )
    _check_element(node, spec)
    return ElementSource(spec, chosen, help_ar, help_en)


def _bound(node: Node) -> Decimal | None:
    number = node.number()
    if number is not None and (abs(number) > MAX_BOUND or number != round(number, 4)):
        node.fault("bound_out_of_range", given=str(node.value)[:40])
    return number


def _option(node: Node) -> OptionSpec:
    parts = node.take(needed=("code", "ar", "en"))
    return OptionSpec(parts["code"].code(SLUG, 40), parts["ar"].text(200, arabic=True), parts["en"].text(200))


def _check_element(node: Node, spec: ElementSpec) -> None:
    """What only the parts together can be wrong about."""
    if spec.minimum is not None and spec.maximum is not None and spec.minimum > spec.maximum:
        node.fault("bounds_crossed")
    if (spec.type is ElementType.CHOICE) != bool(spec.options):
        node.fault("options_and_choice")
    if len({option.code for option in spec.options}) != len(spec.options):
        node.fault("used_twice", given="options")
    is_ratio = spec.over_place is OverPlace.RATIO
    if is_ratio != (spec.numerator is not None) or is_ratio != (spec.denominator is not None):
        node.fault("ratio_and_parts")
    if is_ratio and spec.categories:
        node.fault("ratio_with_categories")
    if not spec.type.is_numeric and (spec.over_time, spec.over_place) != (OverTime.NONE, OverPlace.NONE):
        node.fault("not_to_be_summed")
    if not spec.type.is_numeric and spec.categories:
        node.fault("text_with_categories")


def _section(node: Node, elements: Mapping[str, ElementSource]) -> SectionSpec:
    parts = node.take(needed=("code", "name", "elements"))
    named = _named(parts["code"], parts["name"], SLUG)
    used = []
    for entry in parts["elements"].items():
        if isinstance(entry.value, Mapping):
            pair = entry.take(needed=("element",), optional=("required",))
            code, required = pair["element"].text(60), pair["required"].flag(True)
        else:
            code, required = entry.text(60), True
        if code in elements:
            spec = elements[code].spec
            used.append(replace(spec, required=required and not spec.is_computed))
        elif code:
            entry.fault("unknown_code", given=code)
    if not list(parts["elements"].items()):
        node.fault("empty_section")
    return SectionSpec(named.code, named.name_ar, named.name_en, tuple(used))


def _check_use(sections: Node, definitions: Node, spec: TemplateSpec, elements: Mapping[str, ElementSource]) -> None:
    """Every element stands in one section; both parts of a ratio are asked, without being ratios themselves."""
    if not spec.elements:
        sections.fault("nothing_asked")
    for given in _twice(section.code for section in spec.sections):
        sections.fault("used_twice", given=given)
    for given in _twice(element.code for element in spec.elements):
        sections.fault("used_twice", given=given)
    for code in elements:
        if spec.element(code) is None:
            definitions.child(code, None).fault("never_used", given=code)
    for element in spec.elements:
        for part in (element.numerator, element.denominator):
            asked = spec.element(part) if part else None
            if part and (asked is None or asked.is_computed or not asked.type.is_numeric):
                definitions.child(element.code, None).fault("unknown_part", given=part)


def _twice(codes: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    for code in codes:
        seen[code] = seen.get(code, 0) + 1
    return [code for code, times in seen.items() if times > 1]


def _rules(node: Node, spec: TemplateSpec) -> tuple[RuleSpec, ...]:
    rules = tuple(_rule(entry, spec) for entry in node.items())
    for given in _twice(rule.code for rule in rules):
        node.fault("used_twice", given=given)
    return rules


def _rule(node: Node, spec: TemplateSpec) -> RuleSpec:
    parts = node.take(needed=("code", "left", "operator", "right", "severity", "missing", "message"))
    message_ar, message_en = parts["message"].names(LONGEST_RULE)
    for message in (message_ar, message_en):
        _check_message(parts["message"], message)
    return RuleSpec(
        code=parts["code"].code(SLUG, 60),
        left=_side(parts["left"], spec),
        operator=parts["operator"].choice(Operator),
        right=_side(parts["right"], spec),
        severity=parts["severity"].choice(Severity),
        missing=parts["missing"].choice(Missing),
        message_ar=message_ar,
        message_en=message_en,
    )


def _side(node: Node, spec: TemplateSpec) -> Expression:
    """One side of a rule, over what the template asks."""
    if node.value is None:
        return Number(Decimal(0))
    try:
        tree = parse(str(node.value))
        cells_read(tree.operands(), spec.cells)
    except ExpressionProblem as problem:
        node.fault(problem.code, **problem.params)
        return Number(Decimal(0))
    return tree


def _check_message(node: Node, message: str) -> None:
    """Only the two values may stand in a message's braces."""
    try:
        names = {
            name for _text, name, form, _conversion in string.Formatter().parse(message) if name is not None or form
        }
    except ValueError:
        names = {None}
    if not names <= {"left", "right"}:
        node.fault("unknown_braces")


def differences(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Where two of these differ: the path, and each side in short. Entries of lists are told by their code."""
    if is_dataclass(one) and type(one) is type(other):
        for field in fields(one):
            # A specification stands in a file without a key of its own.
            step = path if field.name == "spec" else f"{path}.{field.name}".lstrip(".")
            yield from differences(getattr(one, field.name), getattr(other, field.name), step)
    elif isinstance(one, tuple) and isinstance(other, tuple) and _coded(one) and _coded(other):
        left, right = {_code_of(entry): entry for entry in one}, {_code_of(entry): entry for entry in other}
        for code in dict.fromkeys([*left, *right]):
            yield from differences(left.get(code), right.get(code), f"{path}.{code}")
        if [code for code in left if code in right] != [code for code in right if code in left]:
            yield path, " ".join(left)[:200], " ".join(right)[:200]
    elif one != other:
        yield path, _short(one), _short(other)


def _code_of(entry: Any) -> str:
    return str(entry.spec.code if isinstance(entry, ElementSource) else entry.code)


def _coded(entries: tuple[Any, ...]) -> bool:
    return all(hasattr(entry, "code") or isinstance(entry, ElementSource) for entry in entries)


def _short(value: Any) -> str:
    if value is None:
        return "–"
    return str(_code_of(value) if hasattr(value, "code") or isinstance(value, ElementSource) else value)[:200]
