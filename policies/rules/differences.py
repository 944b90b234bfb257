"""What changed between two texts, word by word.

Lines are compared first and words only inside lines that changed (`difflib`, after Ratcliff and Obershelp), so that sixty
pages take well under a second. A word is what stands between blanks, with its marks, in either direction of writing;
blanks are compared only behind words that stayed, for by themselves they are no likeness.

Comparing may take the cube of the length (one word a thousand times). The steps that are made grow with the length of the
texts and no faster; a stretch for which none are left is shown as taken out and come in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate, groupby, takewhile

# Between more words than so many, frequent ones are passed over, which finds a little less in far shorter time.
MANY = 2_000
# Two versions of sixty pages take six steps a character; short texts may always take as many as STEPS.
STEPS, STEPS_A_CHARACTER = 20_000, 8
_WORDS = re.compile(r"(\S*)(\s*)")
# A word or a line, and the blanks behind it.
Part = tuple[str, str]


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


class Purse:
    """The steps that may still be made."""

    def __init__(self, steps: int) -> None:
        """Begin with so many."""
        self.left = steps

    def pays(self, steps: int) -> bool:
        """Take so many steps out, where there are as many."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


class _Bounded(SequenceMatcher[str]):
    """A matcher that finds nothing in common in a stretch for which no steps are left."""

    def __init__(self, before: Sequence[str], after: Sequence[str], purse: Purse) -> None:
        super().__init__(None, before, after, autojunk=len(before) + len(after) > MANY)
        self.purse, self.whole = purse, len(before)
        # Each part of a stretch is looked up at every place where the other text has it: at most so many steps up to each.
        self.steps = list(accumulate((1 + len(self.b2j.get(part, ())) for part in before), initial=0))  # type: ignore[attr-defined]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """The longest stretch that both have, or an empty one."""
        end = self.whole if ahi is None else ahi
        if not self.purse.pays(self.steps[end] - self.steps[alo]):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def differences(before: str, after: str) -> list[Piece]:
    """The two texts as one: what stayed, what was taken out and what came in, in the order of reading."""
    if before == after:
        return list(_pieces((Change.KEPT, before)))
    purse = Purse(STEPS + STEPS_A_CHARACTER * (len(before) + len(after)))
    stretches = groupby(_lines(before, after, purse), key=lambda piece: piece.change)
    return [Piece(change, "".join(piece.text for piece in pieces)) for change, pieces in stretches]


def _lines(before: str, after: str, purse: Purse) -> Iterator[Piece]:
    """Line by line; those that became others word by word."""
    for old, new, same in _compared(_lines_of(before), _lines_of(after), purse):
        yield from _stayed(old, new) if same else _words(_text(old), _text(new), purse)


def _words(before: str, after: str, purse: Purse) -> Iterator[Piece]:
    """Word by word."""
    for old, new, same in _compared(_words_of(before), _words_of(after), purse):
        yield from _stayed(old, new) if same else _replaced(_text(old), _text(new))


def _compared(before: list[Part], after: list[Part], purse: Purse) -> Iterator[tuple[list[Part], list[Part], bool]]:
    """Stretches of two rows of parts beside one another: the same but for blanks, or the one in the place of the other."""
    # Most versions begin and end like the one before.
    head = _shared(before, after)
    tail = _shared(before[: head - 1 if head else None : -1], after[: head - 1 if head else None : -1])
    yield before[:head], after[:head], True
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = _Bounded([word for word, _blanks in old], [word for word, _blanks in new], purse)
    for tag, first, last, start, end in matcher.get_opcodes():
        yield old[first:last], new[start:end], tag == "equal"
    yield before[len(before) - tail :], after[len(after) - tail :], True


def _shared(before: Sequence[Part], after: Sequence[Part]) -> int:
    """With how many words or lines both begin."""
    return sum(1 for _both in takewhile(lambda both: both[0][0] == both[1][0], zip(before, after, strict=False)))


def _stayed(before: list[Part], after: list[Part]) -> Iterator[Piece]:
    """Parts that stayed; the blanks behind them may have become others."""
    if before == after:
        yield from _pieces((Change.KEPT, _text(before)))
        return
    for (word, old), (_same, new) in zip(before, after, strict=True):
        yield from _pieces((Change.KEPT, word), *_blanks(old, new))


def _replaced(before: str, after: str) -> Iterator[Piece]:
    """A stretch in the place of another one; blanks that end both stay."""
    old, new = before.rstrip(), after.rstrip()
    if not old or not new or before[len(old) :] != after[len(new) :]:
        old, new = before, after
    yield from _pieces((Change.TAKEN, old), (Change.ADDED, new), (Change.KEPT, before[len(old) :]))


def _blanks(old: str, new: str) -> list[tuple[Change, str]]:
    return [(Change.KEPT, old)] if old == new else [(Change.TAKEN, old), (Change.ADDED, new)]


def _pieces(*found: tuple[Change, str]) -> Iterator[Piece]:
    """Pieces of what is not empty."""
    return (Piece(change, text) for change, text in found if text)


def _text(parts: list[Part]) -> str:
    return "".join(word + blanks for word, blanks in parts)


def _words_of(text: str) -> list[Part]:
    """The words of a text; blanks that it begins with stand behind no word."""
    return [(word, blanks) for word, blanks in _WORDS.findall(text) if word or blanks]


def _lines_of(text: str) -> list[Part]:
    """The lines of a text, each with the empty lines behind it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines(keepends=True):
        words = line.rstrip()
        if found and not words:
            found[-1][1].append(line)
        else:
            found.append((words, [line[len(words) :]]))
    return [(words, "".join(blanks)) for words, blanks in found]
