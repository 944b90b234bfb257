"""Reviewing reports: approve, send back, reopen; each takes effect once, in one transaction, under row locks."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.corrections import close_corrections, demand_uncounted, hold_editions
from coordination.reporting.actions.counted import write_counted
from coordination.reporting.actions.double_reports import await_attention
from coordination.reporting.models.submissions import Draft, Revision, Status, Submission, SubmissionEvent, What
from directorates.audit import record_many
from directorates.foundation.locations import text_to_keep
from directorates.foundation.prepared import Prepared, columns, made
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.permissions import Permission, Refused, rights_of

# How long whoever approved several reports at once may take that back without writing a reason.
UNDO = datetime.timedelta(minutes=10)
LONGEST_NOTE = 2000

# What each deed needs, what it leads to, and the words where the state is another.
NEEDS = {What.APPROVED: Status.SUBMITTED, What.RETURNED: Status.SUBMITTED, What.REOPENED: Status.APPROVED}
LEADS_TO = {What.APPROVED: Status.APPROVED, What.RETURNED: Status.RETURNED, What.REOPENED: Status.SUBMITTED}
AUDITED = {What.APPROVED: "approve", What.RETURNED: "send_back", What.REOPENED: "reopen"}
WRONG_STATE = {
    What.APPROVED: gettext_lazy("Only a submitted report can be approved. The state of this one: %(state)s."),
    What.RETURNED: gettext_lazy("Only a submitted report can be sent back. The state of this one: %(state)s."),
    What.REOPENED: gettext_lazy("Only an approved report can be reopened. The state of this one: %(state)s."),
}

# Statements, not querysets, and planned once: approving is what the portal does most, and building and planning a query
# costs more than running it, behind the second wall above all.
REPORT = columns(Submission, *(field.attname for field in Submission._meta.concrete_fields))
LOCK = Prepared(
    "lock_reports_reviewed",
    f"""
SELECT {", ".join(f"s.{name}" for name in REPORT)},
    EXISTS (SELECT FROM reporting_revision r
        WHERE r.submission_id = s.id AND (r.by_id = %(by)s OR %(by)s = ANY (r.writers)))
    OR EXISTS (SELECT FROM reporting_submissionevent e
        WHERE e.submission_id = s.id AND e.by_id = %(by)s AND e.what = 'started') AS own,
    EXISTS (SELECT FROM reporting_attachment a WHERE a.submission_id = s.id AND a.state = 'held') AS under_review
FROM reporting_submission s JOIN (
    SELECT DISTINCT template_id, period_start, facility_id FROM reporting_submission WHERE id = ANY(%(ids)s)
) AS same USING (template_id, period_start, facility_id)
ORDER BY s.id FOR UPDATE OF s
""",
    by="bigint",
    ids="uuid[]",
)
CHANGE = Prepared(
    "change_reports",
    """
