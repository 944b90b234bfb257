"""Publishing a draft and retiring a template: first what follows from a period, then the deed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.publications import publish_version, retire_template
from coordination.reporting.forms.publications import AgreeForm, PeriodForm, periods_around
from coordination.reporting.models import ReportTemplate, TemplateVersion
from coordination.reporting.models.publications import Consequences, earliest_beginning
from coordination.reporting.models.versions import Outline, last_published
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.views.sections import tell_fresh
from coordination.reporting.views.templates import draft_for, found_template
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require


def _beginning(template: ReportTemplate) -> Period:
    """From which period a version begins unless another is chosen: the next one, if that is possible."""
    coming = period_containing(timezone.localdate(), PeriodType(template.period_type)).next()
    earliest = earliest_beginning(template)
    return max(coming, earliest) if earliest else coming


@login_required
def publish(request: SignedIn, code: str) -> HttpResponse:
    """Choose the first period, see what follows, publish."""
    version = draft_for(request, code)
    if version is None:
        # Published a moment ago, perhaps by the same person's second press.
        return redirect("reporting:template", code=code)
    template, before = version.template, last_published(version.template)
    first = (
        period_containing(before.first_day, PeriodType(template.period_type)).next()
        if before and before.first_day
        else None
    )
    proposed = _beginning(template)
    periods = sorted({*periods_around(template, timezone.localdate(), first), proposed})
    asked = request.POST if request.method == "POST" else request.GET
    choice = PeriodForm({"period": asked.get("period") or proposed.id}, template, periods, proposed)
    period = choice.cleaned_data["period"] if choice.is_valid() else proposed
    outline = Outline(version, period.start)
    follows = Consequences(template, period)
    lost = follows.lost(outline)
    posted = request.POST if request.method == "POST" and choice.is_valid() else None
    form = AgreeForm(posted, initial={"period": period.id, "edition": version.edition}, lost=lost)
    if posted is not None and form.is_valid():
        done = _publish(request, version, period, form)
        if done is not None:
            return done
    context = {
        "template": template,
        "version": version,
        "outline": outline,
        "period": period,
        "choice": choice,
        "follows": follows,
        "lost": lost,
        "reporting": template.assignments.at(period.last_day).count(),
        "form": form,
        "earliest": earliest_beginning(template),
        "barred": bool(outline.faults or follows.too_early or follows.sent_count),
    }
    return render(request, "reporting/publish.html", context, status=409 if form.errors else 200)


def _publish(request: SignedIn, version: TemplateVersion, period: Period, form: AgreeForm) -> HttpResponse | None:
    """Publish, and go to the template; None where the form says what speaks against it."""
    agreed = form.cleaned_data.get("agreed", [])
    given: dict[str, Any] = {"seen": form.cleaned_data["edition"], "by": request.user, "at": timezone.now()}
    try:
        done = publish_version(version=version, period=period, agreed=agreed, **given)
    except Problem as problem:
        tell_fresh(form, problem, version)
        return None
    messages.success(request, _("Version %(number)d is published.") % {"number": done.number})
    return redirect("reporting:template", code=version.template.code)


@login_required
def retire(request: SignedIn, code: str) -> HttpResponse:
    """Choose the last period, see what follows, retire."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    template = found_template(request, code)
    last = last_published(template)
    if last is None or last.status != "published":
        return redirect("reporting:template", code=code)
    kind, today = PeriodType(template.period_type), timezone.localdate()
    begun = period_containing(last.first_day, kind) if last.first_day else None
    periods = periods_around(template, today, begun)
    initial = max(period_containing(today, kind), periods[0])
    asked = request.POST if request.method == "POST" else request.GET
    choice = PeriodForm({"period": asked.get("period") or initial.id}, template, periods, initial)
    period = choice.cleaned_data["period"] if choice.is_valid() else initial
    if request.method == "POST" and choice.is_valid():
        try:
            retire_template(template=template, period=period, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(choice, problem)
        else:
            messages.success(request, _("The template is retired. Nothing is expected after its last period."))
            return redirect("reporting:template", code=code)
    context = {
        "template": template,
        "version": last,
        "period": period,
        "choice": choice,
        "follows": Consequences(template, period.next()),
    }
    return render(request, "reporting/retire.html", context, status=400 if choice.errors else 200)


urls = [
    path("templates/<slug:code>/draft/publish/", publish, name="publish_version"),
    path("templates/<slug:code>/retire/", retire, name="retire_template"),
]
