"""Populations in a file: each row what a source says of a place, entered through the same action as by hand."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.layouts import Layout, merged_rows, misplaced, sheets_for
from coordination.exchange.rules.populations import COLUMNS, PLACE, Line, line_of
from coordination.exchange.rules.previews import Preview, RowTold, TakenRows, Verdict
from coordination.exchange.tables import Book, Grid
from coordination.reporting.actions.populations import Entry, contradictions, enter_populations, entry_faults, entry_of
from coordination.reporting.models import Population
from directorates.foundation.jobs import Tell
from directorates.foundation.problems import Fault, Problem
from directorates.models import Place, User
from directorates.permissions import Permission, require

NOUN = "populations"
LANGUAGES = ("ar", "en")
# What an action calls a field, where a sheet calls it otherwise.
FIELDS = {"place": PLACE}


@dataclass
class PopulationsRead:
    """The rows of a file: those that say something, where their columns stand, and everything that was found."""

    lines: list[Line]
    places: Mapping[str, Mapping[str, int]]
    found: list[Finding]
    # The entry of each row without a fault.
    entries: dict[tuple[str, int], Entry]
    standing: set[tuple[int, int, str, str, datetime.date]]

    @property
    def faulty(self) -> Counter[tuple[str, int]]:
        """How many errors each row has."""
        return Counter((one.sheet, one.row) for one in self.found if one.weight is Weight.ERROR and one.row is not None)


def read_populations_in(*, by: User, book: Book, at: datetime.datetime) -> PopulationsRead:
    """The rows of a file as entries, each with everything that is wrong with it."""
    require(by, Permission.KEEP_POPULATIONS)
    sheets, found = sheets_for(book, NOUN)
    lines: list[Line] = []
    places: dict[str, Mapping[str, int]] = {}
    for grid, layout in sheets:
        lacking = [code for code in COLUMNS if code not in layout.places]
        found += [Finding("missing_key", grid.name, layout.head, params={"given": code}) for code in lacking]
        if not lacking:
            places[grid.name] = layout.places
            lines += _lines(grid, layout, found)
    read = PopulationsRead(lines, places, found, {}, set())
    _enter(read, timezone.localdate(at))
    return read


def _lines(grid: Grid, layout: Layout, found: list[Finding]) -> Iterator[Line]:
    """The rows of a sheet; formulas, merged cells and cells beside the form are told."""
    merged = merged_rows(grid)
    for number, row in layout.data(grid):
        found += misplaced(grid, layout, merged, number, row)
        found += [
            Finding("formula", grid.name, number, column, params={"given": "–"})
            for column in sorted(layout.places.values())
            if (number, column) in grid.formulas
        ]
        yield line_of(grid.name, number, {code: row[at] for code, at in layout.places.items() if at < len(row)})


def _enter(read: PopulationsRead, today: datetime.date) -> None:
    """Make entries of the rows, and tell what is wrong with them, with each other and with what is kept."""
    known = Place.objects.in_bulk({line.values[PLACE] for line in read.lines}, field_name="code")
    entries: list[tuple[Line, Entry]] = []
    rows: dict[tuple[object, ...], int] = {}
    for line in read.lines:
        place, column = known.get(line.values[PLACE]), read.places[line.sheet]
        wrong = list(line.wrong())
        if place is None:
            wrong.insert(0, (PLACE, "unknown_place", {"given": line.values[PLACE][:40] or "–"}))
        read.found += [Finding(code, line.sheet, line.row, column.get(at), params=said) for at, code, said in wrong]
        if wrong or place is None or line.year is None or line.number is None or line.dated is None:
            continue
        said = {"group": line.values["group"], "source": line.values["source"]}
        entry = entry_of(place=place, year=line.year, number=line.number, dated=line.dated, **said)
        before = rows.setdefault(entry.key, line.row)
        if before != line.row:
            told = {"given": str(before + 1)}
            read.found.append(Finding("stated_twice", line.sheet, line.row, column.get(PLACE), params=told))
        entries.append((line, entry))
    told_by_language = {}
    for language in LANGUAGES:
        with override(language):
            against = contradictions([entry for _line, entry in entries])
            told_by_language[language] = [
                [*entry_faults(entry, today), *faults] for (_line, entry), faults in zip(entries, against, strict=True)
            ]
    for number, (line, entry) in enumerate(entries):
        by_language = [told_by_language[language][number] for language in LANGUAGES]
        read.found += _findings(line, read.places[line.sheet], by_language)
        if not by_language[0] and (line.sheet, line.row) not in read.faulty:
            read.entries[line.sheet, line.row] = entry
    kept = Population.objects.standing().filter(place__in={entry.place.pk for _line, entry in entries})
    read.standing = set(kept.values_list("place", "year", "group", "source", "dated"))


def _findings(line: Line, places: Mapping[str, int], by_language: list[list[Fault]]) -> Iterator[Finding]:
    """The faults of an entry at the cells that they came from, in both languages: the preview is read in either."""
    for told in zip(*by_language, strict=True):
        words = {f"message_{language}": str(one.message) for language, one in zip(LANGUAGES, told, strict=True)}
        column = places.get(FIELDS.get(told[0].field, told[0].field))
        yield Finding("said", line.sheet, line.row, column, params=words)


def preview_populations(*, by: User, book: Book, at: datetime.datetime, tell: Tell = lambda done, of: None) -> Preview:
    """What taking the file would do; nothing is written."""
    read = read_populations_in(by=by, book=book, at=at)
    preview, faulty = Preview(NOUN), read.faulty
    preview.add(read.found)
    for line in read.lines:
        entry, errors = read.entries.get((line.sheet, line.row)), faulty[line.sheet, line.row]
        same = entry is not None and entry.key in read.standing
        verdict = Verdict.FAULTY if entry is None else Verdict.SAME if same else Verdict.READY
        names = (entry.place.name_ar, entry.place.name_en) if entry else (line.values[PLACE], line.values[PLACE])
        detail = f"{line.values['year']} {line.values['group']}"
        preview.add_row(RowTold(line.sheet, line.row, names, detail, verdict, not same, int(not same), errors))
    tell(len(read.lines), len(read.lines))
    return preview


@transaction.atomic
def take_populations(
    *, by: User, book: Book, at: datetime.datetime, tell: Tell = lambda done, of: None, **_wish: object
) -> TakenRows:
    """Enter the rows that are in order; the others are left."""
    read = read_populations_in(by=by, book=book, at=at)
    if not read.entries:
        raise Problem("no_rows", _("Nothing in this file can be taken."))
    entered = enter_populations(entries=read.entries.values(), by=by, at=at)
    tell(len(read.lines), len(read.lines))
    return TakenRows(len(entered.new), 0, entered.same, len(read.lines) - len(read.entries))
