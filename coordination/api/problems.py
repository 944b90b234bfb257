"""Errors in one shape everywhere (RFC 9457), all of them at once, codes stable, messages in the caller's language."""

import logging
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Refused

logger = logging.getLogger(__name__)

WORDS = {
    exceptions.NotAuthenticated: gettext_lazy("A key is needed, Authorization: Token KEY; or a session of the pages."),
    exceptions.PermissionDenied: gettext_lazy("This does not come from a page of the portal; programs send a key."),
    exceptions.MethodNotAllowed: gettext_lazy("This address does not take this method."),
    exceptions.NotAcceptable: gettext_lazy("Answers are JSON; the header Accept asks for something else."),
    exceptions.UnsupportedMediaType: gettext_lazy("The body has to be JSON, with Content-Type: application/json."),
}


def _faults(detail: Any, path: str = "") -> list[Fault]:
    """The faults in what a serializer found, with their paths."""
    if isinstance(detail, dict):
        return [
            fault for key, value in detail.items() for fault in _faults(value, f"{path}.{key}" if path else str(key))
        ]
    if isinstance(detail, list) and any(isinstance(part, dict | list) for part in detail):
        return [fault for i, part in enumerate(detail) for fault in _faults(part, f"{path}[{i}]")]
    return [
        Fault(path, getattr(part, "code", "invalid"), str(part))
        for part in (detail if isinstance(detail, list) else [detail])
    ]


def as_problem(exception: Exception) -> Problem | None:
    """The problem that an exception means, None where it is a fault of ours."""
    if isinstance(exception, Problem):
        return exception
    if isinstance(exception, Refused):
        return Problem(exception.code, exception.detail, 403)
    if isinstance(exception, Http404 | exceptions.NotFound):
        return Problem("not_found", _("There is nothing here, or it is not open to this role."), 404)
    if isinstance(exception, PermissionDenied):
        return Problem("forbidden", _("This is not open to this role."), 403)
    if isinstance(exception, exceptions.ValidationError):
        return Problem(
            "invalid",
            _("Some of what was sent cannot be accepted; each fault is listed."),
            400,
            _faults(exception.detail),
        )
    return _of_the_framework(exception) if isinstance(exception, exceptions.APIException) else None


def _of_the_framework(exception: exceptions.APIException) -> Problem:
    """The problem that REST framework found by itself, in our words where we have any."""
    codes = exception.get_codes()
    code = codes if isinstance(codes, str) else exception.default_code
    return Problem(code, WORDS.get(type(exception), str(exception.detail)), exception.status_code)


def ours(exception: Exception, path: str) -> Problem:
    """The problem that something of ours is down or broken; its number leads to the line in the log."""
    number = uuid.uuid4().hex[:8].upper()
    logger.error("follow-up number %s, at %s", number, path, exc_info=exception)
    if isinstance(exception, OperationalError | InterfaceError):
        detail = _("The database does not answer at the moment. Nothing was lost; send the request again shortly.")
        return Problem("unavailable", detail, 503, headers={"Retry-After": "5"}, extra={"number": number})
    detail = _("Something broke on our side. The portal's administrator finds it under the number %(number)s.")
    return Problem("broken", detail % {"number": number}, 500, extra={"number": number})


def shape(problem: Problem) -> dict[str, Any]:
    """The body of an error."""
    return {
        "type": f"/api/docs/problems#{problem.code}",
        "title": str(problem.detail),
        "status": problem.status,
        "code": problem.code,
        "detail": str(problem.detail),
        "errors": [fault.shape() for fault in problem.errors],
        **problem.extra,
    }


def answer(exception: Exception, context: dict[str, Any]) -> Response:
    """REST framework's exception handler: one shape, and refusals on record."""
    problem = as_problem(exception) or ours(exception, context["request"].path)
    set_rollback()
    if isinstance(exception, Refused):
        # Recorded when the request's transaction has ended (`coordination/walled.py`).
        user = context["request"].user
        context["request"]._request.refused = (user if isinstance(user, User) else None, exception)
    headers = dict(problem.headers)
    if header := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = header
    return Response(shape(problem), problem.status, headers=headers, content_type="application/problem+json")
