"""Pages of schedules: when each template's figures are checked, choosing it, and asking for a check now."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.reporting.actions.schedules import request_check, set_schedule
from coordination.reporting.forms.schedules import ScheduleForm
from coordination.reporting.models import ConsolidationRun, ConsolidationSchedule, ReportTemplate
from coordination.reporting.models.runs import last_checks
from coordination.reporting.views.runs import demand_watching
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, may, require

# A template, when it is checked, and its last check.
Scheduled = tuple[ReportTemplate, ConsolidationSchedule | None, ConsolidationRun | None]


def schedules_listed() -> QuerySet[ReportTemplate]:
    """Every template, each with its schedule."""
    return ReportTemplate.objects.select_related("schedule").order_by("code")


def with_checks(templates: Sequence[ReportTemplate]) -> list[Scheduled]:
    """Some templates with when each is checked, and their last checks."""
    checks = last_checks([template.pk for template in templates])
    return [(one, getattr(one, "schedule", None), checks.get(one.pk)) for one in templates]


@login_required
def schedules(request: SignedIn) -> HttpResponse:
    """Every template with its schedule and its last check."""
    demand_watching(request.user)
    page = page_of(request, schedules_listed())
    context = {
        "page": page,
        "rows": with_checks(list(page)),
        "may_set": may(request.user, Permission.MANAGE_TEMPLATES),
        "may_check": may(request.user, Permission.RUN_CONSOLIDATION),
    }
    return render(request, "reporting/schedules.html", context)


@login_required
def schedule(request: SignedIn, code: str) -> HttpResponse:
    """Choose when a template's figures are checked."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    template = get_object_or_404(ReportTemplate, code=code)
    held = ConsolidationSchedule.objects.filter(template=template).first()
    form = ScheduleForm(request.POST or None, held)
    if request.method == "POST" and form.is_valid():
        try:
            set_schedule(by=request.user, template=template, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Kept."))
            return redirect("reporting:schedules")
    context = {"form": form, "template": template, "schedule": held}
    return render(request, "reporting/schedule.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def check_figures(request: SignedIn, code: str) -> HttpResponse:
    """Have a template's figures checked now."""
    require(request.user, Permission.RUN_CONSOLIDATION)
    template = get_object_or_404(ReportTemplate, code=code)
    job = request_check(by=request.user, template=template, at=timezone.now())
    return redirect("jobs:job", pk=job.pk)


urls = [
    path("figures/schedules/", schedules, name="schedules"),
    path("figures/schedules/<slug:code>/", schedule, name="schedule"),
    path("figures/schedules/<slug:code>/check/", check_figures, name="check_figures"),
]
