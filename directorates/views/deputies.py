"""The deputies of a role: who stood in, who does, and naming the next."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.actions.deputies import (
    DEPUTISED,
    confirm_deputy,
    deputies_to_confirm,
    eligible,
    end_deputyship,
    may_name,
    name_deputy,
    refuse_deputy,
)
from directorates.forms.deputies import DeputyForm
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import Deputyship, Membership, User
from directorates.roles import Role
from directorates.views.offers import gone


def deputised_role(user: User, pk: int) -> Membership:
    """A role with its deputies, if it is the reader's, the reader manages it, or stands in it; else as if there were none."""
    rows = Membership.objects.select_related("person", "organisation")
    found: Membership = get_object_or_404(rows, pk=pk, role__in=DEPUTISED)
    if not may_name(user, found) and not found.deputyships.filter(deputy=user).exists():
        raise Http404
    return found


@login_required
def deputies(request: SignedIn, pk: int) -> HttpResponse:
    """Who stands in for someone in a role and when; name a deputy."""
    membership, today = deputised_role(request.user, pk), timezone.localdate()
    names = may_name(request.user, membership)
    form = DeputyForm(request.POST if request.method == "POST" else None, eligible(membership, today))
    if request.method == "POST" and form.is_valid():
        try:
            made = name_deputy(by=request.user, membership=membership, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            waits = _("It is asked. The deputy stands in once a second person confirms it.")
            messages.success(request, waits if made.by_two else _("The deputy is named and told."))
            return redirect("directorates:deputies", pk=pk)
    rows, now = membership.deputyships.select_related("deputy", "by", "confirmed_by"), timezone.now()
    context = {
        "membership": membership,
        "role": Role(membership.role),
        "rows": [(row, row.waits(now), row.lapsed(now)) for row in rows],
        "open": set(Deputyship.objects.open(today).filter(membership=membership).values_list("pk", flat=True)),
        "form": form if names else None,
        "nobody": not form.people,
        "own": membership.person_id == request.user.pk,
        "today": today,
    }
    return render(request, "directorates/deputies.html", context, status=400 if form.errors else 200)


@login_required
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm or refuse a deputyship as a second person."""
    offer = next((one for one in deputies_to_confirm(request.user, timezone.now()) if one.deputyship.pk == pk), None)
    if offer is None:
        return gone(request, waits=get_object_or_404(Deputyship, pk=pk).waits(timezone.now()))
    if request.method != "POST":
        return render(request, "directorates/decide_deputy.html", {"offer": offer, "deputyship": offer.deputyship})
    decision = request.POST.get("decision")
    if decision not in {"confirm", "refuse"}:
        return HttpResponseBadRequest()
    try:
        (confirm_deputy if decision == "confirm" else refuse_deputy)(
            by=request.user, deputyship=offer.deputyship, at=timezone.now()
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        done = _("Confirmed. The deputy stands in on these days.")
        messages.success(request, done if decision == "confirm" else _("Refused. Nobody stands in."))
    return redirect("directorates:people")


@require_POST
@login_required
def end(request: SignedIn, pk: int) -> HttpResponse:
    """End a deputyship at once."""
    found = get_object_or_404(Deputyship, pk=pk)
    membership = deputised_role(request.user, found.membership_id)
    try:
        end_deputyship(by=request.user, deputyship=found, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The deputyship has ended; it gives nothing any more."))
    return redirect(reverse("directorates:deputies", args=[membership.pk]))