WITH changed AS (
    UPDATE reporting_submission SET status = %(status)s, changed = %(at)s, edition = edition + 1,
        kept_revision_id = CASE %(status)s WHEN 'approved' THEN NULL ELSE kept_revision_id END
    WHERE id = ANY(%(ids)s) RETURNING id, revision_id
)
INSERT INTO reporting_submissionevent (submission_id, at, by_id, acting_id, instead_of_id, what, note, revision_id)
SELECT id, %(at)s, %(by)s, %(acting)s, %(instead_of)s, %(what)s, %(note)s, revision_id FROM changed
""",
    status="text",
    at="timestamptz",
    ids="uuid[]",
    by="bigint",
    acting="bigint",
    instead_of="bigint",
    what="text",
    note="text",
)


@transaction.atomic
def approve(*, by: User, submission: Submission, note: str = "", at: datetime.datetime) -> Submission:
    """Approve a report: it counts or is set aside by rule, and the figures that change are marked.

    Where `submission` was read in an earlier revision than the present one, nobody saw what it says: 409 `changed`.
    """
    (report,) = _approve(by, [submission], note, at)
    return report


@transaction.atomic
def approve_many(*, by: User, submissions: Sequence[Submission], at: datetime.datetime) -> list[Submission]:
    """Approve many reports, all or none, in as many statements as one takes."""
    return _approve(by, submissions, "", at)


def _approve(by: User, submissions: Sequence[Submission], note: str, at: datetime.datetime) -> list[Submission]:
    """Lock, check, write, count; within the caller's transaction."""
    held = _lock(by, submissions)
    reports = _permitted(by, held, submissions)
    for report in reports:
        if report.own:  # type: ignore[attr-defined]
            detail = _(
                "An author never approves their own report: %(report)s. Someone else of the directorate reviews it."
            )
            raise Refused(Permission.REVIEW_REPORTS, report, code="own_report", detail=detail % {"report": report})
        if report.under_review:  # type: ignore[attr-defined]
            words = _("A file of this report is under review: %(report)s. Release or refuse it first.")
            raise Problem("held_file", words % {"report": report}, 409)
    note = text_to_keep(note, "note", longest=LONGEST_NOTE)
    _demand(reports, What.APPROVED)
    _demand_seen(reports, submissions)
    close_corrections(by, reports, at)
    _write(by, reports, What.APPROVED, note, at)
    _count(reports, held)
    return reports


@transaction.atomic
def send_back(*, by: User, submission: Submission, reason: str, at: datetime.datetime) -> Submission:
    """Send a report back for correction, with a reason; what was reported becomes the draft to correct."""
    (report,) = _permitted(by, _lock(by, [submission]), [submission])
    reason = text_to_keep(reason, "reason", longest=LONGEST_NOTE, needed=_("Write the reason; the reporter sees it."))
    _demand([report], What.RETURNED)
    reported = Revision.objects.get(pk=report.revision_id or 0)
    working = {"doc": reported.doc, "notes": reported.notes, "changed": {}, "at": at, "by_id": reported.by_id}
    Draft.objects.update_or_create(submission=report, defaults=working)
    _write(by, [report], What.RETURNED, reason, at)
    await_attention()
    return report


@transaction.atomic
def reopen(*, by: User, submission: Submission, reason: str, at: datetime.datetime) -> Submission:
    """Take an approved report out of the totals at once, with a reason; it is `submitted` again: back in review.

    Another approved report of the same facility and period counts in its stead, where there is one. One that a published
    edition counts is changed by a correction request alone: 409 `correction_needed`.
    """
    hold_editions([submission])
    held = _lock(by, [submission])
    reports = _permitted(by, held, [submission])
    reason = text_to_keep(reason, "reason", longest=LONGEST_NOTE, needed=_("Write the reason; the reporter sees it."))
    return _reopen(by, reports, held, reason, at)[0]


@transaction.atomic
def undo_approval(*, by: User, approved_at: datetime.datetime, at: datetime.datetime) -> list[Submission]:
    """Reopen what one approved at one moment and nothing happened to since: within ten minutes, no reason asked."""
    since = SubmissionEvent.objects.filter(submission=OuterRef("submission"), pk__gt=OuterRef("pk"))
    deeds = SubmissionEvent.objects.filter(by=by, what=What.APPROVED, at=approved_at).exclude(Exists(since))
    submissions = list(Submission.objects.filter(pk__in=deeds.values("submission")))
    hold_editions(submissions)
    held = _lock(by, submissions)
    reports = _permitted(by, held, submissions)
    if not reports:
        raise Problem(
            "nothing_to_undo", _("There is nothing to take back: none of these reports is still approved."), 409
        )
    if at - approved_at > UNDO:
        raise Problem(
            "too_late", _("This can be taken back within ten minutes. Reopen the reports one by one instead."), 409
        )
    one, many = _("The approval was taken back."), _("The approval of several reports at once was taken back.")
    return _reopen(by, reports, held, many if len(reports) > 1 else one, at)


