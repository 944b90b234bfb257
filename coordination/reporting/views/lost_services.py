"""The page of services lost: what excused facilities would usually have given, beside the figures and never in them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from coordination.reporting.forms.figures import Asked, FiguresFilter
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.lost_services import LostRow, lost_services
from coordination.reporting.models.measures import Measure
from coordination.reporting.rules.lost import FEWEST_VALUES, MONTHS_BACK, MOST_VALUES, Lost
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, require


@dataclass(frozen=True)
class LostShown:
    """A row as the page shows it: an estimate a measure; `hidden` tells those that are not shown from those there are none of."""

    row: LostRow
    values: tuple[tuple[Lost | None, bool], ...]


def lost_shown(asked: Asked) -> dict[str, Any]:
    """What the page, and the file of it, show of an address; nothing of a period that several make up."""
    overview = asked.overview
    measures = [one for one in overview.shown if one.adds_up]
    if len(overview.parts) > 1 or not measures:
        return {"measures": measures, "rows": [], "total": None, "several": len(overview.parts) > 1}
    (start,) = overview.parts
    found = lost_services(overview.user, overview.template, start, overview.focus, measures)
    total = found.rows(FigureLevel(overview.focus.level))
    return {
        "measures": measures,
        "rows": [_shown(row, measures) for row in found.rows(overview.level)],
        "total": next((_shown(row, measures) for row in total), None),
        "several": False,
    }


def _shown(row: LostRow, measures: list[Measure]) -> LostShown:
    return LostShown(row, tuple((row.values.get(one.id), one.id in row.values) for one in measures))


@login_required
def lost(request: SignedIn) -> HttpResponse:
    """Services lost in a period, by place."""
    require(request.user, Permission.VIEW_FIGURES)
    asked = Asked(request.GET, request.user, timezone.localdate())
    context: dict[str, Any] = {"most": MOST_VALUES, "fewest": FEWEST_VALUES, "months": MONTHS_BACK}
    if asked.template is not None and asked.focus is not None:
        form = FiguresFilter(asked)
        # Estimates are made by the borders of their period, and there is no map of them.
        del form.fields["as"], form.fields["show"]
        context |= {"form": form, "overview": asked.overview} | lost_shown(asked)
    return render(request, "reporting/lost_services.html", context)


urls = [path("figures/lost/", lost, name="lost_services")]
