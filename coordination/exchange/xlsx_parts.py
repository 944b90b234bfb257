"""The parts of a workbook's file, looked through before anything else reads them.

Nothing that a stranger sent is believed: sizes are measured and not read from the directory, macros and links to other
files are refused, and the reader gets a package made anew of the parts that were looked through and of no others.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from coordination.exchange.tables import MEGABYTE, FileProblem, check_cells, check_extent, refuse

MOST_PARTS = 2_000
MOST_UNPACKED = 100 * MEGABYTE
# A sheet of equal rows is packed about fifty times; a bomb a thousand times.
MOST_RATIO = 250
# What spreadsheets allow in one cell, and what all cells together may come to.
LONGEST_TEXT = 40_000
MOST_LETTERS = 50 * MEGABYTE
# So many places are remembered; beyond, a formula could pass for a value, so the file is refused.
MOST_FORMULAS = 100_000
MOST_MERGED = 10_000
_PIECE = 1 << 16
_ROW = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
_SHARED = re.compile(r"\s*[0-9]{1,12}\s*", re.ASCII)
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_WORKBOOK, _TYPES, _STRINGS = "xl/workbook.xml", "[Content_Types].xml", "xl/sharedStrings.xml"
_KEPT = (_TYPES, "_rels/.rels", _WORKBOOK, "xl/_rels/workbook.xml.rels", _STRINGS, "xl/styles.xml")


@dataclass
class SheetPart:
    """A sheet of the file: its name, where it lies, and what was found in it."""

    name: str
    path: str
    hidden: bool
    rows: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Package:
    """A workbook that was looked through: its sheets, how it numbers days, and the file to be read."""

    sheets: list[SheetPart]
    since_1904: bool
    data: bytes


def look_through(data: bytes) -> Package:
    """The workbook's parts, or the problem that it cannot be taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = _directory(archive)
            parts = {name: _unpacked(archive, infos[name]) for name in _KEPT if name in infos}
            sheets, since_1904 = _sheets(parts)
            for sheet in sheets:
                if sheet.path not in infos:
                    refuse("damaged")
                parts[sheet.path] = _unpacked(archive, infos[sheet.path])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as problem:
        if isinstance(problem, FileProblem):
            raise
        raise FileProblem("damaged") from problem
    lengths = _lengths(parts.get(_STRINGS, b""))
    cells = 0
    for sheet in sheets:
        cells += _SheetReader(sheet, lengths).read(parts[sheet.path])
        # However few cells are filled, the reader makes room for all: of every sheet, not of each alone.
        check_cells(cells)
    return Package(sheets, since_1904, _packed(parts))


