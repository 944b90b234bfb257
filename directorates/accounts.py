"""Signing in through allauth: nobody signs up alone, people come by invitation; every sign-in and sign-out is on record."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from directorates.actions.sessions import end_sessions
from directorates.audit import record, record_failed_sign_in
from directorates.foundation.models import INVENTED
from directorates.models import User
from directorates.sessions import SEEN
from directorates.throttles import count_failure, seconds_to_wait


def is_invented(user: Any) -> bool:
    """Whether someone was invented for the demonstration, where that is allowed."""
    return settings.DEMONSTRATION and user.email.endswith(INVENTED)


def may_enter(user: Any) -> bool:
    """Whether someone is real, or the demonstration is allowed: asked at every sign-in, session and key."""
    return settings.DEMONSTRATION or not user.email.endswith(INVENTED)


def address_of(request: HttpRequest) -> str:
    """Where somebody asks from; nothing where a header names no address."""
    try:
        return get_adapter().get_client_ip(request) or ""
    except PermissionDenied:
        return ""


class Authentication(AuthenticationBackend):
    """Whoever was invented for the demonstration comes in, and stays in, only where the demonstration is allowed."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at every sign-in and for every session."""
        return bool(may_enter(user) and super().user_can_authenticate(user))

    def get_user(self, user_id: int) -> User | None:
        """Whose session it is, found before there is any sight (`foundation/sight.py`)."""
        user = next(iter(User.objects.raw("SELECT * FROM person_with_id(%s)", [user_id])), None)
        return user if user is not None and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Closed to sign-up; failures are counted by address, never by person alone; a changed password ends everything."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Too many failed attempts. Try again in five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an address that failed too often, for a while."""
        if seconds_to_wait(self.get_client_ip(request), credentials.get("email") or ""):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a failure and write it down."""
        address, email = self.get_client_ip(request), credentials.get("email") or ""
        count_failure(address, email)
        record_failed_sign_in(User.objects.filter(email__iexact=email).first(), step="password")

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin a session that its owner finds on the account page, and write it down."""
        super().login(request, user)
        request.session[SEEN] = int(time.time())
        UserSession.objects.create_from_request(request)
        record(user, "sign_in", user)

    def logout(self, request: HttpRequest) -> None:
        """End the session and write it down."""
        user, key = request.user, request.session.session_key
        if isinstance(user, User):
            record(user, "sign_out", user)
            UserSession.objects.filter(session_key=key).delete()
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        """Set the password and end the sessions and keys that the old one gave."""
        super().set_password(user, password)
        end_sessions(user)
        record(user, "set_password", user)
