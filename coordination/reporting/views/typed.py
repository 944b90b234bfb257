"""What was typed into a form that could not be saved: kept in the session through a sign-in, never lost.

Where a session ended, or another window's sign-in replaced it, the request with the typed values still arrives. They
are put aside under the visitor's own session, shown again in the form after signing in, and saved by the person only.
"""

import uuid

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from coordination.reporting.actions.submissions import WRITABLE
from coordination.reporting.forms.sheets import Posted, is_too_large, names_sent, read_posted
from coordination.reporting.models import Submission
from coordination.reporting.rules.answers import MOST_KEPT
from directorates.acting import act_as
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.permissions import Permission, may

SESSION_KEY = "typed_reports"
MOST_REPORTS = 3


class _Origin(CsrfViewMiddleware):
    """Django's check that a request comes from our own page, as a question instead of an answer."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def wants_json(request: HttpRequest) -> bool:
    """Whether the form's script asks, and not the browser itself."""
    return request.headers.get("Accept") == "application/json"


def hindrance(request: HttpRequest) -> str:
    """Why what was sent cannot be saved now: the person is signed out, or the page is not of this sign-in."""
    if not request.user.is_authenticated:
        return "signed_out"
    check = _Origin(_answer)
    check.process_request(request)
    return "stale" if check.process_view(request, _answer, (), {}) else ""


def _answer(_request: HttpRequest) -> HttpResponse:
    """The view that the check asks for and never calls."""
    return HttpResponse()


@unwalled
def keep(request: HttpRequest, pk: uuid.UUID, why: str) -> HttpResponse:
    """Put what was typed aside and lead back to the form, past the sign-in where that is needed."""
    if wants_json(request):
        return JsonResponse({"code": why}, status=401 if why == "signed_out" else 403)
    held = request.session.get(SESSION_KEY, {})
    if is_too_large(request.POST):
        messages.error(request, too_large())
    elif Submission.objects.filter(pk=pk, status__in=WRITABLE).exists():
        held = {key: held[key] for key in list(held)[-MOST_REPORTS + 1 :] if key != str(pk)}
        request.session[SESSION_KEY] = held | {str(pk): names_sent(request.POST)}
        if why == "signed_out":
            messages.info(request, _("The session ended. Sign in to continue where you stopped; nothing was lost."))
    return redirect_to_login(request.path) if why == "signed_out" else redirect(request.path)


def too_large() -> str:
    """What is said where so much was typed that it cannot be saved."""
    words = _("Too much was typed at once: more than %(most)s characters in all. Nothing of it was saved.")
    return words % {"most": f"{MOST_KEPT:,}"}


@unwalled
def belongs_elsewhere(user: User, pk: uuid.UUID) -> Organisation | None:
    """The organisation whose report it is, where the person may write it as that one and acts as another now."""
    report = Submission.objects.filter(pk=pk).exclude(reporter=user.acting_id).select_related("reporter").first()
    if report is None:
        return None
    other = act_as(User.objects.get(pk=user.pk), report.reporter_id)
    return report.reporter if may(other, Permission.SUBMIT_REPORTS, report) else None


def kept(request: HttpRequest, pk: uuid.UUID) -> Posted | None:
    """What was put aside for a report, if anything was."""
    held = request.session.get(SESSION_KEY, {}).get(str(pk))
    return read_posted(held) if held else None


def forget(request: HttpRequest, pk: uuid.UUID) -> None:
    """Let go of what was put aside, once it is saved or given up."""
    held = request.session.get(SESSION_KEY, {})
    if held.pop(str(pk), None) is not None:
        request.session[SESSION_KEY] = held
