"""Places in a file: names and new places, through the action that loads a country; nothing is moved or deleted."""

import csv
import datetime
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.layouts import Layout, merged_rows, misplaced, sheets_for
from coordination.exchange.rules.places import COLUMNS, NAME_AR, NAME_EN, Line, line_of
from coordination.exchange.rules.previews import Preview, RowTold, TakenRows, Verdict
from coordination.exchange.tables import Book, Grid
from directorates.actions.places import Loaded, load_places
from directorates.foundation.jobs import Tell
from directorates.foundation.problems import Fault, Problem
from directorates.models import Place, User
from directorates.permissions import Permission, require

NOUN = "places"


@dataclass(frozen=True)
class PlacesRead:
    """The lines that a file's rows give, the columns of its sheets, and what is said about the sheets."""

    lines: list[Line]
    places: Mapping[str, Mapping[str, int]]
    remarks: list[Finding]
    held: Mapping[str, Mapping[str, str]]

    def changes(self, line: Line) -> int:
        """How many of a line's names are new."""
        known = self.held.get(line.code)
        return 1 if known is None else sum(line.values[name] != known[name] for name in COLUMNS)

    def replaced(self) -> Iterator[Finding]:
        """The names that would be replaced, with what stands now."""
        for line in self.lines:
            known = self.held.get(line.code, line.values)
            for name in (NAME_EN, NAME_AR):
                if line.values[name] != known[name]:
                    place = self.places[line.sheet].get(name)
                    yield Finding("replaces", line.sheet, line.row, place, Weight.NOTE, {"held": known[name]})


def read_places(*, by: User, book: Book) -> PlacesRead:
    """The rows of a file as lines of a country's file."""
    require(by, Permission.MANAGE_ORGANISATIONS)
    found, remarks = sheets_for(book, NOUN)
    held = {
        one.code: dict(
            zip(
                COLUMNS,
                (str(one.level), one.code, one.parent.code if one.parent else "", one.name_en, one.name_ar),
                strict=True,
            )
        )
        for one in Place.objects.select_related("parent")
    }
    lines: list[Line] = []
    places: dict[str, Mapping[str, int]] = {}
    for grid, layout in found:
        lacking = [code for code in COLUMNS if code not in layout.places]
        remarks += [Finding("missing_key", grid.name, layout.head, params={"given": code}) for code in lacking]
        unknown = [(code, place) for code, place in layout.places.items() if code not in COLUMNS]
        for found_places, told in ((unknown, "unknown_column"), (layout.twice, "column_twice")):
            for code, place in found_places:
                remarks.append(Finding(told, grid.name, layout.head, place, Weight.NOTE, {"given": code[:60]}))
        if not lacking:
            places[grid.name] = layout.places
            merged = merged_rows(grid)
            for number, row in layout.data(grid):
                remarks += misplaced(grid, layout, merged, number, row)
                remarks += _formulas(grid, layout, number)
                given = {code: row[at] for code, at in layout.places.items() if at < len(row)}
                lines.append(line_of(grid.name, number, given, held))
    return PlacesRead(lines, places, remarks, held)


def _formulas(grid: Grid, layout: Layout, row: int) -> Iterator[Finding]:
    """Cells of a row that hold a formula."""
    for column in sorted(layout.places.values()):
        if (row, column) in grid.formulas:
            yield Finding("formula", grid.name, row, column, params={"given": "–"})


def _load(lines: Sequence[Line], by: User, at: datetime.datetime) -> Loaded:
    """Load these lines; the further spellings of places stay as they are."""
    text, spellings = io.StringIO(newline=""), io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows([line.values[column] for column in COLUMNS] for line in lines)
    others = csv.writer(spellings)
    others.writerow(("pcode", "use", "name"))
    for place in Place.objects.filter(code__in={line.code for line in lines}):
        others.writerows((place.code, "other", name) for name in place.other_names)
    return load_places(data=text.getvalue().encode(), spellings=spellings.getvalue().encode(), by=by, at=at)


def _findings(faults: Mapping[str, Sequence[Fault]], lines: Sequence[Line], read: PlacesRead) -> list[Finding]:
    """The faults of loading, by language, at the cells that they came from."""
    found = []
    for told in zip(*faults.values(), strict=True):
        fault = told[0]
        _file, _colon, rest = fault.field.partition(":")
        number, _colon, column = rest.partition(":")
        # The first line of the file holds the columns.
        line = lines[int(number) - 2]
        words = {f"message_{language}": str(one.message) for language, one in zip(faults, told, strict=True)}
        found.append(Finding("said", line.sheet, line.row, read.places[line.sheet].get(column), params=words))
    return found


def _tried(read: PlacesRead, by: User, at: datetime.datetime) -> list[Finding]:
    """Everything that speaks against loading all lines; nothing is left written."""
    if not read.lines:
        return []
    faults: dict[str, Sequence[Fault]] = {}
    # In both languages, because the preview is read in either.
    for language in ("ar", "en"):
        with override(language), transaction.atomic():
            try:
                _load(read.lines, by, at)
            except Problem as problem:
                faults[language] = problem.errors
            else:
                return []
            finally:
                transaction.set_rollback(True)
    return _findings(faults, read.lines, read)


def preview_places(*, by: User, book: Book, at: datetime.datetime, tell: Tell = lambda done, of: None) -> Preview:
    """What taking the file would do; it is tried and undone."""
    read = read_places(by=by, book=book)
    found = [*read.remarks, *_tried(read, by, at), *read.replaced()]
    preview = Preview(NOUN)
    preview.add(found)
    faulty = Counter((one.sheet, one.row) for one in found if one.weight is Weight.ERROR)
    for line in read.lines:
        changes, errors = read.changes(line), faulty[line.sheet, line.row]
        verdict = Verdict.FAULTY if errors else Verdict.READY if changes else Verdict.SAME
        is_new = line.code not in read.held
        preview.add_row(RowTold(line.sheet, line.row, line.names, line.code, verdict, is_new, changes, errors))
    tell(len(read.lines), len(read.lines))
    return preview


@transaction.atomic
def take_places(
    *, by: User, book: Book, at: datetime.datetime, tell: Tell = lambda done, of: None, **_wish: object
) -> TakenRows:
    """Take the rows in order; a place under one that cannot be taken is left with it."""
    read = read_places(by=by, book=book)
    faulty = {(one.sheet, one.row) for one in read.remarks if one.weight is Weight.ERROR}
    lines = [line for line in read.lines if (line.sheet, line.row) not in faulty]
    while lines:
        try:
            loaded = _load(lines, by, at)
        except Problem as problem:
            left = {(one.sheet, one.row) for one in _findings({"en": problem.errors}, lines, read)}
            lines = [line for line in lines if (line.sheet, line.row) not in left]
        else:
            tell(len(lines), len(read.lines))
            return TakenRows(loaded.new, loaded.changed, loaded.same, len(read.lines) - len(lines))
    raise Problem("no_rows", _("Nothing in this file can be taken."))
