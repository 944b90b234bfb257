"""Keys of the API."""

from typing import Any

from django.utils import timezone, translation
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.request import Request

from directorates.acting import act_as
from directorates.models import AccessToken, User


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token KEY`; the key may name the organisation that its bearer acts as."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """The person and the key; rights are resolved once for this request."""
        found: Any = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        current = user.current_memberships(timezone.localdate()).values_list("organisation_id", flat=True)
        act_as(user, token.organisation_id if token.organisation_id in set(current) else None)
        user.rights_kept = {}
        if user.language:
            translation.activate(user.language)
        return user, token
