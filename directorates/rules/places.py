"""Reading a country's file of places: every row, or every fault with its line."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from directorates.rules.text import clean_text, has_control_characters

COLUMNS = ("level", "pcode", "parent_pcode", "name_en", "name_ar")
SPELLING_COLUMNS = ("pcode", "use", "name")
# How a spelling is used: shown instead of the file's name, or only found by search.
SHOWN = ("name_en", "name_ar")
USES = (*SHOWN, "other")
LEVELS = ("0", "1", "2", "3")
UNKNOWN_LEVEL = -1
LONGEST_NAME = 200

# A code stands between slashes in a path that is compared byte by byte, so nothing else may be in it.
_CODE = re.compile(r"[A-Z0-9]{2,20}", re.ASCII)
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[A-Za-z]")
_UNREADABLE = "\ufffd"


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one line of one of the two files; `params` fill the words of the code."""

    file: str
    line: int
    column: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceRow:
    """One place as the file has it, with the names to show and the further ones to find it by."""

    line: int
    code: str
    level: int
    parent: str
    name_ar: str
    name_en: str
    other_names: tuple[str, ...] = ()


@dataclass
class Reading:
    """What a file holds: its places, those of higher levels first, or faults."""

    places: list[PlaceRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def read_places(data: bytes, spellings: bytes = b"", known: Mapping[str, int] | None = None) -> Reading:
    """The places of a file with at least COLUMNS, and of the spellings beside it.

    `known` are places (code to level) that the portal has already: a row's parent may be one of them.
    """
    reading = Reading()
    lines = list(_rows("places", data, COLUMNS, reading.faults))
    codes = {row["pcode"] for _line, row in lines}
    names = _spellings(spellings, codes | set(known or ()), reading.faults)
    reading.places = [_place(line, row, names.get(row["pcode"], {}), reading.faults) for line, row in lines]
    reading.faults += _tree_faults(reading.places, known or {})
    reading.faults.sort(key=lambda fault: (fault.file, fault.line))
    reading.places.sort(key=lambda place: (place.level, place.code))
    return reading


def _rows(
    file: str, data: bytes, columns: Iterable[str], faults: list[RowFault]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a CSV file in UTF-8 as mappings, or the faults that there is nothing to map."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            faults.append(RowFault(file, number, "", "not_utf8"))
    text = data.decode("utf-8-sig", errors="replace")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        missing = [name for name in columns if name not in header]
        if missing:
            faults.append(RowFault(file, 1, "", "missing_columns", {"columns": ", ".join(missing)}))
            return
        for row in reader:
            if len(row) == len(header):
                yield reader.line_num, dict(zip(header, row, strict=True))
            elif row:
                given, wanted = str(len(row)), str(len(header))
                faults.append(RowFault(file, reader.line_num, "", "uneven_row", {"given": given, "wanted": wanted}))
    except csv.Error:
        faults.append(RowFault(file, reader.line_num, "", "unreadable_row"))


def _spellings(data: bytes, codes: set[str], faults: list[RowFault]) -> dict[str, dict[str, list[str]]]:
    """Of each place the spellings by their use."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    if not data:
        return found
    for line, row in _rows("spellings", data, SPELLING_COLUMNS, faults):
        if row["pcode"] not in codes:
            faults.append(RowFault("spellings", line, "pcode", "unknown_place", {"given": row["pcode"][:40]}))
        if row["use"] not in USES:
            faults.append(RowFault("spellings", line, "use", "unknown_use", {"given": row["use"][:40]}))
        name = _name("spellings", line, "name", row["name"], faults)
        found[row["pcode"]][row["use"]].append(name)
    return found


def _place(line: int, row: dict[str, str], spelled: Mapping[str, list[str]], faults: list[RowFault]) -> PlaceRow:
    """One row as a place; what is wrong with its own fields is added to the faults."""
    level = row["level"].strip()
    known = level in LEVELS
    if not known:
        faults.append(RowFault("places", line, "level", "unknown_level", {"given": level[:40]}))
    if not _CODE.fullmatch(row["pcode"]):
        faults.append(RowFault("places", line, "pcode", "not_a_code", {"given": row["pcode"][:40]}))
    own = {column: _name("places", line, column, row[column], faults) for column in SHOWN}
    _check_letters(line, own, faults)
    shown = {column: (spelled.get(column) or [own[column]])[-1] for column in SHOWN}
    candidates = [own["name_en"], row.get("name_ocha_en", ""), own["name_ar"], *spelled.get("other", ())]
    others = dict.fromkeys(name for text in candidates if (name := clean_text(text)) and name not in shown.values())
    return PlaceRow(
        line=line,
        code=row["pcode"],
        level=int(level) if known else UNKNOWN_LEVEL,
        parent=row["parent_pcode"].strip(),
        name_ar=shown["name_ar"],
        name_en=shown["name_en"],
        other_names=tuple(others),
    )


def _name(file: str, line: int, column: str, given: str, faults: list[RowFault]) -> str:
    """A name made ready to keep; empty, overlong and unreadable ones are faults."""
    name = clean_text(given)
    if not name:
        faults.append(RowFault(file, line, column, "missing_name"))
    elif len(name) > LONGEST_NAME:
        faults.append(RowFault(file, line, column, "name_too_long", {"longest": str(LONGEST_NAME)}))
    elif has_control_characters(given):
        faults.append(RowFault(file, line, column, "unreadable_name"))
    return name


def _check_letters(line: int, names: Mapping[str, str], faults: list[RowFault]) -> None:
    """Names without a letter of their script were exchanged, or read in a wrong encoding when the file was made."""
    for column, letters in (("name_ar", _ARABIC), ("name_en", _LATIN)):
        name = names[column]
        if name and not letters.search(name) and _UNREADABLE not in name:
            faults.append(RowFault("places", line, column, "wrong_script", {"given": name[:40]}))


def is_code(text: str) -> bool:
    """Whether a text can be a P-code."""
    return _CODE.fullmatch(text) is not None


def name_fault(column: str, name: str) -> str:
    """What is wrong with a cleaned name in Arabic (`name_ar`) or English (`name_en`); empty if nothing is."""
    if not name:
        return "missing_name"
    if len(name) > LONGEST_NAME:
        return "name_too_long"
    letters = _ARABIC if column == "name_ar" else _LATIN
    return "" if letters.search(name) else "wrong_script"


def _tree_faults(places: list[PlaceRow], known: Mapping[str, int]) -> Iterator[RowFault]:
    """Codes twice, parents that are not there, and levels that do not follow one another."""
    first: dict[str, PlaceRow] = {}
    for place in places:
        held = first.setdefault(place.code, place)
        if held is not place:
            params = {"given": place.code, "line": str(held.line)}
            yield RowFault("places", place.line, "pcode", "duplicate_code", params)
    levels = dict(known) | {code: place.level for code, place in first.items()}
    for place in places:
        if code := _parent_fault(place, levels):
            params = {"given": place.parent[:40], "level": str(place.level)}
            yield RowFault("places", place.line, "parent_pcode", code, params)


def _parent_fault(place: PlaceRow, levels: Mapping[str, int]) -> str:
    """What is wrong with a place's parent; empty if nothing is."""
    if place.level <= 0:
        return "parent_of_country" if place.level == 0 and place.parent else ""
    if place.parent not in levels:
        return "unknown_parent"
    return "" if levels[place.parent] == place.level - 1 or levels[place.parent] < 0 else "level_gap"
