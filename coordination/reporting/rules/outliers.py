"""What stands out in a report against its facility's own past: a mark for the reviewer's eye, never a block.

The past is one document a period, of the `WINDOW` periods before the report's own. Four things stand out:

- **An unusual figure.** The modified z-score 0.6745 * |x - median| / MAD above 3.5, after B. Iglewicz and D. Hoaglin,
  "How to Detect and Handle Outliers", ASQC 1993, of at least eight earlier answers; MAD is the median of the distances
  from the median, and MAD / 0.6745 the spread. Whole numbers are counts, and a count strays by chance however steady
  its past: its spread is at least the square root of the median (as of a Poisson count) and at least 1, which also
  answers where MAD is 0. Other numbers whose MAD is 0 are passed over. And the figure leaps beyond the earlier ones:
  from the nearest by more than 3.5 times its square root (other numbers: by more than half of their range). What rises
  or falls with the season does not stand out each week; what leaps does. From ten earlier ones on the highest and the
  lowest stand aside for that: a slip that was approved once does not hide the next one for two dozen periods.
- **A sudden zero.** A summed element is 0 or left blank, and its last three answers were five or more each: of a count
  around five, fewer than one in a hundred is 0. Not known and closed explain themselves.
- **A copy.** Every figure that is summed over time is the same as in the last report, eight of them above 0. Beds and
  staff may well stay the same.
- **Round figures.** Of the counts from 8 on, here and in the past, at least fifty, two fifths end in 0 or 5, where
  chance makes it one fifth (one or two in a thousand come to that by chance); and so do those of this report alone.
  From 8 on, because 10 then stands in the middle of the first five: of counts around six those above 9 are mostly 10.

Sums that do not add up are no part of this: where a template asks a total beside its parts its own rules say so and are
marked already, and which figures add up is never guessed.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import groupby
from math import sqrt
from typing import Any, NamedTuple

from coordination.reporting.rules.periods import Period, PeriodError
from coordination.reporting.rules.specification import ElementSpec, ElementType, OverPlace, OverTime, TemplateSpec

Answered = int | float
Doc = Mapping[str, Answered]
Notes = Mapping[str, Mapping[str, str]]

# Periods that are looked back on, and how many answers in them an unusual figure needs.
WINDOW, LEAST = 24, 8
# From so many answers on, one at each end stands aside when it is asked whether a figure leaps beyond them.
ASIDE_FROM = 10
# The threshold of Iglewicz and Hoaglin, and what makes MAD an estimate of the standard deviation.
SCORE, CONSISTENT = 3.5, 0.6745
# A sudden zero comes after so many answers of at least so much.
SUDDEN_AFTER, CLEARLY = 3, 5
# A copy repeats at least so many figures above 0.
COPIED = 8
# Round figures: counts from here on, so many of them, in the report itself so many, and the share that is too much.
ROUND_FROM, ROUND_LEAST, ROUND_HERE, ROUND_SHARE = 8, 50, 10, 0.4


class Kind(StrEnum):
    """What kind of thing stands out, in the order in which they are told."""

    COPY = "copy"
    ZERO = "zero"
    UNUSUAL = "unusual"
    ROUND = "round"


_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Finding:
    """One thing that stands out.

    `slot` names the answer (of a sudden zero the element's first; empty for the whole report); `value` is what was
    reported (None where it was left blank), `low` to `high` what is usual, `past` how many answers that was seen in.
    `strength` orders findings of a kind: the score, the least of the last answers, figures repeated, the round share.
    """

    kind: Kind
    slot: str
    value: Answered | None
    low: Answered | None
    high: Answered | None
    past: int
    strength: float

    def shape(self) -> dict[str, Any]:
        """As it is kept with a revision."""
        return {
            "kind": self.kind.value,
            "slot": self.slot,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "past": self.past,
            "strength": self.strength,
        }


def finding_of(shape: Mapping[str, Any]) -> Finding:
    """The finding that was kept."""
    return Finding(**{**shape, "kind": Kind(shape["kind"])})


@dataclass(frozen=True)
class Asked:
    """What of a template can stand out, by slot.

    `numbers`: what may be unusual, with whether it is a whole number; `sums`: the slots of each element that may be
    suddenly zero; `flows`: what a copy repeats; `counts`: what may be rounded.
    """

    numbers: tuple[tuple[str, bool], ...]
    sums: tuple[tuple[str, ...], ...]
    flows: tuple[str, ...]
    counts: tuple[str, ...]


def asked_of(spec: TemplateSpec) -> Asked:
    """What of a template can stand out."""
    numeric = [one for one in spec.elements if one.type.is_numeric and one.type is not ElementType.BOOLEAN]
    flowing = [one for one in numeric if one.over_time is OverTime.SUM]
    summed = [one for one in flowing if one.over_place is OverPlace.SUM and one.cells]
    return Asked(
        numbers=tuple((slot, one.type is ElementType.INTEGER) for one in numeric for slot in _slots(spec, one)),
        sums=tuple(_slots(spec, one) for one in summed),
        flows=tuple(slot for one in flowing for slot in _slots(spec, one)),
        counts=tuple(slot for one in flowing if one.type is ElementType.INTEGER for slot in _slots(spec, one)),
    )


def _slots(spec: TemplateSpec, element: ElementSpec) -> tuple[str, ...]:
    return tuple(spec.slots[cell] for cell in element.cells)


@lru_cache(maxsize=4096)
def first_looked_at(period: Period) -> date:
    """The first day of the past that a period is compared with; the calendar's own first, where it begins later."""
    with suppress(PeriodError):
        for _step in range(WINDOW):
            period = period.previous()
    return period.start


class Candidate(NamedTuple):
    """A report that may be the past of others: its period, whether it counts, by whom, and its numbers."""

    start: date
    counts: bool
    reporter: int
    submission: str
    doc: Doc


def chosen(candidates: Iterable[Candidate], reporter: int) -> list[tuple[date, Doc]]:
    """One document a period, the earliest first: what counts, else the same reporter's, else another's."""

    def rank(one: Candidate) -> tuple[bool, bool, str]:
        return not one.counts, one.reporter != reporter, one.submission

    ordered = sorted(candidates, key=lambda one: one.start)
    return [(start, min(rows, key=rank).doc) for start, rows in groupby(ordered, key=lambda one: one.start)]


class _Window:
    """The answers to every question of numbers in a stretch of time, sorted; it moves forward with the reports.

    A document that enters or leaves costs one place in each sorted list, however long the stretch is: the ordered past
    of a pass over a facility's years is made once, not once a report.
    """

    def __init__(self, slots: Sequence[str], documents: Sequence[tuple[date, Doc]]) -> None:
        self._slots, self._documents = slots, documents
        self._begin()

    def _begin(self) -> None:
        """Before the first document, with nothing in it."""
        self._start = self._stop = 0
        self._ordered: list[list[Answered]] = [[] for _slot in self._slots]

    def over(self, window: slice) -> list[list[Answered]]:
        """The answers to each question within a window, the least first; valid until the next one is asked for."""
        if window.start < self._start or window.stop < self._stop:
            self._begin()
        for _start, doc in self._documents[self._stop : window.stop]:
            for slot, ordered in zip(self._slots, self._ordered, strict=True):
                if slot in doc:
                    insort(ordered, doc[slot])
        for _start, doc in self._documents[self._start : window.start]:
            for slot, ordered in zip(self._slots, self._ordered, strict=True):
                if slot in doc:
                    del ordered[bisect_left(ordered, doc[slot])]
        self._start, self._stop = window.start, window.stop
        return self._ordered


class Past:
    """The documents of a facility over time, and what is looked up in them again and again."""

    def __init__(self, asked: Asked, documents: Sequence[tuple[date, Doc]]) -> None:
        """Keep the documents, the earliest first."""
        self.asked, self.documents = asked, documents
        self.starts = [start for start, _doc in documents]

    def before(self, period: Period) -> slice:
        """Where the past of a period stands."""
        starts = self.starts
        return slice(bisect_left(starts, first_looked_at(period)), bisect_left(starts, period.start))

    @cached_property
    def ordered(self) -> _Window:
        """The answers to everything that may be unusual, sorted, of one stretch of time after the other."""
        return _Window([slot for slot, _whole in self.asked.numbers], self.documents)

    @cached_property
    def rounded(self) -> list[tuple[int, int]]:
        """Of each document, how many counts could be round, and how many are."""
        return [round_figures(self.asked, doc) for _start, doc in self.documents]


def stands_out(period: Period, doc: Doc, notes: Notes, past: Past) -> tuple[Finding, ...]:
    """Everything that stands out in a report, what concerns all of it first, then the strongest first."""
    window = past.before(period)
    if window.start == window.stop:
        return ()
    found = [*_copies(doc, past, window), *_zeros(doc, notes, past, window)]
    found += [*_unusual(doc, past, window), *_round(doc, past, window)]
    return tuple(sorted(found, key=lambda one: (_ORDER[one.kind], -one.strength)))


def _unusual(doc: Doc, past: Past, window: slice) -> Iterator[Finding]:
    """Figures that leap beyond the earlier ones, and whose score is too high."""
    if window.stop - window.start < LEAST:
        return
    answer = doc.get
    for (slot, whole), ordered in zip(past.asked.numbers, past.ordered.over(window), strict=True):
        value, many = answer(slot), len(ordered)
        if value is None or many < LEAST:
            continue
        # Most figures lie within what was seen before, which is soon said; the score is for the few others.
        aside = many >= ASIDE_FROM
        if ordered[aside] <= value <= ordered[-1 - aside]:
            continue
        found = unusual(value, ordered, whole=whole)
        if found is not None:
            yield Finding(Kind.UNUSUAL, slot, value, *found[:2], many, found[2])


def _leaps(value: Answered, ordered: Sequence[Answered], *, whole: bool) -> bool:
    """Whether a figure lies far beyond the least or the greatest of sorted earlier ones, one at each end aside if many."""
    aside = len(ordered) >= ASIDE_FROM
    low, high = ordered[aside], ordered[-1 - aside]
    if low <= value <= high:
        return False
    nearest = high if value > high else low
    return abs(value - nearest) > (SCORE * _chance(nearest) if whole else (high - low) / 2)


def unusual(value: Answered, ordered: Sequence[Answered], *, whole: bool) -> tuple[Answered, Answered, float] | None:
    """The usual range and the score of an unusual figure among sorted earlier ones, or None; the score has two decimals.

    Usual are the earlier answers without the tenth that is lowest and the tenth that is highest.
    """
    if len(ordered) < LEAST or not _leaps(value, ordered, whole=whole):
        return None
    middle = _median(ordered)
    spread = _median(sorted([abs(number - middle) for number in ordered])) / CONSISTENT
    if whole:
        spread = max(spread, _chance(middle))
    if not spread or abs(value - middle) <= SCORE * spread:
        return None
    cut = len(ordered) // 10
    return ordered[cut], ordered[-1 - cut], round(abs(value - middle) / spread, 2)


def _chance(count: float) -> float:
    """How far a count strays by chance: as a Poisson count does, and at least by one."""
    return max(sqrt(max(count, 0)), 1)


def _median(ordered: Sequence[Answered]) -> float:
    """The median of sorted numbers."""
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def _zeros(doc: Doc, notes: Notes, past: Past, window: slice) -> Iterator[Finding]:
    """Elements that are 0 or blank after answers that were clearly more."""
    last = past.documents[window][-SUDDEN_AFTER:]
    if len(last) < SUDDEN_AFTER:
        return
    for slots in past.asked.sums:
        for slot in slots:
            if doc.get(slot) or "state" in notes.get(slot, ()):
                break
        else:
            earlier = [sum(before.get(slot, 0) for slot in slots) for _start, before in last]
            if min(earlier) >= CLEARLY:
                value = 0 if any(slot in doc for slot in slots) else None
                yield Finding(Kind.ZERO, slots[0], value, min(earlier), max(earlier), len(earlier), float(min(earlier)))


def _copies(doc: Doc, past: Past, window: slice) -> Iterator[Finding]:
    """The report, where it repeats the last one."""
    _start, before = past.documents[window.stop - 1]
    above = 0
    for slot in past.asked.flows:
        value = doc.get(slot)
        if value != before.get(slot):
            return
        above += bool(value)
    if above >= COPIED:
        yield Finding(Kind.COPY, "", above, None, None, 1, float(above))


def _round(doc: Doc, past: Past, window: slice) -> Iterator[Finding]:
    """The report, where too many figures in it and before it are round."""
    most, some = round_figures(past.asked, doc)
    if most < ROUND_HERE or some < ROUND_SHARE * most:
        return
    earlier = past.rounded[window]
    most, some = most + sum(one for one, _some in earlier), some + sum(one for _most, one in earlier)
    if most >= ROUND_LEAST and some >= ROUND_SHARE * most:
        yield Finding(Kind.ROUND, "", some, None, None, most, round(some / most, 4))


def round_figures(asked: Asked, doc: Doc) -> tuple[int, int]:
    """How many counts of a document could be round, and how many are."""
    numbers = [number for slot in asked.counts if (number := doc.get(slot, 0)) >= ROUND_FROM]
    return len(numbers), sum(not number % 5 for number in numbers)
