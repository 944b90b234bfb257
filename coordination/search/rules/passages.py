"""Passages: the few words of a long text in which most of what was asked for stands together, with what is to be marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coordination.search.rules.words import WORD, stems
from directorates.rules.text import search_key

# Words of a passage, and of those that stand before the first that was asked for.
LENGTH, BEFORE = 40, 6
# A word that stands everywhere is not compared everywhere.
MOST_TRIED = 200

Asked = Sequence[frozenset[str]]


@dataclass(frozen=True)
class Piece:
    """A part of a passage; whether it is a word that was asked for."""

    text: str
    found: bool = False


@dataclass(frozen=True)
class Passage:
    """A part of a text, in pieces; whether the text goes on before and behind it."""

    pieces: tuple[Piece, ...]
    begins: bool
    ends: bool


def words_found(text: str, asked: Asked) -> int:
    """How many of the words that were asked for stand in a text."""
    there = set().union(*(stems(word) for word in set(WORD.findall(text))))
    return sum(not one.isdisjoint(there) for one in asked)


def marked(text: str, asked: Asked, parts: Sequence[str]) -> tuple[Piece, ...]:
    """A name or a title in pieces: marked is each word that was asked for by its stem, or that holds a part that was typed
    (`parts`, as keys): names are found by any part of them.
    """
    spans = [match.span() for match in WORD.finditer(text)]

    def found(word: str) -> bool:
        key = search_key(word)
        # Two letters stand inside many words.
        typed = any(key.startswith(part) or (len(part) > 2 and part in key) for part in parts)
        return typed or any(not one.isdisjoint(stems(word)) for one in asked)

    hits = [(start, end) for start, end in spans if found(text[start:end])]
    return tuple(_pieces(text, 0, len(text), hits))


def passage_of(text: str, asked: Asked) -> Passage | None:
    """The passage of a text that holds most of what was asked for, the first of several; None where it holds nothing of it."""
    text = " ".join(text.split())
    spans = [match.span() for match in WORD.finditer(text)]
    hits: dict[int, frozenset[int]] = {}
    for place, (start, end) in enumerate(spans):
        own = stems(text[start:end])
        if here := frozenset(number for number, one in enumerate(asked) if not one.isdisjoint(own)):
            hits[place] = here
    if not hits:
        return None
    first = max(min(_densest(hits) - BEFORE, len(spans) - LENGTH), 0)
    last = min(first + LENGTH, len(spans))
    start = 0 if first == 0 else spans[first][0]
    end = len(text) if last == len(spans) else spans[last - 1][1]
    marked = [spans[place] for place in sorted(hits) if first <= place < last]
    return Passage(tuple(_pieces(text, start, end, marked)), start == 0, end == len(text))


def _densest(hits: dict[int, frozenset[int]]) -> int:
    """The word from which on most of what was asked for stands within one passage."""
    places, room = sorted(hits), LENGTH - BEFORE

    def worth(number: int) -> int:
        near = places[number : number + room]
        return len(frozenset().union(*(hits[place] for place in near if place < places[number] + room)))

    return places[max(range(min(len(places), MOST_TRIED)), key=worth)]


def _pieces(text: str, at: int, end: int, marked: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """A text from one place to another, cut at what is to be marked."""
    for first, last in marked:
        if first > at:
            yield Piece(text[at:first])
        yield Piece(text[first:last], found=True)
        at = last
    if end > at:
        yield Piece(text[at:end])
