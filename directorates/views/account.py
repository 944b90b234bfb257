"""One's own account: name, language, memberships, keys for programs."""

import datetime

from allauth.account.views import logout
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directorates.actions.deputies import DEPUTISED
from directorates.actions.people import describe_oneself
from directorates.actions.tokens import end_token, make_token
from directorates.forms.account import KeyForm, ProfileForm
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.models.deputies import stood_in
from directorates.roles import ROLES, Role
from directorates.second_factor import FACTORS, has_shown_factor, needs_second_factor
from directorates.sessions import sessions_of

# Where a key waits in the session between making it and showing it, once.
NEW_KEY = "new_key"


def described(user: User) -> dict[str, str]:
    """What a person says about oneself, as the form asks for it."""
    return {"name": user.name, "language": user.language or "browser", "zone": user.zone}


def _page(request: SignedIn, *, profile: ProfileForm | None = None, key: KeyForm | None = None) -> HttpResponse:
    """The account page, with a form that came back or fresh ones."""
    user: User = request.user
    memberships = list(user.memberships.select_related("organisation").prefetch_related("places").order_by("-valid"))
    today = timezone.localdate()
    context = {
        "profile": profile or ProfileForm(initial=described(user)),
        "key_form": key or KeyForm(person=user),
        "keys": user.access_tokens.select_related("organisation"),
        "new_key": request.session.pop(NEW_KEY, None),
        "roles": [(m, ROLES[Role(m.role)].sentence, m.last_day is None or m.last_day >= today) for m in memberships],
        "deputised": DEPUTISED,
        "stood_in": stood_in(user, today),
        "now": timezone.now(),
        "sessions": sessions_of(request),
        "factors": Authenticator.objects.filter(user=user, type__in=FACTORS).count(),
        "needs_factor": needs_second_factor(user),
    }
    return render(request, "directorates/account.html", context)


@never_cache
@login_required
def account(request: SignedIn) -> HttpResponse:
    """Look at one's account; change name, language and time zone."""
    form = ProfileForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return _page(request, profile=form)
    describe_oneself(by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("account")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out as allauth does; the browser then forgets every page, draft and cookie of the portal."""
    was_signed_in = request.user.is_authenticated
    response: HttpResponse = logout(request)
    if was_signed_in and request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@login_required
def to_account(request: SignedIn) -> HttpResponse:
    """What else would be a page of its own stands on the account page."""
    return redirect("account")


@require_safe
@login_required
def email(request: SignedIn) -> HttpResponse:
    """Read the e-mail of the account, by which invitations and the record know a person; nobody changes it alone."""
    return render(request, "account/email.html")


@require_POST
@login_required
def make_key(request: SignedIn) -> HttpResponse:
    """Make a named key; the next page shows it, once."""
    form = KeyForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, key=form)
    asked, now = form.cleaned_data, timezone.now()
    expires = now + datetime.timedelta(days=asked.pop("days"))
    try:
        secret = make_token(by=request.user, at=now, expires=expires, with_factor=has_shown_factor(request), **asked)[1]
    except Problem as problem:
        tell(form, problem)
        return _page(request, key=form)
    request.session[NEW_KEY] = secret
    return redirect("account")


@login_required
def end_key(request: SignedIn, key: str) -> HttpResponse:
    """End one of one's own keys, after a question."""
    token = get_object_or_404(request.user.access_tokens, token_key=key)
    if request.method == "POST":
        end_token(by=request.user, token=token)
        messages.success(request, _("The key has ended. Programs that used it are refused from now on."))
        return redirect("account")
    return render(request, "directorates/end_key.html", {"token": token})
