"""What a version of a report template asks: its sections, elements, rules, and the slot that holds each answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from coordination.reporting.rules.expressions import Cell, Expression, Missing, Operator
from coordination.reporting.rules.periods import PeriodType

_SLOT = re.compile(r"s[1-9]\d{0,4}", re.ASCII)


class ElementType(StrEnum):
    """What kind of answer an element takes."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"

    @property
    def is_numeric(self) -> bool:
        """Whether answers are numbers, which stand in the summed document (a boolean as 0 or 1)."""
        return self in (ElementType.INTEGER, ElementType.DECIMAL, ElementType.PERCENT, ElementType.BOOLEAN)


class OverTime(StrEnum):
    """How values of several periods become one."""

    SUM = "sum"
    LAST = "last"
    AVERAGE = "average"
    NONE = "none"


class OverPlace(StrEnum):
    """How values of several facilities become one."""

    SUM = "sum"
    AVERAGE = "average"
    RATIO = "ratio"
    NONE = "none"


class Severity(StrEnum):
    """What a broken rule does: block sending, ask for a reason, or raise an alert."""

    ERROR = "error"
    WARNING = "warning"
    ALERT = "alert"


@dataclass(frozen=True)
class CategorySpec:
    """One category of an element: a sex, an age group."""

    code: str
    name_ar: str
    name_en: str


@dataclass(frozen=True)
class OptionSpec:
    """One option of a choice."""

    code: str
    name_ar: str
    name_en: str


@dataclass(frozen=True)
class ElementSpec:
    """One element as a template uses it; bounds include their ends."""

    code: str
    type: ElementType
    name_ar: str
    name_en: str
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    over_time: OverTime = OverTime.SUM
    over_place: OverPlace = OverPlace.SUM
    numerator: str | None = None
    denominator: str | None = None
    categories: tuple[CategorySpec, ...] = ()
    options: tuple[OptionSpec, ...] = ()

    @property
    def is_computed(self) -> bool:
        """Whether it is computed from two other elements: never asked, and without a slot."""
        return self.over_place is OverPlace.RATIO and self.numerator is not None and self.denominator is not None

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """What is asked: (element, category) for each category, or (element, None) without categories."""
        if self.is_computed:
            return ()
        codes = [category.code for category in self.categories]
        return tuple((self.code, code) for code in codes) or ((self.code, None),)


@dataclass(frozen=True)
class RuleSpec:
    """A rule between two expressions over elements; `{left}` and `{right}` in its messages become the two values."""

    code: str
    left: Expression
    operator: Operator
    right: Expression
    severity: Severity
    missing: Missing
    message_ar: str
    message_en: str

    @property
    def operands(self) -> tuple[Cell, ...]:
        """The operands of both sides as written, each once."""
        return tuple(dict.fromkeys(self.left.operands() + self.right.operands()))


@dataclass(frozen=True)
class SectionSpec:
    """A part of a template under a heading of its own."""

    code: str
    name_ar: str
    name_en: str
    elements: tuple[ElementSpec, ...]

    def without_definitions(self) -> SectionSpec:
        """The section with the places of its questions alone: what an element is, is said once, elsewhere."""
        bare = (ElementSpec(one.code, ElementType.INTEGER, "", "", required=one.required) for one in self.elements)
        return replace(self, elements=tuple(bare))


@dataclass(frozen=True)
class TemplateSpec:
    """One version of a template. Slots are names that we generate; imported codes never become keys or columns."""

    code: str
    version: int
    period_type: PeriodType
    sections: tuple[SectionSpec, ...]
    rules: tuple[RuleSpec, ...] = ()
    slots: Mapping[Cell, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        wrong = [slot for slot in self.slots.values() if not _SLOT.fullmatch(slot)]
        if wrong or len(set(self.slots.values())) != len(self.slots):
            raise ValueError(f"slots of {self.code} must be s1, s2 …, each used once")

    @cached_property
    def elements(self) -> tuple[ElementSpec, ...]:
        """All elements in the order in which they are asked."""
        return tuple(element for section in self.sections for element in section.elements)

    @cached_property
    def _by_code(self) -> dict[str, ElementSpec]:
        return {element.code: element for element in self.elements}

    def element(self, code: str) -> ElementSpec | None:
        """The element of that code, if the template uses it."""
        return self._by_code.get(code)

    @cached_property
    def cells(self) -> Mapping[str, tuple[Cell, ...]]:
        """What is asked of each element; nothing of a computed one."""
        return {element.code: element.cells for element in self.elements}

    def questions(self) -> Iterator[tuple[ElementSpec, Cell, str]]:
        """Everything that is asked, in order: element, (element, category) and slot."""
        for element in self.elements:
            for cell in element.cells:
                yield element, cell, self.slots[cell]

    def slots_of(self, code: str) -> dict[str | None, str]:
        """The slots of an element by category; empty for a computed or unknown one."""
        return {category: self.slots[code, category] for _, category in self.cells.get(code, ())}

    @cached_property
    def cell_of(self) -> Mapping[str, Cell]:
        """The (element, category) that each slot holds."""
        return {slot: cell for cell, slot in self.slots.items()}

    @cached_property
    def numeric_slots(self) -> tuple[str, ...]:
        """The slots that may stand in a document that is summed, in the order in which they are asked."""
        return tuple(slot for element, _, slot in self.questions() if element.type.is_numeric)


def assign_slots(sections: tuple[SectionSpec, ...], taken: Mapping[Cell, str] | None = None) -> dict[Cell, str]:
    """A slot for everything that is asked.

    What any earlier version asked (`taken`, of all of them) keeps its slot, and no slot is ever given to another
    question, so that documents of all versions of a template can be summed by one statement.
    """
    taken = taken or {}
    last = max((int(slot[1:]) for slot in taken.values()), default=0)
    slots: dict[Cell, str] = {}
    for cell in (cell for section in sections for element in section.elements for cell in element.cells):
        if cell not in taken and cell not in slots:
            last += 1
        slots.setdefault(cell, taken.get(cell, f"s{last}"))
    return slots
