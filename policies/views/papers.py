"""Pages of scanned papers: adding one to a draft, opening it, taking it out again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, file_to_keep
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require
from policies.actions.papers import add_paper, take_out_paper
from policies.forms.papers import PaperForm
from policies.views.versions import conflict_or_tell, version_of


@login_required
def new_paper(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Add a scanned paper to a draft."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        name, content = given.pop("file")
        try:
            add_paper(version=held, name=name, content=content, **given, by=request.user, at=timezone.now())
        except Problem as problem:
            if (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(request, _("The paper is part of the draft."))
            return redirect("policies:version", code=code, number=number)
    context = {
        "form": form,
        "title": _("Add a scanned paper"),
        "back": reverse("policies:version", args=[code, number]),
    }
    return render(request, "policies/file_form.html", context, status=400 if form.errors else 200)


@login_required
def paper(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """The file itself."""
    found = get_object_or_404(version_of(request, code, number).papers, pk=pk)
    return file_to_keep(found.name, found.content_type, bytes(found.content))


@require_POST
@login_required
def take_out(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """Take a paper out of a draft again."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    found = held.papers.defer("content").filter(pk=pk).first()
    try:
        if found is not None:
            take_out_paper(paper=found, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The paper is taken out of the draft."))
    return redirect("policies:version", code=code, number=number)


urls = [
    path("<slug:code>/<int:number>/papers/new/", new_paper, name="new_paper"),
    path("<slug:code>/<int:number>/papers/<int:pk>/", paper, name="paper"),
    path("<slug:code>/<int:number>/papers/<int:pk>/take-out/", take_out, name="take_out_paper"),
]
