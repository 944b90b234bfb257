"""Pages of hand-overs: the list, offering places, one hand-over with its answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.actions.handovers import (
    answer_handover,
    givers_for,
    may_offer,
    offer_handover,
    speaks_itself,
    withdraw_handover,
)
from directorates.consequences import Consequences, tried
from directorates.forms.handovers import AnswerForm, OfferForm
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Handover, Jurisdiction, User
from directorates.models.handovers import HandoverState
from directorates.permissions import Permission, Refused, may, open_to_members, require, rights_of
from directorates.views.borders import directorates


def handovers_listed(user: User) -> QuerySet[Handover]:
    """The hand-overs of before and now, for whoever has a role."""
    rows: QuerySet[Handover] = open_to_members(user, Handover.objects.named())
    return rows


@login_required
def handovers(request: SignedIn) -> HttpResponse:
    """What was offered, taken over and refused; open to everybody with a role."""
    if not rights_of(request.user).scopes:
        raise Refused(Permission.VIEW_FACILITIES)
    page, today = page_of(request, handovers_listed(request.user)), timezone.localdate()
    rows = [(one, one.state(today)) for one in page]
    context = {"page": page, "rows": rows, "givers": givers_for(request.user, directorates())}
    return render(request, "directorates/handovers.html", context)


@login_required
def offer(request: SignedIn, code: str) -> HttpResponse:
    """Offer places of a directorate to another one, after seeing what that brings about once it is taken."""
    giver = get_object_or_404(open_to_members(request.user, directorates()), code=code)
    if not may_offer(request.user, giver):
        raise Refused(Permission.HAND_OVER_PLACES, giver)
    form = OfferForm(request.POST or None, giver, Jurisdiction.objects.held_last_by(giver, timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        try:
            made = offer_handover(giver=giver, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Offered. Nothing changes before the other directorate has answered."))
            return redirect("directorates:handover", pk=made.pk)
    context = {"form": form, "giver": giver, "back": reverse("directorates:handovers")}
    return render(request, "directorates/handover_offer.html", context, status=400 if form.errors else 200)


def _answers(user: User, handover: Handover) -> bool:
    """Whether a person answers a hand-over now."""
    waits = handover.state(timezone.localdate()) is HandoverState.OPEN
    return waits and may(user, Permission.HAND_OVER_PLACES, handover.taker)


@login_required
def handover(request: SignedIn, pk: int) -> HttpResponse:
    """One hand-over: what is offered, what taking it brings about, and the answer."""
    held = get_object_or_404(handovers_listed(request.user), pk=pk)
    today, answers = timezone.localdate(), _answers(request.user, held)
    places = [part.place for part in held.parts.all()]
    form = AnswerForm(request.POST if request.method == "POST" else None, places)
    if request.method == "POST":
        require(request.user, Permission.HAND_OVER_PLACES, held.taker)
        if form.is_valid() and _answered(request, held, form):
            return redirect("directorates:handover", pk=pk)
    waits = held.state(today) is HandoverState.OPEN
    context = {
        "handover": held,
        "state": held.state(today),
        # An answer that came too late is told so, with what it said.
        "form": form if answers or form.errors else None,
        "found": _foreseen(request.user, held) if answers else None,
        "withdraws": waits and may_offer(request.user, held.giver),
        "mute": waits and not speaks_itself(held.giver),
    }
    return render(request, "directorates/handover.html", context, status=400 if form.errors else 200)


def _answered(request: SignedIn, handover: Handover, form: AnswerForm) -> bool:
    """Whether the answer was kept; where it was not, the form says why."""
    try:
        answer_handover(handover=handover, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Problem as problem:
        tell(form, problem)
        return False
    messages.success(request, _("Answered. What is expected and who reviews follow within a minute."))
    return True


def _foreseen(user: User, handover: Handover) -> Consequences | None:
    """What taking over everything would bring about; none where it cannot be taken over as it is."""
    places = [part.place for part in handover.parts.all()]
    try:
        return tried(
            lambda: answer_handover(handover=handover, places=places, by=user, at=timezone.now()), handover.first
        )
    except Problem:
        return None


@require_POST
@login_required
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take an offer back."""
    held = get_object_or_404(handovers_listed(request.user), pk=pk)
    try:
        withdraw_handover(handover=held, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Taken back."))
    return redirect("directorates:handover", pk=pk)


urls = [
    path("handovers/", handovers, name="handovers"),
    path("handovers/from/<slug:code>/", offer, name="offer_handover"),
    path("handovers/<int:pk>/", handover, name="handover"),
    path("handovers/<int:pk>/withdraw/", withdraw, name="withdraw_handover"),
]
