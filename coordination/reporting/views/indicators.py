"""Pages of indicators: the list, one with its values, building and changing one with a trial on a place and a period."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.consolidation import consolidation_state
from coordination.reporting.actions.indicators import (
    change_formula,
    describe_indicator,
    make_indicator,
    retire_indicator,
)
from coordination.reporting.forms.indicator_values import AskedIndicator, ValuesFilter
from coordination.reporting.forms.indicators import DescriptionForm, FormulaForm, IndicatorForm
from coordination.reporting.models import Indicator, IndicatorVersion, Population
from coordination.reporting.models.populations import stated_of
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.indicators import Outcome, Part
from coordination.reporting.templatetags.indicators import REASONS, operand_name
from coordination.reporting.views.indicator_trials import TRY, named_operands, tried
from coordination.reporting.views.map_drawings import map_of_indicator
from coordination.reporting.views.value_drawings import charts_of_indicator
from coordination.reporting.views.views_strip import kept_of
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Organisation, Place
from directorates.permissions import Permission, may, require


@login_required
def indicators(request: SignedIn) -> HttpResponse:
    """Every indicator in use, with how it is computed and read."""
    require(request.user, Permission.VIEW_EDITIONS)
    page = page_of(request, Indicator.objects.visible_to(request.user).in_use().named().order_by("code"))
    context = {
        "page": page,
        "manages": may(request.user, Permission.MANAGE_TEMPLATES),
        "keeps": may(request.user, Permission.KEEP_POPULATIONS),
        "sees_figures": may(request.user, Permission.VIEW_FIGURES),
    }
    return render(request, "reporting/indicators.html", context)


@dataclass(frozen=True)
class ValuesRow:
    """A place or a directorate with its indicator in the chosen period, and in those before it."""

    holder: Place | Organisation | None
    now: Outcome
    before: tuple[tuple[Outcome, IndicatorVersion | None], ...]
    # Expected and received of each report that it draws on.
    covered: tuple[Any, ...]


def asked_of(request: SignedIn, code: str) -> AskedIndicator:
    """What an address asks of an indicator; retired ones are still read."""
    found = get_object_or_404(Indicator.objects.visible_to(request.user).named(), code=code)
    return AskedIndicator(request.GET, found, request.user, timezone.localdate())


def rows_of(asked: AskedIndicator) -> list[ValuesRow]:
    """The rows of the table, in the order of their codes."""
    values, earlier = asked.rows, list(asked.periods[:-1])[::-1]
    versions = [asked.version_in(period) for period in earlier]
    return [
        ValuesRow(
            holder,
            values.outcome(key, asked.period),
            tuple(zip((values.outcome(key, period) for period in earlier), versions, strict=True)),
            tuple(covered for _template, covered in values.covered(key, asked.period)),
        )
        for key, holder in values.holders.items()
    ]


@login_required
def indicator(request: SignedIn, code: str) -> HttpResponse:
    """One indicator: its value, over time, by place and period, with both sides beside, and how it is computed."""
    require(request.user, Permission.VIEW_EDITIONS)
    asked = asked_of(request, code)
    shown = {} if asked.nothing else _shown(asked)
    versions = asked.indicator.formulas
    # The page's own query may have come from the file's address.
    file = request.GET.copy()
    file["indicator"] = asked.indicator.code
    context = {
        "file": file.urlencode(),
        "indicator": asked.indicator,
        "asked": asked,
        "versions": versions,
        "last": versions[0],
        "editions": not asked.from_figures,
        "state": consolidation_state(),
        "manages": may(request.user, Permission.MANAGE_TEMPLATES) and asked.indicator.retired_at is None,
    }
    return render(request, "reporting/indicator.html", context | shown)


def _shown(asked: AskedIndicator) -> dict[str, Any]:
    """Everything that the page shows of values and of what they are made of."""
    return indicator_shown(asked) | {
        "form": ValuesFilter(asked),
        "parts": _parts(asked),
        "stated": _stated(asked),
        "map": map_of_indicator(asked) if asked.has_governorates else None,
        "kept": kept_of(asked),
    }


def indicator_shown(asked: AskedIndicator) -> dict[str, Any]:
    """Everything about values that the page shows, and kept views of it."""
    key = asked.focus.pk if asked.focus else 0
    rows, whole = rows_of(asked), asked.whole
    series = [(period, whole.outcome(key, period), asked.version_in(period)) for period in asked.periods]
    total = series[-1][1]
    outcomes = (
        [row.now for row in rows]
        + [one for row in rows for one, _version in row.before]
        + [one for _p, one, _v in series]
    )
    told = {reason for one in outcomes for reason in one.reasons}
    return {
        "contested": whole.contested(asked.period),
        "indicator": asked.indicator,
        "asked": asked,
        "version": asked.version,
        "rows": rows,
        "series": series,
        "earlier": asked.periods[:-1][::-1],
        "series_before": series[:-1][::-1],
        "total": total,
        "total_covered": whole.covered(key, asked.period),
        "charts": charts_of_indicator(asked, [(period, one) for period, one, _version in series]),
        "reasons": [words for reason, words in REASONS.items() if reason in told],
        "uneven": any(one.uneven for one in outcomes),
        "corrected": asked.corrected,
    }


def _parts(asked: AskedIndicator) -> list[tuple[str, Part]]:
    """Each operand of the place in focus by its name, with how many reports answer it."""
    found = asked.whole.outcome(asked.focus.pk if asked.focus else 0, asked.period)
    parts: dict[Cell, Part] = dict(found.parts or {})
    version = asked.version
    return [(operand_name(version, *cell), part) for cell, part in parts.items()] if version else []


def _stated(asked: AskedIndicator) -> list[Population]:
    """What sources say of the place in focus itself, where the indicator reads a population."""
    drawn = asked.drawn.get(asked.period)
    groups = [group.value for group in drawn.formula.groups] if drawn else []
    return stated_of(asked.focus, [asked.period.last_day.year], groups) if groups and asked.focus else []


@login_required
def new_indicator(request: SignedIn) -> HttpResponse:
    """Build an indicator: try its formula as often as one likes, then keep it."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    form, trial = IndicatorForm(request.POST or None), None
    if request.method == "POST" and form.is_valid() and request.POST.get("deed") == TRY:
        trial = tried(request.user, form)
    elif request.method == "POST" and form.is_valid():
        code, written = form.cleaned_data["code"], form.written
        try:
            made = make_indicator(code=code, **form.said, written=written, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The indicator is kept."))
            return redirect("reporting:indicator", code=made.code)
    context = {"form": form, "trial": trial, "named": named_operands()}
    return render(request, "reporting/indicator_form.html", context, status=400 if form.errors else 200)


@login_required
def formula(request: SignedIn, code: str) -> HttpResponse:
    """Compute later periods otherwise; what was computed before stays."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    held = _in_use(request, code)
    form, trial = FormulaForm(request.POST or None, held.last), None
    if request.method == "POST" and form.is_valid() and request.POST.get("deed") == TRY:
        trial = tried(request.user, form)
    elif request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {
            "written": form.written,
            "why": form.cleaned_data["why"],
            "seen": form.cleaned_data["seen"],
        }
        try:
            change_formula(indicator=held, **given, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The formula is kept."))
            return redirect("reporting:indicator", code=held.code)
    context = {"form": form, "indicator": held, "trial": trial, "named": named_operands()}
    return render(request, "reporting/indicator_form.html", context, status=400 if form.errors else 200)


@login_required
def describe(request: SignedIn, code: str) -> HttpResponse:
    """Say otherwise how an indicator is called and read."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    held = _in_use(request, code)
    form = DescriptionForm(request.POST or None, held)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["stood"]
        try:
            describe_indicator(indicator=held, **form.said, seen=seen, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("reporting:indicator", code=held.code)
    context = {"form": form, "indicator": held}
    return render(request, "reporting/indicator_describe.html", context, status=400 if form.errors else 200)


@login_required
def retire(request: SignedIn, code: str) -> HttpResponse:
    """Take an indicator out of the list, behind a confirmation."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    held = _in_use(request, code)
    if request.method == "POST":
        retire_indicator(indicator=held, by=request.user, at=timezone.now())
        messages.success(request, _("The indicator is retired. Its address and its figures stay."))
        return redirect("reporting:indicators")
    return render(request, "reporting/indicator_retire.html", {"indicator": held})


def _in_use(request: SignedIn, code: str) -> Indicator:
    """An indicator that can be changed."""
    return get_object_or_404(Indicator.objects.visible_to(request.user).in_use().named(), code=code)


urls = [
    path("indicators/", indicators, name="indicators"),
    path("indicators/new/", new_indicator, name="new_indicator"),
    path("indicators/<slug:code>/", indicator, name="indicator"),
    path("indicators/<slug:code>/formula/", formula, name="indicator_formula"),
    path("indicators/<slug:code>/describe/", describe, name="indicator_describe"),
    path("indicators/<slug:code>/retire/", retire, name="indicator_retire"),
]
