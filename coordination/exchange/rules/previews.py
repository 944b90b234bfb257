"""What a file would do, before it does anything: rows by what can be done with them, and everything that was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol

from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.tables import Grid
from directorates.rules.text import clean_text

# So many errors, and so many notes, are kept for the page and for the marked file; of more, the number is told.
MOST_SHOWN = 1_000
MOST_MARKED = 20_000
MOST_ROWS = 300


class Verdict(StrEnum):
    """What can be done with a row."""

    READY = "ready"  # in order
    FAULTY = "faulty"  # to be corrected; a report can be kept as a draft meanwhile
    BARRED = "barred"  # cannot be taken at all
    SENT = "sent"  # a report that was sent before: told, not touched
    SAME = "same"  # everything in it stands already
    EMPTY = "empty"  # nothing was typed


@dataclass(frozen=True)
class RowTold:
    """A row as the preview lists it."""

    sheet: str
    number: int
    names: tuple[str, str]
    detail: str
    verdict: Verdict
    is_new: bool
    changes: int
    errors: int

    def shape(self) -> dict[str, Any]:
        """As it is kept with a job."""
        return {
            "sheet": clean_text(self.sheet),
            "number": self.number + 1,
            "name": [clean_text(name) for name in self.names],
            "detail": clean_text(self.detail),
            "verdict": self.verdict.value,
            "is_new": self.is_new,
            "changes": self.changes,
            "errors": self.errors,
        }


class ReadRow(Protocol):
    """A row of a file that was read and judged."""

    sheet: str
    number: int
    findings: list[Finding]

    def told(self) -> RowTold:
        """What the preview says of it."""


class Reach:
    """How far some sheets were read, told to whoever watches: rows passed, of all that they have."""

    def __init__(self, grids: Iterable[Grid], tell: Callable[[int, int], None]) -> None:
        """Lay the sheets one behind the other."""
        self.tell, self.before, self.whole = tell, dict[str, int](), 0
        for grid in grids:
            self.before[grid.name] = self.whole
            self.whole += grid.length

    def at(self, rows: Sequence[ReadRow]) -> None:
        """These rows are done."""
        if rows:
            self.tell(self.before.get(rows[-1].sheet, 0) + rows[-1].number + 1, self.whole)


@dataclass
class Preview:
    """What reading a file came to; it grows row by row and never beyond what is shown and marked."""

    noun: str
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    errors: int = 0
    notes: int = 0
    # How many rows say something; the first of them, and of those that wait for a correction, are kept.
    told: int = 0
    waiting: list[tuple[int, RowTold]] = field(default_factory=list)
    others: list[tuple[int, RowTold]] = field(default_factory=list)

    def add(self, found: list[Finding]) -> None:
        """Add what was found; all is counted, and kept as far as there is room: notes take none from errors."""
        for one in found:
            if one.weight is Weight.ERROR:
                self.errors += 1
                number = self.errors
            else:
                self.notes += 1
                number = self.notes
            if number <= MOST_MARKED:
                self.findings.append(one)

    def add_row(self, row: RowTold) -> None:
        """Add a row; where not all can be listed, those that wait for a correction come before the others."""
        self.counts[row.verdict.value] += 1
        self.counts["new"] += row.is_new and row.verdict is Verdict.READY
        self.counts["changed"] += row.changes > 0 and not row.is_new and row.verdict is Verdict.READY
        if row.verdict is Verdict.EMPTY:
            return
        self.told += 1
        kept = self.waiting if row.verdict in (Verdict.FAULTY, Verdict.BARRED) else self.others
        if len(kept) < MOST_ROWS:
            kept.append((self.told, row))

    def read(self, batches: Iterable[Sequence[ReadRow]], reach: Reach) -> Preview:
        """Add rows batch by batch, telling after each how far reading is."""
        for rows in batches:
            for row in rows:
                self.add(row.findings)
                self.add_row(row.told())
            reach.at(rows)
        return self

    @property
    def found(self) -> int:
        """How much was found, errors and notes."""
        return self.errors + self.notes

    @property
    def rows(self) -> list[RowTold]:
        """The rows that are listed, in the order of the file."""
        kept = self.waiting + self.others[: MOST_ROWS - len(self.waiting)]
        return [row for _number, row in sorted(kept, key=lambda pair: pair[0])]

    @property
    def good(self) -> int:
        """How many rows are in order."""
        return self.counts[Verdict.READY.value]

    def _shown(self) -> Iterator[Finding]:
        """The first errors and the first notes."""
        for weight in Weight:
            yield from islice((one for one in self.findings if one.weight is weight), MOST_SHOWN)

    def shape(self) -> dict[str, Any]:
        """As it is kept with a job."""
        return {
            "noun": self.noun,
            "counts": dict(self.counts),
            "findings": [one.shape() for one in self._shown()],
            "errors": self.errors,
            "notes": self.notes,
            "rows": [row.shape() for row in self.rows],
            "told": self.told,
        }


@dataclass
class TakenRows:
    """How many rows of a register a file came to."""

    new: int = 0
    changed: int = 0
    same: int = 0
    left: int = 0

    def shape(self) -> dict[str, int]:
        """As it is kept with a job."""
        return asdict(self)
