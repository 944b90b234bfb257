"""Filing whole reports at once, one or many: the same checks as for a draft that is sent, in a few statements.

This is the way of the API, of imports and of the demonstration; drafts are in `submissions.py`.
"""

import datetime
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordination.reporting.actions.competence import require_reviewer
from coordination.reporting.actions.double_reports import TASK as ATTEND
from coordination.reporting.actions.outliers import TASK as COMPARE
from coordination.reporting.actions.templates import hold_versions
from coordination.reporting.models import ReportTemplate, Revision, Submission, SubmissionEvent, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.standings import Filing, Standing, standings
from coordination.reporting.models.submissions import Draft, Status, What
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, period_name
from coordination.reporting.rules.values import Answer, Broken, Outcome, evaluate
from coordination.reporting.rules.values import Problem as AnswerFault
from directorates.audit import INTO_RECORD, entry
from directorates.foundation.prepared import Prepared
from directorates.foundation.problems import Fault, Problem
from directorates.models import AuditEvent, Organisation, User
from directorates.permissions import Permission, Refused, Rights, rights_of
from facilities.models import Facility


@dataclass(frozen=True)
class FiledReport:
    """A whole report to be filed; `at` is when it was sent, where that was not now (an import, the demonstration)."""

    template: ReportTemplate
    facility: Facility
    period: Period
    reporter: Organisation
    answers: Sequence[Answer]
    at: datetime.datetime | None = None


@dataclass
class Ready:
    """A report that passed its checks, with everything that is written of it."""

    filing: Filing
    standing: Standing
    outcome: Outcome
    at: datetime.datetime
    submission: Submission


@dataclass(frozen=True)
class _Reach:
    """The scope columns of a report that is not there yet."""

    reporter_id: int
    place_path: str
    SCOPES: ClassVar = Submission.SCOPES


# One statement for any number of reports. Numbers of a series are given in the order of the reports; series are locked
# in one order, so that two imports never wait for one another. Keys between the tables are checked at commit.
FILE = Prepared(
    "file_reports",
    f"""
WITH given AS MATERIALIZED (
    SELECT g.*, nextval('reporting_revision_id_seq') AS revision_id,
        row_number() OVER (PARTITION BY g.series, g.year ORDER BY g.n)
            - count(*) OVER (PARTITION BY g.series, g.year) AS before_last
    FROM unnest(%(ids)s, %(templates)s, %(versions)s, %(facilities)s, %(starts)s, %(reporters)s, %(dues)s, %(marks)s,
        %(ats)s, %(subdistricts)s, %(paths)s, %(directorates)s, %(reviewers)s, %(datasets)s, %(series)s, %(years)s,
        %(docs)s, %(notes)s, %(warnings)s) WITH ORDINALITY
        AS g(id, template_id, version_id, facility_id, period_start, reporter_id, due, marks, at, subdistrict_id,
            place_path, directorate_id, reviewer_id, dataset_id, series, year, doc, notes, warnings, n)
), series AS (
    INSERT INTO reporting_receiptseries AS s (place, year, last)
    SELECT series, year, count(*) FROM given GROUP BY series, year ORDER BY series, year
    ON CONFLICT (place, year) DO UPDATE SET last = s.last + excluded.last
    RETURNING s.place, s.year, s.last
), filed AS (
    INSERT INTO reporting_submission (id, template_id, version_id, facility_id, period_start, reporter_id, status,
        receipt, revision_id, first_submitted, submitted, due, marks, created, changed, edition, subdistrict_id,
        place_path, directorate_id, reviewer_id, dataset_id)
    SELECT g.id, template_id, version_id, facility_id, period_start, reporter_id, 'submitted',
        g.series || '-' || g.year || '-' || to_char(s.last + g.before_last, 'FM999999990000'), revision_id,
        at, at, due, marks, at, at, 1, subdistrict_id, place_path, directorate_id, reviewer_id, dataset_id
    FROM given g JOIN series s ON s.place = g.series AND s.year = g.year
    ON CONFLICT (template_id, period_start, facility_id, reporter_id) DO NOTHING
    RETURNING id, receipt, revision_id
), revised AS (
    INSERT INTO reporting_revision (id, submission_id, number, doc, notes, warnings, at, by_id)
    SELECT revision_id, id, 1, doc, notes, warnings, at, %(by)s FROM given
), told AS (
    INSERT INTO reporting_submissionevent (submission_id, at, by_id, acting_id, what, note, revision_id)
    SELECT id, at, %(by)s, %(acting)s, 'submitted', '', revision_id FROM given ORDER BY n
), recorded AS (
    {INTO_RECORD}
    SELECT %(by)s, %(acting)s, 'submit', %(kind)s, id, false,
        jsonb_build_object('receipt', receipt, 'revision', revision_id) FROM filed
), broken AS (
    INSERT INTO reporting_brokenrule (revision_id, rule_id)
    SELECT DISTINCT g.revision_id, r.id FROM given g CROSS JOIN LATERAL jsonb_array_elements(g.warnings) w
    JOIN reporting_validationrule r ON r.version_id = g.version_id AND r.code = w ->> 'rule'
), compared AS (
    INSERT INTO reporting_comparison (revision_id, findings, found) SELECT revision_id, '[]', 0 FROM given
), queued AS (
    INSERT INTO directorates_outboxmessage (task, arguments) VALUES ('{COMPARE}', '[]'), ('{ATTEND}', '[]')
)
SELECT id, receipt, revision_id FROM filed
""",
    by="bigint",
    acting="bigint",
    kind="text",
    ids="uuid[]",
    templates="bigint[]",
    versions="bigint[]",
    facilities="bigint[]",
    starts="date[]",
    reporters="bigint[]",
    dues="date[]",
    marks="int[]",
    ats="timestamptz[]",
    subdistricts="bigint[]",
    paths="text[]",
    directorates="bigint[]",
    reviewers="bigint[]",
    datasets="bigint[]",
    series="text[]",
    years="int[]",
    docs="jsonb[]",
    notes="jsonb[]",
    warnings="jsonb[]",
)


