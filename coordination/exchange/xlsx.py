"""Workbooks (.xlsx): typed tables and sheets to be filled are written, whatever people send back is read.

Text stays text, whatever it begins with; numbers stay numbers. Formulas are never run: the reader tells where they are.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from openpyxl import Workbook
from openpyxl.cell import Cell as WrittenCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from coordination.exchange.tables import Book, Cell, Column, Grid, Kind, Page, Row, Sheet, letters, refuse
from coordination.exchange.xlsx_parts import look_through
from directorates.rules.text import clean_text

Found = TypeVar("Found")
ABOUT = "tansiq"
_INK, _MUTED, _SUNK, _LINE, _BAD_SOFT = "1B2733", "566573", "EDF1F4", "BCC6CE", "FDEBE9"
_HEADS = 3
_FORMATS = {Kind.TEXT: "@", Kind.CODE: "@", Kind.NUMBER: "General", Kind.DATE: "yyyy-mm-dd"}
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_CELL = 32_000
# What XML cannot hold, and nobody can type.
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def write(*, title: str, columns: Sequence[Column], rows: Iterable[Row | Sequence[object]], language: str) -> bytes:
    """A typed table as a workbook of one sheet, from right to left in Arabic."""
    return write_book([Sheet(title, columns, rows)], language=language)


def write_book(
    sheets: Iterable[Sheet],
    *,
    language: str,
    pages: Sequence[Page] = (),
    about: Mapping[str, str] | None = None,
) -> bytes:
    """Several sheets as a workbook, with pages of words behind them; `about` stands on a hidden sheet with the lists."""
    return _Writer(language).write(sheets, pages, about or {})


class _Writer:
    """A workbook being written, a row at a time."""

    def __init__(self, language: str) -> None:
        self.book = Workbook(write_only=True)
        self.book.properties.creator = "Tansiq"
        self.rtl = language == "ar"
        self.lists: dict[tuple[str, ...], str] = {}
        for style in _styles(self.rtl):
            self.book.add_named_style(style)

    def write(self, sheets: Iterable[Sheet], pages: Sequence[Page], about: Mapping[str, str]) -> bytes:
        """All of it."""
        for sheet in sheets:
            self.sheet(sheet)
        for page in pages:
            self.page(page)
        if self.lists or about:
            self.hidden(about)
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()

    def new(self, title: str) -> Worksheet:
        """An empty sheet of that name, or the nearest that is free."""
        name = _NOT_IN_TITLES.sub(" ", clean_text(title)).strip()[:31] or "1"
        taken, number = {one.casefold() for one in self.book.sheetnames}, 2
        while name.casefold() in taken:
            name = f"{name[:27]} {number}"
            number += 1
        sheet: Worksheet = self.book.create_sheet(name)
        sheet.sheet_view.rightToLeft = self.rtl
        return sheet

    def sheet(self, given: Sheet) -> None:
        """A table: its widths, heads and rows; drop-downs reach as far as the rows do."""
        sheet = self.new(given.title)
        for place, column in enumerate(given.columns):
            dimension = sheet.column_dimensions[letters(place)]
            dimension.width, dimension.hidden = column.width, column.hidden
        first = _HEADS if given.tag else 1
        fixed = next((place for place, column in enumerate(given.columns) if column.open), 1) if given.tag else 1
        sheet.freeze_panes = f"{letters(fixed)}{first + 1}"
        self.heads(sheet, given)
        last = first
        for row in given.rows:
            self.row(sheet, given, row if isinstance(row, Row) else Row(row))
            last += 1
        if given.tag:
            _lock(sheet)
            self.offer(sheet, given.columns, first + 1, max(last, first + 1))
        else:
            sheet.auto_filter.ref = f"A1:{letters(len(given.columns) - 1)}{last}"

    def heads(self, sheet: Worksheet, given: Sheet) -> None:
        """The labels; above them, in a sheet to be filled, shared headings and the hidden row of codes."""
        if not given.tag:
            sheet.append([self.cell(sheet, column.label, "label") for column in given.columns])
            return
        sheet.row_dimensions[1].hidden = True
        sheet.row_dimensions[3].height = 48
        codes = [given.tag, *(column.code for column in given.columns[1:])]
        sheet.append([self.cell(sheet, code, "code") for code in codes])
        above = ["" if place and column.above == given.columns[place - 1].above else column.above
                 for place, column in enumerate(given.columns)]  # fmt: skip
        sheet.append([self.cell(sheet, words or None, "above") for words in above])
        sheet.append([self.cell(sheet, column.label, "label") for column in given.columns])
        for start, end in _runs(given.columns):
            sheet.merged_cells.add(f"{letters(start)}2:{letters(end)}2")

    def row(self, sheet: Worksheet, given: Sheet, row: Row) -> None:
        """A row; what is open may be typed into, what is marked carries its remark."""
        cells = []
        for place, (column, value) in enumerate(zip(given.columns, row.cells, strict=True)):
            # A remark quotes what a stranger typed.
            words = _written(row.marks.get(place, "")) or ""
            is_open = column.open and place not in row.closed
            style = "muted" if row.muted else _style_of(column.kind, is_open, bool(words), bool(given.tag))
            cell = self.cell(sheet, value, style)
            if words:
                cell.comment = Comment(words, "Tansiq", height=40 + 20 * (len(words) // 40 + 1), width=300)
            cells.append(cell)
        sheet.append(cells)

    def cell(self, sheet: Worksheet, value: object, style: str) -> WrittenCell:
        """A cell as its value is: text never becomes a formula, a number never text."""
        plain = _written(value)
        cell: WrittenCell = WriteOnlyCell(sheet, plain)
        cell.style = style
        if isinstance(plain, str):
            cell.data_type = "s"
        return cell

    def offer(self, sheet: Worksheet, columns: Sequence[Column], first: int, last: int) -> None:
        """The drop-downs of a sheet; equal ones share a list, and a list forbids nothing."""
        places: dict[tuple[str, ...], list[str]] = {}
        for place, column in enumerate(columns):
            if column.open and column.choices:
                places.setdefault(column.choices, []).append(f"{letters(place)}{first}:{letters(place)}{last}")
        for choices, ranges in places.items():
            where = self.lists.setdefault(choices, letters(len(self.lists) + 2))
            source = f"{ABOUT}!${where}$1:${where}${len(choices)}"
            offered = DataValidation("list", source, showErrorMessage=False, allow_blank=True, sqref=" ".join(ranges))
            sheet.data_validations.append(offered)

    def page(self, given: Page) -> None:
        """A sheet of sentences, the first its heading."""
        sheet = self.new(given.title)
        sheet.column_dimensions["A"].width = 100
        sheet.row_dimensions[1].hidden = True
        sheet.append([self.cell(sheet, given.tag, "code")])
        for number, line in enumerate(given.lines):
            sheet.append([self.cell(sheet, line, "sentence" if number else "heading")])
        _lock(sheet)

    def hidden(self, about: Mapping[str, str]) -> None:
        """What the workbook is, and the lists of its drop-downs, out of sight."""
        sheet: Worksheet = self.book.create_sheet(ABOUT)
        sheet.sheet_state = "veryHidden"
        columns: list[Sequence[str]] = [list(about), list(about.values()), *self.lists]
        for number in range(max(map(len, columns))):
            sheet.append([self.cell(sheet, c[number], "code") if number < len(c) else None for c in columns])
        _lock(sheet)


def _style_of(kind: Kind, is_open: bool, marked: bool, to_be_filled: bool) -> str:
    """The name of a cell's style."""
    if not to_be_filled:
        return f"plain {kind}"
    if marked:
        return f"wrong {kind}" if is_open else "wrong key"
    return f"open {kind}" if is_open else "key"


