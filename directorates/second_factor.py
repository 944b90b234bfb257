"""The second factor: who needs one, whether this session has shown one, and the one place that asks.

`roles.py` names the permissions that need it. Who holds one of them in the organisation acted for reaches, without a
factor, nothing but the account, the pages that set a factor up, and signing out; a key of the API that was made without
one reaches nothing. Whoever was invented for the demonstration is exempt, only where the demonstration is allowed.
"""

import base64
import hashlib
import logging
import secrets
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.accounts import is_invented
from directorates.actions.sessions import end_other_sessions
from directorates.audit import record, record_failed_sign_in
from directorates.foundation.notices import Told, notify
from directorates.models import User
from directorates.permissions import rights_of
from directorates.roles import asks_for_second_factor

logger = logging.getLogger(__name__)

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What is open to whoever still has to set up a factor.
OPEN_WITHOUT = frozenset(
    {
        "account",
        "set_language",
        "act_as",
        "account_logout",
        "account_reauthenticate",
        "account_email",
        "account_change_password",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "directorates:end_session",
        "directorates:end_other_sessions",
        "directorates:end_key",
        "directorates:invitation",
        "directorates:join",
    }
)


def needs_second_factor(user: User) -> bool:
    """Whether the person may do, as the organisation acted for, something that needs a second factor."""
    if is_invented(user):
        return False
    return user.is_staff or any(
        asks_for_second_factor(scope.permission, own=scope.organisation is not None) for scope in rights_of(user).scopes
    )


def has_factor(user: User) -> bool:
    """Whether a second factor is set up."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether the second factor was shown, or set up, in this session."""
    user = request.user
    return isinstance(user, User) and any(r["method"] == "mfa" for r in get_authentication_records(request, user))


def note_shown(session: SessionBase, user: User) -> None:
    """Have a session that no page began say that a factor was shown in it: drills and tests."""
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": 0}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.save()


def code_is_right(user: User, code: str) -> bool:
    """Whether a code is the app's of now, or a recovery code that was not used yet, which it is from now on."""
    rows = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    return any(row.wrap().validate_code(code) for row in rows)


class SecondFactor:
    """Middleware: the one place where pages ask for the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Lead whoever lacks a factor to the page that sets one up; programs are told."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or (match and match.view_name in OPEN_WITHOUT) or has_shown_factor(request):
            return None
        if not needs_second_factor(user):
            return None
        if request.path.startswith("/api/v1/") or request.headers.get("Accept") == "application/json":
            return JsonResponse({"code": "second_factor_required", "detail": _needed()}, status=403)
        messages.warning(request, _needed())
        return redirect("mfa_index")


def asked_for(request: HttpRequest) -> HttpResponse | None:
    """Where a single deed needs a second factor whatever the role: the way to set one up, or None where it was shown."""
    if is_invented(request.user) or has_shown_factor(request):
        return None
    messages.warning(request, _needed())
    return redirect("mfa_index")


def _needed() -> str:
    """What someone is told whose role needs a factor."""
    return _("This role needs a second step at signing in. It is set up here once; then everything is open.")


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of factors stand encrypted in the database: whoever reads its copy cannot make codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("The code is wrong, or was used already."),
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - allauth's own word
        """A first name for a security key."""
        return _("Security key %(number)d") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}

    def encrypt(self, text: str) -> str:
        """What is stored of a secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; where the portal's key is another one by now, a random one that no code fits."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.warning("The secret of a second factor cannot be read: the portal's key was changed.")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _cipher() -> MultiFernet:
    """Encrypts by the portal's key, reads by its former ones too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"second factor {key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """A factor that was just set up has been shown by it; the other sessions were begun without."""
    record(user, "add_factor", user, kind=authenticator.type)
    _tell(user, authenticator, "added")
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        end_other_sessions(by=user, current=request.session.session_key)


def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Where no factor is left, this session and the keys have shown none any more; the other sessions end."""
    record(user, "remove_factor", user, kind=authenticator.type)
    _tell(user, authenticator, "removed")
    if not has_factor(user):
        kept = [r for r in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []) if r["method"] != "mfa"]
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept
        user.access_tokens.update(with_factor=False)
        end_other_sessions(by=user, current=request.session.session_key)


def _tell(user: User, authenticator: Authenticator, what: str) -> None:
    """Tell a person that the second step was changed: whoever did it may be somebody else."""
    values = {"what": what, "kind": authenticator.type}
    told = Told(user.pk, f"factor:{authenticator.pk}:{what}", values)
    notify("factor", [told], url=reverse("mfa_index"), at=timezone.now())


def factor_failed(request: HttpRequest, user: User, **_more: Any) -> None:
    """A wrong code is on record: whoever sends it knows the password."""
    record_failed_sign_in(user, step="second factor")


def codes_renewed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    """New recovery codes are on record."""
    record(user, "renew_codes", user, kind=authenticator.type)
