"""Reports that come back in a file: read and judged row by row, then taken through the actions of the form.

Reading writes nothing. Taking reads and judges afresh, in one transaction: what changed since the preview is met as it
is now, and either everything that was chosen is written or nothing.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.exchange.models.reports import Key, own_reports, standing_documents
from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.layouts import EDITION, Layout, as_text, layout_of
from coordination.exchange.rules.reports import (
    FACILITY,
    FACILITY_NAME,
    KEYS,
    PERIOD,
    PERIOD_NAME,
    REASON,
    Fault,
    Judged,
    answer_in,
    code_of,
    judge,
    names_of,
)
from coordination.exchange.tables import Book, Grid
from coordination.exchange.tables import Cell as Value
from coordination.reporting.actions.filing import FiledReport, check_right, period_faults, submit_many
from coordination.reporting.actions.submissions import WRITABLE, open_draft, save_draft, submit
from coordination.reporting.models import ReportTemplate, Submission, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.standings import Filing, Standing, standings
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.periods import PeriodError, PeriodType, parse_period
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import TemplateSpec
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, require, rights_of
from directorates.rules.text import clean_text
from facilities.models import Facility

NOUN = "reports"
CHUNK = 200
Tell = Callable[[int, int], None]


class Verdict(StrEnum):
    """What can be done with a row."""

    READY = "ready"  # can be sent
    FAULTY = "faulty"  # can be kept as a draft, to be corrected
    BARRED = "barred"  # cannot be taken at all
    SENT = "sent"  # was sent before; it is told and not touched
    EMPTY = "empty"  # nothing was typed


@dataclass
class JudgedRow:
    """A row with all that was found out about it."""

    sheet: str
    number: int
    facility_code: str = ""
    period_code: str = ""
    filing: Filing | None = None
    standing: Standing | None = None
    report: Submission | None = None
    verdict: Verdict = Verdict.BARRED
    judged: Judged | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many answers of the row say something new."""
        return self.judged.changes if self.judged else 0


@dataclass(frozen=True)
class Reading:
    """A file as far as it was read: remarks about whole sheets, and rows to come as they are asked for."""

    remarks: list[Finding]
    sheets: list["SheetOfReports"]

    def rows(self) -> Iterator[list[JudgedRow]]:
        """The rows of all sheets, some at a time."""
        for sheet in self.sheets:
            yield from sheet.rows()


def read_reports(*, by: User, book: Book, at: datetime.datetime) -> Reading:
    """Find the sheets of reports in a file; everything that keeps a sheet from being read is told."""
    require(by, Permission.SUBMIT_REPORTS)
    remarks: list[Finding] = []
    sheets: list[SheetOfReports] = []
    rows: dict[tuple[int, Key], int] = {}
    for grid in book.sheets:
        found = None if grid.hidden else layout_of(grid)
        if found is None:
            code = "hidden_sheet" if grid.hidden else "other_sheet"
            remarks.append(Finding(code, grid.name, weight=Weight.NOTE))
        elif (sheet := _sheet(by, book, grid, found, at, remarks)) is not None:
            sheet.seen = rows
            sheets.append(sheet)
    if not sheets and all(one.weight is Weight.NOTE for one in remarks):
        remarks.insert(0, Finding("no_sheet"))
    return Reading(remarks, sheets)


def _sheet(
    by: User, book: Book, grid: Grid, layout: Layout, at: datetime.datetime, remarks: list[Finding]
) -> "SheetOfReports | None":
    """The sheet, if it is one of reports that the person may read."""
    names = dict(zip(("template", "version", "reporter"), layout.tag.names, strict=False))
    where = {"sheet": grid.name, "row": layout.head}
    if layout.tag.noun != NOUN or layout.tag.edition != EDITION:
        code = "other_noun" if layout.tag.noun != NOUN else "other_edition"
        remarks.append(Finding(code, **where))
        return None
    template = ReportTemplate.objects.visible_to(by).filter(code=names.get("template", "")).first()
    if template is None:
        remarks.append(Finding("unknown_template", **where, params={"given": names.get("template", "")}))
        return None
    number = names.get("version", "")
    versions = TemplateVersion.objects.published().filter(template=template)
    version = versions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 5 else None
    if version is None:
        remarks.append(Finding("unknown_version", **where, params={"given": number}))
        return None
    reporter = by.acting
    if reporter is None or names.get("reporter", reporter.code) != reporter.code:
        given = {"given": names.get("reporter", ""), "acting": reporter.code if reporter else "–"}
        remarks.append(Finding("other_reporter", **where, params=given))
        return None
    sheet = SheetOfReports(by, book.since_1904, grid, layout, template, version, at)
    return sheet if sheet.check_columns(remarks) else None


