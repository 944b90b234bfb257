"""Pages of concerns: raise one, read it with what was said, answer it, say whether it is settled."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, may, require
from policies.actions.concerns import answer_concern, raise_concern, settle_concern
from policies.forms.concerns import AnswerForm, ConcernForm, SettleForm
from policies.models import Concern
from policies.models.concerns import ConcernState
from policies.views.versions import version_of


@login_required
def new_concern(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Raise a concern of the organisation acted for."""
    held = version_of(request, code, number)
    require(request.user, Permission.COMMENT_ON_POLICIES)
    form = ConcernForm(request.POST or None, held, str(request.GET.get("section", ""))[:60])
    if request.method == "POST" and form.is_valid():
        try:
            made = raise_concern(version=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
            form.begin_anew(problem)
        else:
            messages.success(request, _("The concern is raised. Those who prepare the policy answer it."))
            return redirect("policies:concern", code=code, number=number, pk=made.pk)
    context = {
        "form": form,
        "title": _("Raise a concern"),
        "back": reverse("policies:discussion", args=[code, number]),
    }
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


def _found(request: SignedIn, code: str, number: int, pk: int) -> Concern:
    """A concern that the reader sees."""
    rows = Concern.objects.visible_to(request.user).filter(version__policy__code=code, version__number=number)
    return get_object_or_404(rows.select_related("version__policy", "organisation", "section", "by"), pk=pk)


@login_required
def concern(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """A concern, what was said to it, and what the reader can say."""
    return _page(request, _found(request, code, number, pk))


def _page(request: SignedIn, held: Concern, form: forms.Form | None = None) -> HttpResponse:
    """The page of a concern; `form` is one that could not be kept, with what was written."""
    said = list(held.events.select_related("organisation", "by"))
    state = ConcernState(said[-1].state) if said else ConcernState.OPEN
    open_still = state is not ConcernState.SETTLED
    answers = open_still and may(request.user, Permission.MANAGE_POLICIES, held)
    settles = open_still and may(request.user, Permission.COMMENT_ON_POLICIES, held)
    seen = {"seen": len(said)}
    context: dict[str, Any] = {
        "concern": held,
        "version": held.version,
        "policy": held.version.policy,
        "state": state,
        "said": said,
        "answer": form if isinstance(form, AnswerForm) else AnswerForm(initial=seen) if answers else None,
        "settle": form if isinstance(form, SettleForm) else SettleForm(initial=seen) if settles else None,
        "failed": form,
    }
    return render(request, "policies/concern.html", context, status=400 if form else 200)


def _say(request: SignedIn, held: Concern, form: forms.Form, deed: Callable[..., object], words: str) -> HttpResponse:
    """Keep what was said; where something was said meanwhile, the page shows it under what was written."""
    if not form.is_valid():
        return _page(request, held, form)
    try:
        deed(concern=held, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Problem as problem:
        tell(form, problem)
        if problem.code == "changed":
            data = form.data.copy()  # type: ignore[attr-defined]
            data["seen"] = held.events.count()
            form.data = data
        return _page(request, held, form)
    messages.success(request, words)
    version = held.version
    return redirect("policies:concern", code=version.policy.code, number=version.number, pk=held.pk)


@require_POST
@login_required
def answer(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """Answer a concern."""
    held = _found(request, code, number, pk)
    require(request.user, Permission.MANAGE_POLICIES, held)
    return _say(
        request, held, AnswerForm(request.POST), answer_concern, _("The answer is kept, and its organisation is told.")
    )


@require_POST
@login_required
def settle(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """Say whether a concern is settled."""
    held = _found(request, code, number, pk)
    require(request.user, Permission.COMMENT_ON_POLICIES, held)
    return _say(
        request, held, SettleForm(request.POST), settle_concern, _("Kept. Those who prepare the policy are told.")
    )


urls = [
    path("<slug:code>/<int:number>/concerns/new/", new_concern, name="new_concern"),
    path("<slug:code>/<int:number>/concerns/<int:pk>/", concern, name="concern"),
    path("<slug:code>/<int:number>/concerns/<int:pk>/answer/", answer, name="answer_concern"),
    path("<slug:code>/<int:number>/concerns/<int:pk>/settle/", settle, name="settle_concern"),
]
