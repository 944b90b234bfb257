"""The page of figures: filters, key figures, a chart, a map, a table and a grid; and the file of what is shown."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from coordination.reporting.actions.consolidation import KIND, consolidation_state
from coordination.reporting.actions.settlements import reads_double_reports
from coordination.reporting.forms.figures import Asked, FiguresFilter
from coordination.reporting.models.completeness import Grid, grid
from coordination.reporting.models.contested import contested
from coordination.reporting.models.corrections import corrected_in
from coordination.reporting.models.double_rows import counted_by_rule
from coordination.reporting.models.overviews import Overview
from coordination.reporting.models.runs import may_watch
from coordination.reporting.rules.periods import Period, PeriodType, period_short_name
from coordination.reporting.views import (
    editions,
    embedded_figures,
    figures_across,
    figures_compared,
    lost_services,
    rebuilds,
    sources,
)
from coordination.reporting.views.figure_drawings import charts_of, labels_of, lost_places
from coordination.reporting.views.map_drawings import map_of
from coordination.reporting.views.views_strip import kept_of
from directorates.foundation.jobs import strip
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, may, require

# Facilities and periods of the grid: so many fit beside a name, and so many below one another at first.
PERIODS, FIRST, A_PAGE = 12, 14, 50


@login_required
def figures(request: SignedIn) -> HttpResponse:
    """The figures of a report and period, by place."""
    require(request.user, Permission.VIEW_FIGURES)
    asked = Asked(request.GET, request.user, timezone.localdate())
    context: dict[str, Any] = {
        "state": consolidation_state(),
        "may_rebuild": may(request.user, Permission.RUN_CONSOLIDATION),
        "may_watch": may_watch(request.user),
        "reads_reports": may(request.user, Permission.VIEW_REPORTS),
    }
    if job := context["state"].job:
        context["strip"] = strip(job, KIND)
    if asked.template is not None and asked.focus is not None:
        context |= _shown(asked) | _grid(request, asked.overview)
    return render(request, "reporting/figures.html", context)


def _shown(asked: Asked) -> dict[str, Any]:
    """Everything about figures that the page shows."""
    overview = asked.overview
    covered = overview.total.covered
    return {
        "form": FiguresFilter(asked),
        "overview": overview,
        "contested": contested(overview.user, overview.template, overview.period, overview.focus),
        "by_rule": counted_by_rule(overview.template, overview.period, overview.focus),
        "corrected": corrected_in(overview.template, overview.period, overview.focus),
        "reads_doubles": reads_double_reports(overview.user),
        "complete": covered.complete,
        "timely": covered.timely,
        "charts": charts_of(overview),
        "lost": lost_places(overview),
        "border_changes": overview.border_changes,
        "place_changes": overview.place_changes,
        "map": map_of(overview, show_completeness=asked.completeness),
        "show_completeness": asked.completeness,
        "kept": kept_of(asked),
        "trail": _trail(overview),
    }


def _trail(overview: Overview) -> list[Any]:
    """The places around the one in focus, the greatest first."""
    found, place = [], overview.focus.parent
    while place is not None:
        found.append(place)
        place = place.parent
    return found[::-1]


def _grid(request: SignedIn, overview: Overview) -> dict[str, Any]:
    """The facilities of the place in focus by the last periods, a page of them where all are asked for."""
    own = PeriodType(overview.template.period_type)
    periods = [Period(own, overview.parts[-1])]
    while len(periods) < PERIODS:
        periods.append(periods[-1].previous())
    everything = request.GET.get("facilities") == "all"
    number = request.GET.get("page", "1") if everything else "1"
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    most = A_PAGE if everything else FIRST
    found = _read_grid(overview, periods[::-1], most, (max(page, 1) - 1) * most)
    rules = overview.template.programme.week_rules_kept
    heads = zip(
        labels_of(overview.template, found.periods),
        (period_short_name(one, rules) for one in found.periods),
        strict=True,
    )
    pages = Paginator(range(found.facilities), A_PAGE).get_page(page)
    return {"grid": found, "heads": list(heads), "everything": everything, "grid_page": pages}


def _read_grid(overview: Overview, periods: list[Period], most: int, skipped: int) -> Grid:
    return grid(overview.user, overview.template, periods, overview.focus, overview.today, most=most, skipped=skipped)


urls = [
    path("figures/", figures, name="figures"),
    *sources.urls,
    *rebuilds.urls,
    *figures_across.urls,
    *figures_compared.urls,
    *lost_services.urls,
    *editions.urls,
    *embedded_figures.urls,
]
