"""Submissions: a report is opened as a draft, saved by one or several people, and sent; or filed whole (`filing.py`)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.broken_rules import keep_broken
from coordination.reporting.actions.competence import require_reviewer
from coordination.reporting.actions.double_reports import await_attention
from coordination.reporting.actions.filing import (
    FiledReport,
    check_right,
    faults_of,
    file_report,
    invalid,
    period_faults,
    started,
    submit_many,
    told,
    write_draft,
)
from coordination.reporting.actions.outliers import await_comparison
from coordination.reporting.actions.templates import hold_versions
from coordination.reporting.models import ReportTemplate, Revision, Submission, SubmissionEvent
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.standings import Filing, Standing, standings
from coordination.reporting.models.submissions import Draft, Status, What
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.specification import TemplateSpec
from coordination.reporting.rules.values import Answer, Outcome, answers_of, evaluate, merge
from coordination.reporting.rules.values import Problem as AnswerFault
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.permissions import Permission, require, rights_of
from facilities.models import Facility

__all__ = [
    "Change",
    "Examined",
    "FiledReport",
    "Saved",
    "examine",
    "file_report",
    "open_draft",
    "save_draft",
    "submit",
    "submit_many",
]

# A report is written while it is one of these.
WRITABLE = (Status.DRAFT, Status.RETURNED)


@dataclass(frozen=True)
class Change:
    """What someone else (or another window) wrote since an edition: the answer as it stands now, by whom and when."""

    element: str
    category: str | None
    value: object
    state: str
    reason: str
    by: str
    at: datetime.datetime


@dataclass(frozen=True)
class Saved:
    """What saving a draft came to.

    `outcome` judges the whole draft as it stands now; `theirs` are the others' changes to items that were also given
    here with another answer: those were not overwritten; `refused` names what the template does not ask.
    """

    edition: int
    outcome: Outcome
    theirs: list[Change]
    refused: list[AnswerFault]


@dataclass(frozen=True)
class Examined:
    """What would be said if the report were sent now."""

    outcome: Outcome
    faults: list[Fault]


@transaction.atomic
def open_draft(
    *,
    by: User,
    template: ReportTemplate,
    facility: Facility,
    period: Period,
    reporter: Organisation,
    at: datetime.datetime,
) -> Submission:
    """The reporter's report of a facility and period, in whatever state it is; a new draft where there is none."""
    filing = Filing(template, facility, period, reporter)
    # Before the version is looked up: one that is being published takes along the drafts that are there.
    hold_versions(template)
    (standing,) = standings([filing])
    check_right(rights_of(by), filing, standing)
    same = Submission.objects.of(template, period).filter(facility=facility, reporter=reporter)
    if (found := same.first()) is not None:
        return found
    faults = period_faults(filing, standing, timezone.localdate(at), send=False)
    if faults:
        raise invalid(faults)
    row = started(filing, standing, at)
    if not write_draft(by, row, at):
        return same.get()
    Draft.objects.create(submission=row, at=at, by=by)
    return row


@transaction.atomic
def save_draft(
    *,
    by: User,
    submission: Submission,
    answers: Iterable[Answer],
    seen: int | None,
    at: datetime.datetime,
    strict: bool = False,
    source: str = "",
) -> Saved:
    """Write answers into a draft, by element and category; what others wrote since edition `seen` is never overwritten.

    What cannot be read stays as it was typed. `source` names the window or program that writes: what it wrote itself is
    never held against it. `strict`, as programs save: another edition than `seen` is 412 `changed` with what changed,
    and any fault refuses everything.
    """
    held = _held(by, submission)
    draft = _draft_of(held, by, at)
    spec = specification_of(held.version)
    if strict and seen is not None and seen != held.edition:
        raise changed_meanwhile(held, changes(spec, draft, set(draft.changed), seen))
    given = evaluate(spec, answers, complete=False, today=timezone.localdate(at))
    if strict and given.errors:
        raise invalid([told(fault) for fault in given.errors])
    different = {
        slot for slot in given.touched if _said(draft.doc, draft.notes, slot) != _said(given.doc, given.notes, slot)
    }
    disputed = _disputed(draft, different, seen, by, source)
    written = different - disputed
    if written:
        _write(held, draft, _only(given, written), written, by, at, source)
    whole = evaluate(spec, answers_of(spec, draft.doc, draft.notes), complete=False, today=timezone.localdate(at))
    refused = [fault for fault in given.errors if fault.category is None and fault.code in _ASKED_NOWHERE]
    return Saved(held.edition, whole, changes(spec, draft, disputed, seen or 0), refused)


