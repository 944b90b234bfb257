"""A facility as a row of a sheet: its columns, and what a row that came back says of it. Positions are never in it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.exchange.rules.layouts import as_text
from coordination.exchange.tables import Cell as Value
from coordination.exchange.tables import Column, Kind
from directorates.rules.coordinates import may_locate
from directorates.rules.text import clean_text, has_control_characters

CODE, NAME_AR, NAME_EN, OTHERS, TYPE, PLACE, OPENED, STATUS = (
    *("code", "name_ar", "name_en", "other_names", "type", "place", "opened"),
    "status",
)
NAMES = (NAME_AR, NAME_EN)
KEYS = (CODE,)
# A facility that is in the register keeps these.
KEPT = (CODE, PLACE, OPENED)
LONGEST_NAME = 200
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,19}", re.ASCII)
_YES, _NO = {"yes", "نعم", "1", "true", "x", "✓"}, {"no", "لا", "0", "false"}

# Code and words, in both languages, of what can be chosen.
Choices = Mapping[str, tuple[str, str]]


def service_column(service: str) -> str:
    """The code of a service's column."""
    return f"service:{service}"


def columns_of(types: Sequence[str], services: Mapping[str, str], places: Sequence[str]) -> list[Column]:
    """The columns of the register, in the present language; `types` and `places` are offered as they are written."""
    yes_no = (_("Yes"), _("No"))
    return [
        Column("row", "names", above="names", hidden=True),
        Column(CODE, _("Code"), Kind.CODE, open=True, width=16),
        Column(NAME_AR, _("Name in Arabic"), open=True, width=32),
        Column(NAME_EN, _("Name in English"), open=True, width=32),
        Column(OTHERS, _("Other names, separated by semicolons"), open=True, width=28),
        Column(TYPE, _("Type"), choices=tuple(types), open=True, width=24),
        Column(PLACE, _("Sub-district"), choices=tuple(places), open=True, width=28),
        Column(OPENED, _("Open since"), Kind.DATE, open=True, width=14),
        Column(STATUS, _("Operating status"), width=20),
        *(
            Column(service_column(code), words, above=pgettext("facility", "Services"), choices=yes_no, open=True)
            for code, words in services.items()
        ),
    ]


@dataclass
class Said:
    """What a row says of a facility; what it leaves blank is None. Faults name their column and a code."""

    code: str = ""
    names: dict[str, str] = field(default_factory=dict)
    # Further ones; a file takes none away, or a workbook of last month would.
    other_names: list[str] = field(default_factory=list)
    type: str | None = None
    place: str | None = None
    opened: datetime.date | None = None
    services: dict[str, bool] = field(default_factory=dict)
    faults: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def fault(self, column: str, code: str, given: object = "") -> None:
        """Add a fault."""
        self.faults.append((column, code, {"given": str(given)[:60]}))


def said_in(values: Mapping[str, Value], types: Choices, services: Sequence[str]) -> Said:
    """What a row says, by the codes of its columns."""
    said = Said(code=clean_text(as_text(values.get(CODE))))
    if not _CODE.fullmatch(said.code):
        said.fault(CODE, "not_a_facility_code" if said.code else "no_code", said.code)
    for column in NAMES:
        if (name := _name(said, column, values.get(column))) is not None:
            said.names[column] = name
    if (others := values.get(OTHERS)) is not None:
        said.other_names = names_in(as_text(others))
        if any(len(part) > LONGEST_NAME for part in said.other_names):
            said.fault(OTHERS, "name_too_long")
        if any(may_locate(part) for part in said.other_names):
            said.fault(OTHERS, "name_with_location")
    _choose(said, values, types)
    _services(said, values, services)
    _opened(said, values.get(OPENED))
    return said


def names_in(text: str) -> list[str]:
    """The names that stand in one cell, between semicolons of either kind."""
    return [name for part in re.split("[;؛\n]", text) if (name := clean_text(part))]


def _name(said: Said, column: str, value: Value) -> str | None:
    """A name made ready to keep; None where there is none."""
    if value is None:
        return None
    text = as_text(value)
    if has_control_characters(text):
        said.fault(column, "control_characters")
    if len(clean_text(text)) > LONGEST_NAME:
        said.fault(column, "name_too_long")
    if may_locate(text):
        said.fault(column, "name_with_location")
    return clean_text(text)


def _choose(said: Said, values: Mapping[str, Value], types: Choices) -> None:
    """The type and the place; the place's code stands before its name."""
    if (given := values.get(TYPE)) is not None:
        text = clean_text(as_text(given)).casefold()
        words = {word.casefold(): code for code, names in types.items() for word in (code, *names)}
        said.type = words.get(text)
        if said.type is None:
            said.fault(TYPE, "unknown_option", as_text(given))
    if (given := values.get(PLACE)) is not None:
        said.place = (clean_text(as_text(given)).split() or [""])[0][:20]


def _services(said: Said, values: Mapping[str, Value], services: Sequence[str]) -> None:
    """Yes or no for each service."""
    for service in services:
        column = service_column(service)
        if (given := values.get(column)) is None:
            continue
        word = clean_text(as_text(given)).casefold()
        if word not in _YES | _NO:
            said.fault(column, "not_a_boolean")
        else:
            said.services[service] = word in _YES


def _opened(said: Said, value: Value) -> None:
    """The day since which it is open, as a date or typed like 2019-05-07."""
    if value is None:
        return
    if isinstance(value, datetime.datetime):
        value = value.date()
    try:
        said.opened = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(as_text(value))
    except ValueError:
        said.fault(OPENED, "not_a_date", as_text(value))
