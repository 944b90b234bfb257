"""Pages of saved views: the list, one of them, keeping what a page shows, changing and deleting it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.saved_views import change_view, delete_view, keep_view
from coordination.reporting.forms.saved_views import KeepForm, ViewWords
from coordination.reporting.forms.view_contents import asked_in
from coordination.reporting.models import Dashboard, SavedView
from coordination.reporting.views.view_drawings import tile_of
from coordination.reporting.views.views_strip import room_of
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require

# So many dashboards of others stand on the list of views; all of them on a page of their own.
FIRST = 10


@login_required
def saved_views(request: SignedIn) -> HttpResponse:
    """One's own views and dashboards, and what others share."""
    require(request.user, Permission.VIEW_EDITIONS)
    user, shared = request.user, Dashboard.objects.shared_with(request.user).named()
    if request.GET.get("shared") == "dashboards":
        return render(request, "reporting/shared_dashboards.html", {"page": page_of(request, shared)})
    context = {
        "room_url": room_of(user),
        "own": SavedView.objects.own(user).named().prefetch_related("shares"),
        "dashboards": Dashboard.objects.own(user).named().prefetch_related("shares", "placings"),
        "shared_dashboards": shared[:FIRST],
        "more_dashboards": shared.count() > FIRST,
        "page": page_of(request, SavedView.objects.shared_with(user).named()),
    }
    return render(request, "reporting/saved_views.html", context)


@login_required
def saved_view(request: SignedIn, pk: int) -> HttpResponse:
    """One view, with the figures that its reader may see."""
    require(request.user, Permission.VIEW_EDITIONS)
    view = get_object_or_404(SavedView.objects.visible_to(request.user).named(), pk=pk)
    own = view.is_own(request.user)
    context = {
        "room_url": room_of(request.user),
        "view": view,
        "tile": tile_of(view, request.user, timezone.localdate()),
        "own": own,
        "shares": view.shares.standing().named() if own else [],
    }
    return render(request, "reporting/saved_view.html", context)


@login_required
def keep(request: SignedIn) -> HttpResponse:
    """Keep what a page of figures, an edition or an indicator shows under a name, or in place of another view of one's own."""
    require(request.user, Permission.VIEW_EDITIONS)
    asked = asked_in(request.GET, request.GET.get("kind", ""), request.user, timezone.localdate())
    if asked.nothing:
        return redirect("reporting:saved_views")
    form = KeepForm(request.POST if request.method == "POST" else None, asked)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            view = _kept(request, form)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            messages.success(request, _("The view is kept."))
            return redirect("reporting:saved_view", pk=view.pk)
    context = {"form": form, "asked": asked, "back": reverse("reporting:saved_views")}
    return render(request, "reporting/saved_view_keep.html", context, status=status)


def _kept(request: SignedIn, form: KeepForm) -> SavedView:
    """The view as it stands then."""
    words = {name: form.cleaned_data[name] for name in ("name", "note")}
    said: dict[str, Any] = {**words, "shows": form.shows, "by": request.user, "at": timezone.now()}
    replaced = form.cleaned_data["replaces"]
    return keep_view(**said) if replaced is None else change_view(view=replaced, **said)


@login_required
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Give one's view another name or note."""
    view = get_object_or_404(SavedView.objects.own(request.user).named(), pk=pk)
    require(request.user, Permission.VIEW_EDITIONS)
    form = ViewWords(request.POST if request.method == "POST" else None, initial={"name": view.name, "note": view.note})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            change_view(view=view, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            return redirect("reporting:saved_view", pk=pk)
    context = {"form": form, "title": _("Change the view"), "name": view.name, "back": _page_of(pk)}
    return render(request, "reporting/view_form.html", context, status=status)


@login_required
def delete(request: SignedIn, pk: int) -> HttpResponse:
    """Delete one's view, after saying what goes with it."""
    view = get_object_or_404(SavedView.objects.own(request.user), pk=pk)
    require(request.user, Permission.VIEW_EDITIONS)
    if request.method == "POST":
        delete_view(view=view, by=request.user)
        messages.success(request, _("The view is deleted."))
        return redirect("reporting:saved_views")
    context = {
        "title": _("Delete the view"),
        "name": view.name,
        "shares": view.shares.standing().count(),
        "dashboards": view.dashboards.all(),
        "deed": _("Delete"),
        "danger": True,
        "cancel_url": _page_of(pk),
    }
    return render(request, "reporting/view_delete.html", context)


def _page_of(pk: int) -> str:
    return reverse("reporting:saved_view", args=[pk])


urls = [
    path("figures/views/", saved_views, name="saved_views"),
    path("figures/views/new/", keep, name="keep_view"),
    path("figures/views/<int:pk>/", saved_view, name="saved_view"),
    path("figures/views/<int:pk>/change/", change, name="change_view"),
    path("figures/views/<int:pk>/delete/", delete, name="delete_view"),
]
