"""Sheets of reports that are handed out: filled in as far as the reports are, last period's values in muted ink."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordination.exchange import csv_files, xlsx
from coordination.exchange.actions.report_rows import SheetOfReports
from coordination.exchange.actions.reports import NOUN, read_reports
from coordination.exchange.models.reports import (
    Key,
    documents_before,
    own_reports,
    standing_documents,
    versions_of,
)
from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.found import sheet_of_findings
from coordination.exchange.rules.layouts import BEFORE, FILL, NAMES, WORDS, Tag
from coordination.exchange.rules.messages import words_of
from coordination.exchange.rules.reports import cells_for, columns_of
from coordination.exchange.tables import Book, Page, Row, Sheet
from coordination.reporting.models import ExpectedReport, ReportTemplate, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.standings import Filing
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import TemplateSpec
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.audit import record
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require

# A workbook of more reports is slow to open where it is filled.
MOST_REPORTS = 1_000
Place = tuple[str, int]


def make_workbook(
    *, by: User, template: ReportTemplate, reports: Sequence[ExpectedReport], at: datetime.datetime
) -> bytes:
    """A workbook for these reports, in the reader's language: a sheet for each version of the template, and how to fill it."""
    require(by, Permission.SUBMIT_REPORTS)
    handed = reports[:MOST_REPORTS]
    sheets = list(_sheets(by, template, handed, with_last=True))
    about = {
        "template": template.code,
        "versions": " ".join(sheet.tag.split(":")[4] for sheet in sheets),
        "made": at.isoformat(timespec="seconds"),
        "for": by.acting.code if by.acting else "",
    }
    # It holds what was reported last, so it is on record as every list that is taken along.
    record(by, "export", by, listing="workbook", query=template.code, format="xlsx", rows=len(handed))
    return xlsx.write_book(sheets, language=_language(), pages=[_how_to()], about=about)


def make_csv(*, by: User, template: ReportTemplate, reports: Sequence[ExpectedReport]) -> bytes:
    """The same as CSV, which holds one sheet: `several_versions` where these reports need more."""
    require(by, Permission.SUBMIT_REPORTS)
    handed = reports[:MOST_REPORTS]
    sheets = list(_sheets(by, template, handed, with_last=False))
    if len(sheets) != 1:
        words = _("These periods are asked in several versions. A CSV file holds one: fewer periods, or a workbook.")
        raise Problem("several_versions", words)
    record(by, "export", by, listing="workbook", query=template.code, format="csv", rows=len(handed))
    return csv_files.write(columns=sheets[0].columns, rows=sheets[0].rows, tag=sheets[0].tag)


def _language() -> str:
    return "en" if get_language() == "en" else "ar"


def _sheets(
    by: User, template: ReportTemplate, reports: Sequence[ExpectedReport], *, with_last: bool
) -> Iterator[Sheet]:
    """A sheet for each version in which these reports are asked."""
    filings = [Filing(template, row.facility, row.period, row.reporter) for row in reports]
    before = documents_before(by, filings) if with_last else {}
    versions = versions_of(template, filings)
    held: dict[TemplateVersion, list[Filing]] = defaultdict(list)
    for filing in filings:
        if filing.period.start in versions:
            held[versions[filing.period.start]].append(filing)
    for version in sorted(held, key=lambda one: one.number):
        spec = specification_of(version)
        reporter = held[version][0].reporter.code
        tag = str(Tag(NOUN, (template.code, str(version.number), reporter)))
        title = template.name if len(held) == 1 else f"{template.name[:26]} {version.number}"
        yield Sheet(title, columns_of(spec, _language()), _rows(spec, held[version], before), tag)


