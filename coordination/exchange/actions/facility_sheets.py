"""The register handed out as a sheet: as it is shown, with room for new facilities, and never with a position."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordination.exchange import csv_files, xlsx
from coordination.exchange.actions.facilities import NOUN, SheetOfFacilities, read_facilities
from coordination.exchange.rules.facilities import KEPT, columns_of
from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.found import sheet_of_findings
from coordination.exchange.rules.layouts import FILL, WORDS, Tag
from coordination.exchange.rules.messages import words_of
from coordination.exchange.tables import Book, Column, Page, Row, Sheet
from directorates.audit import record
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, require, rights_of
from facilities.models import Facility
from facilities.models.facilities import FacilityType, Service

ROOM_FOR_NEW = 50


def make_register(*, by: User, facilities: Iterable[Facility]) -> bytes:
    """A workbook of these facilities; whoever may not change them can read it all the same."""
    require(by, Permission.VIEW_FACILITIES)
    columns = _columns(by)
    closed = frozenset(place for place, column in enumerate(columns) if column.code in KEPT)
    rows = [Row(_cells(one), closed=closed) for one in facilities]
    record(by, "export", by, listing="register", format="xlsx", rows=len(rows))
    room = [Row([FILL, *[None] * (len(columns) - 1)]) for _number in range(ROOM_FOR_NEW)]
    sheet = Sheet(_("Facilities"), columns, [*rows, *room], str(Tag(NOUN)))
    return xlsx.write_book([sheet], language=_language(), pages=[_how_to()])


def make_register_csv(*, by: User, facilities: Iterable[Facility]) -> bytes:
    """The same as CSV."""
    require(by, Permission.VIEW_FACILITIES)
    rows = [_cells(one) for one in facilities]
    record(by, "export", by, listing="register", format="csv", rows=len(rows))
    return csv_files.write(columns=_columns(by), rows=rows, tag=str(Tag(NOUN)))


def _language() -> str:
    return "en" if get_language() == "en" else "ar"


def _columns(by: User) -> list[Column]:
    """The columns, with the sub-districts in which the person may enter a facility."""
    rights = rights_of(by)
    places: list[str] = []
    if rights.holds(Permission.MANAGE_FACILITIES):
        rows = Place.objects.standing().filter(level=Level.SUBDISTRICT).order_by("path")
        places = [
            f"{one.code} {one.name}" for one in rows if rights.allow(Permission.MANAGE_FACILITIES, Facility(place=one))
        ]
    services = {one.value: str(one.label) for one in Service}
    return columns_of([str(one.label) for one in FacilityType], services, places)


def _cells(facility: Facility) -> list[object]:
    """A facility as a row."""
    held = {one.service for one in facility.services.all()}
    return [
        FILL,
        facility.code,
        facility.name_ar,
        facility.name_en,
        "; ".join(facility.other_names) or None,
        facility.get_type_display(),
        f"{facility.told_place.code} {facility.told_place.name}",
        facility.opened,
        facility.get_status_display(),
        *(_("Yes") if one.value in held else _("No") for one in Service),
    ]


def _how_to() -> Page:
    """How the register is changed."""
    return Page(
        _("How to fill"),
        [
            _("How to change the register with this workbook"),
            _("Each row is a facility. White cells can be changed: names, type, services."),
            _("An empty cell changes nothing. To end a service, its cell says No."),
            _("New facilities are written in the empty rows at the end, with a code of their own."),
            _("Sub-district, operating status and support are changed on the facility’s own page."),
            _("Exact locations are never in a workbook."),
        ],
        str(Tag(WORDS)),
    )  # fmt: skip


def mark_facilities(*, by: User, book: Book, findings: Sequence[Finding], at: datetime.datetime) -> bytes:
    """The file as it came, in our form: faulty cells in red with a remark; it can be corrected and uploaded again."""
    sheets, _remarks = read_facilities(by=by, book=book, at=at)
    marks: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    for one in findings:
        if one.row is not None and one.weight is Weight.ERROR:
            marks[one.sheet, one.row].append(one)
    columns = _columns(by)
    written = [Sheet(one.grid.name, columns, _marked(one, columns, marks), str(Tag(NOUN))) for one in sheets]
    return xlsx.write_book([*written, sheet_of_findings(findings)], language=_language(), pages=[_how_to()])


def _marked(
    sheet: SheetOfFacilities, columns: Sequence[Column], marks: Mapping[tuple[str, int], list[Finding]]
) -> Iterator[Row]:
    """The rows in the order of our columns; a formula leaves its cell empty for the value itself."""
    places = [sheet.layout.places.get(column.code, -1) for column in columns]
    order = {place: number for number, place in enumerate(places) if place >= 0}
    for number, values in sheet.layout.data(sheet.grid):
        cells = [
            values[place] if 0 <= place < len(values) and (number, place) not in sheet.grid.formulas else None
            for place in places
        ]
        cells[0] = FILL
        words: dict[int, list[str]] = defaultdict(list)
        for one in marks.get((sheet.grid.name, number), ()):
            words[order.get(one.column, 1) if one.column is not None else 1].append(words_of(one))
        yield Row(cells, marks={place: "\n".join(said) for place, said in words.items()})
