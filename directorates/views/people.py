"""People and their roles, for those who manage them."""

import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from directorates.actions.deputies import DEPUTISED, deputies_to_confirm
from directorates.actions.factor_resets import waiting_for
from directorates.actions.people import (
    end_membership,
    give_role,
    invite,
    organisations_invited_to_by,
    organisations_managed_by,
)
from directorates.actions.roles_by_two import offers_seen_by, who_would_confirm
from directorates.forms.people import EndRoleForm, InviteForm, PeopleFilter, RoleForm, roles_in
from directorates.foundation.letters import send_letter
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Invitation, Membership, Organisation, User
from directorates.permissions import Permission, Refused, may
from directorates.roles import GIVEN_BY_TWO, ROLES, Role
from directorates.second_factor import has_factor

# Where the link of an invitation waits in the session between making it and showing it, once.
NEW_LINK = "new_invitation"
# So long the list tells what became of an invitation.
TOLD = datetime.timedelta(days=14)
# Of so many organisations a form says who would confirm a role in each.
FEW = 5
SORTS = {
    "name": ("person__name", "person__email"),
    "-name": ("-person__name", "-person__email"),
    "organisation": ("organisation__kind", "organisation__code", "person__name"),
    "-organisation": ("-organisation__kind", "-organisation__code", "person__name"),
    "since": ("valid", "person__name"),
    "-since": ("-valid", "person__name"),
}


def managed(user: User) -> QuerySet[Membership]:
    """The memberships that a person may see here and end; refused where the person manages nobody."""
    organisations = organisations_managed_by(user)
    if not organisations.exists():
        raise Refused(Permission.MANAGE_PEOPLE)
    return Membership.objects.filter(organisation__in=organisations)


def people_listed(user: User, asked: QueryDict) -> tuple[PeopleFilter, QuerySet[Membership]]:
    """The filters and the memberships that they leave of those that a person manages, sorted."""
    rows, organisations = managed(user), organisations_managed_by(user)
    form = PeopleFilter(asked, organisations=organisations)
    found = rows.filter(form.condition()).select_related("person", "organisation").prefetch_related("places")
    return form, found.order_by(*SORTS.get(asked.get("sort", ""), SORTS["organisation"]), "pk")


def invitations_listed(user: User) -> QuerySet[Invitation]:
    """The offers of roles in the organisations that a person may invite to: open ones, and lately what became of others."""
    organisations = organisations_invited_to_by(user)
    rows = Invitation.objects.filter(organisation__in=organisations, expires__gt=timezone.now() - TOLD)
    return rows.select_related("organisation", "person", "by", "confirmed_by").order_by("-at", "-pk")


def _second_person(user: User, organisations: QuerySet[Organisation]) -> dict[str, object]:
    """What a form that gives roles says beforehand: which of them need a second person, and who that would be."""
    needed = [role.label for role in map(Role, dict(roles_in(organisations))) if role in GIVEN_BY_TWO]
    few = list(organisations.filter(status="active")[: FEW + 1])
    confirmers = [who_would_confirm(user, one) for one in few] if len(few) <= FEW else []
    return {"given_by_two": needed, "confirmers": confirmers}


@login_required
def people(request: SignedIn) -> HttpResponse:
    """Who has which role in the organisations one manages, and who is invited."""
    form, rows = people_listed(request.user, request.GET)
    now = timezone.now()
    context = {
        "form": form,
        "used": any(request.GET.get(name) for name in form.fields),
        "sort": request.GET.get("sort", ""),
        "page": page_of(request, rows),
        "invitations": [(one, one.state(now)) for one in invitations_listed(request.user)],
        "offers": offers_seen_by(request.user, now),
        "deputies_to_confirm": deputies_to_confirm(request.user, now),
        "today": timezone.localdate(),
        "deputised": DEPUTISED,
        "resets": waiting_for(request.user),
        "technical": may(request.user, Permission.MANAGE_ORGANISATIONS),
    }
    return render(request, "directorates/people.html", context)


@login_required
def person(request: SignedIn, pk: int) -> HttpResponse:
    """One person: the roles in the organisations one manages, and another role to give."""
    rows = managed(request.user).filter(person=pk).select_related("organisation").prefetch_related("places")
    found = get_object_or_404(User.objects.filter(pk__in=rows.values("person")))
    organisations = organisations_managed_by(request.user)
    form = RoleForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            given = give_role(person=found, by=request.user, at=timezone.now(), **asked)
        except Problem as problem:
            tell(form, problem)
        else:
            waits = _("It is asked. The role is given once a second person confirms it.")
            messages.success(request, waits if isinstance(given, Invitation) else _("The role is given."))
            return redirect("directorates:person", pk=pk)
    context = {
        "person": found,
        "memberships": rows.order_by("-valid"),
        "form": form,
        "today": timezone.localdate(),
        "factor": found.pk != request.user.pk and has_factor(found),
        "reset": found.factor_resets.filter(decided_at=None).first(),
        "offers": found.offers.waiting(timezone.now()).filter(organisation__in=organisations),
    }
    context |= _second_person(request.user, organisations)
    return render(request, "directorates/person.html", context)


@login_required
def end_role(request: SignedIn, pk: int) -> HttpResponse:
    """End a role with a day, after saying what that does."""
    membership = get_object_or_404(managed(request.user).select_related("person", "organisation"), pk=pk)
    form = EndRoleForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            end_membership(membership=membership, by=request.user, last_day=form.cleaned_data["last_day"])
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The role has a last day. From the next day on it gives nothing."))
            return redirect("directorates:people")
    context = {"membership": membership, "form": form, "sentence": ROLES[Role(membership.role)].sentence}
    return render(request, "directorates/end_role.html", context)


@login_required
def invite_someone(request: SignedIn) -> HttpResponse:
    """Ask whom to invite, send the letter, and go on to the page that shows the link once."""
    managed(request.user)
    organisations = organisations_invited_to_by(request.user)
    initial = {"organisation": request.GET.get("organisation") or organisations.values_list("code", flat=True)[0]}
    form = InviteForm(request.POST or None, organisations=organisations, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            invitation, secret = invite(**asked, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            request.session[NEW_LINK] = _deliver(invitation, secret)
            return redirect("directorates:invited")
    roles = [(role.label, ROLES[role].sentence) for role in map(Role, dict(roles_in(organisations)))]
    context = {"form": form, "roles": roles} | _second_person(request.user, organisations)
    return render(request, "directorates/invite.html", context)


def _deliver(invitation: Invitation, secret: str) -> dict[str, object]:
    """Send the letter with the link; answer what the next page says."""
    link = urljoin(settings.PUBLIC_URL, reverse("directorates:invitation", args=[secret]))
    sent = send_letter("letters/invitation.txt", invitation.email, invitation=invitation, link=link)
    return {"link": link, "email": invitation.email, "sent": sent, "pk": invitation.pk}


@never_cache
@login_required
def invited(request: SignedIn) -> HttpResponse:
    """Show the link of a fresh invitation, once."""
    new = request.session.pop(NEW_LINK, None)
    if new is None:
        return redirect("directorates:people")
    found = get_object_or_404(Invitation.objects.select_related("organisation"), pk=new["pk"])
    return render(request, "directorates/invited.html", {"new": new, "invitation": found})
