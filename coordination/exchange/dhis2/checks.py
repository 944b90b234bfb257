"""DHIS2's validation rules and indicators, as far as reports here can carry them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from coordination.exchange.dhis2.expressions import Untranslated, translate
from coordination.exchange.dhis2.terms import LONGEST, OPERATORS, STRATEGIES, names
from coordination.exchange.json_files import Given
from coordination.reporting.rules.expressions import Cell, Expression, Missing, Number, Operand, Operator
from coordination.reporting.rules.package_codes import as_name
from coordination.reporting.rules.packages import Kind, OfferedTemplate, Remark
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.specification import ElementSpec, ElementType, OverPlace, OverTime, RuleSpec, Severity
from coordination.reporting.rules.templates import LONGEST_RULE, ElementSource
from directorates.rules.text import clean_text

MOST_RULES, MOST_INDICATORS, MOST_LEVELS = 3_000, 5_000, 50
# What a rule over several reports or places would be told of; ours look at one report.
ALERT = (Operator.LESS, Number(Decimal(1)))


@dataclass
class Items:
    """The elements that can be read by expressions: uids of all, of those carried, and cells of their categories."""

    known: Mapping[str, str]
    carried: Mapping[str, ElementSource]
    # (element, cell of DHIS2) to (element, category uid); cells of the default combination are no category.
    categories: Mapping[str, Sequence[str]]
    predicted: Mapping[str, str]
    remarks: list[Remark] = field(default_factory=list)

    def cell(self, element: str, category: str | None) -> Cell:
        """The cell that an operand reads; `Untranslated` where there is none here."""
        if element not in self.known:
            raise Untranslated("reads_unknown", given=element)
        if element not in self.carried:
            code = "reads_predicted" if element in self.predicted else "reads_not_asked"
            raise Untranslated(code, given=self.known[element])
        one = self.carried[element]
        if not one.spec.type.is_numeric:
            raise Untranslated("reads_text", given=self.known[element])
        cells = self.categories.get(one.category_set or "", ())
        if not cells or category is None:
            # Without categories there is one cell, whatever its identifier in that system.
            return element, None
        if category not in cells:
            raise Untranslated("reads_category", given=self.known[element], category=category)
        return element, category

    def leave_out(self, kind: Kind, name: str, uid: str, problem: Untranslated) -> None:
        """Tell that something is not carried, and why."""
        self.remarks.append(Remark(kind, name, uid, problem.code, problem.params))


@dataclass(frozen=True)
class _Side:
    """One side of a rule."""

    tree: Expression
    missing: Missing
    sliding: bool


def rules_of(
    top: Given, items: Items, templates: Sequence[OfferedTemplate], strict: set[str]
) -> tuple[OfferedTemplate, ...]:
    """The templates with the rules that they can check; rules of the data sets in `strict` block sending there."""
    held: dict[str, list[RuleSpec]] = {one.uid: [] for one in templates}
    seen: set[str] = set()
    for uid, given in top.rows("validationRules", MOST_RULES).items():
        name = names(given, "name")[1] or uid
        if uid.lower() in seen:
            given.part("id").fault("used_twice", given=uid)
        seen.add(uid.lower())
        try:
            rule = _rule(given, uid, name, items)
            homes = _homes(rule, given, templates, items)
        except Untranslated as problem:
            items.leave_out(Kind.RULE, name, uid, problem)
            continue
        for home in homes:
            blocks = home.uid in strict and rule.severity is Severity.WARNING
            held[home.uid].append(replace(rule, severity=Severity.ERROR) if blocks else rule)
    return tuple(replace(one, rules=tuple(held[one.uid])) for one in templates)


def _homes(rule: RuleSpec, given: Given, templates: Sequence[OfferedTemplate], items: Items) -> list[OfferedTemplate]:
    """The templates that ask all that a rule reads, in periods of its kind."""
    read = {element for element, _category in rule.operands}
    if not read:
        raise Untranslated("reads_nothing")
    asking = [one for one in templates if read <= set(one.elements)]
    if not asking:
        apart = next(uid for uid in read)
        raise Untranslated("reads_apart", given=items.known[apart])
    period = given.text("periodType", 40)
    fitting = [one for one in asking if not period or _same_period(one.period_type, period)]
    if not fitting:
        raise Untranslated("other_period", given=period)
    return fitting


def _same_period(period_type: PeriodType | None, given: str) -> bool:
    """Whether a rule for such periods is for those of a template; weeks are weeks, whatever day they begin on."""
    if given.startswith("Weekly"):
        return period_type is not None and period_type.is_week
    words = {"Monthly": PeriodType.MONTH, "Quarterly": PeriodType.QUARTER, "Yearly": PeriodType.YEAR}
    return words.get(given) is period_type


def _rule(given: Given, uid: str, name: str, items: Items) -> RuleSpec:
    """One rule over uids."""
    operator = OPERATORS.get(given.text("operator", 60))
    if operator is None:
        raise Untranslated("operator", given=given.text("operator", 60))
    if given.flag("skipFormValidation"):
        raise Untranslated("not_at_entry")
    left, right = (
        _side(given.part("leftSide").value, given, "leftSide", items),
        _side(given.part("rightSide").value, given, "rightSide", items),
    )
    missing, exact = _missing(left, right)
    severity = Severity.ALERT if _is_alert(left, operator, right) else Severity.WARNING
    arabic, english = names(given, "instruction", "description", "name")
    rule = RuleSpec(
        code=f"dhis2-{uid.lower()}",
        left=left.tree,
        operator=operator,
        right=right.tree,
        severity=severity,
        missing=missing,
        message_ar=_message(arabic),
        message_en=_message(english) or _message(name),
    )
    _remark(given, uid, name, items, exact=exact, sliding=left.sliding or right.sliding)
    return rule


def _message(text: str) -> str:
    """Words of a rule as our messages take them: braces are for values only."""
    return text.replace("{", "(").replace("}", ")")[:LONGEST_RULE]


def _side(value: object, given: Given, key: str, items: Items) -> _Side:
    """One side; the strategy that DHIS2 takes where none is said."""
    side = Given(given.node.child(key, value))
    strategy = side.text("missingValueStrategy", 60) or "SKIP_IF_ALL_VALUES_MISSING"
    if strategy not in STRATEGIES:
        raise Untranslated("strategy", given=strategy)
    tree = translate(side.text("expression", 10_000), items.cell)
    return _Side(tree, STRATEGIES[strategy], side.flag("slidingWindow"))


def _missing(left: _Side, right: _Side) -> tuple[Missing, bool]:
    """What a missing value does to the rule, and whether that is exactly what it does there, side by side."""
    reading = [side for side in (left, right) if side.tree.operands()]
    said = {side.missing for side in reading}
    if len(said) == 1:
        (one,) = said
        return one, one is not Missing.SKIP_ALL or len(reading) == 1
    return (Missing.SKIP_ANY, False) if said else (Missing.ZERO, True)


def _is_alert(left: _Side, operator: Operator, right: _Side) -> bool:
    """Whether the rule only waits for a first case: `x < 1`, a missing value never skipped."""
    return (operator, right.tree) == ALERT and left.missing is right.missing is Missing.ZERO


def _remark(given: Given, uid: str, name: str, items: Items, *, exact: bool, sliding: bool) -> None:
    """Tell in what a carried rule differs."""
    levels = given.part("organisationUnitLevels").value
    if not exact:
        items.remarks.append(Remark(Kind.RULE, name, uid, "missing_apart", carried=True))
    if sliding:
        items.remarks.append(Remark(Kind.RULE, name, uid, "sliding_window", carried=True))
    if isinstance(levels, list) and levels:
        told = ", ".join(clean_text(str(level))[:10] for level in levels[:MOST_LEVELS])
        items.remarks.append(Remark(Kind.RULE, name, uid, "levels", {"given": told}, carried=True))


def indicators_of(top: Given, items: Items, templates: Sequence[OfferedTemplate]) -> dict[str, ElementSource]:
    """The indicators that are a share of two items asked together, as elements that are computed and never asked."""
    factors = {uid: one.data.get("factor") for uid, one in top.rows("indicatorTypes", 200).items()}
    found: dict[str, ElementSource] = {}
    for uid, given in top.rows("indicators", MOST_INDICATORS).items():
        if uid in items.known:
            given.part("id").fault("used_twice", given=uid)
        arabic, english = names(given, "name", "shortName")
        try:
            numerator, denominator = _parts(given, items, templates)
            kind = _kind(factors.get(given.reference("indicatorType")))
        except Untranslated as problem:
            items.leave_out(Kind.INDICATOR, english or uid, uid, problem)
            continue
        code = as_name(given.text("code", LONGEST), f"dhis2_{uid}")
        spec = ElementSpec(
            code=code,
            type=kind,
            name_ar=arabic[:LONGEST],
            name_en=english[:LONGEST],
            over_time=OverTime.SUM,
            over_place=OverPlace.RATIO,
            numerator=numerator,
            denominator=denominator,
        )
        found[uid] = ElementSource(spec)
    return found


def _kind(factor: object) -> ElementType:
    """A share in per cent, or a plain quotient."""
    if factor == 100:
        return ElementType.PERCENT
    if factor == 1:
        return ElementType.DECIMAL
    raise Untranslated("indicator_factor", given=clean_text(str(factor))[:20])


def _parts(given: Given, items: Items, templates: Sequence[OfferedTemplate]) -> tuple[str, str]:
    """The two elements of a share; `Untranslated` where it is something else."""
    if given.flag("annualized"):
        raise Untranslated("indicator_annualized")
    sides = [translate(given.text(key, 10_000), items.cell) for key in ("numerator", "denominator")]
    numerator, denominator = sides
    if isinstance(denominator, Number):
        alone = isinstance(numerator, Operand) and denominator.value == 1
        raise Untranslated("indicator_number" if alone else "indicator_sum")
    if not isinstance(numerator, Operand) or not isinstance(denominator, Operand):
        raise Untranslated("indicator_sum")
    if numerator.category or denominator.category:
        raise Untranslated("indicator_category")
    pair = (numerator.element, denominator.element)
    if not any(set(pair) <= set(one.elements) for one in templates):
        raise Untranslated("reads_apart", given=items.known[pair[1]])
    return pair


def with_indicators(
    templates: Sequence[OfferedTemplate], indicators: Mapping[str, ElementSource]
) -> Iterator[OfferedTemplate]:
    """The templates, each share behind its numerator wherever both parts are asked."""
    for one in templates:
        asked = set(one.elements)
        after: dict[str, list[str]] = {}
        for uid, element in indicators.items():
            if {element.spec.numerator, element.spec.denominator} <= asked:
                after.setdefault(element.spec.numerator or "", []).append(uid)
        sections = tuple(
            replace(
                section,
                elements=tuple(
                    pair
                    for asked_one in section.elements
                    for pair in (asked_one, *((uid, False) for uid in after.get(asked_one[0], ())))
                ),
            )
            for section in one.sections
        )
        yield replace(one, sections=sections)
