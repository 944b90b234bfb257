"""The one evaluation of a report's answers, behind form, API and import.

`doc` holds numbers only, by slot, because it is summed; `notes` holds by slot whatever else was said: `state` (not
known, closed), `reason`, `text` (texts, dates, options) and, in a draft, `raw`: what was typed and cannot be read yet.
A blank is an absent key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from coordination.reporting.rules.answers import (
    MAX_REASON,
    MOST_KEPT,
    Answer,
    AnswerProblem,
    Problem,
    State,
    bounds_problem,
    is_blank,
    read_text,
    read_value,
)
from coordination.reporting.rules.counting import ratio
from coordination.reporting.rules.expressions import (
    Cell,
    Expression,
    Missing,
    cells_read,
    compare,
)
from coordination.reporting.rules.expressions import (
    evaluate as value_of,
)
from coordination.reporting.rules.numbers import as_json, format_number, from_json
from coordination.reporting.rules.specification import (
    ElementSpec,
    ElementType,
    OverPlace,
    RuleSpec,
    Severity,
    TemplateSpec,
)
from directorates.rules.text import clean_text

__all__ = ["Answer", "Broken", "Outcome", "Problem", "State", "answers_of", "evaluate", "merge"]

Doc = dict[str, int | float]
Notes = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Broken:
    """A rule that is broken without blocking; a warning needs a reason, which may stand on any answer it reads."""

    rule: str
    elements: tuple[str, ...]
    severity: Severity
    message_ar: str
    message_en: str
    reason: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether a reason is still to be written before the report can be sent."""
        return self.severity is Severity.WARNING and not self.reason

    def shape(self) -> dict[str, object]:
        """As it is kept with a revision."""
        return {
            "rule": self.rule,
            "elements": list(self.elements),
            "severity": self.severity.value,
            "message": {"ar": self.message_ar, "en": self.message_en},
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Outcome:
    """What the answers come to: the two documents, everything that is wrong, and the totals to show beside them."""

    doc: Doc
    notes: Notes
    errors: list[Problem]
    warnings: list[Broken]
    totals: dict[str, Decimal]
    touched: tuple[str, ...]


def evaluate(spec: TemplateSpec, answers: Iterable[Answer], *, complete: bool, today: date | None = None) -> Outcome:
    """Read all answers and tell all faults at once: by answer in the order given, then what is missing, then rules.

    A draft (`complete` false) asks for nothing that is missing, keeps what cannot be read as it was typed, and lists
    broken rules of every severity under `warnings`; in a complete report those of severity error are errors.
    """
    work = _Work(spec, today)
    for position, answer in enumerate(answers):
        work.take(f"values[{position}]", answer)
    if complete:
        work.ask_for_missing()
    work.check_rules(complete=complete)
    return Outcome(work.doc, work.notes, work.errors, work.warnings, _totals(spec, work.numbers), tuple(work.fields))


def merge(
    doc: Mapping[str, int | float], notes: Mapping[str, Mapping[str, str]], changes: Outcome
) -> tuple[Doc, Notes]:
    """The documents after these changes: what an answer names is replaced whole, its reason included."""
    kept_doc = {slot: number for slot, number in doc.items() if slot not in changes.touched}
    kept_notes = {slot: dict(note) for slot, note in notes.items() if slot not in changes.touched}
    return kept_doc | changes.doc, kept_notes | changes.notes


def answers_of(
    spec: TemplateSpec, doc: Mapping[str, int | float], notes: Mapping[str, Mapping[str, str]]
) -> list[Answer]:
    """The answers that stand in the two documents, in the order in which they are asked; blanks are left out."""
    found = []
    for element, (code, category), slot in spec.questions():
        note = notes.get(slot, {})
        value: object = note.get("raw", note.get("text"))
        if slot in doc:
            value = bool(doc[slot]) if element.type is ElementType.BOOLEAN else from_json(doc[slot])
        if value is not None or note:
            state = note.get("state") or (State.BLANK if value is None else State.REPORTED)
            found.append(Answer(code, category, value, State(state).value, note.get("reason")))
    return found


@dataclass
class _Work:
    """An evaluation under way."""

    spec: TemplateSpec
    today: date | None
    doc: Doc = field(default_factory=dict)
    notes: Notes = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Broken] = field(default_factory=list)
    numbers: dict[Cell, Decimal] = field(default_factory=dict)
    # By slot, in the order given: where the API's reader finds the answer.
    fields: dict[str, str] = field(default_factory=dict)
    unreadable: set[Cell] = field(default_factory=set)

    def take(self, place: str, answer: Answer) -> None:
        """Read one answer into the documents."""
        found = self.find(place, answer)
        if found is None:
            return
        element, cell = found
        slot = self.spec.slots[cell]
        if slot in self.fields:
            self.fault("duplicate", place, cell)
            return
        self.fields[slot] = place
        note: dict[str, str] = {}
        self.take_value(place, answer, element, cell, note)
        self.take_reason(place, answer, cell, note)
        if note:
            self.notes[slot] = note

    def find(self, place: str, answer: Answer) -> tuple[ElementSpec, Cell] | None:
        """The element and cell that an answer is for; None, and a fault, where the template does not ask it."""
        code, category = answer.element, answer.category
        wrong = "element" if not isinstance(code, str) else "category"
        if not isinstance(code, str) or not isinstance(category, str | None):
            self.errors.append(Problem("wrong_type", f"{place}.{wrong}"))
            return None
        element = self.spec.element(code)
        if element is not None and (code, category or None) in element.cells:
            return element, (code, category or None)
        given = {"given": clean_text(category or code)[:40]}
        if element is None or element.is_computed:
            problem = Problem("unknown_element" if element is None else "computed_element", f"{place}.element")
            self.errors.append(Problem(problem.code, problem.field, clean_text(code)[:60], None, given))
            return None
        problem_code = "unknown_category" if category else "category_required"
        self.errors.append(Problem(problem_code, f"{place}.category", code, None, given))
        return None

    def take_value(self, place: str, answer: Answer, element: ElementSpec, cell: Cell, note: dict[str, str]) -> None:
        """Read the value and its state."""
        blank = is_blank(answer.value)
        try:
            state = State(answer.state) if isinstance(answer.state, str) and answer.state else None
        except ValueError:
            state = None
        if state is None and answer.state not in (None, ""):
            self.fault("unknown_state", f"{place}.state", cell, given=str(answer.state)[:40])
        if state in (State.NOT_KNOWN, State.CLOSED):
            note["state"] = state.value
        if blank:
            return
        if state not in (None, State.REPORTED):
            # What is said to be blank is not kept, or the next reader would take it for an answer.
            kept = None if state is State.BLANK else answer.value
            self.refuse(AnswerProblem("state_with_value"), f"{place}.state", cell, kept, note)
            return
        try:
            self.keep(place, element, cell, read_value(element, answer.value, self.today), note)
        except AnswerProblem as problem:
            self.refuse(problem, f"{place}.value", cell, answer.value, note)

    def keep(self, place: str, element: ElementSpec, cell: Cell, value: Decimal | str, note: dict[str, str]) -> None:
        """Write a value that could be read; a number outside its bounds is kept too, and told."""
        if isinstance(value, str):
            note["text"] = value
            return
        self.numbers[cell] = value
        self.doc[self.spec.slots[cell]] = as_json(value)
        if problem := bounds_problem(element, value):
            self.fault(problem.code, f"{place}.value", cell, **problem.params)

    def refuse(self, problem: AnswerProblem, place: str, cell: Cell, value: object, note: dict[str, str]) -> None:
        """Tell why a value cannot be read, and keep what was typed; what no person can have typed would read otherwise later."""
        self.fault(problem.code, place, cell, **problem.params)
        self.unreadable.add(cell)
        if isinstance(value, str) and (raw := clean_text(value, multiline=True)[:MOST_KEPT]):
            note["raw"] = raw
        elif problem.code != "wrong_type" and isinstance(value, Decimal | date | bool):
            note["raw"] = str(value)[:MOST_KEPT]

    def take_reason(self, place: str, answer: Answer, cell: Cell, note: dict[str, str]) -> None:
        """Read the reason given beside a value."""
        if is_blank(answer.reason):
            return
        try:
            note["reason"] = read_text(answer.reason, MAX_REASON)
        except AnswerProblem as problem:
            self.fault(problem.code, f"{place}.reason", cell, **problem.params)
            if isinstance(answer.reason, str) and (kept := clean_text(answer.reason, multiline=True)[:MOST_KEPT]):
                note["reason"] = kept

    def fault(self, code: str, place: str, cell: Cell, **params: str) -> None:
        """Add one fault."""
        self.errors.append(Problem(code, place, cell[0], cell[1], params))

    def ask_for_missing(self) -> None:
        """Add what is required and was not answered; not known and closed are answers."""
        for element, cell, slot in self.spec.questions():
            note = self.notes.get(slot, {})
            answered = slot in self.doc or not note.keys().isdisjoint({"state", "text"}) or cell in self.unreadable
            if element.required and not answered:
                place = self.fields.get(slot)
                self.fault("required", f"{place}.value" if place else "values", cell)

    def check_rules(self, *, complete: bool) -> None:
        """Check every rule whose values could all be read."""
        for rule in self.spec.rules:
            cells = cells_read(rule.operands, self.spec.cells)
            if not self.unreadable.isdisjoint(cells):
                continue
            if compare(rule.left, rule.operator, rule.right, self.numbers, self.spec.cells, rule.missing) is False:
                broken = self.broken(rule, cells)
                if complete and rule.severity is Severity.ERROR:
                    self.errors.append(self.blocking(broken, cells))
                else:
                    self.warnings.append(broken)

    def broken(self, rule: RuleSpec, cells: tuple[Cell, ...]) -> Broken:
        """A broken rule with its two values in its messages, and the reasons given on what it reads."""
        slots = [self.spec.slots[cell] for cell in cells]
        reasons = dict.fromkeys(self.notes[slot]["reason"] for slot in slots if "reason" in self.notes.get(slot, {}))
        elements = tuple(dict.fromkeys(element for element, _ in cells))
        left, right = self.shown(rule.left, rule), self.shown(rule.right, rule)
        messages = [
            text.replace("{left}", left).replace("{right}", right) for text in (rule.message_ar, rule.message_en)
        ]
        return Broken(rule.code, elements, rule.severity, messages[0], messages[1], "\n".join(reasons))

    def shown(self, side: Expression, rule: RuleSpec) -> str:
        """The value of a side for the reader, with two decimals at most."""
        missing = Missing.ZERO if rule.missing is Missing.SKIP_ALL else rule.missing
        value = value_of(side, self.numbers, self.spec.cells, missing)
        return "–" if value is None else format_number(round(value, 2))

    def blocking(self, broken: Broken, cells: tuple[Cell, ...]) -> Problem:
        """A broken rule as a fault, at the first answer that it reads."""
        places = [self.fields[self.spec.slots[cell]] for cell in cells if self.spec.slots[cell] in self.fields]
        params = {"rule": broken.rule, "message_ar": broken.message_ar, "message_en": broken.message_en}
        first = cells[0] if cells else (None, None)
        return Problem("rule_broken", f"{places[0]}.value" if places else "values", first[0], first[1], params)


def _totals(spec: TemplateSpec, numbers: Mapping[Cell, Decimal]) -> dict[str, Decimal]:
    """The sum over categories of elements that are summed, and the shares that are computed, where there are any."""
    totals: dict[str, Decimal] = {}
    sums: dict[str, Decimal] = {}
    for element in spec.elements:
        present = [numbers[cell] for cell in element.cells if cell in numbers]
        if present:
            sums[element.code] = sum(present, Decimal(0))
        if present and element.categories and element.over_place is OverPlace.SUM:
            totals[element.code] = sums[element.code]
    for element in spec.elements:
        if element.is_computed:
            share = ratio(sums.get(element.numerator or ""), sums.get(element.denominator or ""))
            totals |= {} if share is None else {element.code: share}
    return totals
