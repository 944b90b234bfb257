"""The language of a page: the person's choice, then the cookie, then what the browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

from directorates.actions.people import choose_language
from directorates.foundation.pages import where_from
from directorates.models import User

YEAR_SECONDS = 365 * 24 * 60 * 60
CODES = frozenset(code for code, _name in settings.LANGUAGES)


def language_of(request: HttpRequest) -> str:
    """The language to answer a request in."""
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.language in CODES:
        return user.language
    return translation.get_language_from_request(request)


def language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answer in the reader's language and say which it is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = language_of(request)
        # Not undone afterwards: a streamed answer is still written when this function has returned.
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen
        response = get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or chosen)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language and stay on the page; whoever is signed in finds it again on every device."""
    wished = request.POST.get("language", "")
    response = redirect(where_from(request))
    if wished not in CODES:
        return response
    if isinstance(request.user, User):
        choose_language(by=request.user, language=wished)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wished,
        max_age=YEAR_SECONDS,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
