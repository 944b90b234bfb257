"""The rows of a sheet of reports: found out about some at a time, in as many queries as one takes, and judged."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils import timezone

from coordination.exchange.models.reports import Key, own_reports, standing_documents
from coordination.exchange.rules.findings import Finding, Weight, errors_in
from coordination.exchange.rules.layouts import Layout, as_text, merged_rows, misplaced
from coordination.exchange.rules.previews import RowTold, Verdict
from coordination.exchange.rules.reports import (
    FACILITY,
    FACILITY_NAME,
    KEYS,
    PERIOD,
    PERIOD_NAME,
    REASON,
    AnswerFault,
    Judged,
    answer_in,
    code_of,
    judge,
    names_of,
)
from coordination.exchange.tables import Cell as Value
from coordination.exchange.tables import Grid
from coordination.reporting.actions.filing import check_right, period_faults
from coordination.reporting.actions.submissions import WRITABLE
from coordination.reporting.models import ReportTemplate, Submission, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.standings import Filing, Standing, standings
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.periods import PeriodError, PeriodType, parse_period
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import TemplateSpec
from directorates.models import User
from directorates.permissions import Refused, rights_of
from directorates.rules.text import clean_text
from facilities.models import Facility

CHUNK = 200


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

    def told(self) -> RowTold:
        """The row as the preview lists it."""
        facility = self.filing.facility if self.filing else None
        names = (facility.name_ar, facility.name_en) if facility else (self.facility_code, self.facility_code)
        return RowTold(
            self.sheet,
            self.number,
            names,
            self.period_code,
            self.verdict,
            self.report is None,
            self.changes,
            errors_in(self.findings),
        )


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
        seen: dict[tuple[int, Key], int],
    ) -> None:
        """Find the columns of the items."""
        self.by, self.since_1904, self.grid, self.layout = by, since_1904, grid, layout
        self.template, self.version, self.at = template, version, at
        self.rights, self.today = rights_of(by), timezone.localdate(at)
        self.spec: TemplateSpec = specification_of(version)
        self.asked = {code_of(cell): (element, cell) for element, cell, _slot in self.spec.questions()}
        self.columns = {code: place for code, place in layout.places.items() if code in self.asked}
        # The row of each report in the whole file, so that none is written twice.
        self.seen = seen
        known = {*KEYS, FACILITY_NAME, PERIOD_NAME, REASON, *self.asked}
        self.unknown = {code: place for code, place in layout.places.items() if code not in known}
        self.merged = merged_rows(grid)

    def check_columns(self, remarks: list[Finding]) -> bool:
        """Tell columns that are missing, unknown or there twice; False where rows cannot be told apart without them."""
        head, places = self.layout.head, self.layout.places
        lacking = [code for code in KEYS if code not in places]
        remarks += [Finding("missing_key", self.grid.name, head, params={"given": code}) for code in lacking]
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
        for one in period_faults(row.filing, row.standing, self.today, send=True):
            self.tell(row, one.code, PERIOD)
        blocked = any(one.weight is Weight.ERROR for one in row.findings)
        row.verdict = Verdict.FAULTY if blocked else Verdict.READY

    def answers(self, row: JudgedRow, values: Sequence[Value]) -> dict[Cell, Answer]:
        """The answers of a row; cells that cannot be taken for what they show are told, each at its place."""
        found: dict[Cell, Answer] = {}
        row.findings += misplaced(self.grid, self.layout, self.merged, row.number, values)
        for code, place in self.columns.items():
            value = values[place] if place < len(values) else None
            element, cell = self.asked[code]
            if (row.number, place) in self.grid.formulas:
                params = {"given": as_text(value)[:40] or "–"}
                row.findings.append(self.finding("formula", row.number, place, params, cell=cell))
            elif value is not None:
                answer = answer_in(element, cell, value, since_1904=self.since_1904)
                if isinstance(answer, AnswerFault):
                    row.findings.append(self.of_fault(answer, row.number, values))
                else:
                    found[cell] = answer
        return found

    def of_fault(self, fault: AnswerFault, row: int, values: Sequence[Value]) -> Finding:
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
            for one in faults:
                self.tell(row, one.code, PERIOD)
            return False
        if standing.reviewer_id is None:
            self.tell(row, "no_reviewer", FACILITY)
            return False
        asked = row.report.version_id if row.report else standing.version_id
        if asked != self.version.pk:
            expected = TemplateVersion.objects.filter(pk__in=[asked]).values_list("number", flat=True).first()
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
