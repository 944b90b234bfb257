"""Pages of members of the body: who is one from when until when; entering who joined, and who left."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require
from policies.actions.body_members import join_body, leave_body
from policies.forms.body_members import BodyMemberFilter, JoinForm, LeaveForm
from policies.models import BodyMember
from policies.models.body_members import BodyMemberQuerySet, told_silent


def members_listed(user: User, asked: QueryDict) -> tuple[BodyMemberFilter, BodyMemberQuerySet]:
    """The filter and the memberships that it leaves."""
    form = BodyMemberFilter(asked)
    return form, form.narrow(BodyMember.objects.visible_to(user)).named()


@login_required
def body_members(request: SignedIn) -> HttpResponse:
    """The memberships of all directorates, today's and those that are over."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows = members_listed(request.user, request.GET)
    page, day = page_of(request, rows), timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.state(day), one.may_end(day)) for one in told_silent(list(page))],
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
            _tell_entered(request, len(done), len(form.cleaned_data["directorates"]))
            return redirect("policies:body_members")
    context = {"form": form, "title": _("Enter members of the body"), "back": reverse("policies:body_members")}
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


def _tell_entered(request: SignedIn, done: int, asked: int) -> None:
    """How many were entered, and of how many the same was entered before."""
    if done:
        words = ngettext("%(count)s directorate was entered.", "%(count)s directorates were entered.", done)
        messages.success(request, words % {"count": done})
    if same := asked - done:
        words = ngettext(
            "%(count)s was entered so before, and stays as it is.", "%(count)s were entered so before, and stay as they are.",
            same,
        )  # fmt: skip
        messages.info(request, words % {"count": same})


@login_required
def leave(request: SignedIn, pk: int) -> HttpResponse:
    """Say with which day a directorate left, and why."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    held = get_object_or_404(BodyMember.objects.visible_to(request.user).named(), pk=pk)
    begun = {"last_day": held.last_day or timezone.localdate(), "why": held.left_why}
    form = LeaveForm(request.POST or None, initial=begun)
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
        )
        if held.first_day is None or held.first_day <= timezone.localdate()
        else _("A membership that is still to come and ends before its first day never begins."),
        "deed": _("Change of the last day") if held.last_day else _("Enter that it left"),
        "cancel_url": reverse("policies:body_members"),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


urls = [
    path("members/", body_members, name="body_members"),
    path("members/new/", join, name="join_body"),
    path("members/<int:pk>/leave/", leave, name="leave_body"),
]
