"""What is shown in a list, as a file for spreadsheets."""

import csv
from collections.abc import Iterable
from decimal import Decimal

from django.http import HttpResponse

# A spreadsheet would run a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: object) -> str:
    """A cell as text that no spreadsheet runs; a number stays one, its minus sign too."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float | Decimal)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text


def csv_file(name: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A list as a CSV file in UTF-8, marked as such for spreadsheets."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(answer)
    writer.writerow([harmless(cell) for cell in head])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return answer
