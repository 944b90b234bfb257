"""The text of a field and the answer it gives.

One field holds one text. A dash in it says that the number is not known, a cross that the service was not provided;
nothing at all is a blank, and 0 is a number. So the four stay apart without a script, and one key each is enough.
"""

from __future__ import annotations

from coordination.reporting.rules.answers import Answer, State
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import ElementSpec, ElementType, TemplateSpec
from directorates.rules.text import clean_text

NOT_KNOWN, CLOSED = "–", "×"
# What the keys of phones and number pads give; a letter is a mark only where no text is asked.
_MARKS = dict.fromkeys("-–—−‐﹣－", State.NOT_KNOWN) | dict.fromkeys("×*✕✖", State.CLOSED)
_MARKS_OF_NUMBERS = _MARKS | dict.fromkeys("xX", State.CLOSED) | dict.fromkeys("?؟", State.NOT_KNOWN)


def answer_to(element: ElementSpec, cell: Cell, text: str, reason: str = "") -> Answer:
    """The answer that a field's text gives."""
    marks = _MARKS if element.type is ElementType.TEXT else _MARKS_OF_NUMBERS
    state = marks.get(clean_text(text))
    if state is not None:
        return Answer(cell[0], cell[1], None, state.value, reason or None)
    return Answer(cell[0], cell[1], text, None, reason or None)


def text_of(element: ElementSpec, slot: str, document: Document) -> str:
    """The text of a field for what a document says; `answer_to` gives the same answer back."""
    note = document.notes.get(slot, {})
    if "raw" in note:
        return note["raw"]
    if slot in document.doc:
        if element.type is ElementType.BOOLEAN:
            return "yes" if document.doc[slot] else "no"
        return f"{from_json(document.doc[slot]):f}"
    if "text" in note:
        return note["text"]
    return {State.NOT_KNOWN.value: NOT_KNOWN, State.CLOSED.value: CLOSED}.get(note.get("state", ""), "")


def reason_of(slot: str, document: Document) -> str:
    """The reason kept beside an answer."""
    return document.notes.get(slot, {}).get("reason", "")


def texts_of(spec: TemplateSpec, document: Document) -> dict[str, str]:
    """The text of every field that is not blank, and every reason under `r-` and its slot."""
    texts: dict[str, str] = {}
    for element, _cell, slot in spec.questions():
        named = {slot: text_of(element, slot, document), f"r-{slot}": reason_of(slot, document)}
        texts |= {name: text for name, text in named.items() if text}
    return texts
