"""A report as a row of a sheet: its columns, what stands in them, and what a row that came back gives."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from coordination.exchange.tables import Cell as Value
from coordination.exchange.tables import Column, Kind
from coordination.reporting.rules.answers import Answer, State
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import ElementSpec, ElementType, TemplateSpec
from coordination.reporting.rules.typed import CLOSED, NOT_KNOWN, answer_to, text_of
from coordination.reporting.rules.values import Broken, Outcome, answers_of, evaluate, merge
from directorates.rules.text import clean_text

FACILITY, FACILITY_NAME, PERIOD, PERIOD_NAME, REASON = "facility", "facility_name", "period", "period_name", "reason"
KEYS = (FACILITY, PERIOD)
KEY_COLUMNS = 5
_MARKS = {State.NOT_KNOWN: NOT_KNOWN, State.CLOSED: CLOSED}
_LANGUAGES = ("ar", "en")
_DAY_ZERO = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}


def code_of(cell: Cell) -> str:
    """The code of an item's column: the element, and the category where it has one."""
    return f"{cell[0]}:{cell[1]}" if cell[1] else cell[0]


def in_language(thing: object, language: str) -> str:
    """The name of a thing in a language."""
    return str(getattr(thing, f"name_{language}"))


def state_words(state: State) -> str:
    """A state as the drop-downs offer it, in the present language: its mark and its words."""
    words = pgettext("answer", "Not known") if state is State.NOT_KNOWN else pgettext("answer", "Service not provided")
    return f"{_MARKS[state]} {words}"


@lru_cache(maxsize=1)
def _states() -> Mapping[str, str]:
    """The mark for everything that stands for a state, in both languages."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        with override(language):
            for state, mark in _MARKS.items():
                words = state_words(state)
                found |= {_plain(words): mark, _plain(words.removeprefix(mark)): mark, state.value: mark}
    return found


def _plain(text: str) -> str:
    """A text as it is compared with what may be chosen."""
    return clean_text(text).casefold()


def columns_of(spec: TemplateSpec, language: str) -> list[Column]:
    """The columns of a version's sheet: whose report it is, every item, and reasons for what the checks ask about."""
    with override(language):
        found = [
            Column("row", "names", above="names", hidden=True),
            Column(FACILITY, _("Code"), Kind.CODE, above=_("Facility"), width=14),
            Column(FACILITY_NAME, _("Name"), above=_("Facility"), width=30),
            Column(PERIOD, _("Code"), Kind.CODE, above=_("Period"), width=10),
            Column(PERIOD_NAME, _("Name"), above=_("Period"), width=18),
        ]
        states = (state_words(State.NOT_KNOWN), state_words(State.CLOSED))
        for element in spec.elements:
            found += _columns(element, language, states)
        return [*found, Column(REASON, _("Reasons for what is unusual"), above=_("Reason"), open=True, width=40)]


def _columns(element: ElementSpec, language: str, states: tuple[str, ...]) -> Iterator[Column]:
    """The columns of an element, one for each category."""
    names = {category.code: in_language(category, language) for category in element.categories}
    kind = {ElementType.DATE: Kind.DATE, ElementType.TEXT: Kind.TEXT, ElementType.CHOICE: Kind.TEXT}
    offered = tuple(in_language(option, language) for option in element.options)
    if element.type is ElementType.BOOLEAN:
        offered = (_("Yes"), _("No"))
    star = " *" if element.required else ""
    for cell in element.cells:
        above = in_language(element, language) + star if cell[1] else ""
        label = names[cell[1]] if cell[1] else in_language(element, language) + star
        shape = Kind.TEXT if element.type is ElementType.BOOLEAN else kind.get(element.type, Kind.NUMBER)
        yield Column(code_of(cell), label, shape, above, (*offered, *states), open=True, width=12 if cell[1] else 18)


def cells_for(spec: TemplateSpec, document: Document, language: str) -> list[object]:
    """What stands in the columns of the items for a document, as numbers where it says numbers."""
    with override(language):
        return [_cell_for(element, slot, document, language) for element, _cell, slot in spec.questions()]


