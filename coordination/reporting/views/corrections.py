"""Correction requests: the list, asking, deciding, withdrawing; and what the page of a report shows of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from coordination.reporting.actions import corrections as deeds
from coordination.reporting.forms.corrections import AcceptForm, AskForm, CorrectionFilter, RefuseForm
from coordination.reporting.models import CorrectionRequest, Submission
from coordination.reporting.models.corrections import (
    CorrectionRequestQuerySet,
    corrected_since,
    correction_needed,
    of_report,
)
from coordination.reporting.models.submissions import Status
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require


@dataclass(frozen=True)
class Shown:
    """A request and what the reader may do with it."""

    request: CorrectionRequest
    decides: bool
    withdraws: bool


class Corrections:
    """What is asked to be corrected in a report, and was, as a reader of the report sees it."""

    def __init__(self, submission: Submission, user: User) -> None:
        """Keep whose, and for whom."""
        self.submission, self.user = submission, user

    @cached_property
    def rows(self) -> list[Shown]:
        """Each with what the reader may do, the last first."""
        return [self._shown(row) for row in of_report(self.submission, self.user)]

    def _shown(self, row: CorrectionRequest) -> Shown:
        row.submission = self.submission
        decides = row.state == "open" and deeds.may_decide(self.user, row)
        return Shown(row, decides, row.is_under_way and deeds.may_withdraw(self.user, row))

    @cached_property
    def needed(self) -> bool:
        """Whether nothing but a request changes the report."""
        return self.submission.status == Status.APPROVED and bool(correction_needed([self.submission.pk]))

    @cached_property
    def asks(self) -> bool:
        """Whether the reader may ask for a correction now."""
        return deeds.may_ask(self.user, self.submission) and not any(row.request.is_under_way for row in self.rows)

    @cached_property
    def since(self) -> Any:
        """Since when the counting revision corrects an earlier one; None where it does not."""
        counting = self.submission.counting_id
        return corrected_since([counting]).get(counting) if counting else None


def corrections_listed(user: User, asked: QueryDict) -> tuple[CorrectionFilter, CorrectionRequestQuerySet]:
    """The filters and the requests that they leave, the last asked first."""
    form = CorrectionFilter(asked, user)
    return form, form.narrow(CorrectionRequest.objects.visible_to(user)).named().order_by("-at", "-pk")


@login_required
def corrections(request: SignedIn) -> HttpResponse:
    """The correction requests of reports that the reader sees."""
    require(request.user, Permission.VIEW_REPORTS)
    form, rows = corrections_listed(request.user, request.GET)
    used = any(request.GET.get(name) for name in form.fields)
    context = {"form": form, "page": page_of(request, rows), "used": used}
    return render(request, "reporting/corrections.html", context)


def _report(request: SignedIn, pk: uuid.UUID) -> Submission:
    related = ("template__programme", "facility", "reporter", "version")
    return get_object_or_404(Submission.objects.visible_to(request.user).select_related(*related), pk=pk)


def _request(request: SignedIn, pk: uuid.UUID, number: int) -> CorrectionRequest:
    """The request about a report that the reader may see."""
    return get_object_or_404(_report(request, pk).corrections.named(), number=number)


def _back(pk: uuid.UUID) -> str:
    return f"{reverse('reporting:report', args=[pk])}#corrections"


@login_required
def ask(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Ask that a report be corrected."""
    report = _report(request, pk)
    if not may(request.user, Permission.SUBMIT_REPORTS, report):
        require(request.user, Permission.REVIEW_REPORTS, report)
    form, status = AskForm(request.POST if request.method == "POST" else None, report), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                deeds.ask_correction(
                    by=request.user, submission=report, reason=reason, slots=form.slots, at=timezone.now()
                )
            except Problem as problem:
                tell(form, problem)
                status = problem.status
            else:
                messages.success(request, str(ASKED))
                return redirect(_back(pk))
    return render(request, "reporting/ask_correction.html", {"form": form, "submission": report}, status=status)


ASKED = gettext_lazy("Asked for. Whoever reviews the report decides; until then it counts as it is.")


@dataclass(frozen=True)
class Deed:
    """What is done to a request: its form, its action, its words."""

    form: type[forms.Form]
    do: Callable[..., Any]
    title: Promise
    text: Promise
    words: Promise
    done: Promise
    danger: bool = False


ACCEPT = Deed(
    AcceptForm,
    deeds.accept_correction,
    gettext_lazy("Accept the correction of report %(report)s"),
    gettext_lazy(
        "The report goes back to its reporter. What is approved now counts until the corrected report is approved; nothing "
        "leaves the figures meanwhile, and published editions stay as they are."
    ),
    gettext_lazy("Accept"),
    gettext_lazy("Accepted. The reporter was told and corrects the report; until then it counts as it is."),
)
REFUSE = Deed(
    RefuseForm,
    deeds.refuse_correction,
    gettext_lazy("Refuse the correction of report %(report)s"),
    gettext_lazy("The report stays as it is. The request and your reason stay with it."),
    gettext_lazy("Refuse"),
    gettext_lazy("Refused. Whoever asked was told."),
)
WITHDRAW = Deed(
    forms.Form,
    deeds.withdraw_correction,
    gettext_lazy("Withdraw the correction of report %(report)s"),
    gettext_lazy(
        "The report stays as it is, and counts as it does. What was typed meanwhile and not sent is deleted; a corrected "
        "report that was sent and not approved stays among its revisions."
    ),
    gettext_lazy("Withdraw"),
    gettext_lazy("Withdrawn. The report stays as it is."),
    danger=True,
)


def _deed(request: SignedIn, pk: uuid.UUID, number: int, deed: Deed) -> HttpResponse:
    """Ask once more, do it, go back to the report; what speaks against it stands in the form."""
    held = _request(request, pk, number)
    report = held.submission
    if deed is WITHDRAW:
        deeds.demand_withdrawing(request.user, held)
    else:
        require(request.user, Permission.REVIEW_REPORTS, report)
    form, status = deed.form(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                deed.do(by=request.user, request=held, at=timezone.now(), **form.cleaned_data)
            except Problem as problem:
                tell(form, problem)
                status = problem.status
            else:
                messages.success(request, str(deed.done))
                return redirect(_back(pk))
    context = {
        "form": form,
        "title": str(deed.title) % {"report": report},
        "text": str(deed.text),
        "deed": deed.words,
        "danger": deed.danger,
        "cancel_url": _back(pk),
    }
    return render(request, "components/confirm_page.html", context, status=status)


@login_required
def accept(request: SignedIn, pk: uuid.UUID, number: int) -> HttpResponse:
    """Give the report back to be corrected."""
    return _deed(request, pk, number, ACCEPT)


@login_required
def refuse(request: SignedIn, pk: uuid.UUID, number: int) -> HttpResponse:
    """Let the report stand as it is."""
    return _deed(request, pk, number, REFUSE)


@login_required
def withdraw(request: SignedIn, pk: uuid.UUID, number: int) -> HttpResponse:
    """Take a request back."""
    return _deed(request, pk, number, WITHDRAW)


urls: list[Any] = [
    path("corrections/", corrections, name="corrections"),
    path("<uuid:pk>/corrections/ask/", ask, name="ask_correction"),
    path("<uuid:pk>/corrections/<int:number>/accept/", accept, name="accept_correction"),
    path("<uuid:pk>/corrections/<int:number>/refuse/", refuse, name="refuse_correction"),
    path("<uuid:pk>/corrections/<int:number>/withdraw/", withdraw, name="withdraw_correction"),
]
