"""A version as it will be filled: on a wide screen, on a phone, on paper, in each language. Nothing is ever saved."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from coordination.reporting.forms.sheets import Posted, answers_in, read_posted
from coordination.reporting.models import Submission, TemplateVersion
from coordination.reporting.models.versions import Outline
from coordination.reporting.rules.periods import PeriodType, period_containing
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.sheets import Sheet, lay_out
from coordination.reporting.rules.values import evaluate
from coordination.reporting.views.templates import found_template, versions_of
from directorates.foundation.pages import SignedIn
from directorates.models.naming import in_language

FORMS = ("form", "phone", "paper")
LANGUAGES = ("ar", "en")
# As everywhere, but the portal's own page may show it in a frame.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def _found(request: SignedIn, code: str, number: int) -> TemplateVersion:
    return get_object_or_404(versions_of(request, found_template(request, code)), number=number)


def _one_of(given: str | None, possible: tuple[str, ...], default: str) -> str:
    return given if given in possible else default


def _reader() -> str:
    """The language of the page around it."""
    return (translation.get_language() or "ar")[:2]


@login_required
def preview(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The preview in a frame, with the choice of screen and language."""
    version = _found(request, code, number)
    context = {
        "template": version.template,
        "version": version,
        "outline": Outline(version),
        "shown": _one_of(request.GET.get("as"), FORMS, "form"),
        "language": _one_of(request.GET.get("lang"), LANGUAGES, _reader()),
    }
    return render(request, "reporting/preview.html", context)


@xframe_options_sameorigin
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def frame(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The form or the paper by itself; what is typed can be checked, and is not kept."""
    version = _found(request, code, number)
    outline = Outline(version)
    paper = request.GET.get("as") == "paper"
    posted = read_posted(request.POST) if request.method == "POST" else None
    with translation.override(_one_of(request.GET.get("lang"), LANGUAGES, _reader())):
        page = "reporting/preview_paper.html" if paper else "reporting/preview_form.html"
        context = _context(version, outline) | {"sheet": _sheet(outline, posted), "checked": posted is not None}
        response = render(request, page, context)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _context(version: TemplateVersion, outline: Outline) -> dict[str, Any]:
    """What the form shows beside its fields: a report that is never written."""
    kind = PeriodType(version.template.period_type)
    today = timezone.localdate()
    period = period_containing(today, kind).previous()
    helps = {one.code: in_language(one.help_ar, one.help_en) for one in outline.elements}
    return {
        "submission": Submission(template=outline.template, version=version, period_start=period.start),
        "desk": {"helps": {code: words for code, words in helps.items() if words}},
        "today": today,
        "blank": True,
    }


def _sheet(outline: Outline, posted: Posted | None) -> Sheet:
    """The blank form, or what was typed with every remark that a check would make."""
    if posted is None:
        return lay_out(outline.spec, Document(), Document())
    answers = answers_in(outline.spec, Document(), posted)
    found = evaluate(outline.spec, answers, complete=True, today=timezone.localdate())
    return lay_out(
        outline.spec, Document(found.doc, found.notes), Document(), found.errors, found.warnings, posted.texts
    )


urls = [
    path("templates/<slug:code>/<int:number>/preview/", preview, name="preview"),
    path("templates/<slug:code>/<int:number>/preview/frame/", frame, name="preview_frame"),
]
