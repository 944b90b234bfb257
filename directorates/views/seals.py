"""Seals of directorates: the list, sealing, confirming, lifting."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from directorates.actions import seals as actions
from directorates.forms.seals import ReasonForm, SealForm
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import DirectorateSeal, User
from directorates.permissions import Permission, Refused, may, open_to_members


def _demand_sealer(request: SignedIn) -> None:
    if not may(request.user, Permission.SEAL_DIRECTORATES):
        raise Refused(Permission.SEAL_DIRECTORATES)


def seals_listed(user: User) -> QuerySet[DirectorateSeal]:
    """The seals of before and now, for whoever has a role."""
    return open_to_members(user, DirectorateSeal.objects.named())


def reasons_told(user: User) -> bool:
    """Whether a person reads why a directorate was sealed: those who ask, confirm and lift; others read that it is."""
    return may(user, Permission.SEAL_DIRECTORATES)


@never_cache
@login_required
def seals(request: SignedIn) -> HttpResponse:
    """Which directorates are sealed, were, or are to be; open to everybody with a role."""
    page = page_of(request, seals_listed(request.user))
    now = timezone.now()
    rows = [(seal, actions.deeds_open(request.user, seal, now)) for seal in page]
    manages = may(request.user, Permission.SEAL_DIRECTORATES)
    context = {"page": page, "rows": rows, "manages": manages, "reasons": reasons_told(request.user)}
    return render(request, "directorates/seals.html", context)


@never_cache
@login_required
def seal(request: SignedIn) -> HttpResponse:
    """Seal a directorate, or ask for it, after saying what that does."""
    _demand_sealer(request)
    form = SealForm(request.POST or None, actions.can_be_sealed(), request.user.acting_id)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.seal(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell_all(form, problem)
        else:
            messages.success(
                request,
                _("The directorate is sealed.")
                if made.closes
                else _("Asked for. Somebody of another organisation confirms it."),
            )
            return redirect("directorates:seals")
    acting = request.user.acting
    context = {
        "form": form,
        "alone": acting is not None and actions.seals_alone(request.user, acting),
        "acting": acting,
        "cancel_url": reverse("directorates:seals"),
    }
    return render(request, "directorates/seal.html", context, status=400 if form.errors else 200)


def tell_all(form: Any, problem: Problem) -> None:
    """Show a problem in the form, also where it names no field."""
    tell(form, problem)
    if not problem.errors:
        form.add_error(None, str(problem.detail))


def _confirmed(request: SignedIn, pk: int, deed: Callable[..., DirectorateSeal], page: str, told: str) -> HttpResponse:
    """A page that says what follows, and the deed once it is confirmed."""
    _demand_sealer(request)
    found = get_object_or_404(
        DirectorateSeal.objects.select_related("organisation", "asked_as", "lift_asked_as"), pk=pk
    )
    if request.method == "POST":
        try:
            deed(by=request.user, seal=found, at=timezone.now())
        except Problem as problem:
            messages.error(request, str(problem.detail))
        else:
            messages.success(request, told)
        return redirect("directorates:seals")
    context = {"seal": found, "cancel_url": reverse("directorates:seals")}
    return render(request, page, context)


@never_cache
@login_required
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm that a directorate be sealed."""
    return _confirmed(
        request, pk, actions.confirm_seal, "directorates/seal_confirm.html", _("The directorate is sealed.")
    )


@never_cache
@login_required
def unseal(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm that a seal be lifted."""
    return _confirmed(request, pk, actions.unseal, "directorates/unseal_confirm.html", _("The seal is lifted."))


@require_POST
@login_required
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take back what one's own organisation asked for."""
    return _confirmed(request, pk, actions.withdraw_seal, "", _("Taken back."))


@never_cache
@login_required
def ask_unseal(request: SignedIn, pk: int) -> HttpResponse:
    """Ask that a seal be lifted, with a reason."""
    _demand_sealer(request)
    found = get_object_or_404(DirectorateSeal.objects.closing().select_related("organisation"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_unseal(by=request.user, seal=found, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell_all(form, problem)
        else:
            messages.success(request, _("Asked for. Somebody of another organisation confirms it."))
            return redirect("directorates:seals")
    context = {"seal": found, "form": form, "cancel_url": reverse("directorates:seals")}
    return render(request, "directorates/unseal.html", context, status=400 if form.errors else 200)
