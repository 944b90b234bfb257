"""Accepting an invitation, and ending one."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directorates.actions.people import (
    accept_invitation,
    invitation_of,
    invitation_opened,
    organisations_invited_to_by,
    withdraw_invitation,
)
from directorates.forms.people import JoinForm
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import Invitation, User
from directorates.roles import ROLES, Role

# The invitation whose link was opened in this browser: its secret stays in no address, history or log.
OPENED = "invitation"


@never_cache
@require_safe
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Open the link of an invitation: keep which it is and lead away from the secret at once."""
    found = invitation_of(secret)
    if found is None:
        raise Http404
    if found.accepted_at is not None or found.expires <= timezone.now():
        return _ended(request, found)
    request.session[OPENED] = found.pk
    response = redirect("directorates:join")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
def accept(request: HttpRequest) -> HttpResponse:
    """Accept the invitation that was opened: someone new gives name and password, someone known signs in and agrees."""
    opened = request.session.get(OPENED)
    found = invitation_opened(opened) if opened else None
    if found is None:
        messages.info(request, _("Open the link of the invitation's letter once more."))
        return redirect("home")
    if found.accepted_at is not None or found.expires <= timezone.now():
        return _ended(request, found)
    if found.waits:
        return render(request, "directorates/invitation_waits.html", _about(found))
    if User.objects.filter(email=found.email).exists():
        return _known(request, found)
    return _new(request, found)


def _ended(request: HttpRequest, found: Invitation) -> HttpResponse:
    """The link was used or has expired."""
    return render(request, "directorates/invitation_ended.html", {"invitation": found}, status=410)


def _known(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Whoever has an account proves it by being signed in: the link alone adds nothing to someone's account."""
    same = request.user.is_authenticated and request.user.email == found.email
    if same and request.method == "POST":
        try:
            accept_invitation(invitation=found, name="", password="", at=timezone.now())
        except Problem as problem:
            messages.error(request, str(problem.detail))
        return redirect("home")
    return render(request, "directorates/invitation_known.html", _about(found) | {"same": same})


def _new(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Someone new is asked for name and password, and is signed in with them."""
    form = JoinForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            person = accept_invitation(
                invitation=found, name=asked["name"], password=asked["password"], at=timezone.now()
            )
        except Problem as problem:
            tell(form, problem)
        else:
            get_adapter().login(request, person)
            return redirect("home")
    return render(request, "directorates/invitation.html", _about(found) | {"form": form})


def _about(found: Invitation) -> dict[str, object]:
    """What the page says of an invitation."""
    return {"invitation": found, "sentence": ROLES[Role(found.role)].sentence, "places": list(found.places.all())}


@login_required
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """End an invitation before it is accepted, after a question."""
    mine = Invitation.objects.filter(organisation__in=organisations_invited_to_by(request.user))
    found = get_object_or_404(mine.select_related("organisation", "person"), pk=pk)
    if request.method == "POST":
        try:
            withdraw_invitation(invitation=found, by=request.user, at=timezone.now())
            messages.success(request, _("The invitation has ended. It opens nothing any more."))
        except Problem as problem:
            messages.error(request, str(problem.detail))
        return redirect("directorates:people")
    return render(request, "directorates/withdraw_invitation.html", {"invitation": found})
