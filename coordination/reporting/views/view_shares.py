"""Sharing a view or a dashboard, and withdrawing a share."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.reporting.actions.view_shares import share, withdraw_share
from coordination.reporting.forms.view_shares import ShareForm
from coordination.reporting.models import Dashboard, SavedView, ViewShare
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require


@login_required
def share_view(request: SignedIn, pk: int) -> HttpResponse:
    """Say with whom a view of one's own is shared."""
    view = get_object_or_404(SavedView.objects.own(request.user).named(), pk=pk)
    return _share(request, view, reverse("reporting:saved_view", args=[pk]))


@login_required
def share_dashboard(request: SignedIn, pk: int) -> HttpResponse:
    """Say with whom a dashboard of one's own is shared."""
    held = get_object_or_404(Dashboard.objects.own(request.user).named(), pk=pk)
    return _share(request, held, reverse("reporting:dashboard", args=[pk]))


def _share(request: SignedIn, thing: SavedView | Dashboard, back: str) -> HttpResponse:
    """Ask with whom, and share it."""
    require(request.user, Permission.VIEW_EDITIONS)
    form = ShareForm(request.POST if request.method == "POST" else None, request.user)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            share(thing=thing, audience=form.chosen, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            messages.success(request, _("Shared. Each reader sees only figures that are open to that reader."))
            return redirect(back)
    context = {"form": form, "title": _("Share"), "name": thing.name, "back": back, "shares": True}
    return render(request, "reporting/view_form.html", context, status=status)


@require_POST
@login_required
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Withdraw a share of one's own."""
    held = get_object_or_404(ViewShare.objects.own(request.user), pk=pk)
    withdraw_share(share=held, by=request.user, at=timezone.now())
    messages.success(request, _("The share is withdrawn."))
    if held.view_id is not None:
        return redirect("reporting:saved_view", pk=held.view_id)
    return redirect("reporting:dashboard", pk=held.dashboard_id)


urls = [
    path("figures/views/<int:pk>/share/", share_view, name="share_view"),
    path("figures/dashboards/<int:pk>/share/", share_dashboard, name="share_dashboard"),
    path("figures/shares/<int:pk>/withdraw/", withdraw, name="withdraw_share"),
]
