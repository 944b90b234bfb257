"""What changed between two texts, word by word.

Lines are compared first and words only inside lines that changed (`difflib`, after Ratcliff and Obershelp), so that sixty
pages take well under a second. A word is what stands between blanks, with its marks, in either direction of writing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Between more words than so many, frequent ones are passed over, which finds a little less in far shorter time.
MANY = 2_000
_WORDS = re.compile(r"\S+|\s+")


class Change(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    TAKEN = "taken"


@dataclass(frozen=True)
class Piece:
    """Some text, and what became of it."""

    change: Change
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The two texts as one: what stayed, what was taken out and what came in, in the order of reading."""
    found: list[Piece] = []
    for piece in _lines(before, after):
        if found and found[-1].change is piece.change:
            found[-1] = Piece(piece.change, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def _lines(before: str, after: str) -> Iterator[Piece]:
    """Line by line; those that became others word by word."""
    for old, new in _compared(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        if old == new:
            yield Piece(Change.KEPT, old)
        elif old and new:
            yield from _words(old, new)
        else:
            yield Piece(Change.TAKEN, old) if old else Piece(Change.ADDED, new)


def _words(before: str, after: str) -> Iterator[Piece]:
    """Word by word."""
    for old, new in _compared(_WORDS.findall(before), _WORDS.findall(after)):
        if old == new:
            yield Piece(Change.KEPT, old)
            continue
        if old:
            yield Piece(Change.TAKEN, old)
        if new:
            yield Piece(Change.ADDED, new)


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Stretches of two rows of parts beside one another: the same, or the one in the place of the other."""
    # Blanks are held only beside words that stayed: by themselves they are no likeness.
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=len(before) + len(after) > MANY)
    for _tag, first, last, start, end in matcher.get_opcodes():
        yield "".join(before[first:last]), "".join(after[start:end])