_ASKED_NOWHERE = {"unknown_element", "computed_element", "unknown_category", "category_required", "wrong_type"}


def _held(by: User, submission: Submission) -> Submission:
    """The submission as it stands now, locked, if the person may write it and its state allows it."""
    rows = Submission.objects.select_related("template", "version", "facility", "reporter")
    held = rows.select_for_update(of=("self",)).get(pk=submission.pk)
    require(by, Permission.SUBMIT_REPORTS, held)
    if held.status not in WRITABLE:
        detail = _("A report can be written while it is a draft or was sent back. The state of this one: %(state)s.")
        state = {"state": held.get_status_display()}
        raise Problem("wrong_state", detail % state, 409, extra={"state": held.status})
    return held


def _draft_of(held: Submission, by: User, at: datetime.datetime) -> Draft:
    """The working copy; it starts from what was last reported where there is none yet."""
    last = held.revision
    defaults = {"doc": last.doc if last else {}, "notes": last.notes if last else {}, "at": at, "by": by}
    return Draft.objects.get_or_create(submission=held, defaults=defaults)[0]


def _said(doc: dict[str, float], notes: dict[str, dict[str, str]], slot: str) -> tuple[object, object]:
    """Everything that documents say of a slot."""
    return doc.get(slot), notes.get(slot)


def _disputed(draft: Draft, slots: set[str], seen: int | None, by: User, source: str) -> set[str]:
    """Those of the slots that were last written after edition `seen`, and not by this same source."""
    if seen is None:
        return set()
    later = {slot for slot in slots if draft.changed.get(slot, {}).get("edition", 0) > seen}
    own = {slot for slot in later if source and _writer(draft, slot) == (by.pk, source)}
    return later - own


def _writer(draft: Draft, slot: str) -> tuple[object, object]:
    """Who last wrote a slot, from which window or program."""
    return draft.changed[slot]["by"], draft.changed[slot].get("source", "")


def _only(given: Outcome, slots: set[str]) -> Outcome:
    """What was given for these slots alone."""
    doc = {slot: number for slot, number in given.doc.items() if slot in slots}
    notes = {slot: note for slot, note in given.notes.items() if slot in slots}
    return replace(given, doc=doc, notes=notes, touched=tuple(slots))


def _write(
    held: Submission, draft: Draft, given: Outcome, slots: set[str], by: User, at: datetime.datetime, source: str
) -> None:
    """Write the answers as the next edition."""
    held.edition, held.changed = held.edition + 1, at
    held.save(update_fields=["edition", "changed"])
    draft.doc, draft.notes = merge(draft.doc, draft.notes, given)
    mark = {"edition": held.edition, "by": by.pk, "at": at.isoformat()} | ({"source": source[:40]} if source else {})
    draft.changed = draft.changed | dict.fromkeys(slots, mark)
    draft.at, draft.by, draft.writers = at, by, sorted({*draft.writers, by.pk})
    draft.save()


def changes(spec: TemplateSpec, draft: Draft, slots: set[str], seen: int) -> list[Change]:
    """What was written to these slots after an edition, in the order in which the items are asked."""
    later = {slot: mark for slot, mark in draft.changed.items() if slot in slots and mark["edition"] > seen}
    people = User.objects.in_bulk({mark["by"] for mark in later.values()})
    doc = {slot: draft.doc[slot] for slot in later if slot in draft.doc}
    notes = {slot: draft.notes[slot] for slot in later if slot in draft.notes}
    stands = {(answer.element, answer.category): answer for answer in answers_of(spec, doc, notes)}
    found = []
    for _element, cell, slot in spec.questions():
        if slot not in later:
            continue
        now = stands.get(cell, Answer(*cell, None, "blank"))
        by, at = str(people[later[slot]["by"]]), datetime.datetime.fromisoformat(later[slot]["at"])
        found.append(Change(cell[0], cell[1], now.value, str(now.state), str(now.reason or ""), by, at))
    return found


