"""Missing reports: which did not come and what is said of them; saying why, for one or for many, and taking it back."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, Min, QuerySet
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.reporting.actions import missing as deeds
from coordination.reporting.actions.missing import Explained
from coordination.reporting.forms.missing import ExplainForm, MissingFilter, TakeBackForm
from coordination.reporting.models import ExpectedReport, ExplainedReport, Explanation, MissingEvidence
from coordination.reporting.models.extensions import key_of
from coordination.reporting.models.missing import Words, explainable, not_received, texts_in, words_of
from coordination.reporting.models.reviews import named
from directorates.audit import record_readings
from directorates.foundation.pages import SignedIn, file_to_keep, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, may, require

# So many at once are named by a filter; more are explained in several steps.
AT_ONCE = 5000
NAMED = 10
ID = re.compile(r"[0-9]{1,18}", re.ASCII)


def missing_listed(user: User, asked: QueryDict) -> tuple[MissingFilter, QuerySet[Any]]:
    """The filters of the address and the missing reports that they leave, of those that the person may know of."""
    everything = not_received(ExpectedReport.objects.visible_to(user))
    form = MissingFilter(asked, everything)
    return form, form.narrow(everything).order_by("-due", "pk")


@login_required
def missing(request: SignedIn) -> HttpResponse:
    """The reports that did not come, the last due first, with what both sides say of each."""
    require(request.user, Permission.VIEW_REPORTS)
    form, rows = missing_listed(request.user, request.GET)
    page = page_of(request, named(rows).prefetch_related("directorate"))
    kept = list(page.object_list)
    theirs = set(explainable(request.user).filter(pk__in=[row.pk for row in kept]).values_list("pk", flat=True))
    words = words_of(kept)
    context = {
        "form": form,
        "used": bool(form.address),
        "page": page,
        "rows": [(row, words.get(key_of(row), Words()), row.pk in theirs) for row in kept],
        "today": timezone.localdate(),
        "count": form.narrow(explainable(request.user)).count() if form.address else 0,
    }
    return render(request, "reporting/missing.html", context)


def _named_by(user: User, asked: QueryDict) -> tuple[MissingFilter, QuerySet[Any]]:
    """The same filters over what the person may explain, or the one report that the address names."""
    everything = explainable(user)
    form = MissingFilter(asked, everything)
    only = asked.get("only")
    rows = form.narrow(everything).order_by("-due", "pk")
    if only is None:
        return form, rows
    # Whoever names one report never means all of them.
    return form, rows.filter(pk=int(only)) if ID.fullmatch(only) else rows.none()


@dataclass(frozen=True)
class _Deed:
    """One of the two deeds: its form, what it does with the reports, its page, what is told."""

    form: type[Form]
    do: Callable[[User, list[ExpectedReport], Any], Explained]
    page: str
    told: Callable[[int], str]


def _explain(by: User, rows: list[ExpectedReport], form: Any) -> Explained:
    given = {"reason": form.cleaned_data["reason"], "text": form.cleaned_data["text"], "files": form.files_given}
    return deeds.explain(by=by, expected=rows, at=timezone.now(), **given)


def _take_back(by: User, rows: list[ExpectedReport], form: Any) -> Explained:
    return deeds.take_back(by=by, expected=rows, text=form.cleaned_data["text"], at=timezone.now())


EXPLAIN = _Deed(
    ExplainForm,
    _explain,
    "reporting/explain.html",
    lambda count: ngettext(
        "The reason of %(count)d report is kept. It is excused until it comes, unless nothing excuses it.",
        "The reason of %(count)d reports is kept. They are excused until they come, unless nothing excuses them.",
        count,
    ),
)
TAKE_BACK = _Deed(
    TakeBackForm,
    _take_back,
    "reporting/take_back.html",
    lambda count: ngettext(
        "What was said of %(count)d report is taken back.", "What was said of %(count)d reports is taken back.", count
    ),
)


def _done_with(request: SignedIn, deed: _Deed) -> HttpResponse:
    """Say which reports the filters name, ask, and do the deed."""
    if not any(may(request.user, one) for one in (Permission.SUBMIT_REPORTS, Permission.REVIEW_REPORTS)):
        raise Refused(Permission.SUBMIT_REPORTS)
    filters, found = _named_by(request.user, request.GET)
    # The list passes over a filter of which nothing is left; a deed never means all the others instead.
    rows = list(found[: AT_ONCE + 1]) if filters.is_valid() else []
    if not rows:
        messages.info(request, _("None of these reports is missing, or yours to explain."))
        return redirect("reporting:missing")
    if len(rows) > AT_ONCE:
        words = _("At most %(most)d reports are explained at once. A place, a period or a reporter leaves fewer.")
        messages.error(request, words % {"most": AT_ONCE})
        return redirect(_back(filters))
    posted = request.method == "POST"
    form = deed.form(request.POST if posted else None, request.FILES if posted else None, initial={"seen": _key(rows)})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            _demand_seen(form, rows)
            done = deed.do(request.user, rows, form)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            _say_done(request, deed, done)
            return redirect(_back(filters))
    return _ask(request, deed, form, found, {"back": _back(filters)}, status)


def _say_done(request: SignedIn, deed: _Deed, done: Explained) -> None:
    """What was done, or that nothing had to be."""
    if done.done:
        messages.success(request, deed.told(len(done.done)) % {"count": len(done.done)})
    else:
        messages.info(request, _("Nothing changed: just this was said already."))


def _back(filters: MissingFilter) -> str:
    """The list, with its filters."""
    return f"{reverse('reporting:missing')}{'?' if filters.address else ''}{filters.address}"


def _key(rows: Sequence[ExpectedReport]) -> str:
    """By which some reports are known again, whichever order they come in."""
    keys = sorted((row.template_id, row.period_start.isoformat(), row.facility_id, row.reporter_id) for row in rows)
    return hashlib.sha256(json.dumps(keys).encode()).hexdigest()


def _demand_seen(form: Form, rows: Sequence[ExpectedReport]) -> None:
    """Raise where the filters name other reports now than when the page was read, be they as many."""
    if form.cleaned_data["seen"] == (key := _key(rows)):
        return
    # What was posted cannot be changed; once more then means the reports that are told.
    form.data = dict(form.data.items()) | {"seen": key}
    words = _(
        "These are not the reports that were shown before; by now: %(count)d. Nothing was kept; once more does it."
    )
    raise Problem("changed", words % {"count": len(rows)}, 409)


def _ask(
    request: SignedIn, deed: _Deed, form: Form, found: QuerySet[Any], more: dict[str, Any], status: int
) -> HttpResponse:
    """The page that asks, with what would be said of which reports."""
    count = found.count()
    sums = ExpectedReport.objects.filter(pk__in=found.order_by().values("pk")).aggregate(
        facilities=Count("facility", distinct=True),
        reporters=Count("reporter", distinct=True),
        periods=Count("period_start", distinct=True),
        first=Min("period_start"),
        last=Max("period_start"),
    )
    shown = list(named(found)[:NAMED])
    words = words_of(shown)
    context = {
        "form": form,
        "count": count,
        "sums": sums,
        "shown": [(row, words.get(key_of(row), Words())) for row in shown],
        "rest": max(count - NAMED, 0),
        "explained": found.exclude(ruling="").count(),
        **more,
    }
    return render(request, deed.page, context, status=status)


@login_required
def explain(request: SignedIn) -> HttpResponse:
    """Say why reports did not come."""
    return _done_with(request, EXPLAIN)


@login_required
def take_back(request: SignedIn) -> HttpResponse:
    """Take back what one's side said."""
    return _done_with(request, TAKE_BACK)


