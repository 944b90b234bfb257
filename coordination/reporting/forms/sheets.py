"""What a filled form sends: the texts that were changed, against what the page showed when it was opened.

A page may be old: another tab or another person may have written since. So it carries what it showed (`base`) and the
edition it was made from (`edition`), and only what differs from that is a change of this person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coordination.reporting.rules.answers import MOST_KEPT, Answer
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import ElementSpec, TemplateSpec
from coordination.reporting.rules.typed import CLOSED, NOT_KNOWN, answer_to, reason_of, text_of
from directorates.rules.text import clean_text

# The names that a form may send; everything else is passed over, also when it is kept through a sign-in.
_NAMES = re.compile(r"(?:r-)?s[1-9]\d{0,4}|edition|base|source|blanks", re.ASCII)
# What the menu of a line or of a section may write into its empty fields.
BLANKS = {"zero": "0", "not_known": NOT_KNOWN, "closed": CLOSED}


@dataclass(frozen=True)
class Posted:
    """What a form sent: texts by slot (reasons under `r-`), what its page showed, from which edition, a menu's wish.

    `source` names the window, so that what it saved itself is never held against it.
    """

    texts: Mapping[str, str]
    base: Mapping[str, str] | None = None
    seen: int | None = None
    source: str = ""
    blanks: str = ""

    def changed(self, name: str, now: str) -> bool:
        """Whether this person changed the field: it differs from what stands there, and from what the page showed."""
        if name not in self.texts:
            return False
        text = _same(self.texts[name])
        return text != _same(now) and (self.base is None or text != _same(self.base.get(name, "")))


def names_sent(data: Mapping[str, str]) -> dict[str, str]:
    """The part of a request that a form sends."""
    return {name: str(data[name]) for name in data if _NAMES.fullmatch(name)}


def is_too_large(data: Mapping[str, str]) -> bool:
    """Whether so much was typed that it is neither saved nor kept; no report has so many words."""
    return sum(map(len, names_sent(data).values())) > MOST_KEPT


def read_posted(data: Mapping[str, str]) -> Posted:
    """What a form sent; a base or an edition that cannot be read is as if there were none."""
    kept = names_sent(data)
    edition, base, source, blanks = (kept.pop(name, "") for name in ("edition", "base", "source", "blanks"))
    seen = int(edition) if re.fullmatch(r"\d{1,9}", edition, re.ASCII) else None
    return Posted(kept, _base(base), seen, source if re.fullmatch(r"\w{1,40}", source, re.ASCII) else "", blanks)


def _base(text: str) -> dict[str, str] | None:
    try:
        base = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return {str(name): str(value) for name, value in base.items()} if isinstance(base, dict) else None


def _same(text: str) -> str:
    """A text as it is compared: a browser sends other line ends than it was given."""
    return clean_text(text, multiline=True)


def answers_in(spec: TemplateSpec, now: Document, posted: Posted) -> list[Answer]:
    """The answers that were changed, each whole: text and reason, for an answer that is named is replaced whole."""
    mark, wished = _wish(spec, posted.blanks)
    answers = []
    for element, cell, slot in spec.questions():
        text, reason = text_of(element, slot, now), reason_of(slot, now)
        new_text = posted.texts[slot] if posted.changed(slot, text) else text
        new_reason = posted.texts[f"r-{slot}"] if posted.changed(f"r-{slot}", reason) else reason
        if slot in wished and not new_text.strip() and _takes(element, mark):
            new_text = mark
        if (new_text, new_reason) != (text, reason):
            answers.append(answer_to(element, cell, new_text, new_reason))
    return answers


def _wish(spec: TemplateSpec, blanks: str) -> tuple[str, frozenset[str]]:
    """What a menu writes, and into which fields: of a section (its code) or of a line (its first slot)."""
    kind, _space, where = blanks.partition(" ")
    if kind not in BLANKS:
        return "", frozenset()
    for section in spec.sections:
        if section.code == where:
            return BLANKS[kind], frozenset(_slots(spec, section.elements))
    for element in spec.elements:
        slots = _slots(spec, (element,))
        if slots and slots[0] == where:
            return BLANKS[kind], frozenset(slots)
    return "", frozenset()


def _slots(spec: TemplateSpec, elements: Iterable[ElementSpec]) -> list[str]:
    return [spec.slots[cell] for element in elements for cell in element.cells]


def _takes(element: ElementSpec, mark: str) -> bool:
    """Whether a mark is an answer to this element: 0 is one to a count alone."""
    return mark != BLANKS["zero"] or (element.type.is_numeric and element.type != "boolean")
