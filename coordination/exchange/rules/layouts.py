"""Where things stand in a sheet that came back: found by its row of codes, wherever rows and columns were moved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.tables import MOST_ROWS, Book, Cell, Grid

EDITION = "1"
# The kinds of rows, in the first column: heads and last period's values are never read as input.
FILL, BEFORE, NAMES = "fill", "before", "names"
# The noun of sheets that hold words and are passed over.
WORDS = "words"
_TAG = re.compile(r"tansiq:(\d{1,3}):([a-z]{1,20})((?::[A-Za-z0-9_-]{1,60}){0,4})", re.ASCII)
_LOOKED_AT = 30


@dataclass(frozen=True)
class Tag:
    """What a sheet says to be: its noun and whatever names it further, such as template, version and reporter."""

    noun: str
    names: tuple[str, ...] = ()
    edition: str = EDITION

    def __str__(self) -> str:
        """As it stands in the sheet."""
        return ":".join(("tansiq", self.edition, self.noun, *self.names))


@dataclass(frozen=True)
class Layout:
    """A sheet's tag, the number of its row of codes, and the column of each code; what stands twice is named."""

    tag: Tag
    head: int
    kind: int
    places: dict[str, int]
    twice: tuple[tuple[str, int], ...] = ()

    @cached_property
    def columns(self) -> frozenset[int]:
        """Every column that has a code, and that of the kinds of rows."""
        return frozenset((self.kind, *self.places.values(), *(place for _code, place in self.twice)))

    def data(self, grid: Grid) -> Iterable[tuple[int, Sequence[Cell]]]:
        """The rows below the codes that are to be read, with their numbers."""
        for number, row in grid.filled():
            kind = row[self.kind] if self.kind < len(row) else None
            if number > self.head and kind not in (BEFORE, NAMES) and any(
                cell is not None for place, cell in enumerate(row) if place != self.kind
            ):  # fmt: skip
                yield number, row


def merged_rows(grid: Grid) -> dict[int, tuple[int, int]]:
    """A merged cell of each row that has one, in one pass however the ranges overlap."""
    found: dict[int, tuple[int, int]] = {}
    after = 0
    for top, left, bottom, _right in sorted(grid.merged):
        last = min(bottom, MOST_ROWS)
        found |= {row: (row, left) for row in range(max(after, top), last + 1)}
        after = max(after, last + 1)
    return found


def misplaced(
    grid: Grid, layout: Layout, merged: Mapping[int, tuple[int, int]], number: int, row: Sequence[Cell]
) -> Iterator[Finding]:
    """What is wrong with where the cells of a row stand: merged ones, and those in no column of the form."""
    if number in merged:
        yield Finding("merged", grid.name, *merged[number])
    for place, value in enumerate(row):
        if value is not None and place not in layout.columns:
            yield Finding("outside", grid.name, number, place)


def layout_of(grid: Grid) -> Layout | None:
    """The layout of a sheet; None where none of its first rows is a row of codes."""
    for number, row in enumerate(islice(grid.rows, _LOOKED_AT)):
        for place, cell in enumerate(row):
            match = _TAG.fullmatch(cell.strip()) if isinstance(cell, str) else None
            if match is not None:
                edition, noun, names = match.groups()
                tag = Tag(noun, tuple(name for name in names.split(":") if name), edition)
                return _laid_out(tag, number, place, row)
    return None


def sheets_for(book: Book, noun: str) -> tuple[list[tuple[Grid, Layout]], list[Finding]]:
    """The sheets of a file that are for a noun, and what is to be said of the others."""
    sheets, remarks = [], []
    for grid in book.sheets:
        layout = None if grid.hidden else layout_of(grid)
        if layout is None:
            remarks.append(Finding("hidden_sheet" if grid.hidden else "other_sheet", grid.name, weight=Weight.NOTE))
        elif layout.tag.noun == WORDS:
            continue
        elif layout.tag.noun != noun:
            remarks.append(Finding("other_noun", grid.name, layout.head))
        elif layout.tag.edition != EDITION:
            remarks.append(Finding("other_edition", grid.name, layout.head))
        else:
            sheets.append((grid, layout))
    if not sheets and all(one.weight is Weight.NOTE for one in remarks):
        remarks.insert(0, Finding("no_sheet"))
    return sheets, remarks


def _laid_out(tag: Tag, number: int, kind: int, row: Sequence[Cell]) -> Layout:
    """The layout that a row of codes gives."""
    places: dict[str, int] = {}
    twice: list[tuple[str, int]] = []
    for place, cell in enumerate(row):
        if place == kind or cell is None:
            continue
        code = as_text(cell)
        if code in places:
            twice.append((code, place))
        places.setdefault(code, place)
    return Layout(tag, number, kind, places, tuple(twice))


def as_text(cell: Cell) -> str:
    """A cell as a code: a spreadsheet makes 201905 a number."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
