"""A report as it is being filled: every field with its text and last period's answer, remarks, totals, steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest

from coordination.reporting.rules.answers import Problem, State
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.readings import Block, Document, Line, Question, Said, read
from coordination.reporting.rules.specification import (
    CategorySpec,
    ElementSpec,
    OverPlace,
    SectionSpec,
    Severity,
    TemplateSpec,
)
from coordination.reporting.rules.typed import reason_of, text_of
from coordination.reporting.rules.values import Broken


@dataclass(frozen=True)
class Sum:
    """A total; `at_least` where a number in it is not known."""

    number: Decimal | None = None
    at_least: bool = False


def sum_of(answers: Iterable[Said]) -> Sum:
    """The total of some answers: nothing where none is a number, at least that much where one is not known."""
    said = list(answers)
    numbers = [one.number for one in said if one.number is not None]
    if not numbers:
        return Sum()
    return Sum(sum(numbers, Decimal(0)), any(one.state == State.NOT_KNOWN for one in said))


@dataclass(frozen=True)
class Field:
    """One field: its slot is its name; `fault` says why its text cannot stay, `asked` that a question is open."""

    slot: str
    category: CategorySpec | None
    text: str
    now: Said
    before: Said
    fault: str = ""
    asked: bool = False

    @property
    def answered(self) -> bool:
        """Whether anything stands there."""
        return bool(self.text)


@dataclass(frozen=True)
class Remark:
    """A broken rule, told under the first line it reads."""

    rule: str
    severity: Severity
    message_ar: str
    message_en: str
    needs_reason: bool


@dataclass(frozen=True)
class LineSheet:
    """An element with its fields, their total, and what is to be said about them."""

    element: ElementSpec
    fields: tuple[Field, ...]
    remarks: tuple[Remark, ...] = ()
    reason: str = ""

    @property
    def slot(self) -> str:
        """The first field, which names the line and keeps its reason."""
        return self.fields[0].slot

    @property
    def summed(self) -> bool:
        """Whether a total of its categories means something."""
        return bool(self.element.categories) and self.element.over_place is OverPlace.SUM

    @property
    def total(self) -> Sum:
        """The sum over its categories."""
        return sum_of(field.now for field in self.fields) if self.summed else Sum()

    @property
    def faulty(self) -> tuple[Field, ...]:
        """The fields whose text cannot stay."""
        return tuple(field for field in self.fields if field.fault)

    @property
    def faults(self) -> tuple[Field, ...]:
        """What is wrong, once where it is the same in every field; such a one stands without its category."""
        first = self.fields[0]
        if len(self.fields) > 1 and first.fault and all(field.fault == first.fault for field in self.fields):
            return (replace(first, category=None),)
        return self.faulty

    @property
    def span(self) -> int:
        """The columns of its row: name, fields, total, menu."""
        return len(self.fields) + 2 + self.summed

    @property
    def wants_reason(self) -> bool:
        """Whether a box for a reason stands below it: for warnings, answered ones too."""
        return any(remark.severity is Severity.WARNING for remark in self.remarks)

    @property
    def open_questions(self) -> int:
        """Warnings that wait for a reason."""
        return sum(remark.needs_reason for remark in self.remarks)

    @property
    def errors(self) -> int:
        """What blocks sending."""
        return len(self.faulty) + sum(remark.severity is Severity.ERROR for remark in self.remarks)

    @property
    def says_something(self) -> bool:
        """Whether anything stands below the line."""
        return bool(self.remarks or self.faulty)

    @property
    def complete(self) -> bool:
        """Whether every field is answered."""
        return all(field.answered for field in self.fields)

    @property
    def left(self) -> int:
        """Required fields that are still empty."""
        return sum(not field.answered for field in self.fields) if self.element.required else 0


@dataclass(frozen=True)
class BlockSheet:
    """Neighbouring elements with the same categories: one grid, or a plain list where there are none."""

    categories: tuple[CategorySpec, ...]
    lines: tuple[LineSheet, ...]

    @property
    def slot(self) -> str:
        """The first field, which names the block."""
        return self.lines[0].slot

    @cached_property
    def summed(self) -> bool:
        """Whether lines have totals."""
        return any(line.summed for line in self.lines)

    @cached_property
    def columns(self) -> tuple[Sum, ...]:
        """The sum of every column over the lines that are summed; none of fewer than two lines."""
        lines = [line for line in self.lines if line.summed]
        if len(lines) < 2:
            return ()
        return tuple(sum_of(line.fields[index].now for line in lines) for index in range(len(self.categories)))

    @property
    def all(self) -> Sum:
        """The sum of all columns."""
        return sum_of(field.now for line in self.lines if line.summed for field in line.fields)


@dataclass(frozen=True)
class SectionSheet:
    """One step of the form."""

    section: SectionSpec
    blocks: tuple[BlockSheet, ...]

    @property
    def lines(self) -> tuple[LineSheet, ...]:
        """All lines."""
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def errors(self) -> int:
        """What blocks sending."""
        return sum(line.errors for line in self.lines)

    @property
    def open_questions(self) -> int:
        """Warnings that wait for a reason."""
        return sum(line.open_questions for line in self.lines)

    @property
    def left(self) -> int:
        """Required fields that are still empty."""
        return sum(line.left for line in self.lines)

    @property
    def empty(self) -> bool:
        """Whether nothing was answered yet."""
        return not any(field.answered for line in self.lines for field in line.fields)

    @property
    def optional(self) -> bool:
        """Whether nothing in it is required."""
        return not any(line.element.required for line in self.lines)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do in it."""
        return not (self.errors or self.open_questions or self.left or self.empty)


