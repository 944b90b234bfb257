"""Reports that come back in a file: read and judged row by row, then taken through the actions of the form.

Reading writes nothing. Taking reads and judges afresh, in one transaction: what changed since the preview is met as it
is now, and either everything that was chosen is written or nothing.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.exchange.actions.report_rows import JudgedRow, SheetOfReports
from coordination.exchange.models.reports import Key
from coordination.exchange.rules.findings import Finding
from coordination.exchange.rules.layouts import Layout, sheets_for
from coordination.exchange.rules.previews import Preview, Reach, Verdict
from coordination.exchange.rules.reports import Judged
from coordination.exchange.tables import Book
from coordination.reporting.actions.judged import Judged as Fresh
from coordination.reporting.actions.judged import file_judged
from coordination.reporting.actions.submissions import open_draft, save_draft, submit
from coordination.reporting.models import ReportTemplate, Submission, TemplateVersion
from coordination.reporting.models.standings import Filing
from directorates.foundation.jobs import Tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require

NOUN = "reports"


@dataclass(frozen=True)
class Reading:
    """A file as far as it was read: remarks about whole sheets, and rows to come as they are asked for."""

    remarks: list[Finding]
    sheets: list["SheetOfReports"]

    def rows(self) -> Iterator[list[JudgedRow]]:
        """The rows of all sheets, some at a time."""
        for sheet in self.sheets:
            yield from sheet.rows()

    def reach(self, tell: Tell) -> Reach:
        """How far its sheets are read, for whoever watches."""
        return Reach((sheet.grid for sheet in self.sheets), tell)


def read_reports(*, by: User, book: Book, at: datetime.datetime) -> Reading:
    """Find the sheets of reports in a file; everything that keeps a sheet from being read is told."""
    require(by, Permission.SUBMIT_REPORTS)
    found, remarks = sheets_for(book, NOUN)
    sheets: list[SheetOfReports] = []
    seen: dict[tuple[int, Key], int] = {}
    for grid, layout in found:
        template, version, fault = _asked(by, layout)
        if template is None or version is None:
            code, params = fault
            remarks.append(Finding(code, grid.name, layout.head, params=params))
            continue
        sheet = SheetOfReports(by, book.since_1904, grid, layout, template, version, at, seen)
        if sheet.check_columns(remarks):
            sheets.append(sheet)
    return Reading(remarks, sheets)


def _asked(
    by: User, layout: Layout
) -> tuple[ReportTemplate | None, TemplateVersion | None, tuple[str, dict[str, str]]]:
    """Which template and version a sheet asks, for the organisation acted for; or what speaks against it."""
    code, number, reporter = (*layout.tag.names, "", "", "")[:3]
    template = ReportTemplate.objects.visible_to(by).filter(code=code).first()
    if template is None:
        return None, None, ("unknown_template", {"given": code})
    acting = by.acting.code if by.acting else "–"
    if reporter != acting:
        return None, None, ("other_reporter", {"given": reporter, "acting": acting})
    versions = TemplateVersion.objects.published().filter(template=template)
    version = versions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 5 else None
    return template, version, ("unknown_version", {"given": number})


def preview_reports(*, by: User, book: Book, at: datetime.datetime, tell: Tell = lambda done, of: None) -> Preview:
    """What taking the file would do; nothing is written."""
    reading = read_reports(by=by, book=book, at=at)
    preview = Preview(NOUN)
    preview.add(reading.remarks)
    return preview.read(reading.rows(), reading.reach(tell))


# --- Taking --------------------------------------------------------------------------------------------------------


@dataclass
class Taken:
    """How many reports a file came to."""

    sent: int = 0
    drafts: int = 0
    same: int = 0
    left: int = 0
    # Of those left, the ones that somebody changed after the file was checked.
    meanwhile: int = 0

    def shape(self) -> dict[str, int]:
        """As it is kept with a job."""
        found = {"sent": self.sent, "drafts": self.drafts, "same": self.same, "left": self.left}
        return found | ({"meanwhile": self.meanwhile} if self.meanwhile else {})


@transaction.atomic
def take_reports(
    *,
    by: User,
    book: Book,
    at: datetime.datetime,
    send: bool,
    good_only: bool,
    tell: Tell = lambda done, of: None,
    checked: datetime.datetime | None = None,
) -> Taken:
    """Take the rows of a file: send those in order or keep them as drafts, and keep the others as drafts or leave them.

    A row whose answers all stand already changes nothing; a report that was sent is never touched, nor one that was
    changed after the moment at which the file was `checked`: nobody saw what its row would replace.
    """
    reading = read_reports(by=by, book=book, at=at)
    taking, reach = _Taking(by, at, send, good_only, checked), reading.reach(tell)
    for rows in reading.rows():
        taking.take_some(rows)
        reach.at(rows)
    if not reading.sheets:
        raise Problem("no_rows", _("Nothing in this file can be taken."))
    return taking.taken


@dataclass
class _Taking:
    """The taking of a file under way."""

    by: User
    at: datetime.datetime
    send: bool
    good_only: bool
    checked: datetime.datetime | None
    taken: Taken = field(default_factory=Taken)

    def take_some(self, rows: list[JudgedRow]) -> None:
        """Take some rows; reports that are new and in order are sent together."""
        fresh: list[Fresh] = []
        for row in rows:
            if row.filing is None or row.standing is None or row.judged is None:
                self.taken.left += row.verdict is not Verdict.EMPTY
            elif row.verdict is not Verdict.READY and (self.good_only or row.verdict is not Verdict.FAULTY):
                self.taken.left += 1
            elif row.report is not None:
                self.lay_over(row, row.report, row.judged)
            elif row.verdict is Verdict.READY and self.send:
                fresh.append((row.filing, row.standing, row.judged.whole))
            else:
                _keep_new(row.filing, row.judged, self.by, self.at)
                self.taken.drafts += 1
        file_judged(by=self.by, reports=fresh, at=self.at)
        self.taken.sent += len(fresh)

    def lay_over(self, row: JudgedRow, report: Submission, judged: Judged) -> None:
        """Lay a row over a report that is being written, and send it where that is wished."""
        sends = row.verdict is Verdict.READY and self.send
        if self.checked is not None and report.changed >= self.checked and (row.changes or sends):
            self.leave_changed()
            return
        if row.changes:
            saved = save_draft(by=self.by, submission=report, answers=judged.answers, seen=report.edition, at=self.at)
            if saved.theirs:
                self.leave_changed()
                return
        if sends:
            submit(by=self.by, submission=report, at=self.at)
            self.taken.sent += 1
        else:
            self.taken.drafts += bool(row.changes)
            self.taken.same += not row.changes

    def leave_changed(self) -> None:
        """Leave a report that somebody else is writing."""
        self.taken.left += 1
        self.taken.meanwhile += 1


def _keep_new(filing: Filing, judged: Judged, by: User, at: datetime.datetime) -> None:
    """A draft with the answers of a row; what cannot be read stays in it as it was typed."""
    draft = open_draft(
        by=by, template=filing.template, facility=filing.facility, period=filing.period, reporter=filing.reporter, at=at
    )
    save_draft(by=by, submission=draft, answers=judged.answers, seen=None, at=at)
