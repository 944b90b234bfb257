"""The page of computing: what consolidation did, how far figures lag behind, and what is wrong with it now."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Max, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language_bidi

from coordination.reporting.actions.consolidation import consolidation_state
from coordination.reporting.forms.runs import RunFilter
from coordination.reporting.models import ConsolidationRun, ConsolidationTrouble, ReportTemplate
from coordination.reporting.models.runs import RunKind, lag_now, lags_by_hour, may_watch
from coordination.reporting.rules.lags import draw
from directorates.foundation.pages import SignedIn, page_of
from directorates.models import User
from directorates.permissions import Permission, Refused, may

# The picture shows so many hours; so many troubles that are over stand below it.
HOURS, TROUBLES = 72, 5


def demand_watching(user: User) -> None:
    """Refuse whoever does not look after consolidation."""
    if not may_watch(user):
        raise Refused(Permission.RUN_CONSOLIDATION)


def runs_listed(user: User, asked: QueryDict) -> tuple[RunFilter, QuerySet[ConsolidationRun]]:
    """The filters and the runs that they leave, the last first."""
    form = RunFilter(asked, ReportTemplate.objects.order_by("code"))
    rows = ConsolidationRun.objects.visible_to(user)
    return form, form.narrow(rows).select_related("by", "job").order_by("-began", "-pk")


def templates_of(run: ConsolidationRun, templates: dict[int, ReportTemplate]) -> list[ReportTemplate]:
    """The templates whose figures a run computed, as far as they are still there; none named means all."""
    return [templates[number] for number in run.templates if number in templates]


@login_required
def runs(request: SignedIn) -> HttpResponse:
    """What ran, the lag over the last days, and what is wrong."""
    demand_watching(request.user)
    form, found = runs_listed(request.user, request.GET)
    page = page_of(request, found)
    templates = {row.pk: row for row in form.templates.values()}
    troubles = ConsolidationTrouble.objects.visible_to(request.user).select_related("template")
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "used": any(request.GET.get(name) for name in form.fields),
        "rows": [(run, templates_of(run, templates), run.kind == RunKind.REBUILD) for run in page],
        "open": troubles.open(),
        "over": troubles.exclude(until=None)[:TROUBLES],
        "may_rebuild": may(request.user, Permission.RUN_CONSOLIDATION),
    }
    return render(request, "reporting/runs.html", context | _lag())


def _lag() -> dict[str, Any]:
    """How far figures lag behind, now and in the last days."""
    limit, now = settings.LONGEST_LAG.total_seconds(), timezone.now()
    lags, lag = lags_by_hour(now, HOURS), lag_now().total_seconds()
    return {
        "state": consolidation_state(),
        "lag": lag,
        "longest": max(lags),
        "limit": limit,
        "late": lag > limit,
        "hours": HOURS,
        "by_hour": [(now - datetime.timedelta(hours=HOURS - 1 - place), one) for place, one in enumerate(lags) if one],
        "picture": draw(lags, limit, rtl=get_language_bidi()),
        "last": ConsolidationRun.objects.aggregate(last=Max("ended"))["last"],
    }


urls = [path("figures/runs/", runs, name="runs")]
