"""The reports behind one figure, with the arithmetic that makes the figure of them."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from coordination.reporting.actions.sources import record_sources
from coordination.reporting.api.figure_parameters import Asked, asked_in, measure_in, where_in
from coordination.reporting.models.figures import Borders, periods_behind
from coordination.reporting.models.measures import Measure
from coordination.reporting.models.overviews import Value
from coordination.reporting.models.sources import Sources, Where, sources_of
from coordination.reporting.rules.specification import OverPlace, OverTime
from coordination.reporting.templatetags.figures import figure_text
from coordination.templatetags.tansiq import grouped
from directorates.foundation.pages import PAGE_SIZE, SignedIn
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.models.place_names import named_as_of
from directorates.permissions import Permission, require


@dataclass(frozen=True)
class Behind:
    """What stands behind a figure: what was asked, the periods whose reports make it, and the reports themselves."""

    asked: Asked
    measure: Measure
    category: int
    where: Where
    periods: list[datetime.date]
    found: Sources

    @property
    def value(self) -> Decimal | None:
        """The figure."""
        return (
            self.measure.formula.of_periods(self.found.by_period, self.periods, self.periods) if self.periods else None
        )


def behind_in(user: User, given: Mapping[str, str]) -> Behind | None:
    """What stands behind the figure that an address names; None where it names none."""
    parameters = Parameters(given)
    asked = asked_in(parameters, user)
    measure, category = measure_in(parameters, asked)
    where = where_in(parameters, user, asked)
    if parameters.faults or asked is None or measure is None:
        return None
    if asked.borders is Borders.THEN:
        named_as_of([where.place], asked.period.last_day)
    periods = periods_behind(asked.template, measure, asked.starts)
    found = sources_of(asked.template, where, periods, measure, category)
    return Behind(asked, measure, category, where, periods, found)


@login_required
def sources(request: SignedIn) -> HttpResponse:
    """The reports behind a figure; with what is not open, they add up to it."""
    require(request.user, Permission.VIEW_FIGURES)
    held = behind_in(request.user, request.GET)
    if held is None:
        raise Http404
    record_sources(by=request.user, template=held.asked.template, period=held.asked.period, where=held.where)
    asked, measure, found, value, periods = held.asked, held.measure, held.found, held.value, len(held.periods)
    context = {
        "asked": asked,
        "measure": measure,
        "category": next((one for number, one in measure.categories if number == held.category), None),
        "where": held.where,
        "found": found,
        "page": Paginator(found.rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "value": value,
        "figure": Value(measure, value, measure.adds_up and found.unknown > 0),
        "sum": None if value is None else equation(found, measure, value, periods),
        "parts_are_named": parted(found) and measure.element.over_place is OverPlace.SUM and periods == 1,
        "last": len(asked.starts) > periods,
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
    return bool(found.closed and found.rows) and found.closed_sums.total not in (None, found.sums.total)


def _plain(number: Decimal | None) -> str:
    if number is None:
        return "–"
    return grouped(number, 0 if number == number.to_integral_value() else 2)


urls: list[Any] = [path("figures/sources/", sources, name="sources")]
