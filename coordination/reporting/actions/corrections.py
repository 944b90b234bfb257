"""Correction requests: asked by the reporter or its directorate, decided by a second person, done by approving a new revision.

Until then the approved revision counts: `Submission.kept_revision` names it while a corrected one is written and reviewed.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.double_reports import await_attention
from coordination.reporting.models.corrections import CorrectionRequest, CorrectionState, correction_needed
from coordination.reporting.models.errata import editions_with
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Draft, Revision, Status, Submission, SubmissionEvent, What
from coordination.reporting.rules.periods import period_name
from directorates.audit import record_concerning
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission, Refused, may, require, rights_of
from directorates.roles import Anchor
from directorates.rules.text import clean_text

LONGEST_TEXT = 2000
SIDES = (Permission.SUBMIT_REPORTS, Permission.REVIEW_REPORTS)


@transaction.atomic
def ask_correction(
    *, by: User, submission: Submission, reason: str, slots: Sequence[str] = (), at: datetime.datetime
) -> CorrectionRequest:
    """Ask that an approved report be corrected, of all items or some; nothing changes before somebody else decides.

    The same person asking the same again changes nothing. One request at a time: 409 `correction_asked` names who asked.
    """
    _require_side(by, submission)
    report = _locked(submission)
    permission = _require_side(by, report)
    reason, slots = clean_text(reason, multiline=True), sorted(set(slots))
    if faults := [*_text_faults(reason), *_slot_faults(report, slots)]:
        raise Problem("invalid", faults[0].message, errors=faults)
    standing = report.corrections.under_way().select_related("acting", "by").first()
    if standing is not None:
        if (standing.by_id, standing.reason, sorted(standing.slots)) == (by.pk, reason, slots):
            return standing
        raise asked_already(standing)
    if report.status != Status.APPROVED:
        words = _("Only an approved report is corrected by a request. The state of this one: %(state)s.")
        detail = words % {"state": report.get_status_display()}
        raise Problem("wrong_state", detail, 409, extra={"state": report.status})
    made = CorrectionRequest.objects.create(
        submission=report,
        number=report.corrections.count() + 1,
        revision_id=report.revision_id or 0,
        reason=reason,
        slots=slots,
        by=by,
        acting_id=by.acting_id or 0,
        instead_of_id=rights_of(by).instead_of(permission, report),
        at=at,
    )
    _record(by, "ask_correction", made)
    _tell("asked", made, _reviewers(report, at), by, at)
    return made


@transaction.atomic
def accept_correction(
    *, by: User, request: CorrectionRequest, note: str = "", at: datetime.datetime
) -> CorrectionRequest:
    """Give the report back to its reporter to be corrected; the approved revision counts until the corrected one is approved."""
    report, held = _held(by, request)
    note = text_to_keep(note, "note", longest=LONGEST_TEXT)
    _demand_open(held)
    kept = Revision.objects.get(pk=report.revision_id or 0)
    working = {"doc": kept.doc, "notes": kept.notes, "changed": {}, "at": at, "by_id": kept.by_id}
    Draft.objects.update_or_create(submission=report, defaults=working)
    report.status, report.kept_revision, report.changed, report.edition = Status.RETURNED, kept, at, report.edition + 1
    report.save(update_fields=["status", "kept_revision", "changed", "edition"])
    _happened(report, What.CORRECTING, by, held.reason, at)
    _decide(held, CorrectionState.ACCEPTED, by, note, at)
    _record(by, "accept_correction", held)
    _tell("accepted", held, _reporters(report, at) | {held.by_id}, by, at)
    return held


@transaction.atomic
def refuse_correction(*, by: User, request: CorrectionRequest, reason: str, at: datetime.datetime) -> CorrectionRequest:
    """Let the report stand as it is, for a reason that whoever asked reads."""
    report, held = _held(by, request)
    reason = text_to_keep(reason, "reason", longest=LONGEST_TEXT, needed=_("Write the reason; whoever asked reads it."))
    _demand_open(held)
    _decide(held, CorrectionState.REFUSED, by, reason, at)
    _record(by, "refuse_correction", held)
    _tell("refused", held, _reporters(report, at) | {held.by_id}, by, at)
    return held


@transaction.atomic
def withdraw_correction(*, by: User, request: CorrectionRequest, at: datetime.datetime) -> CorrectionRequest:
    """Take a request back: by the organisation that asked or, of an accepted one that never came, by whoever reviews.

    Of an accepted one the report is approved again as it was; a corrected revision that was not approved stays on file.
    """
    _require_side(by, request.submission)
    report = _locked(request.submission)
    _require_side(by, report)
    held = _standing(report, request)
    if held.state == CorrectionState.WITHDRAWN:
        return held
    if not held.is_under_way:
        raise _over(held)
    demand_withdrawing(by, held)
    if held.state == CorrectionState.ACCEPTED:
        _give_up(by, report, at)
    held.state, held.ended_by, held.ended_at = CorrectionState.WITHDRAWN, by, at
    held.save(update_fields=["state", "ended_by", "ended_at"])
    _record(by, "withdraw_correction", held)
    _tell("withdrawn", held, _reporters(report, at) | _reviewers(report, at), by, at)
    return held


def may_ask(user: User, submission: Submission) -> bool:
    """Whether a person may ask for a correction of a report as it stands."""
    return submission.status == Status.APPROVED and any(may(user, one, submission) for one in SIDES)


def may_decide(user: User, request: CorrectionRequest) -> bool:
    """Whether a person may decide: a reviewer of the report who did not ask.

    Nor does whoever stands in for the one who did: that one named the deputy alone, and the two would be one.
    """
    rights, review, report = rights_of(user), Permission.REVIEW_REPORTS, request.submission
    if request.by_id == user.pk or not rights.allow(review, report):
        return False
    return request.by_id not in rights.stood_in_for(review) or rights.own.allow(review, report)


def may_withdraw(user: User, request: CorrectionRequest) -> bool:
    """Whether a person may take a request back: of the organisation that asked or, of an accepted one, whoever reviews."""
    report, accepted = request.submission, request.state == CorrectionState.ACCEPTED
    if not any(may(user, one, report) for one in SIDES):
        return False
    return request.acting_id == user.acting_id or (accepted and may(user, Permission.REVIEW_REPORTS, report))


def demand_withdrawing(by: User, request: CorrectionRequest) -> None:
    """Raise `Refused` unless the person may take the request back as it stands."""
    if not may_withdraw(by, request):
        words = _("Whoever asked takes it back; of an accepted one, whoever reviews the report as well.")
        raise Refused(Permission.SUBMIT_REPORTS, request.submission, code="not_yours", detail=words)


def hold_editions(submissions: Iterable[Submission]) -> None:
    """Let nobody publish figures of these templates before the transaction ends: what an edition counts is known till then.

    Publishing locks its template (`actions/editions.py`): whichever comes second sees what the first one did.
    """
    templates = sorted({submission.template_id for submission in submissions})
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM reporting_reporttemplate WHERE id = ANY(%s) ORDER BY id FOR SHARE", [templates])


def demand_uncounted(reports: Sequence[Submission]) -> None:
    """Raise 409 unless none of the approved reports is being asked to be corrected, corrected, or counted by an edition."""
    approved = [report for report in reports if report.status == Status.APPROVED]
    asked = CorrectionRequest.objects.under_way().filter(submission__in=approved).select_related("acting").first()
    if asked is not None:
        raise asked_already(asked)
    needed = correction_needed([report.pk for report in approved])
    if found := [report for report in approved if report.pk in needed]:
        words = _(
            "A published edition counts this report, or it was corrected before: %(report)s. It is changed by a correction "
            "request with a reason, on the page of the report."
        )
        faults = [Fault(str(one), "correction_needed", words % {"report": one}) for one in found]
        ask = [reverse("reporting:ask_correction", args=[one.pk]) for one in found]
        raise Problem(
            "correction_needed", faults[0].message, 409, faults if len(reports) > 1 else [], extra={"ask": ask}
        )


def close_corrections(by: User, reports: Sequence[Submission], at: datetime.datetime) -> None:
    """What was asked of these reports is done: they were approved as corrected, in the caller's transaction."""
    ids = {report.pk: report for report in reports if report.kept_revision_id}
    if not ids:
        return
    rows = CorrectionRequest.objects.filter(submission__in=ids, state=CorrectionState.ACCEPTED)
    done = list(rows.select_for_update().order_by("pk"))
    for held in done:
        report = ids[held.submission_id]
        held.state, held.corrected_id = CorrectionState.DONE, report.revision_id
        held.ended_by, held.ended_at = by, at
        held.save(update_fields=["state", "corrected", "ended_by", "ended_at"])
        _record(by, "correct_report", held)
        _tell("done", held, _reporters(report, at) | {held.by_id}, by, at)
    _propose_errata(done, by, at)


