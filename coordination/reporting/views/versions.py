"""Building a draft: the page on which everything stands, and the small deeds that its buttons do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.reporting.actions import sections as deeds
from coordination.reporting.actions.validation_rules import remove_rule
from coordination.reporting.actions.versions import discard_version, start_version
from coordination.reporting.forms.templates import EditionForm, StartForm
from coordination.reporting.models import Section, SectionElement, TemplateVersion, ValidationRule
from coordination.reporting.models.versions import Outline, last_published
from coordination.reporting.views.templates import draft_for, found_template, words_for_missing
from directorates.foundation.pages import SignedIn
from directorates.foundation.problems import Problem


def building(request: SignedIn, code: str) -> TemplateVersion:
    """The draft of a template, if the caller builds templates and there is one."""
    found = draft_for(request, code)
    if found is None:
        raise Http404
    return found


@require_POST
@login_required
def start(request: SignedIn, code: str) -> HttpResponse:
    """Begin a draft, or go to the one that is there."""
    template = found_template(request, code)
    form = StartForm(request.POST, template)
    copied = form.cleaned_data["copied"] if form.is_valid() else None
    start_version(template=template, copied=copied, by=request.user, at=timezone.now())
    return redirect("reporting:draft", code=code)


@login_required
def draft(request: SignedIn, code: str) -> HttpResponse:
    """The draft with everything in it; without one, the template."""
    found = draft_for(request, code)
    if found is None:
        return redirect("reporting:template", code=code)
    return render(request, "reporting/draft.html", _context(found))


def _context(version: TemplateVersion) -> dict[str, Any]:
    """What the page and its changing part show."""
    return {
        "template": version.template,
        "version": version,
        "outline": Outline(version),
        "before": last_published(version.template),
    }


def _place(version: TemplateVersion, pk: int) -> SectionElement:
    rows = SectionElement.objects.select_related("element", "section__version")
    return rows.get(pk=pk, section__version=version)


def _section(version: TemplateVersion, pk: int) -> Section:
    return Section.objects.select_related("version").get(pk=pk, version=version)


def _rule(version: TemplateVersion, pk: int) -> ValidationRule:
    return ValidationRule.objects.select_related("version").get(pk=pk, version=version)


# What a button names, and what it does to the row of a key.
DEEDS: dict[str, Callable[..., Any]] = {
    "section-up": lambda v, pk, **by: deeds.move_section(section=_section(v, pk), down=False, **by),
    "section-down": lambda v, pk, **by: deeds.move_section(section=_section(v, pk), down=True, **by),
    "section-remove": lambda v, pk, **by: deeds.remove_section(section=_section(v, pk), **by),
    "item-up": lambda v, pk, **by: deeds.move_item(place=_place(v, pk), down=False, **by),
    "item-down": lambda v, pk, **by: deeds.move_item(place=_place(v, pk), down=True, **by),
    "item-require": lambda v, pk, **by: deeds.require_item(place=_place(v, pk), required=True, **by),
    "item-free": lambda v, pk, **by: deeds.require_item(place=_place(v, pk), required=False, **by),
    "item-remove": lambda v, pk, **by: deeds.remove_item(place=_place(v, pk), **by),
    "rule-remove": lambda v, pk, **by: remove_rule(rule=_rule(v, pk), **by),
}


@require_POST
@login_required
def deed(request: SignedIn, code: str) -> HttpResponse:
    """Do what a button of the draft's page says; then the page again, or only its part where a script asks."""
    version = draft_for(request, code)
    if version is None:
        messages.error(request, _("This version is no draft any more: it was published or discarded."))
        return redirect("reporting:template", code=code)
    name, _colon, key = request.POST.get("deed", "").partition(":")
    form = EditionForm(request.POST)
    if name not in DEEDS or not key.isdecimal() or len(key) > 18 or not form.is_valid():
        raise Http404
    try:
        DEEDS[name](version, int(key), seen=form.cleaned_data["edition"], by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    except (Section.DoesNotExist, SectionElement.DoesNotExist, ValidationRule.DoesNotExist):
        messages.error(request, words_for_missing())
    if request.headers.get("HX-Request"):
        return render(request, "reporting/draft_parts.html", _context(building(request, code)) | {"part": True})
    return redirect(reverse("reporting:draft", args=[code]) + f"#{_anchor(name, key)}")


def _anchor(name: str, key: str) -> str:
    """Where the eye was: the row of the button."""
    return "rules" if name.startswith("rule") else f"{name.partition('-')[0]}-{key}"


@login_required
def discard(request: SignedIn, code: str) -> HttpResponse:
    """Throw the draft away, after asking."""
    version = building(request, code)
    form = EditionForm(request.POST or None, initial={"edition": version.edition})
    if request.method == "POST" and form.is_valid():
        try:
            discard_version(version=version, seen=form.cleaned_data["edition"], by=request.user, at=timezone.now())
        except Problem as problem:
            form.add_error(None, str(problem.detail))
        else:
            messages.success(request, _("The draft was discarded."))
            left = TemplateVersion.objects.filter(template=version.template_id).exists()
            return redirect("reporting:template", code=code) if left else redirect("reporting:templates")
    context = {
        "form": form,
        "title": _("Discard the draft of version %(number)d") % {"number": version.number},
        "text": _("Its sections, items and rules go. The items themselves stay in the library."),
        "deed": _("Discard the draft"),
        "danger": True,
        "cancel_url": reverse("reporting:draft", args=[code]),
    }
    return render(request, "components/confirm_page.html", context, status=409 if form.errors else 200)


def kept_draft(request: SignedIn, code: str, rows: Any, pk: int) -> tuple[TemplateVersion, Any]:
    """The draft and one of its rows, for the pages that change it."""
    version = building(request, code)
    return version, get_object_or_404(rows, pk=pk)


urls = [
    path("templates/<slug:code>/draft/start/", start, name="start_version"),
    path("templates/<slug:code>/draft/", draft, name="draft"),
    path("templates/<slug:code>/draft/deed/", deed, name="draft_deed"),
    path("templates/<slug:code>/draft/discard/", discard, name="discard_version"),
]
