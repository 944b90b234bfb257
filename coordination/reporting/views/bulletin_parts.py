"""The page on which the layout of a draft is edited: parts added, changed, moved and taken out, with a preview below."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.reporting.actions.bulletin_parts import keep_part, move_part, remove_part
from coordination.reporting.forms.bulletins import PartForm, SeenForm
from coordination.reporting.models import Bulletin, BulletinPart
from coordination.reporting.models.bulletins import PartKind
from coordination.reporting.views.bulletins import found_bulletin
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require

# No number of a row has so many digits.
LONG = 19


def _draft(request: SignedIn, pk: int) -> Bulletin:
    """The bulletin, for whoever makes it."""
    found = found_bulletin(request, pk)
    require(request.user, Permission.PUBLISH_EDITIONS, found)
    return found


@login_required
def layout(request: SignedIn, pk: int) -> HttpResponse:
    """All parts in their order, each with its buttons; what is signed is only read."""
    found = _draft(request, pk)
    if not found.is_draft:
        return redirect("reporting:bulletin", pk=pk)
    parts = list(found.parts.select_related("template", "element", "indicator"))
    context = {"bulletin": found, "parts": parts, "kinds": PartKind.choices}
    return render(request, "reporting/bulletin_layout.html", context)


@require_POST
@login_required
def deed(request: SignedIn, pk: int) -> HttpResponse:
    """Do what a button of the layout says."""
    found = _draft(request, pk)
    name, _colon, key = request.POST.get("deed", "").partition(":")
    form = SeenForm(request.POST)
    part = found.parts.filter(pk=key).first() if key.isdecimal() and len(key) < LONG else None
    if part is None or not form.is_valid() or name not in ("up", "down", "remove"):
        messages.error(request, _("This page was out of date. Look at the layout again."))
        return redirect("reporting:bulletin_layout", pk=pk)
    given: dict[str, Any] = {"part": part, "seen": form.cleaned_data["seen"], "by": request.user, "at": timezone.now()}
    try:
        remove_part(**given) if name == "remove" else move_part(**given, down=name == "down")
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return redirect("reporting:bulletin_layout", pk=pk)


@login_required
def part(request: SignedIn, pk: int, kind: str, part_pk: int | None = None) -> HttpResponse:
    """Write a new part of a kind, or change one."""
    found = _draft(request, pk)
    held = _part(found, kind, part_pk)
    form = PartForm(request.POST or None, found, kind, held)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"wish": form.wish, "seen": form.cleaned_data["seen"], "by": request.user}
        try:
            keep_part(bulletin=found, part=held, at=timezone.now(), **given)
        except Problem as problem:
            tell(form, problem)
        else:
            return redirect("reporting:bulletin_layout", pk=pk)
    context = {"form": form, "bulletin": found, "kind": PartKind(kind), "part": held}
    return render(request, "reporting/bulletin_part.html", context, status=400 if form.errors else 200)


def _part(found: Bulletin, kind: str, pk: int | None) -> BulletinPart | None:
    """The part that is changed, None for a new one; 404 where there is none of the kind."""
    if kind not in PartKind.values or not found.is_draft:
        raise Http404
    if pk is None:
        return None
    held = found.parts.select_related("template", "element", "indicator").filter(pk=pk, kind=kind).first()
    if held is None:
        raise Http404
    return held


urls: list[Any] = [
    path("bulletins/<int:pk>/layout/", layout, name="bulletin_layout"),
    path("bulletins/<int:pk>/layout/deed/", deed, name="bulletin_deed"),
    path("bulletins/<int:pk>/layout/<slug:kind>/", part, name="bulletin_part_new"),
    path("bulletins/<int:pk>/layout/<slug:kind>/<int:part_pk>/", part, name="bulletin_part"),
]