class SheetOfReports:
    """A sheet of one template's version while its rows are judged."""

    def __init__(
        self,
        by: User,
        since_1904: bool,
        grid: Grid,
        layout: Layout,
        template: ReportTemplate,
        version: TemplateVersion,
        at: datetime.datetime,
    ) -> None:
        """Find the columns of the items."""
        self.by, self.since_1904, self.grid, self.layout = by, since_1904, grid, layout
        self.template, self.version, self.at = template, version, at
        self.rights, self.today = rights_of(by), timezone.localdate(at)
        self.spec: TemplateSpec = specification_of(version)
        self.asked = {code_of(cell): (element, cell) for element, cell, _slot in self.spec.questions()}
        self.columns = {code: place for code, place in layout.places.items() if code in self.asked}
        self.seen: dict[tuple[int, Key], int] = {}
        known = {*KEYS, FACILITY_NAME, PERIOD_NAME, REASON, *self.asked}
        self.unknown = {code: place for code, place in layout.places.items() if code not in known}
        self.read_places = {layout.kind, *layout.places.values(), *(place for _code, place in layout.twice)}
        self.merged = {
            row: (max(row, top), left)
            for top, left, bottom, _right in grid.merged
            for row in range(top, min(bottom, top + 10_000) + 1)
        }

    def check_columns(self, remarks: list[Finding]) -> bool:
        """Tell columns that are missing, unknown or there twice; False where rows cannot be told apart without them."""
        head, places = self.layout.head, self.layout.places
        lacking = [code for code in KEYS if code not in places]
        for code in lacking:
            remarks.append(Finding("missing_key", self.grid.name, head, params={"given": code}))
        for code, (_element, cell) in self.asked.items():
            if code not in places:
                note = self.finding("missing_column", head, None, {"given": code}, cell=cell, is_note=True)
                remarks.append(note)
        for found, code in ((self.unknown.items(), "unknown_column"), (self.layout.twice, "column_twice")):
            for given, place in found:
                remarks.append(self.finding(code, head, place, {"given": given[:60]}, is_note=True))
        return not lacking

    def finding(
        self,
        code: str,
        row: int,
        column: int | None,
        params: dict[str, str] | None = None,
        *,
        cell: Cell | None = None,
        is_note: bool = False,
    ) -> Finding:
        """A finding in this sheet."""
        names = names_of(self.spec, cell) if cell else ("", "")
        weight = Weight.NOTE if is_note else Weight.ERROR
        return Finding(code, self.grid.name, row, column, weight, params or {}, *names)

    def rows(self) -> Iterator[list[JudgedRow]]:
        """The rows, some at a time, judged."""
        rows = iter(self.layout.data(self.grid))
        while chunk := list(islice(rows, CHUNK)):
            yield self.judge_some(chunk)

    def judge_some(self, rows: Sequence[tuple[int, Sequence[Value]]]) -> list[JudgedRow]:
        """Judge some rows in as many queries as one takes."""
        found = [(JudgedRow(self.grid.name, number), values) for number, values in rows]
        self.find_filings([(row, values) for row, values in found])
        known = [row for row, _values in found if row.filing]
        filings = [row.filing for row in known if row.filing]
        for row, standing in zip(known, standings(filings), strict=True):
            row.standing = standing
        reporter = self.by.acting
        if filings and reporter is not None:
            pks, starts = {one.facility.pk for one in filings}, {one.period.start for one in filings}
            reports = own_reports(self.template, reporter, pks, starts)
            for row in known:
                row.report = reports.get(_key(row.filing)) if row.filing else None
        documents = standing_documents([row.report for row in known if row.report])
        for row, values in found:
            self.judge_row(row, values, documents.get(row.report.pk, Document()) if row.report else Document())
        return [row for row, _values in found]

    def find_filings(self, rows: Sequence[tuple[JudgedRow, Sequence[Value]]]) -> None:
        """Find which report each row is; what cannot be found is told at its cell."""
        for row, values in rows:
            row.facility_code = clean_text(as_text(self.value(values, FACILITY)))[:60]
            row.period_code = clean_text(as_text(self.value(values, PERIOD)))[:60]
        codes = {row.facility_code for row, _values in rows}
        visible = Facility.objects.visible_to(self.by).select_related("place")
        facilities = {one.code: one for one in visible.filter(code__in=codes)}
        for row, _values in rows:
            facility = facilities.get(row.facility_code)
            if facility is None:
                code = "unknown_facility" if row.facility_code else "no_facility"
                self.tell(row, code, FACILITY, {"given": row.facility_code})
            try:
                period = parse_period(row.period_code, PeriodType(self.template.period_type))
            except PeriodError as problem:
                self.tell(row, problem.code if row.period_code else "no_period", PERIOD, dict(problem.params))
                continue
            if facility is not None and self.by.acting is not None:
                row.filing = Filing(self.template, facility, period, self.by.acting)

    def value(self, values: Sequence[Value], code: str) -> Value:
        """What stands in a column of a row."""
        place = self.layout.places.get(code)
        return values[place] if place is not None and place < len(values) else None

    def tell(self, row: JudgedRow, code: str, column: str, params: dict[str, str] | None = None) -> None:
        """Tell something about the key of a row."""
        row.findings.append(self.finding(code, row.number, self.layout.places.get(column), params))

    def judge_row(self, row: JudgedRow, values: Sequence[Value], base: Document) -> None:
        """Judge a row whose report, standing and place are known as far as they can be."""
        given = self.answers(row, values)
        reason = clean_text(as_text(self.value(values, REASON)), multiline=True)
        if not given and not reason and not row.findings:
            row.verdict = Verdict.EMPTY
            return
        if row.filing is None or row.standing is None or not self.may_take(row, row.filing, row.standing):
            return
        if row.report is not None and row.report.status not in WRITABLE:
            self.judge_sent(row, given)
            return
        row.judged = judge(self.spec, given, base, reason, self.today)
        for fault in row.judged.faults:
            row.findings.append(self.of_fault(fault, row.number, values))
        for fault in period_faults(row.filing, row.standing, self.today, send=True):
            self.tell(row, fault.code, PERIOD)
        blocked = any(one.weight is Weight.ERROR for one in row.findings)
        row.verdict = Verdict.FAULTY if blocked else Verdict.READY

    def answers(self, row: JudgedRow, values: Sequence[Value]) -> dict[Cell, Answer]:
        """The answers of a row; cells that cannot be taken for what they show are told, each at its place."""
        found: dict[Cell, Answer] = {}
        if row.number in self.merged:
            row.findings.append(self.finding("merged", *self.merged[row.number]))
        for place, value in enumerate(values):
            if value is not None and place not in self.read_places:
                row.findings.append(self.finding("outside", row.number, place))
        for code, place in self.columns.items():
            value = values[place] if place < len(values) else None
            element, cell = self.asked[code]
            if (row.number, place) in self.grid.formulas:
                params = {"given": as_text(value)[:40] or "–"}
                row.findings.append(self.finding("formula", row.number, place, params, cell=cell))
            elif value is not None:
                answer = answer_in(element, cell, value, since_1904=self.since_1904)
                if isinstance(answer, Fault):
                    row.findings.append(self.of_fault(answer, row.number, values))
                else:
                    found[cell] = answer
        return found

    def of_fault(self, fault: Fault, row: int, values: Sequence[Value]) -> Finding:
        """A fault of an answer at its cell; one of the whole row at the column of reasons, where it asks for one."""
        place = self.layout.places.get(code_of(fault.cell)) if fault.cell else None
        if fault.code == "reason_not_needed":
            place = self.layout.places.get(REASON)
        return self.finding(fault.code, row, place, dict(fault.params), cell=fault.cell, is_note=fault.is_note)

    def may_take(self, row: JudgedRow, filing: Filing, standing: Standing) -> bool:
        """Whether the row names a report that this person may write, once in the file, in this version."""
        first = self.seen.setdefault((self.template.pk, _key(filing)), row.number)
        if first != row.number:
            self.tell(row, "duplicate_row", FACILITY, {"given": str(first + 1)})
            return False
        try:
            check_right(self.rights, filing, standing)
        except Refused as refused:
            self.tell(row, refused.code, FACILITY)
            return False
        if faults := period_faults(filing, standing, self.today, send=False):
            for fault in faults:
                self.tell(row, fault.code, PERIOD)
            return False
        if standing.reviewer_id is None:
            self.tell(row, "no_reviewer", FACILITY)
            return False
        asked = row.report.version_id if row.report else standing.version_id
        if asked != self.version.pk:
            expected = TemplateVersion.objects.get(pk=asked).number
            params = {"expected": str(expected), "given": str(self.version.number)}
            self.tell(row, "other_version", PERIOD, params)
            return False
        return True

    def judge_sent(self, row: JudgedRow, given: dict[Cell, Answer]) -> None:
        """The report was sent already: say so, and whether the row says otherwise."""
        row.verdict = Verdict.SENT
        row.findings = []
        if row.report is None or row.report.revision is None:
            return
        base = Document(row.report.revision.doc, row.report.revision.notes)
        changes = judge(self.spec, given, base, "", self.today).changes
        code = "sent_other" if changes else "sent_same"
        params = {"given": str(row.report), "count": str(changes)}
        place = self.layout.places.get(FACILITY)
        row.findings.append(self.finding(code, row.number, place, params, is_note=True))


