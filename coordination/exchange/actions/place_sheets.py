"""Places handed out as a sheet, with room for new ones."""

import datetime
from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordination.exchange import csv_files, xlsx
from coordination.exchange.actions.places import NOUN, read_places
from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.found import sheet_of_findings
from coordination.exchange.rules.layouts import FILL, WORDS, Tag
from coordination.exchange.rules.messages import words_of
from coordination.exchange.rules.places import COLUMNS, KEPT, columns_of
from coordination.exchange.tables import Book, Page, Row, Sheet
from directorates.audit import record
from directorates.models import Place, User
from directorates.permissions import Permission, require

ROOM_FOR_NEW = 50


def make_places(*, by: User, as_csv: bool = False) -> bytes:
    """A file of all places, in the order of the country."""
    require(by, Permission.MANAGE_ORGANISATIONS)
    columns = columns_of()
    closed = frozenset(place for place, column in enumerate(columns) if column.code in KEPT)
    rows = [
        Row(_cells(one), closed=closed) for one in Place.objects.standing().select_related("parent").order_by("path")
    ]
    record(by, "export", by, listing="places", format="csv" if as_csv else "xlsx", rows=len(rows))
    if as_csv:
        return csv_files.write(columns=columns, rows=rows, tag=str(Tag(NOUN)))
    room = [Row([FILL, *[None] * len(COLUMNS)]) for _number in range(ROOM_FOR_NEW)]
    return _book([Sheet(_("Places"), columns, [*rows, *room], str(Tag(NOUN)))])


def _cells(place: Place) -> list[object]:
    """A place as a row."""
    parent = place.parent.code if place.parent else None
    return [FILL, int(place.level), place.code, parent, place.name_en, place.name_ar]


def _book(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of these sheets with how they are filled."""
    lines = [
        _("How to change places with this workbook"),
        _("Each row is a place. White cells can be changed: the names. An empty cell changes nothing."),
        _("New places are written in the empty rows at the end, under the P-code of the place above."),
        _("A file moves no place and deletes none."),
    ]
    language = "en" if get_language() == "en" else "ar"
    return xlsx.write_book(sheets, language=language, pages=[Page(_("How to fill"), lines, str(Tag(WORDS)))])


def mark_places(*, by: User, book: Book, findings: Sequence[Finding], at: datetime.datetime) -> bytes:
    """The rows as they came, faulty cells in red with a remark; the file can be corrected and uploaded again."""
    read = read_places(by=by, book=book)
    order = {code: number for number, code in enumerate(COLUMNS, 1)}
    marks: dict[tuple[str, int], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in findings:
        if one.row is not None and one.weight is Weight.ERROR:
            codes = {at: code for code, at in read.places.get(one.sheet, {}).items()}
            place = order.get(codes.get(one.column, ""), 2) if one.column is not None else 2
            marks[one.sheet, one.row][place].append(words_of(one))
    rows = []
    for line in read.lines:
        said = {place: "\n".join(words) for place, words in marks[line.sheet, line.row].items()}
        rows.append(Row([FILL, *(line.values[column] or None for column in COLUMNS)], marks=said))
    return _book([Sheet(_("Places"), columns_of(), rows, str(Tag(NOUN))), sheet_of_findings(findings)])