@login_required
def one(request: SignedIn, pk: int) -> HttpResponse:
    """Everything that was ever said of one expected report, the last first."""
    rows = named(ExpectedReport.objects.visible_to(request.user)).select_related("directorate", "subdistrict")
    found = get_object_or_404(rows, pk=pk)
    rows_of_it = ExplainedReport.objects.visible_to(request.user).of([found]).filter(reporter=found.reporter_id)
    said = list(rows_of_it.with_texts().order_by("-pk"))
    record_readings(request.user, texts_in(said))
    context = {
        "row": found,
        "words": words_of([found]).get(key_of(found), Words()),
        "said": said,
        "missing": not_received(ExpectedReport.objects.filter(pk=found.pk)).exists(),
        "theirs": explainable(request.user).filter(pk=found.pk).exists(),
        "today": timezone.localdate(),
    }
    return render(request, "reporting/missing_report.html", context)


@login_required
def evidence(request: SignedIn, pk: int) -> HttpResponse:
    """A file that came with what was said."""
    rows = MissingEvidence.objects.filter(about__in=Explanation.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    opened = deeds.open_evidence(by=request.user, evidence=found)
    return file_to_keep(found.name, found.content_type, opened)


urls = [
    path("missing/", missing, name="missing"),
    path("missing/explain/", explain, name="explain"),
    path("missing/take-back/", take_back, name="take_back"),
    path("missing/<int:pk>/", one, name="missing_report"),
    path("missing/evidence/<int:pk>/", evidence, name="missing_evidence"),
]
