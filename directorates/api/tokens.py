"""`POST auth/token/`: a key for twelve hours, for an e-mail and a password."""

import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directorates.actions.tokens import make_token
from directorates.audit import record, record_failed_sign_in
from directorates.foundation.problems import Problem
from directorates.foundation.reading import Body
from directorates.models import User
from directorates.rules.text import has_control_characters
from directorates.second_factor import code_is_right, has_factor, needs_second_factor
from directorates.throttles import count_failure, seconds_to_wait

LONGEST = 254


class CredentialsSerializer(serializers.Serializer[Any]):
    """Who asks for a key; `otp` is taken where a second step was set up."""

    email = serializers.CharField()
    password = serializers.CharField()
    otp = serializers.CharField(required=False, allow_blank=True, allow_null=True)


class TokenSerializer(serializers.Serializer[Any]):
    """The key and when it ends."""

    token = serializers.CharField()
    expires = serializers.DateTimeField()


def _show_factor(user: User, otp: str, address: str) -> bool:
    """Whether a second factor was shown; raise where one is set up, or needed, and was not."""
    if not has_factor(user):
        if needs_second_factor(user):
            raise Problem("otp_required", _("This account needs a second step. It is set up on the account page."), 401)
        return False
    if not otp:
        raise Problem("otp_required", _("The code of the second step is missing."), 401)
    try:
        forget = check_rate_limit(user)
    except ValidationError as problem:
        detail = _("Too many failed attempts. Try again in five minutes.")
        raise Problem("throttled", detail, 429, headers={"Retry-After": "300"}) from problem
    if not code_is_right(user, otp):
        record_failed_sign_in(user, step="second factor")
        raise Problem("otp_required", _("The code of the second step is wrong, or was used already."), 401)
    forget()
    return True


class Tokens(APIView):
    """Keys from an e-mail and a password; a wrong one and an unknown e-mail are answered alike, and as slowly."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(operation_id="auth_token", request=CredentialsSerializer, responses=TokenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Make the key."""
        body = Body(request.data, ("email", "password", "otp"))
        email, password = body.text("email", required=True), body.text("password", required=True)
        otp = body.text("otp") or ""
        body.done()
        address = get_adapter().get_client_ip(request._request)
        user = self._sign_in(request, address, email.strip(), password)
        shown = _show_factor(user, otp.strip(), address)
        at = timezone.now()
        expires = at + datetime.timedelta(hours=settings.TOKEN_HOURS)
        token, key = make_token(by=user, at=at, expires=expires, with_factor=shown)
        record(user, "sign_in", user, program=True)
        return Response({"token": key, "expires": token.expiry})

    def _sign_in(self, request: Request, address: str, email: str, password: str) -> User:
        """The person, or the one answer that says nothing about whether the e-mail is known."""
        if wait := seconds_to_wait(address, email):
            minutes = -(-wait // 60)
            words = ngettext(
                "Too many failed attempts. Try again in %(minutes)d minute.",
                "Too many failed attempts. Try again in %(minutes)d minutes.",
                minutes,
            )
            detail = words % {"minutes": minutes}
            raise Problem("throttled", detail, 429, headers={"Retry-After": str(wait)})
        possible = len(email) <= LONGEST and not has_control_characters(email)
        user = authenticate(request._request, email=email if possible else "", password=password)
        if not isinstance(user, User):
            count_failure(address, email)
            record_failed_sign_in(User.objects.filter(email=email.lower()).first() if possible else None, step="key")
            raise Problem("invalid_credentials", _("The e-mail or the password is wrong."), 400)
        return user
