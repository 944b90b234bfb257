"""Speaking for another of one's organisations."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from directorates.acting import SESSION_KEY
from directorates.foundation.pages import SignedIn, where_from


@require_POST
@login_required
def act_as(request: SignedIn) -> HttpResponse:
    """Act as one of the organisations one is a member of today, and stay on the page."""
    held = request.user.current_memberships(timezone.localdate()).values_list("organisation_id", flat=True)
    chosen = {str(pk): pk for pk in held}.get(request.POST.get("organisation", ""))
    if chosen is None:
        raise Http404
    request.session[SESSION_KEY] = chosen
    return redirect(where_from(request))
