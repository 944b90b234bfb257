"""Pages of borders: who is competent where on a day, deciding it, ending it, and whether an organisation acts.

Every deed is looked at before it is done: the page tells what it would bring about, and does it once that was seen.
"""

import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from directorates.actions.handovers import givers_for
from directorates.actions.jurisdictions import decide, end
from directorates.actions.organisations import dissolve, resume, suspend
from directorates.consequences import Consequences, done_as_seen, facilities_in
from directorates.forms.borders import BordersFilter, DecideForm, EndForm, StateForm
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Handover, Jurisdiction, JurisdictionDecision, Organisation, User
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.permissions import Permission, Refused, may, open_to_members, require, rights_of

CHANGES = {
    OrganisationStatus.SUSPENDED: suspend,
    OrganisationStatus.ACTIVE: resume,
    OrganisationStatus.DISSOLVED: dissolve,
}


@dataclass(frozen=True)
class Hole:
    """A sub-district that nobody is competent for, the last who was, and the facilities that work there."""

    last: Jurisdiction
    facilities: int


def directorates() -> QuerySet[Organisation]:
    """Whoever can be competent: directorates, and whatever other organisation was given a jurisdiction."""
    given = Jurisdiction.objects.filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(Q(kind=Kind.DIRECTORATE) | Exists(given)).order_by("code")


def borders_listed(user: User, asked: QueryDict) -> tuple[BordersFilter, QuerySet[JurisdictionDecision]]:
    """The filters, and the decisions that hold on the day somewhere, with how many of their sub-districts they hold."""
    form = BordersFilter(asked, directorates=directorates())
    rows = form.narrow(open_to_members(user, JurisdictionDecision.objects.all()))
    rows = rows.select_related("organisation", "place").annotate(held=Count("parts", distinct=True))
    return form, rows.order_by("organisation__code", "place__path", "pk")


def holes_on(user: User, day: datetime.date) -> list[Hole]:
    """Where nobody is competent on a day, and somebody was before: facilities that work there first.

    Whoever is not told in which sub-district a facility lies is told of no number of them, nor by the order.
    """
    rights = rights_of(user)
    if not rights.scopes:
        return []
    held = Jurisdiction.objects.held_before(day)
    counts = facilities_in(held) if rights.everywhere(Permission.VIEW_SUBDISTRICTS) else {}
    found = [Hole(row, counts.get(place, 0)) for place, row in held.items()]
    return sorted(found, key=lambda one: (-one.facilities, one.last.place.path))


@login_required
def borders(request: SignedIn) -> HttpResponse:
    """Who is competent where on a day, where nobody is, and who acts."""
    _demand_role(request)
    form, rows = borders_listed(request.user, request.GET)
    page, day = page_of(request, rows), form.chosen()
    bodies = list(directorates())
    context = {
        "form": form,
        "day": day,
        "page": page,
        "holes": holes_on(request.user, day),
        "bodies": bodies,
        "manages": may(request.user, Permission.MANAGE_ORGANISATIONS),
        "givers": givers_for(request.user, bodies),
        "open": Handover.objects.open(timezone.localdate()).count(),
    }
    return render(request, "directorates/borders.html", context)


def _demand_role(request: SignedIn) -> None:
    """Who is competent where is told to everybody with a role."""
    if not rights_of(request.user).scopes:
        raise Refused(Permission.VIEW_FACILITIES)


@dataclass(frozen=True)
class Deed:
    """What a page is about: its words, the deed, the day from which it holds, and where it leads."""

    title: str
    words: str
    told: str
    do: Callable[[dict[str, Any]], object]
    day: Callable[[dict[str, Any]], datetime.date]
    back: str
    danger: bool = False
    subtitle: str = ""


def changed(request: SignedIn, form: forms.Form, deed: Deed) -> HttpResponse:
    """The page of a deed: asked, then shown with what follows, then done; and shown again where it would do another thing."""
    found, seen, status = None, "", 200
    if request.method == "POST" and form.is_valid():
        try:
            found, seen = _weighed(request, form, deed)
        except Problem as problem:
            tell(form, problem)
    if found is not None and "do" in request.POST:
        if seen == request.POST.get("seen"):
            messages.success(request, deed.told)
            return redirect(deed.back)
        messages.warning(request, _("Nothing was done yet: this is not what was shown before. It is shown anew below."))
        status = 409
    context = {"form": form, "deed": deed, "found": found, "seen": seen}
    return render(request, "directorates/border_deed.html", context, status=400 if form.errors else status)


def _weighed(request: SignedIn, form: forms.Form, deed: Deed) -> tuple[Consequences, str]:
    """What the deed brings about, and by which that and the values are known again; done where just that was seen."""
    asked = form.cleaned_data
    values = {name: request.POST.getlist(name) for name in form.fields}

    def key(found: Consequences) -> str:
        return hashlib.sha256(json.dumps([values, found.digest]).encode()).hexdigest()

    found = done_as_seen(
        lambda: deed.do(asked),
        deed.day(asked),
        lambda found: "do" in request.POST and request.POST.get("seen") == key(found),
    )
    return found, key(found)


@login_required
def decide_border(request: SignedIn) -> HttpResponse:
    """Decide that a directorate is competent for a place from a day on."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    deed = Deed(
        _("Decide who is competent"),
        pgettext("borders", "Decide"),
        _("Decided. What is expected and who reviews follow within a minute."),
        lambda asked: decide(by=request.user, at=timezone.now(), **asked),
        lambda asked: asked["first"],
        reverse("directorates:borders"),
    )
    return changed(request, DecideForm(request.POST or None), deed)


@login_required
def end_border(request: SignedIn, pk: int) -> HttpResponse:
    """End a competence with a day, everywhere or in some of its sub-districts."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    held = get_object_or_404(JurisdictionDecision.objects.select_related("organisation", "place"), pk=pk)
    deed = Deed(
        _("End a jurisdiction"),
        _("End it"),
        _("Ended. What is expected and who reviews follow within a minute."),
        lambda asked: end(decision=held, by=request.user, at=timezone.now(), **asked),
        lambda asked: asked["last"] + datetime.timedelta(days=1),
        reverse("directorates:borders"),
        danger=True,
        subtitle=f"{held.organisation.name} · {held.place.name}",
    )
    return changed(request, EndForm(request.POST or None, held, timezone.localdate()), deed)


@login_required
def organisation_state(request: SignedIn, code: str) -> HttpResponse:
    """Suspend a directorate, let it act again, or dissolve it."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    held = get_object_or_404(directorates(), code=code)

    def do(asked: dict[str, Any]) -> None:
        change = CHANGES[OrganisationStatus(asked["status"])]
        change(organisation=held, since=asked["since"], reason=asked["reason"], by=request.user, at=timezone.now())

    deed = Deed(
        _("Whether an organisation acts"),
        _("Save"),
        _("Kept. Who reviews follows within a minute."),
        do,
        lambda asked: asked["since"],
        reverse("directorates:borders"),
        danger=True,
        subtitle=f"{held.name} · {held.get_status_display()}",
    )
    return changed(request, StateForm(request.POST or None, held), deed)


urls = [
    path("borders/", borders, name="borders"),
    path("borders/decide/", decide_border, name="decide_border"),
    path("borders/<int:pk>/end/", end_border, name="end_border"),
    path("borders/organisations/<slug:code>/", organisation_state, name="organisation_state"),
]
