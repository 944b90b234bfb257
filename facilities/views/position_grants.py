"""Pages of grants of exact positions: mine and those to approve, asking, one grant, reading, past readings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, may, require
from directorates.second_factor import asked_for
from facilities.actions.position_grants import approve_grant, ask_for_positions, end_grant
from facilities.actions.position_readings import read_position
from facilities.forms.position_grants import AskForm, EndForm, ReadingForm
from facilities.models import Facility, PositionGrant, PositionReading
from facilities.models.position_grants import GrantState
from facilities.rules.positions import in_degrees
from facilities.views.positions import standing_facility

# Whoever has none of these has nothing to do with grants.
CONCERNED = (Permission.READ_POSITIONS, Permission.KEEP_POSITIONS, Permission.APPROVE_POSITIONS)
# To whoever has one of these, past readings are open.
OVERSEEING = (Permission.KEEP_POSITIONS, Permission.APPROVE_POSITIONS)
MOST_FACILITIES = 200
# How often recipient and time stand across the position, so that no part of a picture is without them.
WATERMARKS = 18


def _demand_any(user: User, permissions: tuple[Permission, ...]) -> None:
    """Refuse whoever has none of some rights."""
    if not any(may(user, permission) for permission in permissions):
        raise Refused(permissions[0])


def grants_listed(user: User) -> QuerySet[PositionGrant]:
    """The grants that a person may see, the newest first."""
    _demand_any(user, CONCERNED)
    return PositionGrant.objects.visible_to(user).named()


def readings_listed(user: User) -> QuerySet[PositionReading]:
    """Past readings in the places whose positions a person keeps or approves for, the newest first."""
    _demand_any(user, OVERSEEING)
    return PositionReading.objects.overseen_by(user).named()


def _grant(request: SignedIn, pk: int) -> PositionGrant:
    """The grant, if the reader may see it."""
    return get_object_or_404(PositionGrant.objects.visible_to(request.user).named(), pk=pk)


@login_required
def grants(request: SignedIn) -> HttpResponse:
    """The grants that the reader may see, the newest first; what waits for the reader's approval above them."""
    page, today = page_of(request, grants_listed(request.user)), timezone.localdate()
    context = {
        "page": page,
        "rows": [(one, one.state(today)) for one in page],
        "waiting": PositionGrant.objects.to_approve(request.user, today).named(),
        "oversees": any(may(request.user, permission) for permission in OVERSEEING),
    }
    return render(request, "facilities/position_grants.html", context)


@login_required
def ask(request: SignedIn, code: str) -> HttpResponse:
    """Ask to read an exact position."""
    facility = standing_facility(request, code)
    require(request.user, Permission.READ_POSITIONS, facility)
    form = AskForm(request.POST or None, facility=facility)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_for_positions(
                facility=facility,
                place=form.place,
                only_me=form.cleaned_data["recipient"] == "me",
                purpose=form.cleaned_data["purpose"],
                until=form.cleaned_data["until"],
                by=request.user,
                at=timezone.now(),
            )
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("It is asked for. Two people of two organisations have to approve it."))
            return redirect("facilities:position_grant", pk=made.pk)
    return render(request, "facilities/position_ask.html", {"facility": facility, "form": form})


@login_required
def grant(request: SignedIn, pk: int) -> HttpResponse:
    """One grant: who asked for what, who approved, its readings; and what the reader can do."""
    found, today = _grant(request, pk), timezone.localdate()
    state = found.state(today)
    open_to_me = PositionGrant.objects.standing(today).to(request.user).filter(pk=pk).exists()
    runs = state in {GrantState.ASKED, GrantState.GRANTED}
    oversees = may(request.user, Permission.APPROVE_POSITIONS, found)
    context = {
        "grant": found,
        "state": state,
        "approves": PositionGrant.objects.to_approve(request.user, today).filter(pk=pk).exists(),
        "ends": runs and (oversees or _is_mine(request.user, found)),
        "facilities": _facilities(request.user, found) if open_to_me else [],
        "readings": found.readings.named()[:MOST_FACILITIES],
    }
    return render(request, "facilities/position_grant.html", context)


