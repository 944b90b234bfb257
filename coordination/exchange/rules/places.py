"""A place as a row of a sheet: its columns, and the line of a country's file that a row gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.exchange.rules.layouts import as_text
from coordination.exchange.tables import Cell, Column, Kind
from directorates.rules.text import clean_text

LEVEL, CODE, PARENT, NAME_EN, NAME_AR = "level", "pcode", "parent_pcode", "name_en", "name_ar"
# The columns of a country's file, in its order.
COLUMNS = (LEVEL, CODE, PARENT, NAME_EN, NAME_AR)
# A place that is there keeps these.
KEPT = (LEVEL, CODE, PARENT)


def columns_of() -> list[Column]:
    """The columns of the places, in the present language."""
    return [
        Column("row", "names", above="names", hidden=True),
        Column(
            LEVEL, _("Level (0 country, 1 governorate, 2 district, 3 sub-district)"), Kind.NUMBER, open=True, width=20
        ),
        Column(CODE, _("P-code"), Kind.CODE, open=True, width=16),
        Column(PARENT, _("P-code of the place above"), Kind.CODE, open=True, width=20),
        Column(NAME_EN, _("Name in English"), open=True, width=32),
        Column(NAME_AR, _("Name in Arabic"), open=True, width=32),
    ]


@dataclass(frozen=True)
class Line:
    """A row as a line of a country's file, with where it came from."""

    sheet: str
    row: int
    values: Mapping[str, str]

    @property
    def code(self) -> str:
        """The place's code."""
        return self.values[CODE]

    @property
    def names(self) -> tuple[str, str]:
        """Its names, in Arabic and in English."""
        return self.values[NAME_AR], self.values[NAME_EN]


def line_of(sheet: str, row: int, given: Mapping[str, Cell], held: Mapping[str, Mapping[str, str]]) -> Line:
    """The line that a row gives; what it leaves blank stays as it is in `held`, by code."""
    values = {column: clean_text(as_text(given.get(column))) for column in COLUMNS}
    known = held.get(values[CODE], {})
    return Line(sheet, row, {column: text or known.get(column, "") for column, text in values.items()})
