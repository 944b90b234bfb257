"""Pages of the quality of reports: all units in a funnel and a table, and one with its own past."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import get_language_bidi

from coordination.reporting.forms.quality import QualityFilter
from coordination.reporting.models.quality import (
    Asked,
    Counts,
    Quality,
    QualityLevel,
    QualityMeasure,
    counts_by,
    past_of,
)
from coordination.reporting.rules.funnels import Unit, Verdict, limits, mean_of
from coordination.reporting.rules.periods import Period
from directorates.foundation.pages import SignedIn, page_of
from directorates.models import Organisation, User
from directorates.permissions import Permission, open_to_members, require
from facilities.models import Facility


def quality_listed(user: User, asked: QueryDict) -> tuple[QualityFilter, Quality | None]:
    """The filters and the units that they leave."""
    require(user, Permission.VIEW_REPORTS)
    form = QualityFilter(asked, user)
    wanted = form.asked()
    return form, Quality(user, wanted, form.measure_chosen) if wanted else None


@login_required
def quality(request: SignedIn) -> HttpResponse:
    """Every facility, reporter or directorate that the reader may see: a funnel, and the table behind it."""
    form, found = quality_listed(request.user, request.GET)
    lines = found.lines if found else []
    context: dict[str, Any] = {
        "form": form,
        "quality": found,
        "page": page_of(request, lines),
        "funnels": found.funnels(rtl=get_language_bidi()) if found else [],
        "lines": lines,
        "level": found.asked.level.value if found else "",
        "measure": form.measure_chosen.label,
        "kept": request.GET.urlencode(),
    }
    return render(request, "reporting/quality.html", context)


@login_required
def quality_of(request: SignedIn, level: str, code: str) -> HttpResponse:
    """One unit with its counts, beside what chance allows about its own mean, period by period."""
    require(request.user, Permission.VIEW_REPORTS)
    form = QualityFilter(request.GET, request.user)
    wanted = form.asked()
    if level not in QualityLevel.values or wanted is None:
        raise Http404
    rows: Any = open_to_members(request.user, Organisation.objects.all())
    holder = get_object_or_404(Facility.objects.visible_to(request.user) if level == "facility" else rows, code=code)
    asked = replace(wanted, level=QualityLevel(level), only=holder.pk, place=None)
    for one in ("level", "place"):
        form.fields.pop(one)
    counts = counts_by(request.user, asked, asked.level.value).get(holder.pk)
    if counts is None:
        raise Http404
    context = {
        "form": form,
        "holder": holder,
        "level": QualityLevel(level),
        "asked": asked,
        "counts": counts,
        "measure": form.measure_chosen,
        "past": _past(request.user, asked, form.measure_chosen),
        "kept": request.GET.urlencode(),
    }
    return render(request, "reporting/quality_of.html", context)


# A period with its counts, the share, and where it lies.
Past = tuple[Period, Counts, Unit, Verdict | None]


def _past(user: User, asked: Asked, measure: QualityMeasure) -> list[Past]:
    """Each period with its counts, and where its share lies about the unit's own mean."""
    rows = past_of(user, asked)
    units = [counts.unit(measure) for _period, counts in rows]
    mean = mean_of(units)
    return [
        (period, counts, unit, limits(unit.whole, mean).verdict(unit.rate) if unit.whole and mean is not None else None)
        for (period, counts), unit in zip(rows, units, strict=True)
    ]


urls = [
    path("quality/", quality, name="quality"),
    path("quality/<slug:level>/<slug:code>/", quality_of, name="quality_of"),
]
