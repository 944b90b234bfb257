"""The sections of a draft: their names, and asking items of the library in them."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.reporting.actions.sections import add_section, ask_elements, rename_section
from coordination.reporting.forms.elements import LibraryFilter
from coordination.reporting.forms.templates import EditionForm, NamesForm
from coordination.reporting.models import Element, Section, SectionElement, TemplateVersion
from coordination.reporting.views.versions import building
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem

# So many items can be ticked on one page.
MOST = 50


def _back(code: str, section: Section | None = None) -> str:
    return reverse("reporting:draft", args=[code]) + (f"#section-{section.pk}" if section else "")


@login_required
def new_section(request: SignedIn, code: str) -> HttpResponse:
    """Add a section."""
    return _named(request, building(request, code), None)


@login_required
def section(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Rename a section."""
    version = building(request, code)
    rows = Section.objects.select_related("version").filter(version=version)
    return _named(request, version, get_object_or_404(rows, pk=pk))


def _named(request: SignedIn, version: TemplateVersion, held: Section | None) -> HttpResponse:
    """Ask the two names, and keep them."""
    code = version.template.code
    names = {"name_ar": held.name_ar, "name_en": held.name_en} if held else {}
    form = NamesForm(request.POST or None, initial={"edition": version.edition, **names})
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name_ar", "name_en")}
        said |= {"seen": form.cleaned_data["edition"], "by": request.user, "at": timezone.now()}
        try:
            kept = rename_section(section=held, **said) if held else add_section(version=version, **said)
        except Problem as problem:
            tell_fresh(form, problem, version)
        else:
            return redirect(_back(code, kept))
    title = _("Names of the section") if held else _("New section")
    context = {"form": form, "version": version, "template": version.template, "title": title}
    return render(request, "reporting/draft_section.html", context, status=409 if form.errors else 200)


def tell_fresh(form: Any, problem: Problem, version: TemplateVersion) -> None:
    """Show a problem in the form; after another person's change, the next press is made knowing of it."""
    tell(form, problem)
    if problem.code == "changed":
        form.data = form.data.copy()
        form.data["edition"] = str(TemplateVersion.objects.get(pk=version.pk).edition)


@login_required
def items(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Find items in the library and ask those ticked in a section."""
    version = building(request, code)
    held = get_object_or_404(Section.objects.select_related("version").filter(version=version), pk=pk)
    if request.method == "POST":
        return _ask(request, version, held)
    return _library(request, version, held)


def _library(
    request: SignedIn, version: TemplateVersion, held: Section, ticked: Collection[str] = (), status: int = 200
) -> HttpResponse:
    """The items of the library that the filters leave; those ticked before stay ticked."""
    form = LibraryFilter(request.GET)
    rows = form.narrow(Element.objects.visible_to(request.user).order_by("code"))
    places = SectionElement.objects.filter(section__version=version).select_related("section")
    context = {
        "form": form,
        "page": page_of(request, rows.select_related("category_set")),
        "asked": {place.element_id: place.section for place in places},
        "version": version,
        "template": version.template,
        "section": held,
        "used": any(request.GET.get(name) for name in form.fields),
        "ticked": ticked,
    }
    return render(request, "reporting/draft_items.html", context, status=status)


def _ask(request: SignedIn, version: TemplateVersion, held: Section) -> HttpResponse:
    """Ask the ticked items."""
    form, code = EditionForm(request.POST), version.template.code
    codes = request.POST.getlist("element")[:MOST]
    rows = {row.code: row for row in Element.objects.visible_to(request.user).filter(code__in=codes)}
    if not form.is_valid() or not rows:
        messages.info(request, _("No item was ticked."))
        return redirect(request.get_full_path())
    chosen = [rows[one] for one in codes if one in rows]
    try:
        new = ask_elements(
            section=held, elements=chosen, seen=form.cleaned_data["edition"], by=request.user, at=timezone.now()
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
        if problem.code == "changed":
            # The next press is made knowing of the change; what was ticked stays.
            return _library(request, building(request, code), held, rows, problem.status)
        return redirect(request.get_full_path())
    told = ngettext("%(count)d item is asked now.", "%(count)d items are asked now.", len(new)) % {"count": len(new)}
    messages.success(request, told)
    return redirect(_back(code, held))


urls = [
    path("templates/<slug:code>/draft/sections/new/", new_section, name="new_section"),
    path("templates/<slug:code>/draft/sections/<int:pk>/", section, name="section"),
    path("templates/<slug:code>/draft/sections/<int:pk>/items/", items, name="section_items"),
]
