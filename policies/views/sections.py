"""Pages of a draft's sections: write one, move it, take it out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require
from policies.actions.sections import keep_section, move_policy_section, remove_policy_section, section_gone
from policies.forms.sections import SectionForm
from policies.forms.versions import SeenForm
from policies.models import PolicySection, PolicyVersion
from policies.models.pictures import pictures_of
from policies.models.sections import WORDS
from policies.views.versions import version_of


def _draft(request: SignedIn, code: str, number: int) -> PolicyVersion:
    """A version that the caller may write."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    return held


def _section(request: SignedIn, code: str, number: int, anchor: str) -> PolicySection:
    """A section of one."""
    rows = PolicySection.objects.select_related("version__policy")
    return get_object_or_404(rows, version=_draft(request, code, number), anchor=anchor)


@login_required
def new_section(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Write a section behind the others."""
    return _write(request, _draft(request, code, number), None)


@login_required
def section(request: SignedIn, code: str, number: int, anchor: str) -> HttpResponse:
    """Write a section anew; where it was taken out meanwhile, what was written is offered as a new one."""
    version = _draft(request, code, number)
    held = version.sections.filter(anchor=anchor).first()
    if held is None and request.method == "POST":
        return _form(request, version, None, SectionForm(request.POST), section_gone())
    if held is None:
        raise Http404
    return _write(request, version, held)


def _write(request: SignedIn, version: PolicyVersion, held: PolicySection | None) -> HttpResponse:
    """The form of a section; what was written stays in it where it cannot be kept."""
    initial = {name: getattr(held, name) for name in WORDS} | {"stood": held.standing()} if held else {}
    form = SectionForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _form(request, version, held, form)
    try:
        seen = form.cleaned_data["stood"]
        kept = keep_section(version=version, section=held, seen=seen, by=request.user, at=timezone.now(), **form.said)
    except Problem as problem:
        return _form(request, version, held, form, problem)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('policies:version', args=[version.policy.code, version.number])}#{kept.anchor}")


def _form(
    request: SignedIn,
    version: PolicyVersion,
    held: PolicySection | None,
    form: SectionForm,
    problem: Problem | None = None,
) -> HttpResponse:
    """The page of a section: with what spoke against it, and with what another wrote meanwhile beside what the reader wrote."""
    code, where = problem.code if problem else "", [version.policy.code, version.number]
    if problem:
        tell(form, problem)
    if code == "gone":
        held = None
    theirs = PolicySection.objects.filter(pk=held.pk).first() if held and code == "changed" else None
    if theirs:
        form.see(theirs.standing())
    to = reverse("policies:policy_section", args=[*where, held.anchor]) if held else None
    context = {
        "form": form,
        "policy": version.policy,
        "title": _("Section “%(section)s”") % {"section": held} if held else _("New section"),
        "back": reverse("policies:version", args=where),
        "to": to or reverse("policies:new_policy_section", args=where),
        "theirs": theirs,
        "pictures": pictures_of(version),
        "pictures_url": reverse("policies:pictures", args=where),
        "gone": code == "gone",
        "closed": code == "not_draft",
    }
    status = problem.status if problem else 400 if form.errors else 200
    return render(request, "policies/section_form.html", context, status=status)


def _deed(request: SignedIn, code: str, number: int, anchor: str, *, down: bool | None) -> HttpResponse:
    """Move a section, or take it out where no direction is named."""
    held = _section(request, code, number, anchor)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else -1
    try:
        if down is None:
            remove_policy_section(section=held, seen=seen, by=request.user, at=timezone.now())
            messages.success(request, _("The section is taken out. Earlier versions keep theirs."))
        else:
            move_policy_section(section=held, down=down, seen=seen, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return redirect("policies:version", code=code, number=number)


@require_POST
@login_required
def move(request: SignedIn, code: str, number: int, anchor: str) -> HttpResponse:
    """Exchange a section with its neighbour."""
    return _deed(request, code, number, anchor, down=request.POST.get("to") == "down")


@login_required
def remove(request: SignedIn, code: str, number: int, anchor: str) -> HttpResponse:
    """Take a section out of a draft, once it was asked."""
    held = _section(request, code, number, anchor)
    if request.method == "POST":
        return _deed(request, code, number, anchor, down=None)
    context = {
        "title": _("Take out section “%(section)s”") % {"section": held},
        "text": _("Its text is gone from this draft. Earlier versions keep theirs."),
        "deed": _("Take out"),
        "cancel_url": reverse("policies:version", args=[code, number]),
        "form": SeenForm(initial={"seen": held.version.edition}),
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context)


urls = [
    path("<slug:code>/<int:number>/sections/new/", new_section, name="new_policy_section"),
    path("<slug:code>/<int:number>/sections/<slug:anchor>/", section, name="policy_section"),
    path("<slug:code>/<int:number>/sections/<slug:anchor>/move/", move, name="move_policy_section"),
    path("<slug:code>/<int:number>/sections/<slug:anchor>/remove/", remove, name="remove_policy_section"),
]