def _cell_for(element: ElementSpec, slot: str, document: Document, language: str) -> object:
    """One cell; reading it gives the same answer back."""
    note = document.notes.get(slot, {})
    if "raw" in note:
        return note["raw"]
    if slot in document.doc:
        number = document.doc[slot]
        return (_("Yes") if number else _("No")) if element.type is ElementType.BOOLEAN else from_json(number)
    if note.get("state") in (State.NOT_KNOWN, State.CLOSED):
        return state_words(State(note["state"]))
    text = text_of(element, slot, document)
    option = next((one for one in element.options if one.code == text), None)
    return in_language(option, language) if option else text or None


# --- What came back ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerFault:
    """What is wrong with an item of a row, or with the row; a note is told and hinders nothing."""

    code: str
    cell: Cell | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    is_note: bool = False


def answer_in(element: ElementSpec, cell: Cell, value: Value, *, since_1904: bool) -> Answer | AnswerFault:
    """The answer that a cell gives, as the form would read what was typed; the fault where a spreadsheet changed its kind."""
    if isinstance(value, str):
        return _typed(element, cell, value)
    if isinstance(value, bool) and element.type is not ElementType.BOOLEAN:
        return Answer(*cell, str(value).upper())
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return _day(element, cell, value)
    if isinstance(value, int | float) and element.type is ElementType.DATE:
        day = _day_of(float(value), since_1904)
        return Answer(*cell, day.isoformat() if day else str(value))
    if isinstance(value, float) and value.is_integer() and not element.type.is_numeric:
        return Answer(*cell, str(int(value)))
    return Answer(*cell, value)


def _typed(element: ElementSpec, cell: Cell, text: str) -> Answer:
    """A text: a state in its mark or words, an option by its name, or what was typed."""
    plain = _plain(text)
    if mark := _states().get(plain):
        return answer_to(element, cell, mark)
    for option in element.options:
        if plain in (_plain(option.name_ar), _plain(option.name_en), option.code.casefold()):
            return Answer(*cell, option.code)
    return answer_to(element, cell, text)


def _day(element: ElementSpec, cell: Cell, value: object) -> Answer | AnswerFault:
    """A date or a time of day, which a spreadsheet makes of 1/2 and of 3:15."""
    day = value.date() if isinstance(value, datetime.datetime) else value
    if element.type is ElementType.DATE and isinstance(day, datetime.date):
        return Answer(*cell, day)
    if element.type in (ElementType.TEXT, ElementType.CHOICE):
        return Answer(*cell, str(day))
    return AnswerFault("date_for_number", cell, {"given": str(day)[:40]})


def _day_of(serial: float, since_1904: bool) -> datetime.date | None:
    """The day of a spreadsheet's number."""
    if not serial.is_integer() or not 0 < serial < 200_000:
        return None
    return _DAY_ZERO[since_1904] + datetime.timedelta(days=int(serial))


@dataclass(frozen=True)
class Judged:
    """What a row comes to: the answers to write, how many of them say something new, and what is wrong with the whole."""

    answers: tuple[Answer, ...]
    changes: int
    faults: tuple[AnswerFault, ...]
    whole: Outcome


def judge(
    spec: TemplateSpec, given: Mapping[Cell, Answer], base: Document, reason: str, today: datetime.date
) -> Judged:
    """Judge a row laid over what stands already, as if it were sent; what the row leaves blank stays as it is."""
    answers = dict(given) if not (base.doc or base.notes) else _different(spec, given, base, today)
    changes = len(answers)
    whole = _whole(spec, answers, base, today)
    faults = list(_replaced(spec, answers, base))
    if reason:
        asked = [broken for broken in whole.warnings if broken.needs_reason]
        standing = _standing(spec, base) | answers
        for broken in asked:
            if cell := _carrier(spec, broken, standing):
                answers[cell] = replace(standing[cell], reason=reason)
        if asked:
            changes, whole = max(changes, 1), _whole(spec, answers, base, today)
        else:
            faults.append(AnswerFault("reason_not_needed", None, {}, is_note=True))
    return Judged(tuple(answers.values()), changes, (*_faults(spec, whole), *faults), whole)


