"""A population as a row of a sheet: its columns, and what a row says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.exchange.rules.layouts import as_text
from coordination.exchange.tables import Cell, Column, Kind
from coordination.reporting.rules.indicators import Group
from coordination.reporting.rules.numbers import NumberProblem, parse_number
from directorates.rules.text import clean_text, latin_digits

PLACE, YEAR, GROUP, NUMBER, SOURCE, DATED = COLUMNS = ("pcode", "year", "group", "number", "source", "dated")
GROUPS = tuple(group.value for group in Group)


def columns_of() -> list[Column]:
    """The columns of populations, in the present language."""
    return [
        Column("row", "names", above="names", hidden=True),
        Column(PLACE, _("P-code"), Kind.CODE, open=True, width=16),
        Column(YEAR, _("Year"), Kind.NUMBER, open=True),
        Column(GROUP, pgettext("population", "Group"), Kind.CODE, choices=GROUPS, open=True, width=22),
        Column(NUMBER, pgettext("population", "Number of people"), Kind.NUMBER, open=True, width=18),
        Column(SOURCE, pgettext("population", "Source"), open=True, width=50),
        Column(DATED, _("Date of the source"), Kind.DATE, open=True, width=16),
    ]


@dataclass(frozen=True)
class Line:
    """A row with its cells as text, and where it came from."""

    sheet: str
    row: int
    values: Mapping[str, str]

    @property
    def year(self) -> int | None:
        """The year, None where it is none."""
        return whole(self.values[YEAR])

    @property
    def number(self) -> int | None:
        """The number of people, None where it is none."""
        return whole(self.values[NUMBER])

    @property
    def dated(self) -> datetime.date | None:
        """The date of the source, None where it is none."""
        try:
            return datetime.date.fromisoformat(latin_digits(self.values[DATED])[:10])
        except ValueError:
            return None

    def wrong(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Column, code and parameters of whatever cannot be read in it by itself."""
        if self.year is None:
            yield YEAR, "not_a_year", {}
        if self.values[GROUP] not in GROUPS:
            yield GROUP, "unknown_group", {"given": self.values[GROUP][:40] or "–", "possible": ", ".join(GROUPS)}
        if self.number is None:
            yield NUMBER, "not_a_count", {}
        if self.dated is None:
            yield DATED, "not_a_day", {}


def line_of(sheet: str, row: int, given: Mapping[str, Cell]) -> Line:
    """The line that a row gives."""
    return Line(sheet, row, {column: clean_text(_text(given.get(column))) for column in COLUMNS})


def _text(cell: Cell) -> str:
    """A cell as text; a day as 2019-05-07."""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date) else as_text(cell)


def whole(text: str) -> int | None:
    """A whole number, in whichever digits; None where it is none."""
    try:
        number = parse_number(text)
    except NumberProblem:
        return None
    return int(number) if number == number.to_integral_value() else None
