"""Keys of the API."""

from hmac import compare_digest

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from directorates.acting import act_as
from directorates.foundation.prepared import Prepared, columns, made
from directorates.foundation.sight import Way, turn_to
from directorates.models import AccessToken, User
from directorates.permissions import closed, sealed_off, sight_of

TOKEN = columns(AccessToken, "digest", "token_key", "expiry", "organisation_id", "user_id")
USER = columns(User, "id", "email", "name", "language", "is_active", "is_staff")
LIVING = Prepared(
    "living_keys",
    f"""
SELECT {", ".join(f"t.{name}" for name in TOKEN)}, {", ".join(f"u.{name}" for name in USER)}
FROM directorates_accesstoken t CROSS JOIN LATERAL person_with_id(t.user_id) u
WHERE u.is_active AND t.token_key = %(start)s AND (t.expiry IS NULL OR t.expiry > %(now)s)
""",
    start="text",
    now="timestamptz",
)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token KEY`; the key may name the organisation that its bearer acts as."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """The person and the key, in one query; rights are resolved once for this request.

        A key that was made for an organisation speaks for that one only: where the membership has ended it gives nothing.
        """
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"token":
            return None
        token = self._token(parts[1:])
        user = token.user
        act_as(user, token.organisation_id)
        user.rights_kept = {}
        if user.language:
            translation.activate(user.language)
        turn_to(sight_of(user), Way.KEY)
        if sealed_off(user):
            raise closed()
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """What to send, told with every 401."""
        return "Token"

    def _token(self, keys: list[bytes]) -> AccessToken:
        """The living key with its owner, or the one answer for every key that is none."""
        key = keys[0].decode("ascii", "replace") if len(keys) == 1 else ""
        if key.isascii() and key.isalnum():
            digest = hash_token(key)
            for row in LIVING.rows({"start": key[: CONSTANTS.TOKEN_KEY_LENGTH], "now": timezone.now()}):
                if compare_digest(digest, row[0]):
                    token = made(AccessToken, TOKEN, row[: len(TOKEN)])
                    token.user = made(User, USER, row[len(TOKEN) :])
                    return token
        raise AuthenticationFailed(_("This key is not valid, or it has ended. A new one comes from auth/token/."))
