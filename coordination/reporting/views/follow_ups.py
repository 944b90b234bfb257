"""Pages of questions about values: the list, one with its conversation, asking, answering, settling."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions import follow_ups as deeds
from coordination.reporting.forms.follow_ups import AskForm, FollowUpFilter, SettleForm, WordForm
from coordination.reporting.models import FollowUp, Submission
from coordination.reporting.models.reviews import named, written_by
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Status
from coordination.reporting.templatetags.filling import label_of
from directorates.audit import record_reading
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require

SORTS = {
    "facility": "submission__facility__code",
    "period": "submission__period_start",
    "state": "state",
    "asked": "opened",
}


def follow_ups_listed(user: User, asked: QueryDict) -> tuple[FollowUpFilter, QuerySet[FollowUp]]:
    """The filters and the questions that they leave, the last asked first if not sorted."""
    rows = FollowUp.objects.visible_to(user)
    form = FollowUpFilter(asked, rows, user)
    sort = asked.get("sort", "-asked")
    column = F(SORTS.get(sort.removeprefix("-"), "opened"))
    rising = not sort.startswith("-") and sort in SORTS
    return form, form.listed(rows).order_by(column.asc() if rising else column.desc(), "-pk")


@login_required
def follow_ups(request: SignedIn) -> HttpResponse:
    """The questions about reports that the reader may see."""
    require(request.user, Permission.VIEW_REPORTS)
    form, rows = follow_ups_listed(request.user, request.GET)
    page = page_of(request, rows.named())  # type: ignore[attr-defined]
    context = {"form": form, "used": any(request.GET.get(name) for name in form.fields), "page": page}
    return render(request, "reporting/follow_ups.html", context)


def _found(request: SignedIn, pk: int) -> FollowUp:
    """The question, if the reader may see its report."""
    return get_object_or_404(FollowUp.objects.visible_to(request.user).named(), pk=pk)


def _may_of(user: User, found: FollowUp) -> dict[str, bool]:
    """What the reader may do: answer for the reporter; ask again and settle for the organisation that asked, or settle instead."""
    asks = may(user, Permission.FOLLOW_UP_REPORTS, found.submission) and found.acting_id == user.acting_id
    instead = found.waits and not asks and deeds.settles_instead(user, found)
    own = (asks or instead) and Submission.objects.filter(written_by(user), pk=found.submission_id).exists()
    return {
        "answers": found.waits and may(user, Permission.SUBMIT_REPORTS, found.submission),
        "asks": found.waits and asks and not own,
        "settles": found.waits and (asks or instead) and not own,
        "instead": instead,
    }


def _page(request: SignedIn, found: FollowUp, bad: dict[str, forms.Form], status: int = 200) -> HttpResponse:
    """The conversation with what may be done; `bad` are forms that came back with errors."""
    words = list(found.words.select_related("by", "acting", "instead_of").order_by("pk"))
    context: dict[str, Any] = {
        "found": found,
        "submission": found.submission,
        "words": words,
        "answer_form": bad.get("answer") or WordForm(auto_id="answer_%s"),
        "again_form": bad.get("again") or WordForm(auto_id="again_%s"),
        "settle_form": bad.get("settle") or SettleForm(auto_id="settle_%s", initial={"seen": words[-1].pk}),
        "form": next(iter(bad.values()), None),
        "corrects": found.submission.status == Status.RETURNED
        and may(request.user, Permission.SUBMIT_REPORTS, found.submission),
    }
    return render(request, "reporting/follow_up.html", context | _may_of(request.user, found), status=status)


@login_required
def follow_up(request: SignedIn, pk: int) -> HttpResponse:
    """One question with everything that was said."""
    found = _found(request, pk)
    record_reading(request.user, found.submission, *found.submission.owners())
    return _page(request, found, {})


@login_required
def ask(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Ask about a value of an item."""
    report = get_object_or_404(named(Submission.objects.visible_to(request.user)).select_related("version"), pk=pk)
    require(request.user, Permission.FOLLOW_UP_REPORTS, report)
    spec = specification_of(report.version)
    element = spec.element(request.GET.get("element", ""))
    if element is None or not element.cells:
        return redirect("reporting:report", pk=pk)
    form, status = AskForm(request.POST or None, spec, element), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = deeds.ask_about(by=request.user, submission=report, at=timezone.now(), **form.cleaned_data)
            except Problem as problem:
                tell(form, problem)
                status = problem.status
            else:
                messages.success(request, _("Asked. The reporter is told, and finds the question beside the value."))
                return redirect("reporting:follow_up", pk=made.pk)
    context = {
        "form": form,
        "title": _("Question about: %(item)s") % {"item": label_of(element)},
        "text": f"{report.facility.name} · {report.template.name}",
        "deed": gettext_lazy("Ask the reporter"),
        "cancel_url": f"{reverse('reporting:report', args=[pk])}#item-{element.code}",
    }
    return render(request, "components/confirm_page.html", context, status=status)


@dataclass(frozen=True)
class Deed:
    """One deed as the page asks for it: its form, who may do it, what it does, and what is told."""

    name: str
    form: type[forms.Form]
    demand: Callable[..., None]
    do: Callable[..., FollowUp]
    done: Promise


ANSWER = Deed(
    "answer", WordForm, deeds.demand_answering, deeds.answer, gettext_lazy("Answered. Whoever asked is told.")
)
AGAIN = Deed(
    "again", WordForm, deeds.demand_asking, deeds.ask_again, gettext_lazy("Asked again. The reporter is told.")
)
SETTLE = Deed(
    "settle", SettleForm, deeds.demand_settling, deeds.settle_follow_up, gettext_lazy("Settled. The reporter is told.")
)


def _done(request: SignedIn, pk: int, deed: Deed) -> HttpResponse:
    """Do one deed with what was posted, or show what speaks against it where it was written."""
    found = _found(request, pk)
    deed.demand(by=request.user, follow_up=found)
    form = deed.form(request.POST, auto_id=f"{deed.name}_%s")
    if request.method != "POST":
        return redirect("reporting:follow_up", pk=pk)
    status = 400
    if form.is_valid():
        try:
            deed.do(by=request.user, follow_up=found, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            messages.success(request, str(deed.done))
            return redirect("reporting:follow_up", pk=pk)
    return _page(request, _found(request, pk), {deed.name: form}, status)


@login_required
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Answer for the reporter."""
    return _done(request, pk, ANSWER)


@login_required
def ask_again(request: SignedIn, pk: int) -> HttpResponse:
    """Ask once more."""
    return _done(request, pk, AGAIN)


@login_required
def settle(request: SignedIn, pk: int) -> HttpResponse:
    """Settle what was asked."""
    return _done(request, pk, SETTLE)


urls = [
    path("follow-ups/", follow_ups, name="follow_ups"),
    path("follow-ups/<int:pk>/", follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/answer/", answer, name="follow_up_answer"),
    path("follow-ups/<int:pk>/ask-again/", ask_again, name="follow_up_again"),
    path("follow-ups/<int:pk>/settle/", settle, name="follow_up_settle"),
    path("<uuid:pk>/ask/", ask, name="ask"),
]
