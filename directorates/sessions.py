"""Sessions as their owner sees them: where from, with which browser, last used when."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from directorates.rules.browsers import browser_name

SEEN = "seen"
# A session is marked as used no oftener than this: a write a page would be too much.
SECONDS = 600


@dataclass(frozen=True)
class OwnSession:
    """A session as its owner sees it."""

    row: UserSession
    browser: str
    here: bool


def sessions_of(request: HttpRequest) -> list[OwnSession]:
    """The living sessions of whoever asks, this one first, then the last used."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=request.user.pk, session_key__in=living).order_by("-last_seen_at")
    here = request.session.session_key
    found = [OwnSession(row, browser_name(row.user_agent), row.session_key == here) for row in rows]
    return sorted(found, key=lambda one: not one.here)


def seen(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: note from time to time that a session is in use."""

    def middleware(request: HttpRequest) -> HttpResponse:
        last = request.session.get(SEEN) if request.user.is_authenticated else None
        if last is not None and time.time() - last > SECONDS:
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
            request.session[SEEN] = int(time.time())
        return get_response(request)

    return middleware