def _key(filing: Filing) -> Key:
    return filing.facility.pk, filing.period.start


# --- Taking --------------------------------------------------------------------------------------------------------


@dataclass
class Taken:
    """How many reports a file came to."""

    sent: int = 0
    drafts: int = 0
    same: int = 0
    left: int = 0

    def shape(self) -> dict[str, int]:
        """As it is kept with a job."""
        return {"sent": self.sent, "drafts": self.drafts, "same": self.same, "left": self.left}


@transaction.atomic
def take_reports(
    *, by: User, book: Book, at: datetime.datetime, send: bool, good_only: bool, tell: Tell = lambda done, of: None
) -> Taken:
    """Take the rows of a file: send those in order or keep them as drafts, and keep the others as drafts or leave them.

    A row whose answers all stand already changes nothing; a report that was sent is never touched.
    """
    reading = read_reports(by=by, book=book, at=at)
    taken, done = Taken(), 0
    for rows in reading.rows():
        fresh: list[FiledReport] = []
        for row in rows:
            _take(row, by, at, send, good_only, fresh, taken)
        submit_many(by=by, reports=fresh, at=at)
        taken.sent += len(fresh)
        done += len(rows)
        tell(done, 0)
    if not reading.sheets:
        raise Problem("no_rows", _("Nothing in this file can be taken."))
    return taken


