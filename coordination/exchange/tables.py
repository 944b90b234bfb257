"""Tables as files hold them, whatever the format: columns and rows to write, sheets as they were read, what a file may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

# What a cell of a file that was read may hold: text, number, yes or no, date, a time of day or a length of time.
Cell = object
MEGABYTE = 1_000_000
MOST_BYTES = 20 * MEGABYTE
MOST_ROWS = 100_100
MOST_COLUMNS = 1_000
MOST_CELLS = 2_500_000


class Kind(StrEnum):
    """What a column holds; it decides how its cells are written and shown."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """A column: its stable code, its label, and in a workbook that is filled what may be typed.

    `above` is a heading shared with its neighbours; `choices` are offered in a drop-down and never forced; `hxl` is the
    hashtag under which other systems read it (https://hxlstandard.org), for files that carry such a row.
    """

    code: str
    label: str
    kind: Kind = Kind.TEXT
    above: str = ""
    choices: tuple[str, ...] = ()
    open: bool = False
    hidden: bool = False
    width: int = 14
    hxl: str = ""


@dataclass(frozen=True)
class Row:
    """A row to be written: muted ink is never input; `marks` are remarks by the place of their cell.

    What is `closed` cannot be typed into in this row, though its column is open.
    """

    cells: Sequence[object]
    muted: bool = False
    marks: Mapping[int, str] = field(default_factory=dict)
    closed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """A table to be written; with a tag it is a sheet to be filled: locked but for its open columns, codes hidden above."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row | Sequence[object]]
    tag: str = ""


@dataclass(frozen=True)
class Page:
    """A sheet of sentences, such as how to fill the others; its tag, out of sight, says that it is ours."""

    title: str
    lines: Sequence[str]
    tag: str = ""


@dataclass(frozen=True)
class Grid:
    """A sheet as it was read: rows from the first on, the places of formulas and of merged cells (row and column from 0)."""

    name: str
    rows: Iterable[Sequence[Cell]]
    hidden: bool = False
    # How far it reaches, for whoever watches how far reading is.
    length: int = 0
    formulas: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def filled(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """The rows in which anything stands, with their numbers from 0."""
        return ((number, row) for number, row in enumerate(self.rows) if any(cell is not None for cell in row))


@dataclass(frozen=True)
class Book:
    """A file as it was read; `since_1904` says how it numbers its days."""

    sheets: tuple[Grid, ...]
    since_1904: bool = False


class FileProblem(ValueError):
    """A file that cannot be read at all; `code` is stable and `params` fill its message."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str] = params


def refuse(code: str, **params: object) -> NoReturn:
    """Raise the problem that a file cannot be read."""
    raise FileProblem(
        code, **{name: f"{value:,}" if isinstance(value, int) else str(value) for name, value in params.items()}
    )


def check_extent(rows: int, columns: int) -> None:
    """Refuse more rows, columns or cells than are taken at once, before any room is made for them."""
    if rows > MOST_ROWS:
        refuse("too_many_rows", given=rows, most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        refuse("too_many_columns", given=columns, most=MOST_COLUMNS)
    check_cells(rows * columns)


def check_cells(cells: int) -> None:
    """Refuse more cells than are taken at once, in whatever number of sheets."""
    if cells > MOST_CELLS:
        refuse("too_many_cells", given=cells, most=MOST_CELLS)


def letters(column: int) -> str:
    """The letters over a column, counted from 0: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """The name of a cell, counted from 0: B7."""
    return f"{letters(column)}{row + 1}"
