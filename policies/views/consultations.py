"""Pages of consultations: ask organisations, give more time, read and write comments."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.foundation.reading import CODE
from directorates.permissions import Permission, may, require
from policies.actions.consultations import change_consultation, comment_on, open_consultation
from policies.forms.consultations import ChangeConsultationForm, CommentForm, ConsultForm
from policies.models import Concern, Consultation, PolicyComment, PolicyVersion
from policies.views.versions import conflict_or_tell, version_of


@login_required
def consult(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Ask organisations about a draft."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = ConsultForm(request.POST or None, held)
    if request.method == "POST" and form.is_valid():
        try:
            open_consultation(version=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(request, _("The text is fixed, and the invited organisations read it from now on."))
            return redirect("policies:version", code=code, number=number)
    context = {
        "title": _("Ask organisations about version %(number)s") % {"number": held.number},
        "text": _("From now on nobody changes this text. Whoever is invited reads it, comments and raises concerns."),
        "deed": _("Ask them"),
        "cancel_url": reverse("policies:version", args=[code, number]),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def consultation_of(version: PolicyVersion) -> Consultation | None:
    """The consultation about a version, if there was one."""
    return Consultation.objects.filter(version=version).first()


@login_required
def change(request: SignedIn, code: str, number: int) -> HttpResponse:
    """More time, or more organisations."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    consultation = consultation_of(held)
    if consultation is None:
        raise Http404
    consultation.version = held
    form = ChangeConsultationForm(request.POST or None, consultation)
    if request.method == "POST" and form.is_valid():
        try:
            change_consultation(consultation=consultation, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(request, _("Saved."))
            return redirect("policies:discussion", code=code, number=number)
    context = {
        "form": form,
        "title": _("Time and guests of the consultation"),
        "back": reverse("policies:discussion", args=[code, number]),
    }
    return render(request, "policies/form.html", context, status=400 if form.errors else 200)


def takes_remarks(request: SignedIn, version: PolicyVersion, consultation: Consultation | None) -> bool:
    """Whether the reader can comment on a version and raise concerns now."""
    own = PolicyComment(version=version, organisation_id=request.user.acting_id or 0)
    return (
        version.is_proposed
        and consultation is not None
        and consultation.is_open(timezone.localdate())
        and may(request.user, Permission.COMMENT_ON_POLICIES, own)
        and version.invitations.filter(organisation=request.user.acting_id, asked=True).exists()
    )


def _comments(request: SignedIn, version: PolicyVersion, section: str) -> QuerySet[PolicyComment]:
    """The comments on a version that the reader sees, or those on one section of it."""
    rows = PolicyComment.objects.visible_to(request.user).filter(version=version)
    rows = rows.filter(section__anchor=section) if section else rows
    return rows.select_related("organisation", "by", "section").order_by("-at", "-pk")


def concerns_about(request: SignedIn, version: PolicyVersion, section: str) -> QuerySet[Concern]:
    """The concerns about a version that the reader sees, or those about one section of it."""
    rows = Concern.objects.visible_to(request.user).filter(version=version).with_state()
    rows = rows.filter(section__anchor=section) if section else rows
    return rows.select_related("organisation", "section").order_by("at", "pk")


@login_required
def discussion(request: SignedIn, code: str, number: int) -> HttpResponse:
    """What organisations say about a version: concerns with where they stand, comments, a form for another one."""
    held = version_of(request, code, number)
    asked = str(request.GET.get("section", ""))
    consultation, section = consultation_of(held), asked if CODE.fullmatch(asked) else ""
    return _discussion(request, held, consultation, section, CommentForm(None, held, section))


def _discussion(
    request: SignedIn, held: PolicyVersion, consultation: Consultation | None, section: str, form: CommentForm
) -> HttpResponse:
    today, manages = timezone.localdate(), may(request.user, Permission.MANAGE_POLICIES, held)
    context: dict[str, Any] = {
        "version": held,
        "policy": held.policy,
        "consultation": consultation,
        "open": consultation is not None and held.is_proposed and consultation.is_open(today),
        "over": consultation is None or not held.is_proposed or consultation.is_over(today),
        "invited": [one.organisation for one in held.invitations.filter(asked=True).select_related("organisation")],
        "section": held.sections.filter(anchor=section).first() if section else None,
        "concerns": list(concerns_about(request, held, section)),
        "page": page_of(request, _comments(request, held, section)),
        "remarks": takes_remarks(request, held, consultation),
        "manages": manages,
        "form": form,
    }
    return render(request, "policies/discussion.html", context, status=400 if form.errors else 200)


@login_required
def comment(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Comment on a version; what was written stays in the page where it cannot be kept."""
    held = version_of(request, code, number)
    to = reverse("policies:discussion", args=[code, number])
    require(request.user, Permission.COMMENT_ON_POLICIES)
    if request.method != "POST":
        return redirect(to)
    form = CommentForm(request.POST, held)
    if form.is_valid():
        try:
            kept = comment_on(version=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
            form.begin_anew(problem)
        else:
            messages.success(request, _("Your comment is kept."))
            return redirect(f"{to}?section={kept.section.anchor}" if kept.section else to)
    return _discussion(request, held, consultation_of(held), "", form)


urls = [
    path("<slug:code>/<int:number>/consult/", consult, name="consult"),
    path("<slug:code>/<int:number>/consultation/", change, name="change_consultation"),
    path("<slug:code>/<int:number>/discussion/", discussion, name="discussion"),
    path("<slug:code>/<int:number>/comment/", comment, name="comment_on_policy"),
]
