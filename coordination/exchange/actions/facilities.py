"""The register in a file: new facilities are entered, others described anew; positions and places never change by it."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordination.exchange.rules.facilities import (
    CODE,
    KEYS,
    NAME_AR,
    NAME_EN,
    OPENED,
    PLACE,
    TYPE,
    Choices,
    Said,
    columns_of,
    names_in,
    said_in,
    service_column,
)
from coordination.exchange.rules.findings import Finding, Weight, errors_in
from coordination.exchange.rules.layouts import Layout, merged_rows, misplaced, sheets_for
from coordination.exchange.rules.previews import Preview, Reach, RowTold, TakenRows, Verdict
from coordination.exchange.tables import Book, Cell, Grid
from directorates.foundation.jobs import Tell
from directorates.foundation.problems import Problem
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, require, rights_of
from facilities.actions.facilities import describe_facility
from facilities.actions.register import FacilityEntry, StatusEntry, register_many
from facilities.models import Facility
from facilities.models.facilities import FacilityType, Service
from facilities.models.statuses import Operating

NOUN = "facilities"
CHUNK = 500


def types_offered() -> Choices:
    """The types of facilities with their words in both languages."""
    found: dict[str, tuple[str, ...]] = {one.value: () for one in FacilityType}
    for language in ("ar", "en"):
        with override(language):
            found = {one.value: (*found[one.value], str(one.label)) for one in FacilityType}
    return {code: (words[0], words[1]) for code, words in found.items()}


@dataclass
class JudgedFacility:
    """A row with the facility it names, what it would change, and everything that was found."""

    sheet: str
    number: int
    said: Said
    facility: Facility | None = None
    place: Place | None = None
    # The code belongs to a facility that the person may not see.
    is_hidden: bool = False
    changes: int = 0
    verdict: Verdict = Verdict.BARRED
    findings: list[Finding] = field(default_factory=list)

    def told(self) -> RowTold:
        """The row as the preview lists it."""
        held = self.facility
        names = tuple(self.said.names.get(name) or (getattr(held, name) if held else "") for name in (NAME_AR, NAME_EN))
        errors = errors_in(self.findings)
        return RowTold(
            self.sheet,
            self.number,
            (names[0], names[1]),
            self.said.code,
            self.verdict,
            held is None,
            self.changes,
            errors,
        )


class SheetOfFacilities:
    """A sheet of the register while its rows are judged."""

    def __init__(self, by: User, grid: Grid, layout: Layout, at: datetime.datetime, seen: dict[str, int]) -> None:
        """Find out what may be chosen."""
        self.by, self.grid, self.layout, self.seen = by, grid, layout, seen
        self.rights, self.today, self.types = rights_of(by), timezone.localdate(at), types_offered()
        self.services = [one.value for one in Service]
        self.merged = merged_rows(grid)
        columns = {column.code for column in columns_of((), {one: one for one in self.services}, ())[1:]}
        self.unknown = {code: place for code, place in layout.places.items() if code not in columns}

    def remarks(self) -> list[Finding]:
        """Columns without which nothing can be read, and those that nobody reads."""
        head, name = self.layout.head, self.grid.name
        lacking = [code for code in KEYS if code not in self.layout.places]
        found = [Finding("missing_key", name, head, params={"given": code}) for code in lacking]
        for places, told in ((self.unknown.items(), "unknown_column"), (self.layout.twice, "column_twice")):
            found += [Finding(told, name, head, place, Weight.NOTE, {"given": code[:60]}) for code, place in places]
        return found

    def rows(self) -> Iterator[list[JudgedFacility]]:
        """The rows, some at a time, judged."""
        rows = iter(self.layout.data(self.grid))
        while chunk := list(islice(rows, CHUNK)):
            yield self.judge_some(chunk)

    def judge_some(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> list[JudgedFacility]:
        """Judge some rows in as many queries as one takes."""
        found = []
        for number, values in rows:
            given = {code: values[at] for code, at in self.layout.places.items() if at < len(values)}
            row = JudgedFacility(self.grid.name, number, said_in(given, self.types, self.services))
            row.findings += misplaced(self.grid, self.layout, self.merged, number, values)
            for code, at in self.layout.places.items():
                if (number, at) in self.grid.formulas and at < len(values):
                    self.tell(row, "formula", code, {"given": str(values[at])[:40]})
            found.append(row)
        codes = {row.said.code.lower() for row in found}
        # Capital and small letters name the same facility.
        named = Facility.objects.annotate(small=Lower("code")).filter(small__in=codes)
        visible = named.visible_to(self.by).select_related("place", "merge__survivor").prefetch_related("services")
        held = {one.code.lower(): one for one in visible}
        taken = set(named.values_list("small", flat=True)) - held.keys()
        places = Place.objects.filter(code__in={row.said.place for row in found if row.said.place})
        known = {place.code: place for place in places}
        for row in found:
            row.facility = held.get(row.said.code.lower())
            row.is_hidden = row.said.code.lower() in taken
            row.place = known.get(row.said.place or "")
            self.judge(row)
        return found

    def tell(self, row: JudgedFacility, code: str, column: str, params: dict[str, str] | None = None) -> None:
        """Tell something at a cell of a row."""
        place = self.layout.places.get(column)
        row.findings.append(Finding(code, row.sheet, row.number, place, params=params or {}))

    def judge(self, row: JudgedFacility) -> None:
        """Everything that speaks against a row, and what it would do."""
        for column, code, params in row.said.faults:
            self.tell(row, code, column, params)
        first = self.seen.setdefault(row.said.code.lower(), row.number)
        if row.said.code and first != row.number:
            self.tell(row, "code_twice", CODE, {"given": str(first + 1)})
        if row.is_hidden:
            self.tell(row, "code_taken", CODE)
        elif row.facility is None:
            self.judge_new(row)
        else:
            self.judge_known(row, row.facility)
        if errors_in(row.findings):
            row.verdict = Verdict.FAULTY
        else:
            row.verdict = Verdict.READY if row.changes else Verdict.SAME

    def judge_new(self, row: JudgedFacility) -> None:
        """A facility that is not in the register needs names, type and sub-district."""
        said = row.said
        row.changes = 1
        for column, given in (
            (NAME_AR, said.names.get(NAME_AR)),
            (NAME_EN, said.names.get(NAME_EN)),
            (TYPE, said.type),
        ):
            if not given and not any(fault[0] == column for fault in said.faults):
                self.tell(row, "required", column)
        if row.place is None or row.place.level != Level.SUBDISTRICT or row.place.ended:
            self.tell(row, "unknown_subdistrict" if said.place else "required", PLACE, {"given": said.place or ""})
        elif not self.rights.allow(Permission.MANAGE_FACILITIES, Facility(place=row.place)):
            self.tell(row, "forbidden_register", PLACE)
        if said.opened and said.opened > self.today:
            self.tell(row, "future_date", OPENED)

    def judge_known(self, row: JudgedFacility, facility: Facility) -> None:
        """A facility of the register keeps its place; its names, type and services may change."""
        said = row.said
        row.changes = len(_changes(facility, said))
        if not self.rights.allow(Permission.MANAGE_FACILITIES, facility):
            if row.changes:
                self.tell(row, "forbidden_register", CODE)
            return
        if (merge := getattr(facility, "merge", None)) is not None:
            if row.changes:
                self.tell(row, "merged_entry", CODE, {"given": merge.survivor.code})
            return
        if said.place and said.place != facility.place.code:
            self.tell(row, "place_stays", PLACE, {"given": facility.place.code})
        if said.opened and said.opened != facility.opened:
            self.tell(row, "opened_stays", OPENED)
        for column, held in () if errors_in(row.findings) else _replaced(facility, said, self.types):
            place = self.layout.places.get(column)
            row.findings.append(Finding("replaces", row.sheet, row.number, place, Weight.NOTE, held))


def _replaced(facility: Facility, said: Said, types: Choices) -> Iterator[tuple[str, dict[str, str]]]:
    """The names and the type that a row would replace: the column, and what stands in both languages."""
    for column, text in said.names.items():
        if text and text != getattr(facility, column):
            yield column, {"held": getattr(facility, column)}
    if said.type is not None and said.type != facility.type:
        arabic, english = types[facility.type]
        yield TYPE, {"held_ar": arabic, "held_en": english}


def _changes(facility: Facility, said: Said) -> list[str]:
    """What a row says otherwise than the register."""
    held = {one.service for one in facility.services.all()}
    found = [name for name, text in said.names.items() if text and text != getattr(facility, name)]
    if set(said.other_names) - _names_of(facility):
        found.append("other_names")
    if said.type is not None and said.type != facility.type:
        found.append(TYPE)
    return found + [service_column(one) for one, given in said.services.items() if given != (one in held)]


def _names_of(facility: Facility) -> set[str]:
    """Everything that a facility is found by, as a cell would name it."""
    return {name for text in (facility.name_ar, facility.name_en, *facility.other_names) for name in names_in(text)}


def read_facilities(*, by: User, book: Book, at: datetime.datetime) -> tuple[list[SheetOfFacilities], list[Finding]]:
    """The sheets of the register in a file, and what is said about its sheets."""
    require(by, Permission.MANAGE_FACILITIES)
    found, remarks = sheets_for(book, NOUN)
    seen: dict[str, int] = {}
    sheets = []
    for grid, layout in found:
        sheet = SheetOfFacilities(by, grid, layout, at, seen)
        told = sheet.remarks()
        remarks += told
        if not errors_in(told):
            sheets.append(sheet)
    return sheets, remarks


def preview_facilities(*, by: User, book: Book, at: datetime.datetime, tell: Tell = lambda done, of: None) -> Preview:
    """What taking the file would do; nothing is written."""
    sheets, remarks = read_facilities(by=by, book=book, at=at)
    preview = Preview(NOUN)
    preview.add(remarks)
    return preview.read((rows for sheet in sheets for rows in sheet.rows()), _reach(sheets, tell))


def _reach(sheets: Sequence[SheetOfFacilities], tell: Tell) -> Reach:
    """How far the sheets are read, for whoever watches."""
    return Reach((sheet.grid for sheet in sheets), tell)


@transaction.atomic
def take_facilities(
    *,
    by: User,
    book: Book,
    at: datetime.datetime,
    tell: Tell = lambda done, of: None,
    **_wish: object,
) -> TakenRows:
    """Take the rows in order: new facilities are entered together, others described; faulty rows are left."""
    sheets, _remarks = read_facilities(by=by, book=book, at=at)
    if not sheets:
        raise Problem("no_rows", _("Nothing in this file can be taken."))
    taken, reach = TakenRows(), _reach(sheets, tell)
    for rows in (rows for sheet in sheets for rows in sheet.rows()):
        good = [row for row in rows if row.verdict is Verdict.READY]
        entries = [_entry(row, timezone.localdate(at)) for row in good if row.facility is None]
        if entries:
            register_many(entries=entries, by=by, at=at)
        for row in good:
            if row.facility is not None:
                _describe(row.facility, row.said, by)
        taken.new, taken.changed = taken.new + len(entries), taken.changed + len(good) - len(entries)
        taken.same += sum(row.verdict is Verdict.SAME for row in rows)
        taken.left += sum(row.verdict is Verdict.FAULTY for row in rows)
        reach.at(rows)
    return taken


def _entry(row: JudgedFacility, today: datetime.date) -> FacilityEntry:
    """A new facility, functioning since it was opened or since today."""
    said, place = row.said, row.place
    assert place is not None and said.type is not None  # noqa: PT018, S101 - a row in order has both
    return FacilityEntry(
        code=said.code,
        name_ar=said.names[NAME_AR],
        name_en=said.names[NAME_EN],
        type=FacilityType(said.type),
        place=place,
        services=[Service(one) for one, given in said.services.items() if given],
        statuses=[StatusEntry(Operating.FUNCTIONING, said.opened or today)],
        other_names=said.other_names,
    )


def _describe(facility: Facility, said: Said, by: User) -> None:
    """Describe a facility anew: what the row says, and for the rest what stands."""
    services = {one.service for one in facility.services.all()} | {one for one, given in said.services.items() if given}
    services -= {one for one, given in said.services.items() if not given}
    describe_facility(
        facility=facility,
        name_ar=said.names.get(NAME_AR) or facility.name_ar,
        name_en=said.names.get(NAME_EN) or facility.name_en,
        type=FacilityType(said.type or facility.type),
        services=[Service(one) for one in sorted(services)],
        other_names=[*facility.other_names, *(name for name in said.other_names if name not in _names_of(facility))],
        by=by,
    )
