"""Pages of ballots: open one, vote, read what came of it with its arithmetic, call it off."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, may, require
from policies.actions.ballots import call_off_ballot, open_ballot, vote
from policies.forms.ballots import BallotForm, CallOffForm, VoteForm
from policies.models import Ballot, Concern, Elector
from policies.models.ballots import CHOICES, tally_of
from policies.models.body_members import members_on, outside_on
from policies.rules.ballots import Choice, Majority
from policies.views.versions import conflict_or_tell, version_of


@login_required
def new_ballot(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Put a version to the vote."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = BallotForm(request.POST or None, held)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_ballot(version=held, by=request.user, at=timezone.now(), **form.said)
        except Problem as problem:
            if (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(request, _("The ballot is open. The directorates that vote are told."))
            return redirect("policies:ballot", code=code, number=number, pk=made.pk)
    context = {
        "title": _("Put version %(number)s to the vote") % {"number": held.number},
        "text": _(
            "Each directorate that acts and is a member of the body today has one vote. Text, majority and quorum never change "
            "from now on."
        ),
        "inside": members_on(timezone.localdate()),
        "outside": outside_on(timezone.localdate()),
        "keeps": may(request.user, Permission.MANAGE_ORGANISATIONS),
        "deed": _("Open the ballot"),
        "cancel_url": reverse("policies:version", args=[code, number]),
        "form": form,
    }
    return render(request, "policies/new_ballot.html", context, status=400 if form.errors else 200)


def _found(request: SignedIn, code: str, number: int, pk: int) -> Ballot:
    """A ballot that the reader sees."""
    rows = Ballot.objects.visible_to(request.user).filter(version__policy__code=code, version__number=number)
    return get_object_or_404(rows.select_related("version__policy__owner"), pk=pk)


@login_required
def ballot(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """A ballot: its rules, who votes, what came of it, and the vote of the organisation acted for."""
    return _page(request, _found(request, code, number, pk), None)


def _page(request: SignedIn, held: Ballot, form: VoteForm | None) -> HttpResponse:
    """The page of a ballot; `form` is a vote that could not be kept."""
    now = timezone.now()
    electors = list(held.electors.with_vote())
    own = next((one for one in electors if one.organisation_id == request.user.acting_id), None)
    votes = held.takes_votes(now) and own is not None and may(request.user, Permission.VOTE_ON_POLICIES, own)
    shown = form or (VoteForm(initial=_standing(own)) if votes and own is not None else None)
    tally = tally_of(held) if held.closed and not held.called_off_why else None
    concerns = Concern.objects.visible_to(request.user).until(held.version).unsettled()
    context: dict[str, Any] = {
        "ballot": held,
        "version": held.version,
        "policy": held.version.policy,
        "electors": [(one, CHOICES[Choice(one.choice)] if one.choice else "") for one in electors],
        "own": own,
        "form": shown,
        "failed": form,
        "open": held.takes_votes(now),
        "tally": tally,
        "needed": tally.needed(held.quorum) if tally else None,
        "needed_for": tally.needed_for(Majority(held.majority)) if tally else None,
        "concerns": list(concerns.select_related("organisation", "section", "version")),
        "manages": may(request.user, Permission.MANAGE_POLICIES, held),
    }
    return render(request, "policies/ballot.html", context, status=400 if form else 200)


def _standing(own: Any) -> dict[str, str]:
    """The vote as it stands, so that another one begins with it."""
    return {"choice": own.choice, "reservation": own.reservation} if own.choice else {}


@require_POST
@login_required
def give_vote(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """Vote, or vote otherwise."""
    held = _found(request, code, number, pk)
    require(request.user, Permission.VOTE_ON_POLICIES, Elector(organisation_id=request.user.acting_id or 0))
    form = VoteForm(request.POST)
    if form.is_valid():
        try:
            vote(ballot=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Your vote is kept. You can change it until the ballot closes."))
            return redirect("policies:ballot", code=code, number=number, pk=pk)
    return _page(request, held, form)


@login_required
def call_off(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """End a ballot without counting it."""
    held = _found(request, code, number, pk)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = CallOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            call_off_ballot(ballot=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The ballot is called off. Those who vote are told."))
            return redirect("policies:ballot", code=code, number=number, pk=pk)
    context = {
        "title": _("Call off the ballot"),
        "text": _("Votes are not counted. The version stays proposed: another ballot can be opened on it."),
        "deed": _("Call off the ballot"),
        "cancel_url": reverse("policies:ballot", args=[code, number, pk]),
        "form": form,
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


urls = [
    path("<slug:code>/<int:number>/ballots/new/", new_ballot, name="new_ballot"),
    path("<slug:code>/<int:number>/ballots/<int:pk>/", ballot, name="ballot"),
    path("<slug:code>/<int:number>/ballots/<int:pk>/vote/", give_vote, name="vote"),
    path("<slug:code>/<int:number>/ballots/<int:pk>/call-off/", call_off, name="call_off_ballot"),
]
