"""Roles with sensitive rights that wait for a second person, who confirms or refuses."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.roles_by_two import confirm_role, may_confirm, offers_seen_by, refuse_role
from directorates.foundation.pages import SignedIn
from directorates.foundation.problems import Problem
from directorates.models import Invitation, Notice
from directorates.models.confirmers import Offer
from directorates.models.people import InvitationState
from directorates.roles import ROLES, Role


@login_required
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm as a second person; refuse, or withdraw what was asked."""
    offer = next((one for one in offers_seen_by(request.user, timezone.now()) if one.invitation.pk == pk), None)
    if offer is None:
        found = get_object_or_404(Invitation, pk=pk)
        return gone(request, waits=found.state(timezone.now()) == InvitationState.WAITS)
    if request.method != "POST":
        return render(request, "directorates/decide_offer.html", _about(request, offer))
    decision = request.POST.get("decision")
    if decision not in {"confirm", "refuse"}:
        return HttpResponseBadRequest()
    try:
        (confirm_role if decision == "confirm" else refuse_role)(
            invitation=offer.invitation, by=request.user, at=timezone.now()
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _done(offer.invitation) if decision == "confirm" else _("The role is not given."))
    return redirect("directorates:people")


def gone(request: SignedIn, *, waits: bool) -> HttpResponse:
    """Whoever follows a notice of what was decided meanwhile is told so; for everybody else there is no page."""
    if waits or not Notice.objects.filter(person=request.user, url=request.path).exists():
        raise Http404
    messages.info(request, _("This was decided already, or nobody confirmed it in time."))
    return redirect("directorates:people")


def _about(request: SignedIn, offer: Offer) -> dict[str, object]:
    """What the page says of an offer."""
    found = offer.invitation
    return {
        "offer": offer,
        "invitation": found,
        "sentence": ROLES[Role(found.role)].sentence,
        "places": list(found.places.all()),
        "confirms": may_confirm(request.user, offer),
        "mine": found.by_id == request.user.pk,
    }


def _done(invitation: Invitation) -> str:
    """What happened once it was confirmed."""
    if invitation.person_id is None:
        return _("Confirmed. A letter tells the invited person that the link works now, for seven days.")
    return _("Confirmed. The role is given.")
