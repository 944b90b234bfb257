"""The page of one item over all templates that ask it."""

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from coordination.reporting.actions.settlements import reads_double_reports
from coordination.reporting.forms.figures_across import AcrossForm
from coordination.reporting.models.border_changes import changed_between
from coordination.reporting.models.contested import contested_across
from coordination.reporting.models.figures import LEVELS, Borders
from coordination.reporting.models.figures_across import Asking, asking, read_across
from coordination.reporting.models.shared_items import shared_by_rule
from directorates.foundation.pages import SignedIn
from directorates.models import User
from directorates.models.place_names import named_as_of
from directorates.permissions import Permission, require


@login_required
def across(request: SignedIn) -> HttpResponse:
    """The figures of an item, each facility once, with the templates they are made of."""
    require(request.user, Permission.VIEW_FIGURES)
    return render(request, "reporting/figures_across.html", across_shown(request.user, request.GET))


def across_shown(user: User, asked: QueryDict) -> dict[str, Any]:
    """What the page shows of an address: its form, and as far as somebody asks the item, the rows and how they are counted."""
    today = timezone.localdate()
    form = AcrossForm(asked, today)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        given = form.cleaned_data
        found = asking(user, given["element"], given["period"])
        context |= {"period": given["period"], "asking": found}
        if found is not None:
            context |= _figures(user, found, given, today)
            context["changed"] = changed_between(found.first, given["period"], Borders(given["as"]), today)
            context["contested"] = contested_across(user, found.measures, given["period"])
    return context


def _figures(user: User, found: Asking, given: dict[str, Any], today: datetime.date) -> dict[str, Any]:
    """The rows: every holder that answers, with its categories; by today's borders also ground that cannot be divided."""
    borders = Borders(given["as"])
    figures = read_across(found, user, LEVELS[given["level"]], None, borders, today)
    if borders is Borders.THEN:
        named_as_of(figures.holders.values(), given["period"].last_day)
    rows = [
        {
            "holder": holder,
            "undivided": figures.undivided.get(pk),
            "value": figures.value(pk),
            "parts": [figures.value(pk, number) for number, _category in found.measure.categories],
            "answers": figures.answers(pk),
        }
        for pk, holder in figures.holders.items()
        if pk in figures.sums
    ]
    return {
        "rows": rows,
        "measure": found.measure,
        "passed_over": figures.passed_over,
        "by_rule": shared_by_rule(found.measures, found.starts),
        "reads_doubles": reads_double_reports(user),
    }


urls = [path("figures/across/", across, name="figures_across")]
