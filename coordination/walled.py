"""Every view answers in one transaction, with the sight of whoever asks (`directorates/foundation/sight.py`)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver

from coordination.api.problems import shape
from directorates.audit import record_closed, record_refusal
from directorates.foundation.sight import ENTRANCE, NOTHING, Origin, Sight, Way, seeing
from directorates.models import User
from directorates.models.seals import DirectorateSeal
from directorates.permissions import Refused, closed, sealed_off, sight_of

View = Callable[..., HttpResponseBase]
# Where people come in who are not known yet: they are found by an e-mail.
ENTRANCES = ("/accounts/", "/invitations/", "/api/v1/auth/token/")

# What whoever acts as a sealed directorate can still do: sign out, act as another organisation, read another language.
OPEN_WHILE_SEALED = ("/accounts/logout/", "/act-as/", "/language/")


@contextmanager
def answering(request: HttpRequest) -> Iterator[None]:
    """One transaction in which the database shows what the caller may see; none for a visitor, who sees nothing."""
    sight = _sight(request)
    visitor = sight is NOTHING and "Authorization" not in request.headers
    own = not visitor and not connection.in_atomic_block
    with nullcontext() if visitor else transaction.atomic(), seeing(sight, origin_of(request), to_the_end=own):
        yield


def origin_of(request: HttpRequest) -> Origin:
    """Where a request comes from; behind the proxy that is the address it names."""
    try:
        address = get_adapter().get_client_ip(request) or ""
    except PermissionDenied:  # a header that names no address
        address = ""
    return Origin(Way.PAGE, address)


def refused_to(request: HttpRequest, person: User | None, refusal: Refused) -> None:
    """Put on record that a request was refused, after its transaction has ended."""
    with seeing(NOTHING, _asked_by(request)):
        record_refusal(person, refusal)


def closed_to(request: HttpRequest, person: User) -> None:
    """Put on record that a sealed directorate's person was refused whatever was asked for, in a transaction of its own."""
    with seeing(NOTHING, _asked_by(request)):
        record_closed(person)


def _asked_by(request: HttpRequest) -> Origin:
    """Where a request came from and, now that it was answered, whether by a page or with a key."""
    user = getattr(request, "user", None)
    with_key = "Authorization" in request.headers and not (user is not None and user.is_authenticated)
    origin = origin_of(request)
    return replace(origin, way=Way.KEY) if with_key else origin


def _sight(request: HttpRequest) -> Sight:
    """What the caller sees; who sends a key is known, and sees, only when the key was read."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return sight_of(user)
    return ENTRANCE if request.path.startswith(ENTRANCES) else NOTHING


def sealed_answer(request: HttpRequest) -> HttpResponseBase | None:
    """The one calm page for whoever acts as a sealed directorate, whatever was asked for; None for everybody else."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or request.path.startswith(OPEN_WHILE_SEALED) or not sealed_off(user):
        return None
    request.closed_to = user  # type: ignore[attr-defined]  # recorded when the transaction has ended
    if request.path.startswith("/api/"):
        return JsonResponse(shape(closed()), status=403, content_type="application/problem+json")
    seal = DirectorateSeal.objects.closing().filter(organisation=user.acting_id).first()
    answer = render(request, "sealed.html", {"seal": seal}, status=403)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def walled(view: View) -> View:
    """The view, answering so; an answer that is rendered late is rendered inside."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with answering(request):
            response = sealed_answer(request) or view(request, *args, **kwargs)
            rendered = getattr(response, "render", None)
            answered = rendered() if callable(rendered) else response
        if (refused := getattr(request, "refused", None)) is not None:
            refused_to(request, *refused)
        if (person := getattr(request, "closed_to", None)) is not None:
            closed_to(request, person)
        return answered

    return answer


def all_walled(patterns: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Addresses whose views all answer so, however deep they stand: none can be forgotten."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            all_walled(pattern.url_patterns)
        elif not getattr(pattern.callback, "walled", False):
            pattern.callback = walled(pattern.callback)
            pattern.callback.walled = True  # type: ignore[attr-defined]
    return list(patterns)
