"""What an import does with each thing of a package, as the preview and the receipt list it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from coordination.reporting.rules.packages import Kind, Remark
from coordination.reporting.rules.specification import CategorySpec, ElementSpec, OptionSpec
from coordination.reporting.rules.templates import CategorySetSource, ElementSource, TemplateSource, differences


class Fate(StrEnum):
    """What becomes of something."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    HELD = "held"
    DIFFERS = "differs"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Change:
    """One difference: where, what is here, what the package says."""

    path: str
    before: str
    after: str


@dataclass(frozen=True)
class Item:
    """One thing of a package and its fate, with the differences or the reason."""

    kind: Kind
    fate: Fate
    name_ar: str
    name_en: str
    code: str = ""
    reason: str = ""
    params: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()

    def shape(self) -> dict[str, Any]:
        """As a receipt keeps it."""
        return {
            "kind": self.kind.value,
            "fate": self.fate.value,
            "name": [self.name_ar, self.name_en],
            "code": self.code,
            "reason": self.reason,
            "params": dict(self.params),
            "changes": [[change.path, change.before, change.after] for change in self.changes],
        }


def item_of(shape: Mapping[str, Any]) -> Item:
    """The item that a receipt keeps."""
    arabic, english = shape["name"]
    return Item(
        kind=Kind(shape["kind"]),
        fate=Fate(shape["fate"]),
        name_ar=arabic,
        name_en=english,
        code=shape["code"],
        reason=shape["reason"],
        params=tuple(shape["params"].items()),
        changes=tuple(Change(*change) for change in shape["changes"]),
    )


def items_of(remarks: Iterable[Remark]) -> Iterator[Item]:
    """Remarks as items."""
    for one in remarks:
        fate = Fate.DIFFERS if one.carried else Fate.LEFT_OUT
        yield Item(one.kind, fate, "", one.name, one.uid, one.reason, tuple(one.params.items()))


def counted(items: Iterable[Item]) -> dict[Kind, dict[Fate, int]]:
    """How many of each kind have which fate, in the order of the kinds."""
    found: dict[Kind, dict[Fate, int]] = {kind: dict.fromkeys(Fate, 0) for kind in Kind}
    for one in items:
        found[one.kind][one.fate] += 1
    return {kind: fates for kind, fates in found.items() if any(fates.values())}


def changes_between(stored: Any, given: Any) -> tuple[Change, ...]:
    """Where two definitions differ."""
    return tuple(Change(*found) for found in differences(stored, given))


def filled_element(given: ElementSource, stored: ElementSource) -> ElementSource:
    """The element with the words that are here already wherever the package has none: Arabic names above all."""
    options = {option.code: option for option in stored.spec.options}
    spec = _worded(given.spec, stored.spec)
    spec = replace(spec, options=tuple(_worded(one, options.get(one.code)) for one in given.spec.options))
    return replace(given, spec=spec, help_ar=given.help_ar or stored.help_ar, help_en=given.help_en or stored.help_en)


def filled_set(given: CategorySetSource, stored: CategorySetSource) -> CategorySetSource:
    """The category set with the words that are here already wherever the package has none."""
    held = {one.code: one for one in stored.categories}
    categories = tuple(_worded(one, held.get(one.code)) for one in given.categories)
    return replace(_worded(given, stored), categories=categories)


Worded = TypeVar("Worded", ElementSpec, OptionSpec, CategorySpec, CategorySetSource)


def _worded(given: Worded, stored: Any) -> Worded:
    if stored is None:
        return given
    return replace(given, name_ar=given.name_ar or stored.name_ar, name_en=given.name_en or stored.name_en)


def with_words_of(given: TemplateSource, stored: TemplateSource) -> TemplateSource:
    """The template with the words that are here already wherever the package has none."""
    sections = {one.code: one for one in stored.spec.sections}
    rules = {one.code: one for one in stored.spec.rules}
    spec = replace(
        given.spec,
        sections=tuple(
            replace(
                one,
                name_ar=one.name_ar or sections[one.code].name_ar,
                name_en=one.name_en or sections[one.code].name_en,
            )
            if one.code in sections
            else one
            for one in given.spec.sections
        ),
        rules=tuple(
            replace(
                one,
                message_ar=one.message_ar or rules[one.code].message_ar,
                message_en=one.message_en or rules[one.code].message_en,
            )
            if one.code in rules
            else one
            for one in given.spec.rules
        ),
    )
    named = given.template
    template = replace(
        named, name_ar=named.name_ar or stored.template.name_ar, name_en=named.name_en or stored.template.name_en
    )
    return replace(given, template=template, spec=spec)


def outline(source: TemplateSource, like: TemplateSource) -> TemplateSource:
    """What of a template is compared: its questions' places and its rules; version, days and definitions are not."""
    sections = tuple(section.without_definitions() for section in source.spec.sections)
    spec = replace(source.spec, version=like.spec.version, sections=sections)
    return replace(
        source,
        programme=like.programme,
        dataset=like.dataset,
        first_day=like.first_day,
        category_sets=(),
        elements=(),
        spec=spec,
    )
