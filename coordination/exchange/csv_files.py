"""Tables as CSV: UTF-8 with a mark, so that spreadsheets read Arabic; numbers stay numbers, and no text becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from coordination.exchange.tables import MOST_ROWS, Book, Cell, Column, Grid, Row, check_extent, refuse
from directorates.foundation.tables import FORMULA_STARTS, harmless

_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t"


def write(*, columns: Sequence[Column], rows: Iterable[Row | Sequence[object]], tag: str = "") -> bytes:
    """A table as a file; with a tag, the codes stand above the labels and the file can be filled and read again."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if tag:
        writer.writerow([tag, *(column.code for column in columns[1:])])
        writer.writerow(["names", *(harmless(column.above) for column in columns[1:])])
        writer.writerow(["names", *(harmless(column.label) for column in columns[1:])])
    else:
        writer.writerow([harmless(column.label) for column in columns])
    if any(column.hxl for column in columns):
        writer.writerow([column.hxl for column in columns])
    for row in rows:
        if not (isinstance(row, Row) and row.muted):
            writer.writerow([harmless(cell) for cell in (row.cells if isinstance(row, Row) else row)])
    return text.getvalue().encode("utf-8-sig")


def read(data: bytes) -> Book:
    """A file as one sheet of texts; commas, semicolons or tabs between them, as the first line has it."""
    text = _decoded(data)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    return Book((Grid("CSV", rows, length=len(rows)),))


def _decoded(data: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 where a mark says so."""
    try:
        text = data.decode("utf-16" if data.startswith(_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as problem:
        refuse("not_utf8", line=data[: problem.start].count(b"\n") + 1)
    if "\0" in text:
        refuse("not_a_workbook")
    return text


def _rows(lines: Iterator[list[str]]) -> list[list[Cell]]:
    """The rows, numbered as a spreadsheet shows them; beyond as many as are taken they are counted and not kept."""
    rows: list[list[Cell]] = []
    number = widest = 0
    while True:
        try:
            row = next(lines)
        except StopIteration:
            break
        except csv.Error:
            refuse("unreadable_csv", line=number + 1)
        number, widest = number + 1, max(widest, len(row))
        if number <= MOST_ROWS:
            rows.append([_plain(cell) for cell in row])
    check_extent(number, widest)
    return rows


def _plain(cell: str) -> str | None:
    """The text of a cell without the mark that kept spreadsheets from running it."""
    if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS):
        cell = cell[1:]
    return cell if cell.strip() else None
