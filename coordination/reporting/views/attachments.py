"""Attachments of a report: adding, opening, taking away, and judging those that are held."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coordination.reporting.actions import attachments as deeds
from coordination.reporting.forms.attachments import AttachForm, RefuseForm
from coordination.reporting.models import Attachment, Submission
from coordination.reporting.models.attachments import AttachmentState
from directorates.foundation.pages import SignedIn, file_to_keep, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require

# What somebody is told whose file is attached, or was before.
TOLD = {
    AttachmentState.OPEN: gettext_lazy("%(name)s is attached."),
    AttachmentState.RELEASED: gettext_lazy("%(name)s is attached."),
    AttachmentState.HELD: gettext_lazy(
        "%(name)s is attached. It may give a location: a reviewer looks at it before others open it."
    ),
    AttachmentState.REFUSED: gettext_lazy("%(name)s was attached before, and refused."),
}


@dataclass(frozen=True)
class Shown:
    """An attachment and what the reader may do with it."""

    attachment: Attachment
    opens: bool
    judges: bool
    removes: bool


class Attachments:
    """What came with a report, as a reader of the report sees it."""

    def __init__(self, submission: Submission, user: User) -> None:
        """Keep whose, and for whom."""
        self.submission, self.user = submission, user
        self.adds = deeds.may_attach(user, submission)

    def rows(self) -> list[Shown]:
        """Each with what the reader may do, in the order in which they came."""
        return [self._shown(row) for row in self.submission.attachments.listed()]

    def _shown(self, row: Attachment) -> Shown:
        row.submission = self.submission
        judges = row.state == "held" and deeds.may_judge(self.user, row)
        removes = row.judged_at is None and deeds.may_take_away(self.user, self.submission)
        return Shown(row, row.readable or judges, judges, removes)


def _submission(request: SignedIn, pk: uuid.UUID) -> Submission:
    return get_object_or_404(Submission.objects.visible_to(request.user).select_related("dataset"), pk=pk)


def _found(request: SignedIn, pk: uuid.UUID, number: int) -> Attachment:
    """The attachment of a report that the reader may see."""
    rows = _submission(request, pk).attachments.defer("content").select_related("submission__dataset")
    return get_object_or_404(rows, pk=number)


def _back(pk: uuid.UUID) -> str:
    return f"{reverse('reporting:report', args=[pk])}#attachments"


@login_required
def add(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Attach a file to a report."""
    submission = _submission(request, pk)
    require(request.user, Permission.SUBMIT_REPORTS, submission)
    form, status = AttachForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            name, content = form.cleaned_data["file"]
            try:
                made = deeds.attach(
                    by=request.user, submission=submission, name=name, content=content, at=timezone.now()
                )
            except Problem as problem:
                tell(form, problem)
                status = problem.status
            else:
                messages.success(request, str(TOLD[AttachmentState(made.state)]) % {"name": made.name})
                return redirect(_back(pk))
    return render(request, "reporting/attach.html", {"form": form, "submission": submission}, status=status)


@login_required
def content(request: SignedIn, pk: uuid.UUID, number: int) -> HttpResponse:
    """The file itself."""
    found = _found(request, pk, number)
    opened = deeds.open_attachment(by=request.user, attachment=found)
    return file_to_keep(found.name, found.content_type, opened)


@require_POST
@login_required
def take_away(request: SignedIn, pk: uuid.UUID, number: int) -> HttpResponse:
    """Take a file away again."""
    found = _found(request, pk, number)
    return _done(request, pk, lambda: deeds.take_away(by=request.user, attachment=found), _("The file was taken away."))


@require_POST
@login_required
def release(request: SignedIn, pk: uuid.UUID, number: int) -> HttpResponse:
    """Let readers of the report open what was held."""
    found = _found(request, pk, number)
    deed = lambda: deeds.release(by=request.user, attachment=found, at=timezone.now())  # noqa: E731
    return _done(request, pk, deed, _("The file is released: whoever reads the report opens it."))


def _done(request: SignedIn, pk: uuid.UUID, deed: Callable[[], Any], told: str) -> HttpResponse:
    """Do a deed, say so or why not, and go back to the report."""
    try:
        deed()
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, told)
    return redirect(_back(pk))


@login_required
def refuse(request: SignedIn, pk: uuid.UUID, number: int) -> HttpResponse:
    """Ask why a file is refused, and keep nothing of it."""
    found = _found(request, pk, number)
    require(request.user, Permission.REVIEW_REPORTS, found.submission)
    form, status = RefuseForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                deeds.refuse(by=request.user, attachment=found, at=timezone.now(), **form.cleaned_data)
            except Problem as problem:
                tell(form, problem)
                status = problem.status
            else:
                messages.success(request, _("The file was refused; nothing of it is kept."))
                return redirect(_back(pk))
    context = {
        "form": form,
        "title": _("Refuse the file %(name)s") % {"name": found.name},
        "text": _("Its name and your reason stay with the report. The file itself is deleted."),
        "deed": _("Refuse and delete"),
        "cancel_url": _back(pk),
    }
    return render(request, "components/confirm_page.html", context, status=status)


urls = [
    path("<uuid:pk>/attachments/", add, name="attach"),
    path("<uuid:pk>/attachments/<int:number>/", content, name="attachment"),
    path("<uuid:pk>/attachments/<int:number>/take-away/", take_away, name="attachment_take_away"),
    path("<uuid:pk>/attachments/<int:number>/release/", release, name="attachment_release"),
    path("<uuid:pk>/attachments/<int:number>/refuse/", refuse, name="attachment_refuse"),
]
