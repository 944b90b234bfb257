"""The rules of a draft: writing one, and trying it on example values without keeping anything."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone

from coordination.reporting.actions.validation_rules import keep_rule
from coordination.reporting.forms.validation_rules import RuleForm, Trial, said_by
from coordination.reporting.models import TemplateVersion, ValidationRule
from coordination.reporting.models.versions import Outline
from coordination.reporting.views.sections import tell_fresh
from coordination.reporting.views.versions import building
from directorates.foundation.pages import SignedIn
from directorates.foundation.problems import Problem


@login_required
def new_rule(request: SignedIn, code: str) -> HttpResponse:
    """Write a rule."""
    return _asked(request, building(request, code), None)


@login_required
def rule(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Change a rule."""
    version = building(request, code)
    return _asked(request, version, get_object_or_404(ValidationRule.objects.filter(version=version), pk=pk))


def _asked(request: SignedIn, version: TemplateVersion, held: ValidationRule | None) -> HttpResponse:
    """The form with its trial; `try` only tries, everything else keeps."""
    said = said_by(held) if held else {}
    posted = request.POST if request.method == "POST" else None
    tries = posted is not None and "try" in posted
    # What is only tried may be half written: it is not judged as a whole.
    form = RuleForm(posted, initial={"edition": version.edition, **said}, use_required_attribute=False)
    if tries and posted is not None:
        form = RuleForm(None, initial=posted.dict(), use_required_attribute=False)
    if posted is not None and not tries and form.is_valid():
        given = {"seen": form.cleaned_data["edition"], "by": request.user, "at": timezone.now()}
        try:
            keep_rule(version=version, rule=held, **form.taken(), **given)
        except Problem as problem:
            tell_fresh(form, problem, version)
        else:
            return redirect(reverse("reporting:draft", args=[version.template.code]) + "#rules")
    outline = Outline(version)
    context = {
        "form": form,
        "rule": held,
        "version": version,
        "template": version.template,
        "outline": outline,
        "spec": outline.source.spec,
        "trial": Trial(posted or said, outline.source.spec),
        "tried": tries,
    }
    return render(request, "reporting/draft_rule.html", context, status=400 if form.errors else 200)


@login_required
def trial(request: SignedIn, code: str) -> HttpResponse:
    """The trial alone, while somebody types: the values that the rule reads, and whether it holds."""
    version = building(request, code)
    spec = Outline(version).source.spec
    return render(request, "reporting/draft_trial.html", {"trial": Trial(request.POST, spec), "spec": spec})


urls = [
    path("templates/<slug:code>/draft/rules/new/", new_rule, name="new_rule"),
    path("templates/<slug:code>/draft/rules/try/", trial, name="try_rule"),
    path("templates/<slug:code>/draft/rules/<int:pk>/", rule, name="rule"),
]
