"""Files as people send them: a workbook or CSV, told apart by what is in them and not by their names."""

from coordination.exchange import csv_files, xlsx
from coordination.exchange.tables import MEGABYTE, MOST_BYTES, Book, refuse

# The beginnings of what is mistaken for a workbook.
_OLD, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"<!DOCTYPE",
    b"<html",
    b"Rar!",
    b"7z\xbc",
    b"\x1f\x8b",
)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"


def look_at(data: bytes) -> None:
    """Raise the `FileProblem` of a file that its beginning or its size shows to be no workbook and no CSV."""
    if not data.strip():
        refuse("empty_file")
    if len(data) > MOST_BYTES:
        refuse("file_too_large", most=MOST_BYTES // MEGABYTE)
    if data.startswith(_OLD):
        refuse("old_workbook")
    if data.startswith(_OTHERS):
        refuse("not_a_workbook")


def read(data: bytes) -> Book:
    """The sheets of a file, or the `FileProblem` that it cannot be read."""
    look_at(data)
    return xlsx.read(data) if data.startswith(_ZIP) else csv_files.read(data)