def asked_already(standing: CorrectionRequest) -> Problem:
    """The problem that a correction is asked for or under way already, naming who asked."""
    words = _("A correction of this report is asked for already, by: %(body)s. It is decided or withdrawn first.")
    told = {"number": standing.number, "organisation": standing.acting.code, "at": standing.at.isoformat()}
    detail = words % {"body": standing.acting.name}
    return Problem("correction_asked", detail, 409, extra={"correction": told | {"status": standing.state}})


def _require_side(by: User, submission: Submission) -> Permission:
    """By which right a person has to do with the report: as its reporter, or as whoever reviews it."""
    reports = may(by, Permission.SUBMIT_REPORTS, submission)
    permission = Permission.SUBMIT_REPORTS if reports else Permission.REVIEW_REPORTS
    require(by, permission, submission)
    return permission


def _locked(submission: Submission) -> Submission:
    """The report as it stands now, locked."""
    rows = Submission.objects.select_for_update(of=("self",))
    related = ("template__programme", "facility", "reporter", "version")
    return rows.select_related(*related).get(pk=submission.pk)


def _standing(report: Submission, request: CorrectionRequest) -> CorrectionRequest:
    """The request as it stands now, locked after its report."""
    held = CorrectionRequest.objects.select_for_update(of=("self",)).select_related("acting").get(pk=request.pk)
    held.submission = report
    return held


