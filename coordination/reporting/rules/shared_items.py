"""Items that two templates both ask: how two reports about one facility and period are laid side by side, and what counts of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coordination.reporting.rules.counting import Candidate, CountedBy, choose
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.settlements import Reported, Terms, derive
from coordination.reporting.rules.specification import ElementSpec, SectionSpec, TemplateSpec


def shared_items(first: TemplateSpec, other: TemplateSpec) -> TemplateSpec:
    """What both ask for as numbers, in the order, the sections and under the slots of the first; rules are left out."""
    asked = {cell for element, cell, _slot in other.questions() if element.type.is_numeric}
    sections = tuple(
        replace(section, elements=elements) for section in first.sections if (elements := _shared(section, asked))
    )
    cells = (cell for section in sections for element in section.elements for cell in element.cells)
    return TemplateSpec(
        first.code, first.version, first.period_type, sections, (), {cell: first.slots[cell] for cell in cells}
    )


def _shared(section: SectionSpec, asked: Collection[tuple[str, str | None]]) -> tuple[ElementSpec, ...]:
    """The elements of a section that are asked elsewhere too, each with the categories that are."""
    found = []
    for element in section.elements:
        held = [cell for cell in element.cells if cell in asked]
        if element.type.is_numeric and held:
            named = tuple(one for one in element.categories if (element.code, one.code) in held)
            found.append(replace(element, categories=named))
    return tuple(found)


def under_slots(shared: TemplateSpec, own: TemplateSpec, said: Document) -> Document:
    """What one of the two reports says of the shared items, under their slots."""
    names = {own.slots[cell]: slot for cell, slot in shared.slots.items() if cell in own.slots}
    return Document(
        {names[slot]: number for slot, number in said.doc.items() if slot in names},
        {names[slot]: note for slot, note in said.notes.items() if slot in names},
    )


@dataclass(frozen=True)
class Standing:
    """A report that counts among those of its own template, with what it says of an item under the shared slots."""

    candidate: Candidate
    reported: Reported


@dataclass(frozen=True)
class Counting:
    """What counts of an item: on whose report it stands, why, and the numbers; `changed` are those that it says otherwise."""

    ground: Reported
    rule: CountedBy
    doc: Mapping[str, int | float]
    changed: frozenset[str] = frozenset()


def counted_of(
    standing: Sequence[Standing], terms: Terms | None, summed: Iterable[str], sides: Collection[int]
) -> Counting | None:
    """What counts of one item: as its sides settled it where that can hold, else of those that answer it the report of the rule."""
    answering = [one for one in standing if one.reported.doc]
    choice = choose([one.candidate for one in answering])
    if choice is None:
        return None
    settled = None if terms is None else _settled(standing, terms, summed, sides)
    if settled is not None:
        return settled
    chosen = next(one.reported for one in answering if one.candidate is choice.counted)
    return Counting(chosen, choice.rule, chosen.doc)


def _settled(
    standing: Sequence[Standing], terms: Terms, summed: Iterable[str], sides: Collection[int]
) -> Counting | None:
    """What counts of one item by some terms of its sides; None where they cannot hold."""
    theirs = [one for one in standing if one.reported.reporter in sides]
    choice = choose([one.candidate for one in theirs if one.reported.doc])
    if choice is None:
        return None
    chosen = next(one.reported for one in theirs if one.candidate is choice.counted)
    derived = derive(terms, [one.reported for one in theirs], chosen.reporter, summed, sides)
    if derived is None:
        return None
    whole = dict(derived.ground.doc) | dict(derived.overlay)
    doc = {slot: number for slot, number in whole.items() if number is not None}
    return Counting(derived.ground, CountedBy.SETTLED, doc, frozenset(derived.overlay))
