"""Reading one report after another: the way in, what a page of the line shows, and where a deed leads."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.reviews import UNDO
from coordination.reporting.forms.reviews import InboxFilter
from coordination.reporting.models.lines import Line, in_line, line_of
from coordination.reporting.models.reviews import last_deed, waiting
from coordination.reporting.models.submissions import Submission, SubmissionEvent, What
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, require

# Longer than all filters together; what is longer was not made by our pages.
LONGEST = 500


def _report(pk: uuid.UUID, filters: str, **more: str) -> str:
    """The address of a report in a line."""
    return f"{reverse('reporting:report', args=[pk])}?{urlencode({'line': filters, **more})}"


@dataclass(frozen=True)
class LinePage:
    """A report's page in the line: its neighbours' addresses and the inbox it came from."""

    line: Line
    filters: str

    @property
    def inbox(self) -> str:
        """The inbox with the same filters."""
        return f"{reverse('reporting:inbox')}{'?' if self.filters else ''}{self.filters}"

    @property
    def here(self) -> str:
        """This page."""
        return _report(self.line.here, self.filters)

    @property
    def next(self) -> str:
        """The next report's page; empty at the end."""
        return _report(self.line.next, self.filters) if self.line.next else ""

    @property
    def previous(self) -> str:
        """The page of the report before; empty at the beginning."""
        return _report(self.line.previous, self.filters) if self.line.previous else ""

    @property
    def onwards(self) -> str:
        """Where a deed leads: to the next report or, after the last, to the inbox; either tells of the deed."""
        done = str(self.line.here)
        if self.line.next:
            return _report(self.line.next, self.filters, done=done)
        return f"{self.inbox}{'&' if self.filters else '?'}{urlencode({'done': done})}"


def _filters(request: HttpRequest) -> str | None:
    """The filters of the line that an address or a form names; None outside a line."""
    given = request.POST if request.method == "POST" else request.GET
    return given["line"][:LONGEST] if "line" in given else None


def line_at(request: SignedIn, submission: Submission) -> LinePage | None:
    """The line in which a report is read; None where it is read by itself."""
    wished = _filters(request)
    if wished is None:
        return None
    everything = waiting(request.user)
    form = InboxFilter(QueryDict(wished), everything, request.user)
    return LinePage(line_of(form.narrow(everything), submission.pk), form.address)


@dataclass(frozen=True)
class Deed:
    """What the reader just did with a report, by which moment it can be undone, and where that leads: to the report again."""

    submission: Submission
    event: SubmissionEvent
    back: str

    @property
    def undoable(self) -> bool:
        """An approval can be taken back; what was sent back is with its reporter."""
        return self.event.what == What.APPROVED


def deed_told(request: SignedIn) -> Deed | None:
    """The deed that the page before ended with, as long as it stands and is not long ago."""
    done = None
    with suppress(ValueError):
        done = uuid.UUID(request.GET.get("done", "")[:40])
    submission = Submission.objects.visible_to(request.user).filter(pk=done).first() if done else None
    event = last_deed(request.user, submission, timezone.now() - UNDO) if submission else None
    if submission is None or event is None:
        return None
    filters = _filters(request)
    return Deed(submission, event, request.path if filters is None else _report(submission.pk, filters))


@login_required
def begin(request: SignedIn) -> HttpResponse:
    """Open the first report of the line that the inbox's filters make."""
    require(request.user, Permission.REVIEW_REPORTS)
    everything = waiting(request.user)
    form = InboxFilter(request.GET, everything, request.user)
    first = in_line(form.narrow(everything)).values_list("pk", flat=True).first()
    if first is not None:
        return redirect(_report(first, form.address))
    messages.info(request, _("No report waits for review here."))
    return redirect(f"{reverse('reporting:inbox')}?{form.address}" if form.address else "reporting:inbox")


urls = [path("review/line/", begin, name="line")]