@dataclass(frozen=True)
class Sheet:
    """The whole form."""

    sections: tuple[SectionSheet, ...]
    # What blocks sending and belongs to no field.
    general: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> tuple[LineSheet, ...]:
        """All lines in the order of the paper."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def complete_lines(self) -> int:
        """Lines with every field answered and nothing to correct."""
        return sum(line.complete and not line.errors for line in self.lines)

    @property
    def errors(self) -> int:
        """What blocks sending."""
        return sum(line.errors for line in self.lines) + len(self.general)

    @property
    def open_questions(self) -> int:
        """Warnings that wait for a reason."""
        return sum(line.open_questions for line in self.lines)


@dataclass
class _Told:
    """What is wrong, by where it is told."""

    faults: dict[Cell, str] = field(default_factory=dict)
    remarks: dict[str, list[Remark]] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)


def lay_out(
    spec: TemplateSpec,
    now: Document,
    before: Document,
    errors: Sequence[Problem] = (),
    warnings: Sequence[Broken] = (),
    typed: Mapping[str, str] | None = None,
) -> Sheet:
    """The form over two documents; `typed` holds texts that were typed and not saved yet, under the fields' names."""
    told = _sort(spec, errors, warnings)
    typed = typed or {}
    sections = []
    for section in read(spec, now, before):
        blocks = [_block(spec, block, now, told, typed) for block in section.blocks]
        sections.append(SectionSheet(section.section, tuple(blocks)))
    return Sheet(tuple(sections), tuple(told.general))


def _sort(spec: TemplateSpec, errors: Sequence[Problem], warnings: Sequence[Broken]) -> _Told:
    """Put every fault at its field and every broken rule under the first line that it reads."""
    told = _Told()
    for problem in errors:
        cell = (problem.element or "", problem.category)
        if problem.code == "rule_broken" and cell in spec.slots:
            remark = Remark(
                problem.params["rule"],
                Severity.ERROR,
                problem.params["message_ar"],
                problem.params["message_en"],
                needs_reason=False,
            )
            told.remarks.setdefault(cell[0], []).append(remark)
        elif cell in spec.slots:
            told.faults.setdefault(cell, message_for(problem.code, problem.params))
        else:
            told.general.append(message_for(problem.code, problem.params))
    for broken in warnings:
        remark = Remark(broken.rule, broken.severity, broken.message_ar, broken.message_en, broken.needs_reason)
        told.remarks.setdefault(broken.elements[0] if broken.elements else "", []).append(remark)
    return told


def _block(spec: TemplateSpec, block: Block, now: Document, told: _Told, typed: Mapping[str, str]) -> BlockSheet:
    return BlockSheet(block.categories, tuple(_line(spec, line, now, told, typed) for line in block.lines))


def _line(spec: TemplateSpec, line: Line, now: Document, told: _Told, typed: Mapping[str, str]) -> LineSheet:
    remarks = tuple(told.remarks.get(line.element.code, ()))
    asked = any(remark.needs_reason for remark in remarks)
    fields = []
    for cell, question in zip_longest(line.element.cells, line.questions):
        fields.append(_field(line.element, cell, spec.slots[cell], question, now, told, typed, asked))
    first = fields[0].slot
    return LineSheet(line.element, tuple(fields), remarks, typed.get(f"r-{first}", reason_of(first, now)))


def _field(
    element: ElementSpec,
    cell: Cell,
    slot: str,
    question: Question,
    now: Document,
    told: _Told,
    typed: Mapping[str, str],
    asked: bool,
) -> Field:
    text = typed.get(slot, text_of(element, slot, now))
    return Field(
        slot,
        question.category,
        text,
        question.now,
        question.before,
        told.faults.get(cell, ""),
        asked and question.now.answered,
    )


def unasked(
    spec: TemplateSpec, doc: Mapping[str, int | float], notes: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """The slots that two documents answer and a version does not ask."""
    asked = set(spec.slots.values())
    return tuple(slot for slot in dict.fromkeys([*doc, *notes]) if slot not in asked)