def _held(by: User, request: CorrectionRequest) -> tuple[Submission, CorrectionRequest]:
    """The report and the request, locked, if one may decide it."""
    require(by, Permission.REVIEW_REPORTS, request.submission)
    report = _locked(request.submission)
    require(by, Permission.REVIEW_REPORTS, report)
    held = _standing(report, request)
    if not may_decide(by, held):
        words = _("Whoever asked for a correction does not decide it; a colleague of the reviewing organisation does.")
        raise Refused(Permission.REVIEW_REPORTS, report, code="own_request", detail=words)
    return report, held


def _demand_open(held: CorrectionRequest) -> None:
    if held.state != CorrectionState.OPEN:
        raise _over(held)


def _over(held: CorrectionRequest) -> Problem:
    words = _("This request is decided or withdrawn already. Its state: %(state)s.")
    return Problem("wrong_state", words % {"state": held.get_state_display()}, 409, extra={"state": held.state})


def _text_faults(reason: str) -> list[Fault]:
    needed = _("Write what is wrong and why; whoever decides reads it.")
    return text_faults(reason, "reason", longest=LONGEST_TEXT, needed=needed)


def _slot_faults(report: Submission, slots: Sequence[str]) -> list[Fault]:
    """Items that the report does not ask."""
    asked = {slot for _element, _cell, slot in specification_of(report.version).questions()}
    unknown = [slot for slot in slots if slot not in asked]
    return [
        Fault("elements", "unknown", _("The report does not ask this item: %(item)s.") % {"item": one})
        for one in unknown
    ]


