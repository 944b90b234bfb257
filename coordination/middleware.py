"""What stands around every request: health, content policy, refusals."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from coordination.api.problems import shape
from coordination.health import ANSWERS
from coordination.languages import language_of
from coordination.logs import SECRETS
from coordination.walled import answering, refused_to
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Refused

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Nothing of the device is asked for but security keys, and those by our own pages alone.
PERMISSIONS = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)


def content_policy(get_response: Handler) -> Handler:
    """What a browser may do with an answer: load from the portal alone, keep nothing, tell nobody where it was.

    Static files are answered before this: they may be kept. An answer that says itself how long it may be kept stays so.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        if SECRETS.search(request.path):
            headers["Referrer-Policy"] = "no-referrer"
        return response

    return middleware


def too_large(get_response: Handler) -> Handler:
    """Refuse a body that is larger than any page takes, by what its head says and before a byte of it is read or stored.

    The proxy in front says the same (`docker/Caddyfile`); this stands where there is none.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.META.get("CONTENT_LENGTH") or "0"
        if not given.isdecimal() or int(given) <= settings.LARGEST_BODY:
            return get_response(request)
        with translation.override(language_of(request)):
            told = {"most": settings.LARGEST_BODY // 1_000_000}
            words = _("What was sent is larger than %(most)d MB. Nothing of it was kept.") % told
            if request.path.startswith("/api/") or request.headers.get("Accept") == "application/json":
                problem = shape(Problem("too_large", words, HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
                return JsonResponse(problem, status=problem["status"], content_type="application/problem+json")
            return render(request, "413.html", {"words": words}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    return middleware


def health(get_response: Handler) -> Handler:
    """Answer `/healthz` and what lies below before sessions and hosts are looked at: it must work when the rest does not."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if (check := ANSWERS.get(request.path)) is None:
            return get_response(request)
        state = check()
        return JsonResponse(state, status=200 if state["status"] == "ok" else 503)

    return middleware


class CompressedPages(GZipMiddleware):
    """Pages go compressed (with Django's padding against guesses by length), also where no proxy stands in front.

    Answers to programs go as they are: a compressed one would weaken the tag by which they save.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is a page."""
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


class refusals:  # noqa: N801 - named as the middleware functions beside it
    """Turn a refusal into a 403 page that names what is missing and who can give it, and record it; a problem into its page."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Record the refusal after its transaction was rolled back, then say it; say a problem that no form could show."""
        if isinstance(exception, Problem):
            if request.headers.get("Accept") == "application/json":
                return JsonResponse({"code": exception.code, "detail": str(exception.detail)}, status=exception.status)
            with answering(request):
                return render(request, "problem.html", {"problem": exception}, status=exception.status)
        if not isinstance(exception, Refused):
            return None
        refused_to(request, request.user if isinstance(request.user, User) else None, exception)
        with answering(request):
            return render(request, "403.html", {"detail": exception.detail}, status=403)
