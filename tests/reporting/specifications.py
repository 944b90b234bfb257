"""A small template for tests of the rules: every type of element, categories, a computed ratio, rules."""

from __future__ import annotations

from decimal import Decimal

from coordination.reporting.rules.expressions import Missing, Operator, parse
from coordination.reporting.rules.periods import PeriodType
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
    assign_slots,
)

AGES = (CategorySpec("u5", "دون الخامسة", "Under 5"), CategorySpec("5p", "5 سنوات فأكثر", "5 and over"))


def element(code: str, kind: ElementType = ElementType.INTEGER, **parts: object) -> ElementSpec:
    """An element named by its code."""
    return ElementSpec(code, kind, code, code, **parts)  # type: ignore[arg-type]


def rule(code: str, left: str, operator: str, right: str, severity: Severity) -> RuleSpec:
    """A rule that waits for all its values."""
    messages = f"{code}: {{left}} و {{right}}", f"{code}: {{left}} and {{right}}"
    return RuleSpec(code, parse(left), Operator(operator), parse(right), severity, Missing.SKIP_ANY, *messages)


SECTIONS = (
    SectionSpec(
        "beds",
        "الأسرّة",
        "Beds",
        (
            element("beds", required=True, minimum=Decimal(0), maximum=Decimal(2000), over_time=OverTime.LAST),
            element("occupied", minimum=Decimal(0), over_time=OverTime.LAST),
            element(
                "occupancy", ElementType.PERCENT, over_place=OverPlace.RATIO, numerator="occupied", denominator="beds"
            ),
        ),
    ),
    SectionSpec(
        "services",
        "الخدمات",
        "Services",
        (
            element("visits", required=True, minimum=Decimal(0), categories=AGES),
            element("fuel", ElementType.DECIMAL, minimum=Decimal(0)),
            element("stock", ElementType.PERCENT),
            element("ambulance", ElementType.BOOLEAN),
            element("power", ElementType.CHOICE, options=(OptionSpec("grid", "الشبكة", "Grid"),)),
            element("note", ElementType.TEXT),
            element("visited", ElementType.DATE),
        ),
    ),
)
RULES = (
    rule("occupied_beds", "occupied", "<=", "beds", Severity.ERROR),
    rule("many_visits", "visits", "<=", "1000", Severity.WARNING),
    rule("young", "visits.u5", "<", "500", Severity.ALERT),
)
SPEC = TemplateSpec("services", 1, PeriodType.MONTH, SECTIONS, RULES, assign_slots(SECTIONS))
