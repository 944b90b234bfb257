"""The library: what templates are made of, where each element is asked, new ones only after a look at near ones."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from coordination.reporting.actions.elements import keep_category_set, keep_element
from coordination.reporting.forms.elements import CategorySetForm, ElementForm, LibraryFilter
from coordination.reporting.models import CategorySet, Element, SectionElement, TemplateVersion
from coordination.reporting.models.elements import published_uses
from directorates.foundation.pages import SignedIn, page_of, tell, where_from
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require

# So many near elements are shown.
NEAR = 8


def elements_listed(user: User, asked: QueryDict) -> tuple[LibraryFilter, QuerySet[Element]]:
    """The filters and the elements that they leave of those a person may see, each with the number of its `templates`."""
    form = LibraryFilter(asked)
    rows = form.narrow(Element.objects.visible_to(user).order_by("code")).select_related("category_set")
    # What only a draft asks is nobody's business yet.
    published = Q(uses__section__version__status__in=("published", "retired"))
    return form, rows.annotate(templates=Count("uses__section__version__template", published, distinct=True))


@login_required
def elements(request: SignedIn) -> HttpResponse:
    """The elements of the library, found by code or by any spelling of their names."""
    form, rows = elements_listed(request.user, request.GET)
    context = {
        "form": form,
        "page": page_of(request, rows),
        "used": any(request.GET.get(name) for name in form.fields),
        "manages": may(request.user, Permission.MANAGE_TEMPLATES),
    }
    return render(request, "reporting/elements.html", context)


@login_required
def element(request: SignedIn, code: str) -> HttpResponse:
    """One element: what it is, and where it is asked."""
    rows = Element.objects.visible_to(request.user).select_related("category_set", "numerator", "denominator")
    found = get_object_or_404(rows, code=code)
    manages = may(request.user, Permission.MANAGE_TEMPLATES)
    context = {
        "element": found,
        "uses": _uses(request, found),
        "near": near(request, found.code, found.name_ar, found.name_en, found.pk),
        "categories": found.category_set.categories.all() if found.category_set else [],
        "changes": manages and not published_uses([found.pk]),
    }
    return render(request, "reporting/element.html", context)


def _uses(request: SignedIn, found: Element) -> QuerySet[SectionElement]:
    """Where it is asked, as far as the reader may see the versions."""
    versions = TemplateVersion.objects.visible_to(request.user)
    rows = SectionElement.objects.filter(element=found, section__version__in=versions)
    order = ("section__version__template__code", "-section__version__number")
    return rows.select_related("section__version__template").order_by(*order)


def near(request: SignedIn, code: str, name_ar: str, name_en: str, but: int | None = None) -> list[Element]:
    """The elements whose names are near to these, the nearest first."""
    rows = Element.objects.visible_to(request.user).exclude(pk=but).select_related("category_set")
    return rows.near(code, name_ar, name_en)[:NEAR]


@login_required
def new_element(request: SignedIn) -> HttpResponse:
    """Make an element, after a look at those that are near to it."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    form = ElementForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "next": where_from(request, "")}
    if request.method != "POST":
        form.initial["name_en" if request.GET.get("q", "").isascii() else "name_ar"] = request.GET.get("q", "")[:200]
        return render(request, "reporting/element_form.html", context)
    valid = form.is_valid()
    given = {**request.POST.dict(), **form.cleaned_data}
    # Whatever else is wrong, the near ones are told with it.
    code, name_ar, name_en = (str(given.get(name) or "")[:200] for name in ("code", "name_ar", "name_en"))
    found = near(request, code, name_ar, name_en)
    context["near"] = found
    if valid:
        try:
            made = keep_element(
                element=None, code=given["code"], near=found, aware=given["aware"], by=request.user, **form.taken()
            )
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The item is in the library."))
            if context["next"]:
                return redirect(f"{context['next'].partition('?')[0]}?{urlencode({'q': made.code})}")
            return redirect("reporting:element", code=made.code)
    return render(request, "reporting/element_form.html", context, status=400)


@login_required
def near_elements(request: SignedIn) -> HttpResponse:
    """The near elements alone, while somebody types names."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    code, name_ar, name_en = (request.GET.get(name, "")[:200] for name in ("code", "name_ar", "name_en"))
    context = {"near": near(request, code, name_ar, name_en), "next": where_from(request, "")}
    return render(request, "reporting/element_near.html", context)


@login_required
def change_element(request: SignedIn, code: str) -> HttpResponse:
    """Change an element that no published version asks."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    found = get_object_or_404(Element.objects.visible_to(request.user), code=code)
    form = ElementForm(request.POST or None, element=found)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["stood"]
            keep_element(element=found, code=found.code, seen=seen, by=request.user, **form.taken())
        except Problem as problem:
            tell(form, problem)
            if problem.code == "changed":
                form.see(Element.objects.get(pk=found.pk).standing())
        else:
            messages.success(request, _("Saved."))
            return redirect(where_from(request, "") or found_at(found))
    context = {"form": form, "element": found, "next": where_from(request, "")}
    return render(request, "reporting/element_form.html", context, status=400 if form.errors else 200)


def found_at(found: Element) -> str:
    """The address of an element."""
    return f"/reports/elements/{found.code}/"


def category_sets_listed(user: User) -> QuerySet[CategorySet]:
    """The category sets that a person sees, each with its categories and how many elements are asked by it."""
    rows = CategorySet.objects.visible_to(user).prefetch_related("categories")
    return rows.annotate(used=Count("elements", distinct=True)).order_by("code")


@login_required
def category_sets(request: SignedIn) -> HttpResponse:
    """The category sets with their categories."""
    context = {
        "page": page_of(request, category_sets_listed(request.user)),
        "manages": may(request.user, Permission.MANAGE_TEMPLATES),
    }
    return render(request, "reporting/category_sets.html", context)


@login_required
def new_category_set(request: SignedIn) -> HttpResponse:
    """Make a category set."""
    return _category_set(request, None)


@login_required
def change_category_set(request: SignedIn, code: str) -> HttpResponse:
    """Change a category set that no published version uses."""
    return _category_set(request, get_object_or_404(CategorySet.objects.visible_to(request.user), code=code))


def _category_set(request: SignedIn, held: CategorySet | None) -> HttpResponse:
    require(request.user, Permission.MANAGE_TEMPLATES)
    form = CategorySetForm(request.POST or None, category_set=held)
    if request.method == "POST" and form.is_valid():
        given = {"code": held.code if held else "", **form.cleaned_data}
        try:
            keep_category_set(category_set=held, by=request.user, **given)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("reporting:category_sets")
    context = {"form": form, "held": held}
    return render(request, "reporting/category_set_form.html", context, status=400 if form.errors else 200)


urls = [
    path("elements/", elements, name="elements"),
    path("elements/new/", new_element, name="new_element"),
    path("elements/near/", near_elements, name="near_elements"),
    path("elements/sets/", category_sets, name="category_sets"),
    path("elements/sets/new/", new_category_set, name="new_category_set"),
    path("elements/sets/<slug:code>/", change_category_set, name="category_set"),
    path("elements/<slug:code>/", element, name="element"),
    path("elements/<slug:code>/change/", change_element, name="change_element"),
]
