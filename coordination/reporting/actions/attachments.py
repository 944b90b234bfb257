"""What is done with attachments of reports: attach, take away again, open, release or refuse what is held."""

import datetime
import hashlib

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.models.attachments import Attachment, AttachmentState
from coordination.reporting.models.submissions import Status, Submission
from directorates.audit import record, record_concerning
from directorates.foundation.attachments import file_name, look_at
from directorates.foundation.locations import text_to_keep
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission, Refused, may, require, rights_of

MOST = 10
# While its reporter writes it, what comes with a report can be taken away again.
WRITTEN = (Status.DRAFT, Status.RETURNED)
LONGEST_REASON = 2000


@transaction.atomic
def attach(*, by: User, submission: Submission, name: str, content: bytes, at: datetime.datetime) -> Attachment:
    """Attach a file to a report that is not approved yet; what may give a location is held until a reviewer looked.

    The same file a second time changes nothing. A `Problem` where the file is none that is taken, or the report has enough.
    """
    require(by, Permission.SUBMIT_REPORTS, submission)
    # Before the lock: a large picture takes a second.
    looked = look_at(content)
    report = _locked(by, submission)
    digest = hashlib.sha256(content).hexdigest()
    before = report.attachments.filter(digest=digest).first()
    if before is not None:
        return before
    if report.attachments.count() >= MOST:
        words = _("A report has at most %(most)d attachments.") % {"most": MOST}
        raise Problem("too_many", words, 409, [Fault("file", "too_many", words)])
    made = Attachment.objects.create(
        submission=report,
        name=file_name(name, looked.content_type),
        content_type=looked.content_type,
        content=looked.content,
        size=len(looked.content),
        digest=digest,
        ways=list(looked.ways),
        state=AttachmentState.HELD if looked.ways else AttachmentState.OPEN,
        by=by,
        acting_id=by.acting_id or 0,
        at=at,
    )
    record(by, "attach", report, attachment=made.pk, held=bool(looked.ways))
    if looked.ways and report.status != Status.DRAFT:
        _tell_reviewers(by, report, made, at)
    return made


@transaction.atomic
def take_away(*, by: User, attachment: Attachment) -> None:
    """Take an attachment away again, while its report is being written or corrected; what was judged stays with its reason."""
    report = _locked(by, attachment.submission)
    if report.status not in WRITTEN:
        raise Problem("wrong_state", _("The report is sent: what came with it stays, others have seen it."), 409)
    deleted, _rows = report.attachments.filter(pk=attachment.pk, judged_at=None).delete()
    if deleted:
        record(by, "take_away", report, attachment=attachment.pk)


def open_attachment(*, by: User, attachment: Attachment) -> bytes:
    """The content, for whoever reads the report; of what is held, for its reviewers only. On record either way."""
    report = attachment.submission
    require(by, Permission.VIEW_REPORTS, report)
    if not attachment.readable:
        _demand_held(attachment)
        _demand_judge(by, attachment)
    for owner in report.owners():
        if owner != by.acting_id or not attachment.readable:
            what = "open_attachment" if attachment.readable else "open_held"
            record_concerning(by, what, report, owner, attachment=attachment.pk)
    return bytes(attachment.content)


@transaction.atomic
def release(*, by: User, attachment: Attachment, at: datetime.datetime) -> Attachment:
    """Say that what is held gives no location, or one that readers of the report may have."""
    held = _held(by, attachment)
    return _judged(by, held, AttachmentState.RELEASED, "", at)


@transaction.atomic
def refuse(*, by: User, attachment: Attachment, reason: str, at: datetime.datetime) -> Attachment:
    """Keep nothing of what is held, for a reason that its owner reads."""
    held = _held(by, attachment)
    reason = text_to_keep(reason, "reason", longest=LONGEST_REASON, needed=_("A reason is needed."))
    Attachment.objects.filter(pk=held.pk).update(content=b"")
    return _judged(by, held, AttachmentState.REFUSED, reason, at)


def may_judge(user: User, attachment: Attachment) -> bool:
    """Whether a person may open, release or refuse what is held: a reviewer of the report who did not attach it.

    Nor does whoever stands in for the one who did: that one named the deputy alone, and the two would be one.
    """
    rights, review = rights_of(user), Permission.REVIEW_REPORTS
    if attachment.by_id == user.pk or not rights.allow(review, attachment.submission):
        return False
    return attachment.by_id not in rights.stood_in_for(review) or rights.own.allow(review, attachment.submission)


def may_attach(user: User, submission: Submission) -> bool:
    """Whether a person may attach to a report as it stands."""
    return submission.status != Status.APPROVED and may(user, Permission.SUBMIT_REPORTS, submission)


def may_take_away(user: User, submission: Submission) -> bool:
    """Whether a person may take something away from a report as it stands."""
    return submission.status in WRITTEN and may(user, Permission.SUBMIT_REPORTS, submission)


def _locked(by: User, submission: Submission) -> Submission:
    """The report, locked, if one may change what belongs to it now."""
    report = Submission.objects.select_for_update().get(pk=submission.pk)
    require(by, Permission.SUBMIT_REPORTS, report)
    if report.status == Status.APPROVED:
        raise Problem("wrong_state", _("The report is approved: what came with it stays as it is."), 409)
    return report


def _held(by: User, attachment: Attachment) -> Attachment:
    """The attachment, locked, if it is still held and one may judge it."""
    rows = Attachment.objects.select_for_update(of=("self",)).select_related("submission").defer("content")
    held = rows.filter(pk=attachment.pk).first()
    if held is None:
        raise Problem("wrong_state", _("This file is not under review any more."), 409)
    _demand_judge(by, held)
    _demand_held(held)
    return held


def _demand_judge(by: User, attachment: Attachment) -> None:
    require(by, Permission.REVIEW_REPORTS, attachment.submission)
    if not may_judge(by, attachment):
        detail = _("Whoever attached a file does not judge it; a colleague or the reviewing organisation does.")
        raise Refused(Permission.REVIEW_REPORTS, attachment.submission, code="own_file", detail=detail)


def _demand_held(attachment: Attachment) -> None:
    if attachment.state != AttachmentState.HELD:
        raise Problem("wrong_state", _("This file is not under review any more."), 409)


def _judged(by: User, held: Attachment, state: AttachmentState, reason: str, at: datetime.datetime) -> Attachment:
    """Write the judgement, and tell whoever attached the file."""
    held.state, held.reason, held.judged_by, held.judged_at = state, reason, by, at
    held.save(update_fields=["state", "reason", "judged_by", "judged_at"])
    report = held.submission
    deed = "release_attachment" if held.readable else "refuse_attachment"
    record_concerning(by, deed, report, report.reporter_id, attachment=held.pk)
    values = {"name": held.name, "state": str(state), "reason": reason, "receipt": report.receipt or ""}
    told = Told(held.by_id, f"attachment:{held.pk}", values)
    notify("attachment", [told], url=_url(report), at=at)
    return held


def _tell_reviewers(by: User, report: Submission, made: Attachment, at: datetime.datetime) -> None:
    """Tell whoever may judge it that a file waits under review."""
    found = holders([report.reviewer_id], roles_with(Permission.REVIEW_REPORTS), timezone.localdate(at))
    values = {"name": made.name, "state": "held", "reason": "", "receipt": report.receipt or ""}
    people = {one.person.pk for one in found} - {by.pk}
    told = [Told(person, f"attachment:{made.pk}:held", values) for person in people]
    notify("attachment", told, url=_url(report), at=at)


def _url(report: Submission) -> str:
    return f"{reverse('reporting:report', args=[report.pk])}#attachments"
