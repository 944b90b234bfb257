"""Pages of policies: the list, a policy with the text that holds, a new one, other names, who can see it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require
from directorates.views.readers import readers_page
from policies.actions.policies import begin_policy, own_policy, rename_policy
from policies.forms.policies import NewPolicyForm, PolicyFilter, RenamePolicyForm
from policies.models import Policy, PolicyVersion
from policies.models.policies import PolicyQuerySet, invited_to

SORTS = {"name": "name", "code": "code", "kind": "kind", "since": "since"}


def policies_listed(user: User, asked: QueryDict, *, arabic: bool = True) -> tuple[PolicyFilter, PolicyQuerySet]:
    """The filters and the policies that they leave of those a person sees, sorted, each with the state of its versions."""
    form, day = PolicyFilter(asked), timezone.localdate()
    rows = form.narrow(Policy.objects.visible_to(user), PolicyVersion.objects.visible_to(user), day, user)
    sort = asked.get("sort", "name")
    column = SORTS.get(sort.removeprefix("-"), "name")
    column = ("name_ar" if arabic else "name_en") if column == "name" else column
    order = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
    return form, rows.with_state(user, day).select_related("owner").order_by(order, "code")


@login_required
def policies(request: SignedIn) -> HttpResponse:
    """The policies that the reader sees, with what holds today."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows = policies_listed(request.user, request.GET, arabic=request.LANGUAGE_CODE == "ar")
    context = {
        "form": form,
        "page": page_of(request, rows),
        "used": any(request.GET.get(name) for name in form.fields),
        "sort": request.GET.get("sort", "name"),
        "manages": may(request.user, Permission.MANAGE_POLICIES, own_policy(request.user)),
    }
    return render(request, "policies/policies.html", context)


@login_required
def new_policy(request: SignedIn) -> HttpResponse:
    """Begin a policy."""
    require(request.user, Permission.MANAGE_POLICIES, own_policy(request.user))
    form = NewPolicyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_policy(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(
                request,
                _(
                    "The policy is begun. Its text comes section by section; those who prepare policies here read the draft."
                ),
            )
            return redirect("policies:version", code=made.policy.code, number=made.number)
    title = _("New policy")
    context = {"form": form, "title": title, "back": reverse("policies:policies")}
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


def found(request: SignedIn, code: str) -> Policy:
    """The policy, if the reader sees a version of it."""
    return get_object_or_404(Policy.objects.visible_to(request.user).select_related("owner", "place"), code=code)


@login_required
def policy(request: SignedIn, code: str) -> HttpResponse:
    """A policy: the version that holds today, or the last that did, or the draft where there is no other."""
    held, day = found(request, code), timezone.localdate()
    rows = PolicyVersion.objects.visible_to(request.user).filter(policy=held)
    shown = rows.at(day).first() or rows.adopted().latest_first().first() or rows.order_by("-number")[0]
    return redirect("policies:version", code=code, number=shown.number)


@login_required
def rename(request: SignedIn, code: str) -> HttpResponse:
    """Another kind or other names."""
    held = found(request, code)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = RenamePolicyForm(request.POST or None, initial=held.standing() | {"stood": held.standing()})
    if request.method == "POST" and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            rename_policy(policy=held, seen=given.pop("stood"), **given, by=request.user)
        except Problem as problem:
            tell(form, problem)
            if problem.code == "changed":
                form.see(Policy.objects.get(pk=held.pk).standing())
        else:
            messages.success(request, _("Saved."))
            return redirect("policies:policy", code=code)
    context = {"form": form, "title": _("Names of the policy"), "back": reverse("policies:policy", args=[code])}
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


@login_required
def readers(request: SignedIn, code: str) -> HttpResponse:
    """Who can see the policy, or could on some days; as long as nothing was adopted, those who prepare it."""
    held = found(request, code)
    back, adopted = reverse("policies:policy", args=[code]), held.versions.adopted().exists()
    permission = Permission.VIEW_POLICIES if adopted else Permission.MANAGE_POLICIES
    words = {"title": held.name, "back": back}
    return readers_page(
        request, held, permission, **words, own=not adopted, recorded=False, invited=invited_to(held, request.user)
    )


urls = [
    path("", policies, name="policies"),
    path("new/", new_policy, name="new_policy"),
    path("<slug:code>/", policy, name="policy"),
    path("<slug:code>/names/", rename, name="rename_policy"),
    path("<slug:code>/readers/", readers, name="policy_readers"),
]