def _styles(rtl: bool) -> Iterator[NamedStyle]:
    """How the cells look, in the portal's colours."""
    line = Side(style="thin", color=_LINE)
    edge, sunk, bad = Border(line, line, line, line), _fill(_SUNK), _fill(_BAD_SOFT)
    reading = Alignment(vertical="center", wrap_text=True, readingOrder=2 if rtl else 1)
    ink, bold, muted = Font(color=_INK), Font(color=_INK, bold=True), Font(color=_MUTED, italic=True)
    centred = Alignment("center", "center", wrap_text=True, readingOrder=2 if rtl else 1)
    yield NamedStyle("code", font=Font(color=_MUTED, size=9))
    yield NamedStyle("above", font=bold, fill=sunk, border=edge, alignment=centred)
    yield NamedStyle("label", font=bold, fill=sunk, border=edge, alignment=centred)
    yield NamedStyle("key", font=ink, fill=sunk, border=edge, alignment=Alignment(vertical="center"))
    yield NamedStyle("wrong key", font=ink, fill=bad, border=edge, alignment=Alignment(vertical="center"))
    yield NamedStyle("muted", font=muted, border=edge, alignment=Alignment(vertical="center"))
    yield NamedStyle("heading", font=Font(color=_INK, bold=True, size=14), alignment=reading)
    yield NamedStyle("sentence", font=ink, alignment=reading)
    for kind, shape in _FORMATS.items():
        yield NamedStyle(f"plain {kind}", font=ink, number_format="General" if shape == "@" else shape)
        for name, fill in (("open", PatternFill()), ("wrong", bad)):
            opened = Protection(locked=False)
            yield NamedStyle(
                f"{name} {kind}", font=ink, fill=fill, border=edge, number_format=shape, protection=opened,
                alignment=Alignment(vertical="center"),
            )  # fmt: skip


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def _lock(sheet: Worksheet) -> None:
    """Let only open cells be typed into; no password, because this protects from slips and not from people."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.formatCells = False


def _runs(columns: Sequence[Column]) -> Iterator[tuple[int, int]]:
    """Where neighbours share a heading."""
    start = 0
    for place in range(1, len(columns) + 1):
        if place == len(columns) or columns[place].above != columns[start].above:
            if columns[start].above and place - start > 1:
                yield start, place - 1
            start = place


def _written(value: object) -> Any:
    """A value as a cell can hold it."""
    if value is None or isinstance(value, bool | int | float | Decimal | datetime.date):
        return value
    return _NO_CHARACTERS.sub("", clean_text(str(value), multiline=True))[:_LONGEST_CELL] or None


# --- Reading -------------------------------------------------------------------------------------------------------


def read(data: bytes) -> Book:
    """What a workbook holds, after its parts were looked through; its rows are made as they are asked for."""
    package = look_through(data)
    workbook = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(package.data)))
    grids = [
        Grid(
            part.name,
            _Rows(workbook, part.name),
            part.hidden,
            part.rows,
            frozenset(part.formulas),
            tuple(part.merged),
        )
        for part in package.sheets
        if part.name != ABOUT
    ]
    return Book(tuple(grids), package.since_1904)


class _Rows:
    """The rows of a sheet from the first on, as often as they are asked for."""

    def __init__(self, workbook: CalamineWorkbook, name: str) -> None:
        self.workbook, self.name = workbook, name
        self.sheet: CalamineSheet | None = None

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        """Row after row; empty cells are None."""
        if self.sheet is None:
            self.sheet = _guarded(lambda: self.workbook.get_sheet_by_name(self.name))
        start = self.sheet.start
        if start is None:
            return
        # The reader gives empty rows above the first that is filled, but no empty columns before it.
        before = [None] * start[1]
        for row in self.sheet.iter_rows():
            yield [*before, *(None if isinstance(cell, str) and not cell.strip() else cell for cell in row)]


def _guarded(call: Callable[[], Found]) -> Found:
    """What the reader answers; whatever it stumbles over is a damaged file."""
    try:
        return call()
    except (CalamineError, OSError, ValueError):
        refuse("damaged")
