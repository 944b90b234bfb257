"""Two versions of a template side by side: what was added, what went, what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from coordination.reporting.rules.specification import ElementSpec, RuleSpec, SectionSpec, TemplateSpec


@dataclass(frozen=True)
class Placed:
    """An item in its section."""

    element: ElementSpec
    section: SectionSpec


@dataclass(frozen=True)
class ItemChange:
    """An item that both versions ask, in another section or required otherwise."""

    before: Placed
    after: Placed

    @property
    def moved(self) -> bool:
        """Whether it stands in another section."""
        return self.before.section.code != self.after.section.code

    @property
    def required(self) -> bool:
        """Whether an answer became required, or no longer is."""
        return self.before.element.required != self.after.element.required


@dataclass(frozen=True)
class RuleChange:
    """A rule that both versions have, with another wording, weight or formula."""

    before: RuleSpec
    after: RuleSpec


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two versions; `reordered` where only the order of items does."""

    sections_added: tuple[SectionSpec, ...]
    sections_removed: tuple[SectionSpec, ...]
    sections_renamed: tuple[tuple[SectionSpec, SectionSpec], ...]
    items_added: tuple[Placed, ...]
    items_removed: tuple[Placed, ...]
    items_changed: tuple[ItemChange, ...]
    rules_added: tuple[RuleSpec, ...]
    rules_removed: tuple[RuleSpec, ...]
    rules_changed: tuple[RuleChange, ...]
    reordered: bool

    @property
    def same(self) -> bool:
        """Whether both ask the same."""
        return self == Comparison((), (), (), (), (), (), (), (), (), reordered=False)


def compare(before: TemplateSpec, after: TemplateSpec) -> Comparison:
    """What the second version asks otherwise than the first; sections, items and rules are told by their codes."""
    sections, new_sections = _by_code(before.sections), _by_code(after.sections)
    items, new_items = _placed(before), _placed(after)
    rules, new_rules = _by_code(before.rules), _by_code(after.rules)
    both = [code for code in items if code in new_items]
    changes = (ItemChange(items[code], new_items[code]) for code in both)
    return Comparison(
        sections_added=_only(new_sections, sections),
        sections_removed=_only(sections, new_sections),
        sections_renamed=tuple(
            (one, new_sections[code])
            for code, one in sections.items()
            if code in new_sections and _names(one) != _names(new_sections[code])
        ),
        items_added=_only(new_items, items),
        items_removed=_only(items, new_items),
        items_changed=tuple(change for change in changes if change.moved or change.required),
        rules_added=_only(new_rules, rules),
        rules_removed=_only(rules, new_rules),
        rules_changed=tuple(
            RuleChange(one, new_rules[code])
            for code, one in rules.items()
            if code in new_rules and one != new_rules[code]
        ),
        reordered=both != [code for code in new_items if code in items],
    )


def _by_code(things: Iterable[Any]) -> dict[str, Any]:
    return {thing.code: thing for thing in things}


def _placed(spec: TemplateSpec) -> dict[str, Placed]:
    return {element.code: Placed(element, section) for section in spec.sections for element in section.elements}


def _only(these: dict[str, Any], others: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(thing for code, thing in these.items() if code not in others)


def _names(section: SectionSpec) -> tuple[str, str]:
    return section.name_ar, section.name_en
