"""Signing in through allauth: nobody signs up alone, people come by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closed to sign-up; a changed password ends every key."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Set the password and end the keys that the old one gave."""
        super().set_password(user, password)
        user.access_tokens.all().delete()
