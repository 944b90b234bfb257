"""What a file would do, before it does anything: rows by what can be done with them, and everything that was found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from coordination.exchange.rules.findings import Finding, Weight
from directorates.rules.text import clean_text

# So many are kept for the page and for the marked file; of more, the number is told.
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


@dataclass
class Preview:
    """What reading a file came to; it grows row by row and never beyond what is shown and marked."""

    noun: str
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    found: int = 0
    errors: int = 0
    rows: list[RowTold] = field(default_factory=list)

    def add(self, found: list[Finding]) -> None:
        """Add what was found; errors are counted all, kept as far as there is room."""
        self.found += len(found)
        self.errors += sum(one.weight is Weight.ERROR for one in found)
        self.findings += found[: MOST_MARKED - len(self.findings)]

    def add_row(self, row: RowTold) -> None:
        """Add a row; those that wait for a correction are listed before the others."""
        self.counts[row.verdict.value] += 1
        self.counts["new"] += row.is_new and row.verdict is Verdict.READY
        self.counts["changed"] += row.changes > 0 and not row.is_new and row.verdict is Verdict.READY
        if row.verdict is not Verdict.EMPTY and len(self.rows) < MOST_ROWS:
            self.rows.append(row)

    @property
    def good(self) -> int:
        """How many rows are in order."""
        return self.counts[Verdict.READY.value]

    def shape(self) -> dict[str, Any]:
        """As it is kept with a job."""
        return {
            "noun": self.noun,
            "counts": dict(self.counts),
            "findings": [one.shape() for one in self.findings[:MOST_SHOWN]],
            "found": self.found,
            "errors": self.errors,
            "rows": [row.shape() for row in self.rows],
        }