def _take(
    row: JudgedRow,
    by: User,
    at: datetime.datetime,
    send: bool,
    good_only: bool,
    fresh: list[FiledReport],
    taken: Taken,
) -> None:
    """Take one row; a report that is new and in order waits to be sent with the others of its kind."""
    if row.verdict not in (Verdict.READY, Verdict.FAULTY) or row.filing is None or row.judged is None:
        taken.left += row.verdict is not Verdict.EMPTY
        return
    ready = row.verdict is Verdict.READY
    if not ready and good_only:
        taken.left += 1
    elif ready and send and row.report is None:
        one = row.filing
        fresh.append(FiledReport(one.template, one.facility, one.period, one.reporter, row.judged.answers))
    elif row.report is None:
        _keep_new(row.filing, row.judged, by, at)
        taken.drafts += 1
    else:
        if row.changes:
            save_draft(by=by, submission=row.report, answers=row.judged.answers, seen=None, at=at)
        if ready and send:
            submit(by=by, submission=row.report, at=at)
            taken.sent += 1
        else:
            taken.drafts += bool(row.changes)
            taken.same += not row.changes


def _keep_new(filing: Filing, judged: Judged, by: User, at: datetime.datetime) -> None:
    """A draft with the answers of a row; what cannot be read stays in it as it was typed."""
    draft = open_draft(
        by=by, template=filing.template, facility=filing.facility, period=filing.period, reporter=filing.reporter, at=at
    )
    save_draft(by=by, submission=draft, answers=judged.answers, seen=None, at=at)