@transaction.atomic
def file_report(
    *,
    by: User,
    template: ReportTemplate,
    facility: Facility,
    period: Period,
    reporter: Organisation,
    answers: Iterable[Answer],
    send: bool,
    at: datetime.datetime,
) -> Submission:
    """Start a report with its answers and, with `send`, send it: all or nothing, every fault at once.

    A report of the same template, facility, period and reporter: 409 `exists` with its id.
    """
    filing = Filing(template, facility, period, reporter)
    (standing,) = standings([filing])
    return file_here(by=by, filing=filing, standing=standing, answers=list(answers), send=send, at=at)


def file_here(
    *, by: User, filing: Filing, standing: Standing, answers: Sequence[Answer], send: bool, at: datetime.datetime
) -> Submission:
    """The same within the caller's transaction, which has read the standing and ends with whatever is raised here."""
    if not send:
        # A draft belongs to the version that is being published just now: wait for it, then look again.
        hold_versions(filing.template)
        (standing,) = standings([filing])
    ready = _checked(filing, standing, answers, rights_of(by), at, send=send)
    if send:
        _file(by, [ready])
    else:
        _start(by, ready)
    return ready.submission


@transaction.atomic
def submit_many(*, by: User, reports: Sequence[FiledReport], at: datetime.datetime) -> list[Submission]:
    """File many reports, all or none, in as many statements as one takes; faults name the report they are in."""
    rights = rights_of(by)
    filings = [Filing(report.template, report.facility, report.period, report.reporter) for report in reports]
    ready: list[Ready] = []
    faults: list[Fault] = []
    for number, (report, filing, standing) in enumerate(zip(reports, filings, standings(filings), strict=True)):
        try:
            ready.append(_checked(filing, standing, report.answers, rights, report.at or at, send=True))
        except Problem as problem:
            faults += [Fault(f"reports[{number}].{f.field}", f.code, f.message) for f in problem.errors]
    if faults:
        raise invalid(faults)
    if ready:
        _file(by, ready)
    return [one.submission for one in ready]


def _checked(
    filing: Filing, standing: Standing, answers: Sequence[Answer], rights: Rights, at: datetime.datetime, *, send: bool
) -> Ready:
    """The report with its answers read, or `Refused`, or a problem with all its faults."""
    check_right(rights, filing, standing)
    today = timezone.localdate(at)
    faults = period_faults(filing, standing, today, send=send)
    if standing.version_id is None:
        raise invalid(faults)
    submission = started(filing, standing, at)
    outcome = evaluate(specification_of(submission.version), answers, complete=send, today=today)
    faults += faults_of(outcome, complete=send)
    if faults:
        raise invalid(faults)
    return Ready(filing, standing, outcome, at, submission)


