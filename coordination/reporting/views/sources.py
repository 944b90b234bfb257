"""The reports behind one figure, with the arithmetic that makes the figure of them."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from coordination.reporting.api.figure_parameters import asked_in, measure_in, where_in
from coordination.reporting.models.figures import Borders, periods_behind
from coordination.reporting.models.measures import Measure
from coordination.reporting.models.sources import Sources, sources_of
from coordination.reporting.rules.specification import OverPlace, OverTime
from coordination.reporting.templatetags.figures import figure_text
from coordination.templatetags.tansiq import grouped
from directorates.foundation.pages import PAGE_SIZE, SignedIn
from directorates.foundation.reading import Parameters
from directorates.permissions import Permission, require


@login_required
def sources(request: SignedIn) -> HttpResponse:
    """The reports behind a figure; with what is not open, they add up to it."""
    require(request.user, Permission.VIEW_FIGURES)
    parameters = Parameters(request.GET)
    asked = asked_in(parameters, request.user)
    measure, category = measure_in(parameters, asked)
    where = where_in(parameters, request.user, asked.borders if asked else Borders.THEN)
    if parameters.faults or asked is None or measure is None:
        raise Http404
    behind = periods_behind(asked.template, measure, asked.starts)
    found = sources_of(asked.template, where, behind, measure, category)
    value = measure.formula.of_periods(found.by_period, behind, behind) if behind else None
    context = {
        "asked": asked,
        "measure": measure,
        "category": next((one for number, one in measure.categories if number == category), None),
        "where": where,
        "found": found,
        "page": Paginator(found.rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "value": value,
        "sum": None if value is None else equation(found, measure, value, len(behind)),
        "parts_are_named": parted(found) and measure.element.over_place is OverPlace.SUM and len(behind) == 1,
        "last": len(asked.starts) > len(behind),
        "back": f"{reverse('reporting:figures')}?template={asked.template.code}&period={asked.period.id}",
    }
    return render(request, "reporting/figure_sources.html", context)


def equation(found: Sources, measure: Measure, value: Decimal, periods: int) -> str:
    """How the reports come to the figure: 480 ÷ 12 = 40.0."""
    sums, answer = found.sums, figure_text(value, measure)
    if measure.element.over_place is OverPlace.RATIO:
        return f"{_plain(sums.numerator)} ÷ {_plain(sums.denominator)} = {answer}"
    if measure.element.over_place is OverPlace.AVERAGE and (periods == 1 or measure.formula.pooled):
        return f"{_plain(sums.total)} ÷ {grouped(sums.n, 0)} = {answer}"
    parts = [_plain(measure.formula.of_period(sums)) for _day, sums in sorted(found.by_period.items()) if sums.n]
    if len(parts) > 1:
        together = " + ".join(parts)
        mean = measure.element.over_time is OverTime.AVERAGE
        return f"({together}) ÷ {len(parts)} = {answer}" if mean else f"{together} = {answer}"
    if parted(found) and sums.total is not None and found.closed_sums.total is not None:
        return f"{_plain(sums.total - found.closed_sums.total)} + {_plain(found.closed_sums.total)} = {answer}"
    return answer


def parted(found: Sources) -> bool:
    """Whether some of the reports are open to the reader and others are not."""
    return bool(found.closed and found.rows)


def _plain(number: Decimal | None) -> str:
    if number is None:
        return "–"
    return grouped(number, 0 if number == number.to_integral_value() else 2)


urls: list[Any] = [path("figures/sources/", sources, name="sources")]
