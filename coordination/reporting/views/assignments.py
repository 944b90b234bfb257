"""Which facilities report by a template: the list, and beginning and ending it for those that the filters name."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.reporting.actions.assignments import assign, end_assignments
from coordination.reporting.forms.assignments import AssignmentFilter, CountForm
from coordination.reporting.forms.publications import PeriodForm, periods_around
from coordination.reporting.models import ReportTemplate, TemplateVersion
from coordination.reporting.models.assignments import Beginning, Ending
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.views.templates import found_template
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require
from facilities.models.facilities import FacilityQuerySet
from facilities.views.facilities import for_list

# So many of the facilities concerned are named.
NAMED = 10


def assignments_listed(user: User, asked: QueryDict) -> tuple[AssignmentFilter, FacilityQuerySet]:
    """The filters of the address and the facilities that they leave, by their codes; none without a template."""
    form, today = AssignmentFilter(asked, user), timezone.localdate()
    template = form.chosen
    if template is None:
        raise Http404
    return form, form.facilities(template, today).order_by("code")


@login_required
def assignments(request: SignedIn) -> HttpResponse:
    """The facilities with whether, since when and until when they report by a template."""
    require(request.user, Permission.VIEW_FACILITIES)
    form, rows = assignments_listed(request.user, request.GET)
    today = timezone.localdate()
    context = {
        "form": form,
        "template": form.chosen,
        "page": page_of(request, for_list(rows, today)),
        "used": any(request.GET.get(name) for name in form.fields if name != "template"),
        "ends": rows.filter(Q(assigned__isnull=False)).exists(),
        "begins": rows.filter(Q(assigned__isnull=True)).exists(),
        "manages": may(request.user, Permission.MANAGE_TEMPLATES) and not form.errors,
        "today": today,
    }
    return render(request, "reporting/assignments.html", context)


def _chosen(request: SignedIn) -> tuple[AssignmentFilter, ReportTemplate, FacilityQuerySet] | None:
    """The filters, the template and the facilities that they name for a deed; None where a filter cannot be read."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    filters, rows = assignments_listed(request.user, request.GET)
    if filters.errors or filters.chosen is None:
        return None
    return filters, found_template(request, filters.chosen.code), rows


def _list(query: str) -> HttpResponse:
    """Back to the list, which says what is wrong with a filter."""
    return redirect(f"{reverse('reporting:assignments')}?{query}")


def _choice(request: SignedIn, template: ReportTemplate, initial: Period) -> tuple[PeriodForm, Period]:
    """The choice of a period around today, and the one that is chosen or else proposed."""
    asked = request.POST if request.method == "POST" else request.GET
    periods = sorted({*periods_around(template, timezone.localdate()), initial})
    choice = PeriodForm({"period": asked.get("period") or initial.id}, template, periods, initial)
    return choice, choice.cleaned_data["period"] if choice.is_valid() else initial


@login_required
def begin(request: SignedIn) -> HttpResponse:
    """Say how many of the facilities that the filters name would begin to report, ask from when on, and have them do so."""
    if (chosen := _chosen(request)) is None:
        return _list(request.GET.urlencode())
    filters, template, rows = chosen
    today = timezone.localdate()
    choice, period = _choice(request, template, _first(template, today))
    follows = Beginning(template, rows, period, today)

    def deed() -> str:
        given: dict[str, Any] = {"facilities": list(follows.concerned), "first": period.start, "by": request.user}
        done = assign(template=template, **given, at=timezone.now())
        words = ngettext("%(count)d facility begins to report.", "%(count)d facilities begin to report.", done)
        return words % {"count": done}

    return _answer(request, "reporting/assignments_begin.html", filters, choice, follows, deed)


def _first(template: ReportTemplate, today: dt.date) -> Period:
    """From when on facilities begin unless another period is chosen: this one, or that of a first version to come."""
    kind = PeriodType(template.period_type)
    here = period_containing(today, kind)
    versions = TemplateVersion.objects.published().filter(template=template)
    opens = [version.first_day for version in versions.order_by("number")]
    return max(here, period_containing(opens[0], kind)) if opens and opens[0] else here


@login_required
def end(request: SignedIn) -> HttpResponse:
    """Say for how many of the facilities that the filters name it would end, ask for the last period, and end it."""
    if (chosen := _chosen(request)) is None:
        return _list(request.GET.urlencode())
    filters, template, rows = chosen
    today = timezone.localdate()
    choice, period = _choice(request, template, period_containing(today, PeriodType(template.period_type)))
    follows = Ending(template, rows, period)

    def deed() -> str:
        given: dict[str, Any] = {
            "facilities": list(follows.concerned),
            "last": period.last_day,
            "by": request.user,
            "at": timezone.now(),
        }
        done = end_assignments(template=template, **given)
        return ngettext("It ends for %(count)d facility.", "It ends for %(count)d facilities.", done) % {"count": done}

    return _answer(request, "reporting/assignments_end.html", filters, choice, follows, deed)


def _answer(
    request: SignedIn,
    page: str,
    filters: AssignmentFilter,
    choice: PeriodForm,
    follows: Beginning | Ending,
    deed: Callable[[], str],
) -> HttpResponse:
    """Do the deed where it was pressed and concerns as many as were named; else the page that says what follows."""
    status = 400 if choice.errors else 200
    if request.method == "POST" and not choice.errors:
        if not follows.count:
            messages.info(request, _("Nothing was changed: this holds for all of these facilities already."))
            return _list(filters.without_reports)
        try:
            _check_count(request, follows.count)
            messages.success(request, deed())
        except Problem as problem:
            tell(choice, problem)
            status = problem.status
        else:
            return _list(filters.without_reports)
    context = {
        "template": follows.template,
        "filters": filters,
        "choice": choice,
        "follows": follows,
        "period": follows.period,
        "facilities": follows.concerned[:NAMED],
        "rest": max(follows.count - NAMED, 0),
    }
    return render(request, page, context, status=status)


def _check_count(request: SignedIn, count: int) -> None:
    """Raise where the filters name other facilities now than when the page was read."""
    form = CountForm(request.POST)
    if not form.is_valid() or form.cleaned_data["count"] != count:
        words = _("Meanwhile these are %(count)d facilities. Nothing was changed yet; once more does it.")
        raise Problem("changed", words % {"count": count}, 409)


urls = [
    path("assignments/", assignments, name="assignments"),
    path("assignments/begin/", begin, name="begin_assignments"),
    path("assignments/end/", end, name="end_assignments"),
]