def changed_meanwhile(held: Submission, made: list[Change]) -> Problem:
    """The problem that someone else saved the report since the caller read it."""
    detail = _("This report was changed elsewhere in the meantime. Nothing was overwritten; read it again, then save.")
    told_changes = [
        {"element": c.element, "category": c.category, "value": None if c.value is None else str(c.value)}
        | {"state": c.state, "reason": c.reason, "by": c.by, "at": c.at.isoformat()}
        for c in made
    ]
    extra = {"state": held.status, "changes": told_changes}
    return Problem("changed", detail, 412, headers={"ETag": f'"{held.edition}"'}, extra=extra)


def examine(*, submission: Submission, at: datetime.datetime) -> Examined:
    """What sending the report now would say, all faults at once; nothing is written."""
    draft = Draft.objects.filter(submission=submission).first()
    source = draft or submission.revision or Draft()
    filing = Filing(submission.template, submission.facility, submission.period, submission.reporter)
    (standing,) = standings([filing])
    return _examined(filing, standing, submission, source, at)


def _examined(
    filing: Filing, standing: Standing, submission: Submission, source: Draft | Revision, at: datetime.datetime
) -> Examined:
    """Judge the answers as a complete report."""
    spec, today = specification_of(submission.version), timezone.localdate(at)
    outcome = evaluate(spec, answers_of(spec, source.doc, source.notes), complete=True, today=today)
    faults = period_faults(filing, standing, today, send=True)
    return Examined(outcome, faults + faults_of(outcome, complete=True))


@transaction.atomic
def submit(*, by: User, submission: Submission, at: datetime.datetime) -> Submission:
    """Send a draft, or a report that was sent back: a revision that never changes, a receipt that it keeps.

    Problems: 409 `wrong_state`; 400 `invalid` with all faults at once.
    """
    held = _held(by, submission)
    draft = _draft_of(held, by, at)
    filing = Filing(held.template, held.facility, held.period, held.reporter)
    (standing,) = standings([filing])
    check_right(rights_of(by), filing, standing)
    examined = _examined(filing, standing, held, draft, at)
    if examined.faults:
        raise invalid(examined.faults)
    revision = _revise(held, draft, examined.outcome, by, at)
    _send(held, standing, revision, at)
    draft.delete()
    SubmissionEvent.objects.create(
        submission=held, at=at, by=by, acting_id=by.acting_id, what=What.SUBMITTED, revision=held.revision
    )
    record(by, "submit", held, receipt=held.receipt, revision=held.revision_id)
    await_comparison(revision)
    await_attention()
    return held


def _revise(held: Submission, draft: Draft, outcome: Outcome, by: User, at: datetime.datetime) -> Revision:
    """Write what was reported, under the next number, with everybody whose answers stand in it."""
    revision = Revision.objects.create(
        submission=held,
        number=(held.revisions.aggregate(last=Max("number"))["last"] or 0) + 1,
        doc=outcome.doc,
        notes=outcome.notes,
        warnings=[broken.shape() for broken in outcome.warnings],
        at=at,
        by=by,
        writers=draft.writers,
    )
    keep_broken(revision, held.version_id, [broken.rule for broken in outcome.warnings])
    return revision


def _send(held: Submission, standing: Standing, revision: Revision, at: datetime.datetime) -> None:
    """Let the submission stand as sent, with the scope of the period as it is known now; the receipt number comes last."""
    held.status, held.revision, held.marks = Status.SUBMITTED, revision, len(revision.warnings)
    held.submitted, held.changed, held.edition = at, at, held.edition + 1
    held.first_submitted = held.first_submitted or at
    held.subdistrict_id, held.place_path = standing.subdistrict_id, standing.place_path
    held.directorate_id, held.reviewer_id = standing.directorate_id, require_reviewer(standing.reviewer_id)
    held.receipt = held.receipt or next_receipt(standing.series, timezone.localdate(at).year)
    held.save()


def next_receipt(series: str, year: int) -> str:
    """The next receipt number of a governorate and a year of receiving."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reporting_receiptseries AS s (place, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (place, year) DO UPDATE SET last = s.last + 1 RETURNING s.last",
            [series, year],
        )
        (number,) = cursor.fetchone()
    return f"{series}-{year}-{number:04}"
