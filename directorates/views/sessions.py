"""Ending one's own sessions."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.actions.sessions import end_other_sessions, end_session
from directorates.foundation.pages import SignedIn


@require_POST
@login_required
def end(request: SignedIn, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    end_session(by=request.user, session=get_object_or_404(UserSession, pk=pk, user=request.user))
    messages.success(request, _("That device is signed out."))
    return redirect("account")


@require_POST
@login_required
def end_others(request: SignedIn) -> HttpResponse:
    """End all of one's own sessions but this one."""
    end_other_sessions(by=request.user, current=request.session.session_key)
    messages.success(request, _("All other devices are signed out."))
    return redirect("account")
