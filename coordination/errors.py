"""The pages that say what went wrong, in the portal's frame."""

import logging
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coordination.walled import answering

logger = logging.getLogger(__name__)


def _shown(request: HttpRequest, page: str, status: int) -> HttpResponse:
    """The page in the frame, which counts what waits for the reader."""
    with answering(request):
        return render(request, page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request could not be read."""
    return _shown(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Seen, but not open to this role."""
    return _shown(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Missing and forbidden answer alike."""
    return _shown(request, "404.html", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault; the number leads to the line in the log."""
    number = uuid.uuid4().hex[:8].upper()
    logger.error("follow-up number %s: the failure logged just before, at %s", number, request.path)
    return render(request, "500.html", {"number": number}, status=500)
