"""Where things stand in a sheet that came back: found by its row of codes, wherever rows and columns were moved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from coordination.exchange.tables import Cell, Grid

EDITION = "1"
# The kinds of rows, in the first column: heads and last period's values are never read as input.
FILL, BEFORE, NAMES = "fill", "before", "names"
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

    def data(self, grid: Grid) -> Iterable[tuple[int, Sequence[Cell]]]:
        """The rows below the codes that are to be read, with their numbers."""
        for number, row in grid.filled():
            kind = row[self.kind] if self.kind < len(row) else None
            if number > self.head and kind not in (BEFORE, NAMES) and any(
                cell is not None for place, cell in enumerate(row) if place != self.kind
            ):  # fmt: skip
                yield number, row


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
