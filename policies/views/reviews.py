"""Pages of reviews: planning one, and saying what came of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require
from policies.actions.reviews import finish_review, plan_review
from policies.forms.reviews import FinishReviewForm, PlanReviewForm
from policies.views.versions import conflict_or_tell, version_of


@login_required
def plan(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Say by when a version is looked at again."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    open_one = held.reviews.filter(done=None).first()
    form = PlanReviewForm(request.POST or None, initial={"due": open_one.due if open_one else None})
    if request.method == "POST" and form.is_valid():
        try:
            plan_review(version=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(request, _("Kept. Those who keep the policy are told a month before."))
            return redirect("policies:version", code=code, number=number)
    title = _("Plan the review of version %(number)s") % {"number": held.number}
    context = {"form": form, "title": title, "back": reverse("policies:version", args=[code, number])}
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


@login_required
def finish(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """Say what came of a review."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    review = get_object_or_404(held.reviews, pk=pk)
    form = FinishReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            finish_review(review=review, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(request, _("Kept with the policy."))
            return redirect("policies:version", code=code, number=number)
    title = _("Review of version %(number)s") % {"number": held.number}
    context = {"form": form, "title": title, "back": reverse("policies:version", args=[code, number])}
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


urls = [
    path("<slug:code>/<int:number>/reviews/plan/", plan, name="plan_review"),
    path("<slug:code>/<int:number>/reviews/<int:pk>/", finish, name="finish_review"),
]
