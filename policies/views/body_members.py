"""Pages of members of the body: who is one from when until when; entering who joined, and who left."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, may, require
from policies.actions.body_members import join_body, leave_body
from policies.forms.body_members import BodyMemberFilter, JoinForm, LeaveForm
from policies.models import BodyMember


@login_required
def body_members(request: SignedIn) -> HttpResponse:
    """The memberships of all directorates, today's and those that are over."""
    require(request.user, Permission.VIEW_POLICIES)
    form, day = BodyMemberFilter(request.GET), timezone.localdate()
    page = page_of(request, form.narrow(BodyMember.objects.visible_to(request.user)).named())
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.state(day)) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
        "keeps": may(request.user, Permission.MANAGE_ORGANISATIONS),
    }
    return render(request, "policies/body_members.html", context)


@login_required
def join(request: SignedIn) -> HttpResponse:
    """Enter directorates as members."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = join_body(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            words = ngettext("%(count)s directorate was entered.", "%(count)s directorates were entered.", len(done))
            messages.success(request, words % {"count": len(done)})
            return redirect("policies:body_members")
    context = {"form": form, "title": _("Enter members of the body"), "back": reverse("policies:body_members")}
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


@login_required
def leave(request: SignedIn, pk: int) -> HttpResponse:
    """Say with which day a directorate left, and why."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    held = get_object_or_404(BodyMember.objects.visible_to(request.user).named(), pk=pk)
    form = LeaveForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            leave_body(member=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Kept. Ballots that are open keep those who could vote when they were opened."))
            return redirect("policies:body_members")
    context = {
        "title": _("Leaves the body: %(name)s") % {"name": held.directorate.name},
        "text": _(
            "From the day after it votes in no new ballot. What it voted and said stays, and so do its people and reports."
        ),
        "deed": _("Enter that it left"),
        "cancel_url": reverse("policies:body_members"),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


urls = [
    path("members/", body_members, name="body_members"),
    path("members/new/", join, name="join_body"),
    path("members/<int:pk>/leave/", leave, name="leave_body"),
]
