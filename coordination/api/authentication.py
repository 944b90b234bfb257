"""Keys of the API."""

from hmac import compare_digest

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from directorates.accounts import may_enter
from directorates.acting import act_as
from directorates.foundation.prepared import Prepared, columns, made
from directorates.foundation.problems import Problem
from directorates.foundation.sight import Way, turn_to
from directorates.models import AccessToken, User
from directorates.models.people import Scope
from directorates.permissions import closed, sealed_off, sight_of
from directorates.roles import TO_READ, TO_REPORT
from directorates.second_factor import needs_second_factor

TOKEN = columns(AccessToken, "digest", "token_key", "expiry", "organisation_id", "user_id", "scope", "with_factor")
USER = columns(User, "id", "email", "name", "language", "is_active", "is_staff")
LIVING = Prepared(
    "living_keys",
    f"""
WITH used AS (
    UPDATE directorates_accesstoken SET used_at = %(now)s
    WHERE digest = %(digest)s AND (expiry IS NULL OR expiry > %(now)s)
        AND (used_at IS NULL OR used_at < %(now)s - interval '10 minutes')
)
SELECT {", ".join(f"t.{name}" for name in TOKEN)}, {", ".join(f"u.{name}" for name in USER)}
FROM directorates_accesstoken t CROSS JOIN LATERAL person_with_id(t.user_id) u
WHERE u.is_active AND t.token_key = %(start)s AND (t.expiry IS NULL OR t.expiry > %(now)s)
""",
    start="text",
    digest="text",
    now="timestamptz",
)


# What is left of its owner's rights to a key; everything where nothing is said.
LIMITS = {Scope.READ: TO_READ, Scope.REPORT: TO_REPORT, Scope.EVERYTHING: None}


def _check_key(request: Request, user: User, token: AccessToken) -> None:
    """Raise where a key that may only read would write, or one that was made without a second factor needs one."""
    if token.scope == Scope.READ and request.method not in SAFE_METHODS:
        raise Problem(
            "read_only_key", _("This key may only read. A key that may do more is made on the account page."), 403
        )
    if not token.with_factor and needs_second_factor(user):
        detail = _("What this account may do needs a second step: ask for a new key with it.")
        raise Problem("otp_required", detail, 401, headers={"WWW-Authenticate": "Token"})


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
        user.limited_to = LIMITS[Scope(token.scope)]
        user.rights_kept = {}
        if user.language:
            translation.activate(user.language)
        _check_key(request, user, token)
        turn_to(sight_of(user), Way.KEY)
        if sealed_off(user):
            # Recorded when the request's transaction has ended (`coordination/walled.py`).
            request._request.closed_to = user  # type: ignore[attr-defined]
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
            for row in LIVING.rows(
                {"start": key[: CONSTANTS.TOKEN_KEY_LENGTH], "digest": digest, "now": timezone.now()}
            ):
                if compare_digest(digest, row[0]):
                    token = made(AccessToken, TOKEN, row[: len(TOKEN)])
                    token.user = made(User, USER, row[len(TOKEN) :])
                    if may_enter(token.user):
                        return token
        raise AuthenticationFailed(_("This key is not valid, or it has ended. A new one comes from auth/token/."))