def _directory(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of the package, if they are those of a workbook that may be read."""
    infos = {info.filename: info for info in archive.infolist()}
    names = {name.lower() for name in infos}
    if "mimetype" in names and "content.xml" in names:
        refuse("open_document")
    if "xl/workbook.bin" in names:
        refuse("binary_workbook")
    if _WORKBOOK not in infos or _TYPES not in infos:
        refuse("not_a_workbook")
    if any(info.flag_bits & 1 for info in infos.values()):
        refuse("encrypted")
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        refuse("macros")
    if any(name.startswith("xl/externallinks/") for name in names):
        refuse("external_links")
    if len(archive.infolist()) > min(MOST_PARTS, len(infos)):
        refuse("damaged")
    _check_sizes(list(infos.values()))
    return infos


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what the directory itself says to be a bomb; what it keeps silent about is found while unpacking."""
    whole = sum(info.file_size for info in infos)
    if whole > MOST_UNPACKED:
        refuse("bomb", given=whole // MEGABYTE, most=MOST_UNPACKED // MEGABYTE)
    if any(info.file_size > MEGABYTE and info.file_size > MOST_RATIO * max(info.compress_size, 1) for info in infos):
        refuse("bomb", given=whole // MEGABYTE, most=MOST_UNPACKED // MEGABYTE)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A part, never more of it than the directory says: what lies about its length fails its check sum here."""
    with archive.open(info) as part:
        return b"".join(iter(lambda: part.read(_PIECE), b""))


def _packed(parts: dict[str, bytes]) -> bytes:
    """The parts that were looked through, as a package of their own."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


# --- XML -----------------------------------------------------------------------------------------------------------


def _parse(part: bytes, **handlers: object) -> None:
    """Let an XML part be read by handlers; one with a document type of its own is no part of a workbook."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = lambda *_args: refuse("damaged")
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        parser.Parse(part, True)
    except expat.ExpatError as problem:
        raise FileProblem("damaged") from problem


def _elements(part: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a small part, without their name spaces."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((_local(name), {_local(key): value for key, value in attributes.items()}))

    _parse(part, StartElementHandler=start)
    yield from found


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _sheets(parts: dict[str, bytes]) -> tuple[list[SheetPart], bool]:
    """The sheets in their order, and whether days are numbered from 1904 on."""
    if "macroenabled" in parts[_TYPES].decode("utf-8", "replace").lower():
        refuse("macros")
    targets = {
        attributes.get("Id", ""): posixpath.normpath(posixpath.join("xl", attributes.get("Target", "")))
        for name, attributes in _elements(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet")
    }
    sheets, since_1904 = [], False
    for name, attributes in _elements(parts[_WORKBOOK]):
        if name == "sheet" and attributes.get("id") in targets:
            path = targets[attributes["id"]].lstrip("/")
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append(SheetPart(attributes.get("name", ""), path, hidden))
        elif name == "workbookPr":
            since_1904 = attributes.get("date1904", "0") in ("1", "true")
    if not sheets or len({sheet.name for sheet in sheets}) < len(sheets):
        refuse("damaged")
    return sheets, since_1904


def _lengths(part: bytes) -> list[int]:
    """How long each of the texts is that cells share."""
    lengths: list[int] = []
    if not part:
        return lengths

    def start(name: str, _attributes: dict[str, str]) -> None:
        if _local(name) == "si":
            lengths.append(0)
            check_cells(len(lengths))

    def letters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    _parse(part, StartElementHandler=start, CharacterDataHandler=letters)
    if max(lengths, default=0) > LONGEST_TEXT:
        refuse("text_too_long", most=LONGEST_TEXT)
    return lengths


class _SheetReader:
    """Reads of a sheet how far it reaches, where formulas and merged cells are, and how much text it comes to."""

    def __init__(self, sheet: SheetPart, lengths: list[int]) -> None:
        self.sheet, self.lengths = sheet, lengths
        self.row = self.column = -1
        self.rows = self.columns = self.letters = self.length = 0
        self.is_named = self.shared = self.in_value = False
        self.text = ""

    def read(self, part: bytes) -> int:
        """Look through the whole sheet and answer how many cells it spans; the numbers that are told are the true ones."""
        _parse(part, StartElementHandler=self.start, EndElementHandler=self.end, CharacterDataHandler=self.characters)
        check_extent(self.rows, self.columns)
        self.sheet.rows = self.rows
        if self.letters > MOST_LETTERS:
            refuse("too_much_text", most=MOST_LETTERS)
        return self.rows * self.columns

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        match _local(name):
            case "c":
                self.cell(attributes)
            case "v" | "is":
                self.in_value, self.text, self.length = True, "", 0
                self.reach()
            case "f":
                self.reach()
                self.formula()
            case "row":
                self.next_row(attributes)
            case "mergeCell":
                self.merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        """An element ends; a shared text is as long as what it points at."""
        if self.in_value and _local(name) in ("v", "is"):
            self.in_value = False
            if self.shared and _SHARED.fullmatch(self.text) and int(self.text) < len(self.lengths):
                self.letters += self.lengths[int(self.text)]

    def characters(self, text: str) -> None:
        """Text of a cell."""
        if self.in_value:
            self.length += len(text)
            if self.length > LONGEST_TEXT:
                refuse("text_too_long", most=LONGEST_TEXT)
            if self.shared:
                self.text += text[:20]

    def next_row(self, attributes: dict[str, str]) -> None:
        """A row begins; a number that no row can have would lead the reader astray."""
        given = attributes.get("r")
        if given is not None and not _ROW.fullmatch(given):
            refuse("damaged")
        self.row, self.column, self.is_named = self.row + 1 if given is None else int(given) - 1, -1, given is not None

    def cell(self, attributes: dict[str, str]) -> None:
        """A cell begins; one without a name of its own stands beside the last."""
        self.shared = attributes.get("t") == "s"
        self.column += 1
        if "r" in attributes:
            place = _place(attributes["r"])
            if place is None or (self.is_named and place[0] != self.row):
                refuse("damaged")
            self.row, self.column = place
        if attributes.get("t") == "e":
            # What a formula could not compute, kept as a value.
            self.formula()

    def formula(self) -> None:
        """This cell holds no value of its own."""
        self.sheet.formulas.add((self.row, self.column))
        if len(self.sheet.formulas) > MOST_FORMULAS:
            refuse("too_many_formulas", most=MOST_FORMULAS)

    def reach(self) -> None:
        """Something stands in this cell."""
        self.rows, self.columns = max(self.rows, self.row + 1), max(self.columns, self.column + 1)

    def merge(self, reference: str) -> None:
        """A range of merged cells."""
        first, _colon, last = reference.partition(":")
        start, end = _place(first), _place(last or first)
        if start is not None and end is not None:
            self.sheet.merged.append((*start, *end))
        if len(self.sheet.merged) > MOST_MERGED:
            refuse("too_many_merged", most=MOST_MERGED)


def _place(name: str) -> tuple[int, int] | None:
    """Row and column of a cell's name, from 0."""
    match = _CELL.fullmatch(name)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1
