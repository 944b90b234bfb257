"""Due dates as their directorate sees them: what is still to come, and putting it off for a reason."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.reporting.actions.extensions import extend
from coordination.reporting.forms.extensions import ExtendForm
from coordination.reporting.forms.reviews import OccurringFilter
from coordination.reporting.models import ExpectedReport, Extension
from coordination.reporting.models.extensions import extendable, extensions_of, key_of
from coordination.reporting.models.reviews import WEEK_RULES, named
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require

# So many at once are named by a filter; more are put off in several steps.
AT_ONCE = 5000
LATELY, NAMED = 20, 10
ID = re.compile(r"[0-9]{1,18}", re.ASCII)


def deadlines_listed(user: User, asked: QueryDict) -> tuple[OccurringFilter, QuerySet[ExpectedReport]]:
    """The filters of the address and the reports that they leave, or the one that the address names."""
    everything = extendable(user)
    form = OccurringFilter(asked, everything)
    rows = form.narrow(everything).order_by("-due", "pk")
    only = asked.get("only")
    if only is None:
        return form, rows
    # Whoever names one report never means all of them.
    return form, rows.filter(pk=int(only)) if ID.fullmatch(only) else rows.none()


@login_required
def deadlines(request: SignedIn) -> HttpResponse:
    """The expected reports that were not sent yet, the last due first, and what was put off lately."""
    require(request.user, Permission.REVIEW_REPORTS)
    form, rows = deadlines_listed(request.user, request.GET)
    page = page_of(request, named(rows))
    given = Extension.objects.visible_to(request.user).filter(directorate=request.user.acting_id)
    context = {
        "form": form,
        "used": bool(form.address),
        "page": page,
        "rows": _with_extensions(list(page.object_list)),
        "today": timezone.localdate(),
        "lately": given.select_related("template__programme", "facility", "reporter", "by").prefetch_related(
            WEEK_RULES
        )[:LATELY],
    }
    return render(request, "reporting/deadlines.html", context)


def _with_extensions(rows: list[ExpectedReport]) -> list[tuple[ExpectedReport, list[Extension]]]:
    """Each report with how often it was put off."""
    given = extensions_of(rows)
    return [(row, given.get(key_of(row), [])) for row in rows]


@login_required
def put_off(request: SignedIn) -> HttpResponse:
    """Say how many reports the filters name, ask until when and why, and put them off."""
    require(request.user, Permission.REVIEW_REPORTS)
    filters, found = deadlines_listed(request.user, request.GET)
    # The list passes over a filter of which nothing is left to be sent; a deed never means all the others instead.
    rows = list(found[:AT_ONCE]) if filters.is_valid() else []
    if not rows:
        messages.info(request, _("None of these reports is still to be sent."))
        return redirect("reporting:deadlines")
    form = ExtendForm(request.POST if request.method == "POST" else None, initial={"count": len(rows)})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("until", "reason")}
        try:
            _check_count(form, len(rows))
            done = extend(by=request.user, expected=rows, at=timezone.now(), **given)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            words = ngettext(
                "%(count)d due date put off. The reporters are told.",
                "%(count)d due dates put off. The reporters are told.",
                len(done.done),
            )
            messages.success(request, words % {"count": len(done.done)})
            return redirect(_back(filters))
    return _ask(request, form, rows, {"back": _back(filters)}, status)


def _back(filters: OccurringFilter) -> str:
    """The list, with its filters."""
    return f"{reverse('reporting:deadlines')}{'?' if filters.address else ''}{filters.address}"


def _check_count(form: ExtendForm, count: int) -> None:
    """Raise where the filters name other reports now than when the page was read."""
    seen = form.cleaned_data["count"]
    if seen is not None and seen != count:
        # What was posted cannot be changed; once more then means the number that is told.
        form.data = dict(form.data.items()) | {"count": str(count)}
        words = _("Meanwhile these are %(count)d reports. Nothing was put off yet; once more does it.")
        raise Problem("changed", words % {"count": count}, 409)


def _ask(
    request: SignedIn, form: ExtendForm, rows: list[ExpectedReport], more: dict[str, Any], status: int
) -> HttpResponse:
    """The page that asks."""
    shown = named(ExpectedReport.objects.filter(pk__in=[row.pk for row in rows[:NAMED]])).order_by("-due", "pk")
    context = {"form": form, "count": len(rows), "shown": shown, "rest": max(len(rows) - NAMED, 0), **more}
    return render(request, "reporting/put_off.html", context, status=status)


urls = [
    path("deadlines/", deadlines, name="deadlines"),
    path("deadlines/put-off/", put_off, name="put_off"),
]
