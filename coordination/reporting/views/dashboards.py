"""Pages of dashboards: one with its views, a new one, changing and deleting it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.dashboards import change_dashboard, delete_dashboard, make_dashboard
from coordination.reporting.forms.dashboards import DashboardForm
from coordination.reporting.models import Dashboard, SavedView
from coordination.reporting.views.view_drawings import tiles_of
from coordination.reporting.views.views_strip import room_of
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require


@login_required
def dashboard(request: SignedIn, pk: int) -> HttpResponse:
    """A dashboard: each of its views with the figures that the reader may see."""
    require(request.user, Permission.VIEW_EDITIONS)
    held = get_object_or_404(Dashboard.objects.visible_to(request.user).named(), pk=pk)
    own = held.is_own(request.user)
    context = {
        "room_url": room_of(request.user),
        "dashboard": held,
        "tiles": tiles_of(held.ordered, request.user, timezone.localdate()),
        "own": own,
        "shares": held.shares.standing().named() if own else [],
    }
    return render(request, "reporting/dashboard.html", context)


@login_required
def new(request: SignedIn) -> HttpResponse:
    """Put some of one's views on a page."""
    require(request.user, Permission.VIEW_EDITIONS)
    form = DashboardForm(request.POST if request.method == "POST" else None, request.user)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("name", "note")}
        try:
            made = make_dashboard(views=form.views, by=request.user, at=timezone.now(), **words)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            return redirect("reporting:dashboard", pk=made.pk)
    context = {
        "form": form,
        "title": _("New dashboard"),
        "back": reverse("reporting:saved_views"),
        "none": not SavedView.objects.own(request.user).exists(),
    }
    return render(request, "reporting/view_form.html", context, status=status)


@login_required
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Give one's dashboard another name, note, views or order."""
    held = get_object_or_404(Dashboard.objects.own(request.user), pk=pk)
    require(request.user, Permission.VIEW_EDITIONS)
    form = DashboardForm(request.POST if request.method == "POST" else None, request.user, held)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("name", "note")}
        try:
            change_dashboard(dashboard=held, views=form.views, by=request.user, at=timezone.now(), **words)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            return redirect("reporting:dashboard", pk=pk)
    back = reverse("reporting:dashboard", args=[pk])
    context = {"form": form, "title": _("Change the dashboard"), "name": held.name, "back": back}
    return render(request, "reporting/view_form.html", context, status=status)


@login_required
def delete(request: SignedIn, pk: int) -> HttpResponse:
    """Delete one's dashboard; its views stay."""
    held = get_object_or_404(Dashboard.objects.own(request.user), pk=pk)
    require(request.user, Permission.VIEW_EDITIONS)
    if request.method == "POST":
        delete_dashboard(dashboard=held, by=request.user)
        messages.success(request, _("The dashboard is deleted; its views stay."))
        return redirect("reporting:saved_views")
    context = {
        "title": _("Delete the dashboard"),
        "name": held.name,
        "shares": held.shares.standing().count(),
        "deed": _("Delete"),
        "danger": True,
        "cancel_url": reverse("reporting:dashboard", args=[pk]),
    }
    return render(request, "reporting/view_delete.html", context)


urls = [
    path("figures/dashboards/new/", new, name="new_dashboard"),
    path("figures/dashboards/<int:pk>/", dashboard, name="dashboard"),
    path("figures/dashboards/<int:pk>/change/", change, name="change_dashboard"),
    path("figures/dashboards/<int:pk>/delete/", delete, name="delete_dashboard"),
]
