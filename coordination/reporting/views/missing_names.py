"""The page on which names that a draft lacks are filled in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import ngettext

from coordination.reporting.actions.missing_names import fill_names
from coordination.reporting.forms.missing_names import NamesForm
from coordination.reporting.models import TemplateVersion
from coordination.reporting.models.missing_names import missing_names
from coordination.reporting.models.templates import VersionStatus
from directorates.foundation.pages import PAGE_SIZE, SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require


@login_required
def names(request: SignedIn, code: str, number: int) -> HttpResponse:
    """What a draft lacks, some at a time; what was filled in is kept, the rest is asked again."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    drafts = TemplateVersion.objects.filter(status=VersionStatus.DRAFT).select_related("template")
    version = get_object_or_404(drafts, template__code=code, number=number)
    missing = missing_names(version)
    page = Paginator(missing, PAGE_SIZE).get_page(request.GET.get("page"))
    asked = list(page) if request.method == "GET" else [one for one in missing if _is_asked(request, one.key)]
    form, status = NamesForm(request.POST or None, missing=asked), 200
    if request.method == "POST" and form.is_valid():
        try:
            count = fill_names(by=request.user, version=version, names=form.cleaned_data, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            told = ngettext("%(count)d name was saved.", "%(count)d names were saved.", count)
            messages.success(request, told % {"count": count})
            return redirect("reporting:missing_names", code=code, number=number)
    context = {"version": version, "form": form, "page": page, "count": len(missing)}
    return render(request, "reporting/missing_names.html", context, status=status)


def _is_asked(request: SignedIn, key: str) -> bool:
    """Whether the form that was sent has a field of this thing."""
    return any(f"{language}-{key}" in request.POST for language in ("ar", "en"))


urls = [path("templates/<slug:code>/<int:number>/names/", names, name="missing_names")]
