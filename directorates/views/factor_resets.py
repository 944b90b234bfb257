"""A lost second factor: someone who manages the person asks, a second person confirms or refuses."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.actions.factor_resets import (
    ask_reset,
    asked_about_by,
    confirm_reset,
    refuse_reset,
    waiting_for,
)
from directorates.actions.people import organisations_managed_by
from directorates.forms.people import EmailForm, ReasonForm
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import Membership, User
from directorates.permissions import Permission, Refused, may


def _demand_manager(request: SignedIn) -> None:
    """Refuse whoever manages nobody's people."""
    if not (may(request.user, Permission.MANAGE_PEOPLE) or may(request.user, Permission.MANAGE_ORGANISATIONS)):
        raise Refused(Permission.MANAGE_PEOPLE)


def _page_of(request: SignedIn, person: User) -> str:
    """The person's page where one manages the person, else that of people."""
    mine = Membership.objects.filter(person=person, organisation__in=organisations_managed_by(request.user))
    return reverse("directorates:person", args=[person.pk]) if mine.exists() else reverse("directorates:people")


@login_required
def ask(request: SignedIn, pk: int) -> HttpResponse:
    """Ask that a factor be taken away, with a reason."""
    person = get_object_or_404(User.objects.filter(pk__in=asked_about_by(request.user).values("person")), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_reset(person=person, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("It is asked. A second person confirms it on the page of people."))
            return redirect(_page_of(request, person))
    return render(
        request,
        "directorates/ask_factor_reset.html",
        {"person": person, "form": form, "back": _page_of(request, person)},
    )


@require_POST
@login_required
def find(request: SignedIn) -> HttpResponse:
    """Lead to the question about whoever has an e-mail address: of other organisations there is no list here."""
    _demand_manager(request)
    form = EmailForm(request.POST)
    people = User.objects.filter(pk__in=asked_about_by(request.user).values("person")).exclude(pk=request.user.pk)
    person = people.filter(email=form.cleaned_data["email"].lower()).first() if form.is_valid() else None
    if person is None:
        messages.error(request, _("Nobody whom you may ask about has this e-mail address."))
        return redirect("directorates:people")
    return redirect("directorates:ask_factor_reset", pk=person.pk)


@login_required
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm or refuse as a second person."""
    reset = get_object_or_404(waiting_for(request.user), pk=pk)
    if request.method != "POST":
        return render(request, "directorates/decide_factor_reset.html", {"reset": reset})
    decision = request.POST.get("decision")
    if decision not in {"confirm", "refuse"}:
        return HttpResponseBadRequest()
    confirmed = decision == "confirm"
    try:
        (confirm_reset if confirmed else refuse_reset)(reset=reset, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        done = _(
            "The second step is taken away; all sessions and keys of the person have ended, and a letter tells why."
        )
        messages.success(request, done if confirmed else _("Refused. The second step stays as it is."))
    return redirect("directorates:people")