def _rows(spec: TemplateSpec, filings: Sequence[Filing], before: dict[Key, Document]) -> list[Row]:
    """A row for each report; under it, never to be read, what the facility reported last."""
    language = _language()
    starts, pks = {one.period.start for one in filings}, {one.facility.pk for one in filings}
    held = own_reports(filings[0].template, filings[0].reporter, pks, starts)
    documents = standing_documents(held.values())
    rows = []
    for filing in sorted(filings, key=lambda one: (one.period.start, one.facility.place.path, one.facility.code)):
        key = (filing.facility.pk, filing.period.start)
        document = documents.get(held[key].pk, Document()) if key in held else Document()
        names = [
            filing.facility.code,
            filing.facility.name,
            filing.period.id,
            words_for_period(filing.template, filing.period),
        ]
        rows.append(Row([FILL, *names, *cells_for(spec, document, language), None]))
        if key in before:
            last = filing.period.previous()
            names = [
                filing.facility.code,
                _("Last period, for comparison"),
                last.id,
                words_for_period(filing.template, last),
            ]
            rows.append(Row([BEFORE, *names, *cells_for(spec, before[key], language), None], muted=True))
    return rows


def _how_to() -> Page:
    """How a workbook is filled."""
    return Page(
        _("How to fill"),
        [
            _("How to fill this workbook"),
            _("Each white row is a report of a facility for a period. Only white cells can be written in."),
            _("Grey italic rows show what was reported last. They are never read."),
            _("Zero is a number. An empty cell means: not answered, and never deletes what was saved before."),
            _("Where a number is not known, the cell takes the sign –; where the service was not provided, the sign ×."),
            _("Both signs stand in the list that opens beside the cell."),
            _("Items marked with * are required before a report can be sent."),
            _("Numbers can be typed in Arabic or Latin digits. Formulas are not read; the value itself is needed."),
            _("What is unusual is asked about after uploading. The reason is written in the last column, and the file is uploaded again."),
            _("The file can be uploaded as often as needed. Nothing is counted twice, and nothing is sent before it was confirmed."),
        ],
        str(Tag(WORDS)),
    )  # fmt: skip


# --- The marked file -----------------------------------------------------------------------------------------------


def mark_reports(*, by: User, book: Book, findings: Sequence[Finding], at: datetime.datetime) -> bytes:
    """The file as it came, in our form: faulty cells in red with a remark; it can be corrected and uploaded again."""
    reading = read_reports(by=by, book=book, at=at)
    marks: dict[Place, list[Finding]] = defaultdict(list)
    for one in findings:
        if one.row is not None and one.weight is Weight.ERROR:
            marks[one.sheet, one.row].append(one)
    sheets = []
    for sheet in reading.sheets:
        columns = columns_of(sheet.spec, _language())
        reporter = by.acting.code if by.acting else ""
        tag = str(Tag(NOUN, (sheet.template.code, str(sheet.version.number), reporter)))
        places = [sheet.layout.kind, *(sheet.layout.places.get(column.code, -1) for column in columns[1:])]
        sheets.append(Sheet(sheet.grid.name, columns, _marked(sheet, places, marks), tag))
    return xlsx.write_book([*sheets, sheet_of_findings(findings)], language=_language(), pages=[_how_to()])


def _marked(sheet: SheetOfReports, places: Sequence[int], marks: Mapping[Place, list[Finding]]) -> Iterator[Row]:
    """The rows below the codes, in the order of our columns; a formula leaves its cell empty for the value itself."""
    order = {place: number for number, place in enumerate(places) if place >= 0}
    for number, values in sheet.grid.filled():
        kind = values[sheet.layout.kind] if sheet.layout.kind < len(values) else None
        if number <= sheet.layout.head or kind == NAMES:
            continue
        cells = [
            values[place] if 0 <= place < len(values) and (number, place) not in sheet.grid.formulas else None
            for place in places
        ]
        cells[0] = BEFORE if kind == BEFORE else FILL
        yield Row(cells, kind == BEFORE, _remarks(marks.get((sheet.grid.name, number), ()), order))


def _remarks(findings: Sequence[Finding], order: dict[int, int]) -> dict[int, str]:
    """The remarks of a row by column; what is said of the whole row stands at its first cell that can be seen."""
    found: dict[int, list[str]] = defaultdict(list)
    for one in findings:
        found[order.get(one.column, 1) if one.column is not None else 1].append(words_of(one))
    return {place: "\n".join(words) for place, words in found.items()}
