"""The sheet of populations: empty rows to be filled, and the same with faulty cells marked."""

import datetime
from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordination.exchange import csv_files, xlsx
from coordination.exchange.actions.populations import NOUN, read_populations_in
from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.found import sheet_of_findings
from coordination.exchange.rules.layouts import FILL, WORDS, Tag
from coordination.exchange.rules.messages import words_of
from coordination.exchange.rules.populations import COLUMNS, GROUPS, columns_of
from coordination.exchange.tables import Book, Page, Row, Sheet
from coordination.reporting.models.populations import PopulationGroup
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, require


def make_populations(*, by: User, at: datetime.datetime, as_csv: bool = False) -> bytes:
    """A file with a row for every sub-district of today and the year that has ended last: numbers and source to be filled."""
    require(by, Permission.KEEP_POPULATIONS)
    places = Place.objects.standing().filter(level=Level.SUBDISTRICT).order_by("path")
    rows = [Row([FILL, place.code, at.year - 1, GROUPS[0], None, None, None]) for place in places]
    if as_csv:
        return csv_files.write(columns=columns_of(), rows=rows, tag=str(Tag(NOUN)))
    return _book([Sheet(_("Populations"), columns_of(), rows, str(Tag(NOUN)))])


def _book(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of these sheets with how they are filled."""
    lines = [
        _("How to enter populations with this workbook"),
        _("Each row says how many people of a group live in a place in a year, by which source, and of which date."),
        _("Rows can be added for districts, governorates and the country. A row that is not needed is deleted."),
        _("The groups:"),
        *(f"{code}: {words}" for code, words in PopulationGroup.choices),
    ]
    language = "en" if get_language() == "en" else "ar"
    return xlsx.write_book(sheets, language=language, pages=[Page(_("How to fill"), lines, str(Tag(WORDS)))])


def mark_populations(*, by: User, book: Book, findings: Sequence[Finding], at: datetime.datetime) -> bytes:
    """The rows as they came, faulty cells in red with a remark; the file can be corrected and uploaded again."""
    read = read_populations_in(by=by, book=book, at=at)
    order = {code: number for number, code in enumerate(COLUMNS, 1)}
    marks: dict[tuple[str, int], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in findings:
        if one.row is not None and one.weight is Weight.ERROR:
            codes = {place: code for code, place in read.places.get(one.sheet, {}).items()}
            place = order.get(codes.get(one.column, ""), 1) if one.column is not None else 1
            marks[one.sheet, one.row][place].append(words_of(one))
    rows = []
    for line in read.lines:
        said = {place: "\n".join(words) for place, words in marks[line.sheet, line.row].items()}
        rows.append(Row([FILL, *(line.values[column] or None for column in COLUMNS)], marks=said))
    return _book([Sheet(_("Populations"), columns_of(), rows, str(Tag(NOUN))), sheet_of_findings(findings)])