def _reopen(
    by: User, reports: list[Submission], held: dict[object, Submission], reason: str, at: datetime.datetime
) -> list[Submission]:
    """Check the state, write, count; the reports are locked."""
    _demand(reports, What.REOPENED)
    demand_uncounted(reports)
    _write(by, reports, What.REOPENED, reason, at)
    _count(reports, held)
    return reports


@unwalled
def _lock(by: User, submissions: Sequence[Submission]) -> dict[object, Submission]:
    """The reports and all others of the same facilities and periods, locked in the order of ids, as they stand now.

    All at once, for what counts is chosen among them: two approvals of one facility and period wait for one another.
    `own` says whether the person started or wrote the report, `under_review` whether a file of it is.
    """
    ids = [str(submission.pk) for submission in submissions]
    held: dict[object, Submission] = {}
    for *values, own, under_review in LOCK.rows({"ids": ids, "by": by.pk}):
        report = made(Submission, REPORT, values)
        report.own, report.under_review = own, under_review  # type: ignore[attr-defined]
        held[report.pk] = report
    return held


def _permitted(by: User, held: dict[object, Submission], submissions: Sequence[Submission]) -> list[Submission]:
    """The locked rows of the reports, each once, or `Refused`; rights are resolved once for all of them."""
    rights = rights_of(by)
    reports = [held[pk] for pk in dict.fromkeys(submission.pk for submission in submissions)]
    for report in reports:
        if not rights.allow(Permission.REVIEW_REPORTS, report):
            raise Refused(Permission.REVIEW_REPORTS, report)
    # For the record: one sitting is done in one's own right or, where any of it is not, as that person's deputy.
    others = (rights.instead_of(Permission.REVIEW_REPORTS, report) for report in reports)
    by.instead_of_id = next(filter(None, others), None)
    return reports


def _demand(reports: Sequence[Submission], what: What) -> None:
    """Raise 409 `wrong_state`, naming the state of each that has another, unless all are in the state needed."""
    wrong = [report for report in reports if report.status != NEEDS[what]]
    if wrong:
        words = [str(WRONG_STATE[what]) % {"state": report.get_status_display()} for report in wrong]
        faults = [Fault(str(report), "wrong_state", told) for report, told in zip(wrong, words, strict=True)]
        extra = {"state": wrong[0].status}
        raise Problem("wrong_state", words[0], 409, errors=faults if len(reports) > 1 else [], extra=extra)


def _demand_seen(reports: Sequence[Submission], seen: Sequence[Submission]) -> None:
    """Raise 409 `changed` where a report was corrected and sent again after the caller read it."""
    revisions = {submission.pk: submission.revision_id for submission in seen}
    changed = [report for report in reports if revisions[report.pk] not in (None, report.revision_id)]
    if changed:
        told = _("This report was corrected and sent again in the meantime. Read it once more before approving it.")
        raise Problem("changed", told, 409, errors=[Fault(str(report), "changed", told) for report in changed])


def _write(by: User, reports: Sequence[Submission], what: What, note: str, at: datetime.datetime) -> None:
    """Status, history and record of the deed, two statements for any number of reports."""
    status, ids = LEADS_TO[what], [str(report.pk) for report in reports]
    given: dict[str, Any] = {
        "status": status,
        "at": at,
        "ids": ids,
        "by": by.pk,
        "acting": by.acting_id,
        "instead_of": by.instead_of_id,
        "what": what,
        "note": note,
    }
    CHANGE.rows(given)
    for report in reports:
        report.status, report.changed, report.edition = status, at, report.edition + 1
        report.kept_revision_id = None if status == Status.APPROVED else report.kept_revision_id
    details = [(report, {"receipt": report.receipt, "revision": report.revision_id}) for report in reports]
    record_many(by, AUDITED[what], details)


def _count(reports: Sequence[Submission], held: dict[object, Submission]) -> None:
    """Choose anew what counts for the facilities and periods of these reports."""
    keys = dict.fromkeys((report.template_id, report.period_start, report.facility_id) for report in reports)
    write_counted(list(keys), held.values())
