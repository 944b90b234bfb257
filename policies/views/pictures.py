"""Pages of a version's pictures: add one to a draft, say what it shows, take it out; the picture itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require
from policies.actions.picture_marks import sections_showing
from policies.actions.pictures import add_picture, describe_picture, take_out_picture
from policies.forms.pictures import PictureForm, WordsForm
from policies.models import PolicyPicture
from policies.models.pictures import pictures_of
from policies.views.branding import ALONE
from policies.views.versions import conflict_or_tell, version_of

# An adopted text never changes, and its pictures are for everybody with a role: a browser keeps them for a week.
KEPT = "private, max-age=604800, immutable"


@login_required
def pictures(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The pictures of a draft with their marks; add another one."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = PictureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        name, content = given.pop("file")
        try:
            made = add_picture(version=held, name=name, content=content, **given, by=request.user, at=timezone.now())
        except Problem as problem:
            if problem.errors:
                tell(form, problem)
            elif (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(request, _("Picture %(number)s is part of the draft.") % {"number": made.number})
            return redirect("policies:pictures", code=code, number=number)
    showing = sections_showing(held)
    context = {
        "version": held,
        "policy": held.policy,
        "pictures": [(one, showing.get(one.number, [])) for one in pictures_of(held)],
        "form": form,
        "writes": held.is_draft,
    }
    return render(request, "policies/pictures.html", context, status=400 if form.errors else 200)


def _found(request: SignedIn, code: str, number: int, which: int) -> PolicyPicture:
    """A picture of a draft that the caller may write, without its content."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    return get_object_or_404(held.pictures.defer("content"), number=which)


@login_required
def describe(request: SignedIn, code: str, number: int, which: int) -> HttpResponse:
    """Say otherwise what a picture shows."""
    found = _found(request, code, number, which)
    form = WordsForm(request.POST or None, initial=found.standing() | {"stood": found.standing()})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            describe_picture(picture=found, seen=given.pop("stood"), **given, by=request.user, at=timezone.now())
        except Problem as problem:
            if problem.errors:
                tell(form, problem)
            elif (back := conflict_or_tell(request, form, found.version, problem)) is not None:
                return back
            if problem.code == "changed":
                found.refresh_from_db(fields=["words_ar", "words_en"])
                form.see(found.standing())
        else:
            messages.success(request, _("Saved."))
            return redirect("policies:pictures", code=code, number=number)
    title = _("What picture %(number)s shows") % {"number": which}
    context = {"form": form, "title": title, "back": reverse("policies:pictures", args=[code, number])}
    return render(
        request, "policies/picture_form.html", context | {"picture": found}, status=400 if form.errors else 200
    )


@require_POST
@login_required
def take_out(request: SignedIn, code: str, number: int, which: int) -> HttpResponse:
    """Take a picture out of a draft; pressed twice, it is gone once."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    found = held.pictures.defer("content").filter(number=which).first()
    try:
        if found is not None:
            take_out_picture(picture=found, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The picture is taken out of the draft. Earlier versions keep theirs."))
    return redirect("policies:pictures", code=code, number=number)


@login_required
def picture(request: SignedIn, code: str, number: int, digest: str) -> HttpResponse:
    """The picture itself, for whoever reads the version; nothing in it runs, wherever it is opened."""
    held = version_of(request, code, number)
    found = get_object_or_404(held.pictures, digest=digest)
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    answer.headers["Content-Security-Policy"] = ALONE
    if held.adopted is not None:
        answer.headers["Cache-Control"] = KEPT
    return answer


urls = [
    path("<slug:code>/<int:number>/pictures/", pictures, name="pictures"),
    path("<slug:code>/<int:number>/pictures/<int:which>/words/", describe, name="describe_picture"),
    path("<slug:code>/<int:number>/pictures/<int:which>/take-out/", take_out, name="take_out_picture"),
    path("<slug:code>/<int:number>/pictures/file/<slug:digest>/", picture, name="picture"),
]
