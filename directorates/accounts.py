"""Signing in through allauth: nobody signs up alone, people come by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from directorates.models.people import User

# No real address ends so (RFC 2606); those of the demonstration do, and their password is published.
INVENTED = ".example"


class Authentication(AuthenticationBackend):
    """Whoever was invented for the demonstration comes in, and stays in, only where the demonstration is allowed."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at every sign-in and for every session."""
        allowed = settings.DEMONSTRATION or not user.email.endswith(INVENTED)
        return bool(allowed and super().user_can_authenticate(user))

    def get_user(self, user_id: int) -> User | None:
        """Whose session it is, found before there is any sight (`foundation/sight.py`)."""
        user = next(iter(User.objects.raw("SELECT * FROM person_with_id(%s)", [user_id])), None)
        return user if user is not None and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Closed to sign-up; a changed password ends every key."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Set the password and end the keys that the old one gave."""
        super().set_password(user, password)
        user.access_tokens.all().delete()