def _is_mine(user: User, found: PositionGrant) -> bool:
    """Whether the reader asked for a grant."""
    return found.organisation_id == user.acting_id and user.pk in {found.by_id, found.person_id}


def _facilities(user: User, found: PositionGrant) -> list[Facility]:
    """The facilities that a grant is about, to be read one by one."""
    if found.facility is not None:
        return [found.facility]
    rows = Facility.objects.visible_to(user).standing().filter(place__path__startswith=found.path)
    return list(rows.order_by("code")[:MOST_FACILITIES])


@require_POST
@login_required
def approve(request: SignedIn, pk: int) -> HttpResponse:
    """Approve a grant."""
    found = _grant(request, pk)
    try:
        fresh = approve_grant(grant=found, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        words = (
            _("Both approvals are given.") if fresh.approved else _("Your approval is given; another one is needed.")
        )
        messages.success(request, words)
    return redirect("facilities:position_grant", pk=pk)


@login_required
def end(request: SignedIn, pk: int) -> HttpResponse:
    """Refuse, revoke or give back a grant."""
    found = _grant(request, pk)
    form = EndForm(request.POST or None)
    # Whoever gives it back needs no reason; whoever refuses or revokes it does.
    form.fields["reason"].required = may(request.user, Permission.APPROVE_POSITIONS, found)
    if request.method == "POST" and form.is_valid():
        try:
            end_grant(grant=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The grant has ended; it opens nothing any more."))
            return redirect("facilities:position_grant", pk=pk)
    context = {
        "title": _("End the grant"),
        "text": _("From this moment nobody reads anything by it. What was read stays in the record."),
        "deed": _("End it"),
        "cancel_url": reverse("facilities:position_grant", args=[pk]),
        "form": form,
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context)


@never_cache
@login_required
def read(request: SignedIn, pk: int, code: str) -> HttpResponse:
    """Ask why, then show where one facility stands, once: the answer is kept nowhere, and asking again is another reading."""
    found, facility = _grant(request, pk), standing_facility(request, code)
    if not found.covers(facility):
        raise Http404
    if not PositionGrant.objects.to(request.user).filter(pk=pk).exists():
        raise Refused(Permission.READ_POSITIONS, facility)
    if (first := asked_for(request)) is not None:
        return first
    form = ReadingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reading, where = read_position(
                grant=found, facility=facility, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Problem as problem:
            if problem.status != 400:
                raise
            tell(form, problem)
        else:
            return _shown(request, reading, in_degrees(where))
    return render(request, "facilities/position_read.html", {"grant": found, "facility": facility, "form": form})


def _shown(request: SignedIn, reading: PositionReading, degrees: tuple[str, str]) -> HttpResponse:
    """The page with the position, and over it who got it and when."""
    context: dict[str, Any] = {"reading": reading, "facility": reading.facility, "watermark": range(WATERMARKS)}
    context |= dict(zip(("north", "east"), degrees, strict=True))
    return render(request, "facilities/position_shown.html", context)


@login_required
def readings(request: SignedIn) -> HttpResponse:
    """Past readings in the places whose positions the reader keeps or approves for, the newest first."""
    return render(
        request, "facilities/position_readings.html", {"page": page_of(request, readings_listed(request.user))}
    )


urls = [
    path("positions/", grants, name="position_grants"),
    path("positions/readings/", readings, name="position_readings"),
    path("positions/<int:pk>/", grant, name="position_grant"),
    path("positions/<int:pk>/approve/", approve, name="position_approve"),
    path("positions/<int:pk>/end/", end, name="position_end"),
    path("positions/<int:pk>/read/<slug:code>/", read, name="position_read"),
    path("<slug:code>/position/ask/", ask, name="position_ask"),
]
