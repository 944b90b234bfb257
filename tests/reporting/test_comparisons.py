"""Two versions side by side: sections, items and rules that were added, went or changed."""

from dataclasses import replace

from coordination.reporting.rules.comparisons import compare
from coordination.reporting.rules.expressions import Missing, Operator, parse
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.specification import (
    ElementSpec,
    ElementType,
    RuleSpec,
    SectionSpec,
    Severity,
    TemplateSpec,
)


def item(code: str, required: bool = True) -> ElementSpec:
    """A whole number."""
    return ElementSpec(code, ElementType.INTEGER, code, code, required=required)


def section(code: str, *items: ElementSpec, name: str = "") -> SectionSpec:
    """A section."""
    return SectionSpec(code, name or code, name or code, items)


def rule(code: str, left: str = "births") -> RuleSpec:
    """A rule."""
    return RuleSpec(
        code, parse(left), Operator.AT_MOST, parse("visits"), Severity.ERROR, Missing.SKIP_ANY, "قاعدة", "A rule"
    )


VISITS, BIRTHS, DEATHS = item("visits"), item("births"), item("deaths")
FIRST = TemplateSpec(
    "monthly", 1, PeriodType.MONTH, (section("a", VISITS, BIRTHS), section("b", DEATHS)), (rule("one"), rule("two"))
)


def changed(**given: object) -> TemplateSpec:
    """The same with other parts."""
    return replace(FIRST, **given)  # type: ignore[arg-type]


def test_a_version_compared_with_itself_is_the_same_whatever_its_number() -> None:
    assert compare(FIRST, changed(version=2)).same


def test_sections_are_added_removed_and_renamed() -> None:
    found = compare(FIRST, changed(sections=(section("a", VISITS, BIRTHS, name="Other"), section("c", DEATHS))))
    assert [one.code for one in found.sections_added] == ["c"]
    assert [one.code for one in found.sections_removed] == ["b"]
    assert [(was.name_en, now.name_en) for was, now in found.sections_renamed] == [("a", "Other")]
    assert [(change.moved, change.required) for change in found.items_changed] == [(True, False)]


def test_items_are_added_removed_and_required_otherwise() -> None:
    after = changed(sections=(section("a", item("visits", required=False), item("new")), section("b", DEATHS)))
    found = compare(FIRST, after)
    assert [(one.element.code, one.section.code) for one in found.items_added] == [("new", "a")]
    assert [one.element.code for one in found.items_removed] == ["births"]
    assert [(one.after.element.code, one.required, one.moved) for one in found.items_changed] == [
        ("visits", True, False)
    ]
    assert not found.reordered


def test_another_order_alone_is_told() -> None:
    found = compare(FIRST, changed(sections=(section("a", BIRTHS, VISITS), section("b", DEATHS))))
    assert (found.reordered, found.same, found.items_changed) == (True, False, ())


def test_rules_are_added_removed_and_changed() -> None:
    found = compare(FIRST, changed(rules=(rule("one", "births + 1"), rule("three"))))
    assert [one.code for one in found.rules_added] == ["three"]
    assert [one.code for one in found.rules_removed] == ["two"]
    assert [(str(one.before.left), str(one.after.left)) for one in found.rules_changed] == [("births", "births + 1")]
