"""Pages of acknowledgements: who has read what holds, and saying so for an organisation and its facilities."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models.organisations import Kind
from directorates.permissions import Permission, may, require
from policies.actions.acknowledgements import (
    acknowledge_for_facilities,
    acknowledge_policy,
    demand_acknowledging,
    facilities_to_acknowledge,
    to_acknowledge,
)
from policies.forms.acknowledgements import AcknowledgeForm, FacilitiesForm, asked_as
from policies.models.acknowledgements import standings
from policies.views.versions import version_of


@login_required
def acknowledgements(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Which organisations have acknowledged a version, since when each applies it, and for how many facilities."""
    held = version_of(request, code, number)
    counted = may(request.user, Permission.VIEW_FACILITIES)
    rows = standings(held, facilities=counted)
    read = sum(one.at is not None for one in rows)
    day = timezone.localdate()
    context = {
        "version": held,
        "policy": held.policy,
        "rows": rows,
        "counted": counted,
        "read": read,
        "share": 100 * read / len(rows) if rows else 0,
        "own": to_acknowledge(request.user, day).filter(pk=held.pk).exists(),
        # How the list of facilities is asked for this version.
        "asked": asked_as(held, day) if held.holds_or_will(day) else "",
        "facilities": held.holds_or_will(day) and facilities_to_acknowledge(request.user, held, day).exists(),
    }
    return render(request, "policies/acknowledgements.html", context)


@login_required
def acknowledge(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Say for the organisation acted for that it has read a version."""
    held = version_of(request, code, number)
    acting = demand_acknowledging(request.user)
    form = AcknowledgeForm(request.POST or None, directorate=acting.kind == Kind.DIRECTORATE)
    if request.method == "POST" and form.is_valid():
        try:
            since = form.cleaned_data.get("since")
            acknowledge_policy(version=held, since=since, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Kept: your organisation has read this policy."))
            return redirect("policies:acknowledgements", code=code, number=number)
    context = {
        "title": _("Acknowledge version %(number)s") % {"number": held.number},
        "text": _("You say for %(organisation)s that it has read this text and makes it known to its people.")
        % {"organisation": acting.name},
        "deed": _("Acknowledge"),
        "cancel_url": reverse("policies:version", args=[code, number]),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


@login_required
def facilities(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Say for facilities that their people have read a version."""
    held = version_of(request, code, number)
    require(request.user, Permission.SUBMIT_REPORTS)
    rows = facilities_to_acknowledge(request.user, held, timezone.localdate())
    form = FacilitiesForm(request.POST or None, rows)
    if request.method == "POST" and form.is_valid():
        try:
            done = acknowledge_for_facilities(
                version=held, facilities=form.cleaned_data["facilities"], by=request.user, at=timezone.now()
            )
        except Problem as problem:
            tell(form, problem)
        else:
            words = ngettext("Kept for %(count)s facility.", "Kept for %(count)s facilities.", done)
            messages.success(request, words % {"count": done})
            return redirect("policies:acknowledgements", code=code, number=number)
    context = {
        "title": _("Acknowledge for facilities"),
        "text": _("Choose the facilities whose people have read this text."),
        "deed": _("Acknowledge for these"),
        "cancel_url": reverse("policies:acknowledgements", args=[code, number]),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


urls = [
    path("<slug:code>/<int:number>/acknowledgements/", acknowledgements, name="acknowledgements"),
    path("<slug:code>/<int:number>/acknowledge/", acknowledge, name="acknowledge"),
    path("<slug:code>/<int:number>/acknowledge/facilities/", facilities, name="acknowledge_facilities"),
]