def check_right(rights: Rights, filing: Filing, standing: Standing) -> None:
    """Raise `Refused`, saying who can lift it, unless the person may report for the reporter, and it for the facility."""
    if not rights.allow(Permission.SUBMIT_REPORTS, _Reach(filing.reporter.pk, standing.place_path)):
        detail = _("The right to report for %(reporter)s is missing. An administrator can give it.")
        raise Refused(Permission.SUBMIT_REPORTS, filing.reporter, detail=detail % {"reporter": filing.reporter.short})
    if not standing.links(filing.reporter):
        names = {"reporter": filing.reporter.short, "facility": f"{filing.facility} ({filing.facility.code})"}
        names["period"] = period_name(filing.period, "en" if get_language() == "en" else "ar")
        detail = _(
            "The register does not show %(reporter)s as supporting %(facility)s on any day of %(period)s. "
            "The directorate competent for the facility can record the support."
        )
        raise Refused(Permission.SUBMIT_REPORTS, filing.facility, code="not_supported", detail=detail % names)


def period_faults(filing: Filing, standing: Standing, today: datetime.date, *, send: bool) -> list[Fault]:
    """What is wrong with the period: it is of another type, has not begun or ended, or no version covers it."""
    period, faults = filing.period, []
    if period.type != filing.template.period_type:
        words = message_for("wrong_period_type", {"given": period.id, "expected": filing.template.period_type})
        return [Fault("period", "wrong_period_type", words)]
    if period.start > today:
        words = _("This period has not begun. A report can be started from %(day)s on.")
        faults.append(Fault("period", "period_not_begun", words % {"day": period.start.isoformat()}))
    elif send and period.last_day >= today:
        words = _("This period has not ended. The report can be sent from %(day)s on, and kept as a draft until then.")
        faults.append(Fault("period", "period_not_ended", words % {"day": period.end.isoformat()}))
    if standing.version_id is None:
        words = _("No version of this report template is in force for the period. An administrator can publish one.")
        faults.append(Fault("period", "no_version", words))
    return faults


def version_of(filing: Filing, standing: Standing) -> TemplateVersion:
    """The published version of the period, not read again: its specification is kept by its id."""
    return TemplateVersion(pk=standing.version_id, template=filing.template, status="published")


def faults_of(outcome: Outcome, *, complete: bool) -> list[Fault]:
    """Every fault in answers, in the reader's language; in a complete report also missing reasons, or that it is empty."""
    faults = [told(fault) for fault in outcome.errors]
    if not complete:
        return faults
    faults += [reason_missing(broken) for broken in outcome.warnings if broken.needs_reason]
    said = any(not note.keys().isdisjoint({"state", "text"}) for note in outcome.notes.values())
    if not faults and not outcome.doc and not said:
        words = _("The report is empty. At least one item needs an answer; zero and not known are answers too.")
        faults.append(Fault("values", "empty", words))
    return faults


def told(fault: AnswerFault) -> Fault:
    """A fault of the rules with its words."""
    return Fault(fault.field, fault.code, message_for(fault.code, fault.params))


def reason_missing(broken: Broken) -> Fault:
    """The fault that a broken warning has no reason beside any of the values it reads."""
    said = broken.message_en if get_language() == "en" else broken.message_ar
    words = _("%(message)s It can be sent once a reason is written beside one of these items: %(items)s.")
    return Fault("values", "reason_required", words % {"message": said, "items": ", ".join(broken.elements)})


def invalid(faults: list[Fault]) -> Problem:
    """The problem that lists all faults."""
    detail = _("The report cannot be accepted as it is; each fault is listed.")
    return Problem("invalid", detail, 400, errors=faults)


def started(filing: Filing, standing: Standing, at: datetime.datetime) -> Submission:
    """The submission of a report, not yet written."""
    return Submission(
        id=uuid.uuid4(),
        template=filing.template,
        version=version_of(filing, standing),
        facility=filing.facility,
        period_start=filing.period.start,
        reporter=filing.reporter,
        due=standing.due(filing),
        created=at,
        changed=at,
        edition=1,
        subdistrict_id=standing.subdistrict_id,
        place_path=standing.place_path,
        directorate_id=standing.directorate_id,
        reviewer_id=require_reviewer(standing.reviewer_id),
        dataset_id=filing.template.dataset_id,
    )