def _replaced(spec: TemplateSpec, answers: Mapping[Cell, Answer], base: Document) -> Iterator[AnswerFault]:
    """What stands already and would give way to an answer of the row, in both languages."""
    for element, cell, slot in spec.questions():
        if cell in answers and (slot in base.doc or base.notes.get(slot, {}).keys() - {"reason"}):
            held = {}
            for language in _LANGUAGES:
                with override(language):
                    held[f"held_{language}"] = str(_cell_for(element, slot, base, language))
            yield AnswerFault("replaces", cell, held, is_note=True)


def _different(
    spec: TemplateSpec, given: Mapping[Cell, Answer], base: Document, today: datetime.date
) -> dict[Cell, Answer]:
    """Those answers that say something other than what stands; a reason that stands beside one stays."""
    read = evaluate(spec, given.values(), complete=False, today=today)
    found = {}
    for cell, answer in given.items():
        slot = spec.slots[cell]
        note = {name: text for name, text in base.notes.get(slot, {}).items() if name != "reason"}
        if (read.doc.get(slot), read.notes.get(slot, {})) != (base.doc.get(slot), note):
            found[cell] = replace(answer, reason=base.notes.get(slot, {}).get("reason"))
    return found


def _whole(spec: TemplateSpec, answers: Mapping[Cell, Answer], base: Document, today: datetime.date) -> Outcome:
    """The report with these answers laid over what stands, judged as a complete one."""
    if not (base.doc or base.notes):
        return evaluate(spec, answers.values(), complete=True, today=today)
    changed = evaluate(spec, answers.values(), complete=False, today=today)
    doc, notes = merge(base.doc, base.notes, changed)
    return evaluate(spec, answers_of(spec, doc, notes), complete=True, today=today)


def _standing(spec: TemplateSpec, base: Document) -> dict[Cell, Answer]:
    """The answers that stand already."""
    answers = answers_of(spec, base.doc, base.notes)
    return {(str(one.element), None if one.category is None else str(one.category)): one for one in answers}


def _carrier(spec: TemplateSpec, broken: Broken, standing: Mapping[Cell, Answer]) -> Cell | None:
    """The answer beside which a reason is kept: the first that the warning reads."""
    cells = (cell for element in broken.elements for cell in spec.cells.get(element, ()))
    return next((cell for cell in cells if cell in standing), None)


def _faults(spec: TemplateSpec, whole: Outcome) -> Iterator[AnswerFault]:
    """Everything that is wrong with a whole report, and what is told beside it."""
    for problem in whole.errors:
        cell = (problem.element or "", problem.category)
        yield AnswerFault(problem.code, cell if cell in spec.slots else None, problem.params)
    for broken in whole.warnings:
        cells = [cell for element in broken.elements for cell in spec.cells.get(element, ())]
        params = {"message_ar": broken.message_ar, "message_en": broken.message_en}
        code = "reason_required" if broken.needs_reason else "rule_told"
        if broken.reason:
            code, params = "rule_answered", params | {"reason": broken.reason}
        yield AnswerFault(code, cells[0] if cells else None, params, is_note=not broken.needs_reason)


def names_of(spec: TemplateSpec, cell: Cell) -> tuple[str, str]:
    """The names of an item with its category, in Arabic and in English."""
    element = spec.element(cell[0])
    category = next((one for one in element.categories if one.code == cell[1]), None) if element else None
    parts: Sequence[object] = [one for one in (element, category) if one is not None]
    return " · ".join(in_language(one, "ar") for one in parts), " · ".join(in_language(one, "en") for one in parts)


def empty(values: Iterable[Value]) -> bool:
    """Whether nothing was typed."""
    return all(value is None for value in values)
