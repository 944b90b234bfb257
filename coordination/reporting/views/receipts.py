"""After sending: the receipt, which can be looked up again; and the report on paper."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from coordination.reporting.models import Submission
from coordination.reporting.models.due import reports_due, still_to_send
from coordination.reporting.models.readings import document_of
from coordination.reporting.models.sheets import Desk
from coordination.reporting.rules.fingerprints import fingerprint
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.sheets import lay_out
from directorates.audit import record_reading
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, may, rights_of


def _readable(request: SignedIn, pk: uuid.UUID) -> Submission:
    """The report, if the caller may read it."""
    rows = Submission.objects.visible_to(request.user).prefetch_related("template__programme__week_rules")
    rows = rows.select_related(
        "template__programme", "version", "facility__place__parent", "reporter", "reviewer", "revision__by", "dataset"
    )
    return get_object_or_404(rows, pk=pk)


@login_required
def receipt(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """That a report was received: number, time, fingerprint, who reviews it; the address can be kept."""
    submission = _readable(request, pk)
    if submission.revision is None:
        return redirect("reporting:fill", pk=pk)
    mine = rights_of(request.user).organisations(Permission.SUBMIT_REPORTS)
    due = still_to_send(reports_due(request.user, timezone.localdate())).filter(reporter__in=mine)
    context = {
        "submission": submission,
        "fingerprint": fingerprint(document_of(submission.revision)),
        "next": due.prefetch_related("template__programme__week_rules").first(),
        "writes": submission.reporter_id in mine,
    }
    return render(request, "reporting/receipt.html", context)


@login_required
def paper(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """The report as the paper form, in both languages; with `?blank=1` without answers. Reading others' answers is on record."""
    desk = Desk(_readable(request, pk), request.user)
    blank = "blank" in request.GET
    if not blank:
        record_reading(request.user, desk.submission, *desk.submission.owners())
    # What is being corrected is its writers' alone; everyone else reads what was sent.
    writes = may(request.user, Permission.SUBMIT_REPORTS, desk.submission)
    filled = desk.now if writes else document_of(desk.submission.revision)
    sheet = lay_out(desk.spec, Document() if blank else filled, Document())
    return render(
        request, "reporting/paper.html", {"desk": desk, "submission": desk.submission, "sheet": sheet, "blank": blank}
    )


urls = [
    path("<uuid:pk>/receipt/", receipt, name="receipt"),
    path("<uuid:pk>/paper/", paper, name="paper"),
]