def _file(by: User, ready: Sequence[Ready]) -> None:
    """Write sent reports: submission, revision and receipt, history, record; one statement for any number."""
    filed = {row[0]: row[1:] for row in FILE.rows(parameters(by, ready))}
    for one in ready:
        if one.submission.pk not in filed:
            raise exists(one.filing)
        _mark_as_sent(by, one, *filed[one.submission.pk])


def parameters(by: User, ready: Sequence[Ready]) -> dict[str, object]:
    """The columns of `FILE`, an array each."""
    rows = [one.submission for one in ready]
    years = {at: timezone.localdate(at).year for at in {one.at for one in ready}}
    return {
        "by": by.pk,
        "acting": by.acting_id,
        "kind": Submission._meta.label_lower,
        "ids": [str(row.pk) for row in rows],
        "templates": [row.template_id for row in rows],
        "versions": [row.version_id for row in rows],
        "facilities": [row.facility_id for row in rows],
        "starts": [row.period_start for row in rows],
        "reporters": [row.reporter_id for row in rows],
        "dues": [row.due for row in rows],
        "marks": [len(one.outcome.warnings) for one in ready],
        "ats": [one.at for one in ready],
        "subdistricts": [row.subdistrict_id for row in rows],
        "paths": [row.place_path for row in rows],
        "directorates": [row.directorate_id for row in rows],
        "reviewers": [row.reviewer_id for row in rows],
        "datasets": [row.dataset_id for row in rows],
        "series": [one.standing.series for one in ready],
        "years": [years[one.at] for one in ready],
        "docs": [json.dumps(one.outcome.doc) for one in ready],
        "notes": [json.dumps(one.outcome.notes) for one in ready],
        "warnings": [json.dumps([broken.shape() for broken in one.outcome.warnings]) for one in ready],
    }


def _mark_as_sent(by: User, one: Ready, receipt: str, revision_id: int) -> None:
    """Let the object say what was written."""
    row = one.submission
    row.status, row.receipt, row.marks = Status.SUBMITTED, receipt, len(one.outcome.warnings)
    row.first_submitted = row.submitted = one.at
    row.revision = Revision(
        pk=revision_id,
        submission=row,
        number=1,
        doc=one.outcome.doc,
        notes=one.outcome.notes,
        warnings=[broken.shape() for broken in one.outcome.warnings],
        at=one.at,
        by=by,
    )
    row._state.adding = False


def _start(by: User, ready: Ready) -> None:
    """Write a draft with its answers."""
    row, at = ready.submission, ready.at
    if not write_draft(by, row, at):
        raise exists(ready.filing)
    mark = {"edition": row.edition, "by": by.pk, "at": at.isoformat()}
    slots = dict.fromkeys(ready.outcome.touched, mark)
    written = {"doc": ready.outcome.doc, "notes": ready.outcome.notes, "changed": slots, "writers": [by.pk]}
    Draft.objects.create(submission=row, at=at, by=by, **written)


def write_draft(by: User, row: Submission, at: datetime.datetime) -> bool:
    """Write a draft's submission, history and record; False where the reporter's report already exists."""
    Submission.objects.bulk_create([row], ignore_conflicts=True)
    if not Submission.objects.filter(pk=row.pk).exists():
        return False
    first_event(row, by).save()
    AuditEvent.objects.bulk_create([entry(by, "start", row)])
    return True


def first_event(row: Submission, by: User) -> SubmissionEvent:
    """The line with which the history of a report begins, as `FILE` writes it too."""
    what = What.STARTED if row.status == Status.DRAFT else What.SUBMITTED
    return SubmissionEvent(submission=row, at=row.changed, by=by, acting_id=by.acting_id, what=what)


def exists(filing: Filing) -> Problem:
    """The problem that the reporter's report of this facility and period is already there."""
    found = Submission.objects.of(filing.template, filing.period).get(
        facility=filing.facility, reporter=filing.reporter
    )
    detail = _("This report already exists: %(report)s, %(state)s. It can be opened there.")
    names = {"report": found, "state": found.get_status_display()}
    return Problem("exists", detail % names, 409, extra={"id": str(found.pk), "state": found.status})