def _decide(held: CorrectionRequest, state: CorrectionState, by: User, answer: str, at: datetime.datetime) -> None:
    held.state, held.decided_by, held.decided_acting_id = state, by, by.acting_id
    held.decided_at, held.answer = at, answer
    held.save(update_fields=["state", "decided_by", "decided_acting", "decided_at", "answer"])


def _happened(report: Submission, what: What, by: User, note: str, at: datetime.datetime) -> None:
    """A line of the report's history."""
    SubmissionEvent.objects.create(
        submission=report,
        at=at,
        by=by,
        acting_id=by.acting_id,
        instead_of_id=by.instead_of_id,
        what=what,
        note=note,
        revision_id=report.revision_id,
    )


def _give_up(by: User, report: Submission, at: datetime.datetime) -> None:
    """The report is approved again as it was before it was given back."""
    if report.attachments.held().exists():
        words = _("A file of this report is under review: %(report)s. Release or refuse it first.")
        raise Problem("held_file", words % {"report": report}, 409)
    kept = Revision.objects.get(pk=report.kept_revision_id or 0)
    report.status, report.revision, report.kept_revision = Status.APPROVED, kept, None
    report.submitted, report.marks = kept.at, len(kept.warnings)
    report.changed, report.edition = at, report.edition + 1
    report.save(update_fields=["status", "revision", "kept_revision", "submitted", "marks", "changed", "edition"])
    Draft.objects.filter(submission=report).delete()
    _happened(report, What.KEPT, by, "", at)
    await_attention()


def _record(by: User, what: str, held: CorrectionRequest) -> None:
    """The deed, also in the record of the reporter."""
    told = {"submission": str(held.submission_id), "number": held.number, "revision": held.revision_id}
    record_concerning(by, what, held, held.submission.reporter_id, **told, corrected=held.corrected_id)


def _reporters(report: Submission, at: datetime.datetime) -> set[int]:
    """Who sends for the reporter, within the places of their roles."""
    found = holders([report.reporter_id], roles_with(Permission.SUBMIT_REPORTS), timezone.localdate(at))
    return {one.person.pk for one in found if one.covers(report.place_path)}


def _reviewers(report: Submission, at: datetime.datetime) -> set[int]:
    """Who reviews the report."""
    found = holders([report.reviewer_id], roles_with(Permission.REVIEW_REPORTS), timezone.localdate(at))
    return {one.person.pk for one in found if one.covers(report.place_path)}


@unwalled
def _tell(what: str, held: CorrectionRequest, people: set[int], by: User, at: datetime.datetime) -> None:
    """Tell people what became of a request; never whoever did it, and nothing of its text."""
    report = held.submission
    values = {"what": what, "receipt": report.receipt or ""} | _named(report)
    told = [Told(person, f"correction:{held.pk}:{what}", values) for person in people - {by.pk}]
    notify("correction", told, url=f"{reverse('reporting:report', args=[report.pk])}#corrections", at=at)


def _named(thing: Any) -> dict[str, Any]:
    """Template and period of a report or an edition, in both languages."""
    template, period = thing.template, thing.period
    rules = template.programme.week_rules_kept if period.type.is_week else ()
    return {
        "template": {"ar": template.name_ar, "en": template.name_en},
        "period": {language: period_name(period, language, rules) for language in ("ar", "en")},
    }


@unwalled
def _propose_errata(done: Sequence[CorrectionRequest], by: User, at: datetime.datetime) -> None:
    """Tell the custodians of published editions that reports of theirs were corrected: one notice an edition and moment."""
    for edition in editions_with(list(done)):
        custodian = edition.template.dataset.custodian_id
        found = holders([custodian], roles_with(Permission.PUBLISH_EDITIONS, Anchor.DATASETS), timezone.localdate(at))
        values = {"what": "erratum", "receipt": ""} | _named(edition)
        told = [
            Told(one.person.pk, f"erratum:{edition.pk}:{at.isoformat()}", values)
            for one in found
            if one.person.pk != by.pk
        ]
        notify("correction", told, url=f"{reverse('reporting:edition', args=[edition.pk])}#errata", at=at)
