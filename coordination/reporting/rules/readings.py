"""A report as it is read: answers beside those of the period before, what is marked, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby

from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.specification import (
    CategorySpec,
    ElementSpec,
    ElementType,
    OverPlace,
    SectionSpec,
    TemplateSpec,
)


@dataclass(frozen=True)
class Document:
    """The two documents of a revision or a draft: numbers by slot, and whatever else was said by slot."""

    doc: Mapping[str, int | float] = field(default_factory=dict)
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What was answered to one question: a number, a text or a state; all empty where it was left blank."""

    number: Decimal | None = None
    text: str = ""
    state: str = ""
    reason: str = ""

    @property
    def answered(self) -> bool:
        """Whether anything stands there."""
        return self.number is not None or bool(self.text) or bool(self.state)

    def same_as(self, other: Said) -> bool:
        """Whether both answer alike; reasons are no answers."""
        return (self.number, self.text, self.state) == (other.number, other.text, other.state)


@dataclass(frozen=True)
class Question:
    """One answer and what the same facility answered for the period before."""

    category: CategorySpec | None
    now: Said
    before: Said


@dataclass(frozen=True)
class Line:
    """An element with its answers, their total where the element is summed, and the rules it breaks."""

    element: ElementSpec
    questions: tuple[Question, ...]
    total: Decimal | None
    total_before: Decimal | None
    marks: tuple[Mark, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons given beside its answers, each once."""
        return tuple(dict.fromkeys(asked.now.reason for asked in self.questions if asked.now.reason))


@dataclass(frozen=True)
class Block:
    """Neighbouring elements with the same categories: one table."""

    categories: tuple[CategorySpec, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SectionRead:
    """A section of the report."""

    section: SectionSpec
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Mark:
    """A rule that the report breaks, as the revision keeps it."""

    rule: str
    elements: tuple[str, ...]
    severity: str
    message: Mapping[str, str]
    reason: str


@dataclass(frozen=True)
class Difference:
    """A question that two documents answer otherwise."""

    element: ElementSpec
    category: CategorySpec | None
    first: Said
    second: Said

    @property
    def change(self) -> Decimal | None:
        """The second number less the first; None where one of them is no number."""
        both = self.first.number, self.second.number
        return None if both[0] is None or both[1] is None else both[1] - both[0]


def marks_of(warnings: Iterable[Mapping[str, object]]) -> tuple[Mark, ...]:
    """The marks that a revision keeps, the gravest first."""
    found = [
        Mark(
            rule=str(warning["rule"]),
            elements=tuple(warning["elements"]),  # type: ignore[arg-type]
            severity=str(warning["severity"]),
            message=warning["message"],  # type: ignore[arg-type]
            reason=str(warning.get("reason") or ""),
        )
        for warning in warnings
    ]
    order = {"error": 0, "warning": 1, "alert": 2}
    return tuple(sorted(found, key=lambda mark: order.get(mark.severity, 3)))


def read(spec: TemplateSpec, now: Document, before: Document, marks: tuple[Mark, ...] = ()) -> tuple[SectionRead, ...]:
    """The whole report in the order in which it was asked; elements that are computed are left out."""
    return tuple(
        SectionRead(
            section, tuple(_block(spec, key, list(lines), now, before, marks) for key, lines in _groups(section))
        )
        for section in spec.sections
    )


def differences(spec: TemplateSpec, first: Document, second: Document) -> tuple[Difference, ...]:
    """What two documents of one template answer otherwise, in the order in which it is asked."""
    found = []
    for element, (_code, category), slot in spec.questions():
        one, other = said_under(element, slot, first), said_under(element, slot, second)
        if not one.same_as(other):
            found.append(Difference(element, _category(element, category), one, other))
    return tuple(found)


@dataclass(frozen=True)
class Beside:
    """A number that was asked for, as each of several documents gives it; without the words that stand around it."""

    section: SectionSpec
    element: ElementSpec
    category: CategorySpec | None
    slot: str
    said: tuple[Said, ...]

    @property
    def differs(self) -> bool:
        """Whether they do not all say the same."""
        return any(not one.same_as(self.said[0]) for one in self.said)

    @property
    def difference(self) -> Decimal | None:
        """The last number less the first; None where one of them is no number."""
        first, last = self.said[0].number, self.said[-1].number
        return None if first is None or last is None else last - first


def side_by_side(spec: TemplateSpec, documents: Sequence[Document]) -> tuple[Beside, ...]:
    """Every number that several documents were asked for, in the order in which it is asked; texts and reasons are left out."""
    return tuple(
        Beside(
            section, element, _category(element, cell[1]), spec.slots[cell], _bare(element, spec.slots[cell], documents)
        )
        for section in spec.sections
        for element in section.elements
        if element.type.is_numeric
        for cell in element.cells
    )


def _bare(element: ElementSpec, slot: str, documents: Sequence[Document]) -> tuple[Said, ...]:
    """What documents say under a slot, without reasons."""
    return tuple(replace(said_under(element, slot, document), reason="") for document in documents)


def headline_slots(spec: TemplateSpec, most: int = 4) -> tuple[tuple[ElementSpec, tuple[str, ...]], ...]:
    """The first summed element of each section with its slots: what tells the size of a report at a glance."""
    found = []
    for section in spec.sections:
        summed = (
            one for one in section.elements if one.over_place is OverPlace.SUM and one.type.is_numeric and one.cells
        )
        element = next(summed, None)
        if element is not None:
            found.append((element, tuple(spec.slots[cell] for cell in element.cells)))
    return tuple(found[:most])


def _groups(section: SectionSpec) -> Iterable[tuple[tuple[CategorySpec, ...], Iterable[ElementSpec]]]:
    """Neighbouring elements that share their categories."""
    return groupby((one for one in section.elements if one.cells), key=lambda one: one.categories)


def _block(
    spec: TemplateSpec,
    categories: tuple[CategorySpec, ...],
    elements: list[ElementSpec],
    now: Document,
    before: Document,
    marks: tuple[Mark, ...],
) -> Block:
    return Block(categories, tuple(_line(spec, element, now, before, marks) for element in elements))


def _line(spec: TemplateSpec, element: ElementSpec, now: Document, before: Document, marks: tuple[Mark, ...]) -> Line:
    questions = []
    for cell in element.cells:
        slot = spec.slots[cell]
        asked = Question(_category(element, cell[1]), said_under(element, slot, now), said_under(element, slot, before))
        questions.append(asked)
    return Line(
        element=element,
        questions=tuple(questions),
        total=_total(element, [asked.now for asked in questions]),
        total_before=_total(element, [asked.before for asked in questions]),
        marks=tuple(mark for mark in marks if element.code in mark.elements),
    )


def _category(element: ElementSpec, code: str | None) -> CategorySpec | None:
    return next((category for category in element.categories if category.code == code), None)


def _total(element: ElementSpec, answers: list[Said]) -> Decimal | None:
    """The sum over the categories of a summed element; None without categories or numbers."""
    numbers = [said.number for said in answers if said.number is not None]
    if not element.categories or element.over_place is not OverPlace.SUM or not numbers:
        return None
    return sum(numbers, Decimal(0))


def said_under(element: ElementSpec, slot: str, document: Document) -> Said:
    """What a document answers under a slot; a choice and a yes or no stand in `text` as their code."""
    note = document.notes.get(slot, {})
    number = from_json(document.doc[slot]) if slot in document.doc else None
    text = note.get("text", note.get("raw", ""))
    if element.type is ElementType.BOOLEAN and number is not None:
        number, text = None, "yes" if number else "no"
    return Said(number, text, note.get("state", ""), note.get("reason", ""))
