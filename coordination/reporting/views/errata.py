"""Errata of published editions: writing one, or noting that none is needed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.errata import publish_erratum, waive_erratum
from coordination.reporting.forms.errata import ErratumForm, WaiveForm
from coordination.reporting.models import Edition, Erratum
from coordination.reporting.models.errata import changed_since, errata_due
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require


def errata_shown(user: User, edition: Edition) -> dict[str, Any]:
    """What the page of an edition says of corrections: errata, what counts otherwise since, and whether one is due."""
    publishes = may(user, Permission.PUBLISH_EDITIONS, edition.template)
    return {
        "errata": list(Erratum.objects.published().filter(edition=edition).select_related("acting")),
        "otherwise": changed_since(user, edition),
        "writes_errata": publishes,
        "erratum_due": publishes and errata_due(user).filter(pk=edition.pk).exists(),
    }


def _edition(request: SignedIn, pk: int) -> Edition:
    require(request.user, Permission.VIEW_EDITIONS)
    found = get_object_or_404(Edition.objects.visible_to(request.user).named(), pk=pk)
    require(request.user, Permission.PUBLISH_EDITIONS, found.template)
    return found


@login_required
def new_erratum(request: SignedIn, pk: int) -> HttpResponse:
    """Write an erratum; the figures of the edition stay."""
    edition = _edition(request, pk)
    form = ErratumForm(request.POST if request.method == "POST" else None)
    if (done := _do(request, form, publish_erratum, edition, _("Published beside the edition."))) is not None:
        return done
    context = {"form": form, "edition": edition, "otherwise": changed_since(request.user, edition)}
    return render(request, "reporting/new_erratum.html", context, status=400 if form.errors else 200)


@login_required
def no_erratum(request: SignedIn, pk: int) -> HttpResponse:
    """Note that no erratum is needed."""
    edition = _edition(request, pk)
    form = WaiveForm(request.POST if request.method == "POST" else None)
    if (done := _do(request, form, waive_erratum, edition, _("Noted: no erratum is needed."))) is not None:
        return done
    context = {
        "form": form,
        "title": _("No erratum needed"),
        "text": _("Reports of this edition were corrected since. The note ends the reminder; readers see no erratum."),
        "deed": _("Note it"),
        "cancel_url": _back(edition),
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def _do(request: SignedIn, form: forms.Form, act: Any, edition: Edition, told: str) -> HttpResponse | None:
    """Do it with what was posted and go back; None where the form has to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        act(by=request.user, edition=edition, at=timezone.now(), **form.cleaned_data)
    except Problem as problem:
        tell(form, problem)
        return None
    messages.success(request, told)
    return redirect(_back(edition))


def _back(edition: Edition) -> str:
    return f"{reverse('reporting:edition', args=[edition.pk])}#errata"


urls: list[Any] = [
    path("editions/<int:pk>/errata/new/", new_erratum, name="new_erratum"),
    path("editions/<int:pk>/errata/none/", no_erratum, name="no_erratum"),
]
