"""Lists of reports: those there are, and those that are due."""

from django.contrib.auth.decorators import login_required
from django.db.models import F, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from coordination.reporting.actions.settlements import reads_double_reports
from coordination.reporting.forms.submissions import DueFilter, ReportFilter
from coordination.reporting.models import ExpectedReport, Submission
from coordination.reporting.models.due import reports_due, still_to_send
from coordination.reporting.models.extensions import extensions_of, key_of
from coordination.reporting.models.missing import Words, words_of
from coordination.reporting.models.reviews import named
from coordination.reporting.views import receipts, sheets
from directorates.foundation.pages import SignedIn, page_of
from directorates.models import User
from directorates.permissions import Permission, may, rights_of

SORTS = {
    "changed": "changed",
    "period": "period_start",
    "due": "due",
    "submitted": "submitted",
    "status": "status",
    "facility": "facility__code",
    "reporter": "reporter__code",
}


@login_required
def reports(request: SignedIn) -> HttpResponse:
    """The reports that the caller may read, narrowed by filters that stand in the address."""
    form = ReportFilter(request.GET, request.user)
    rows = reports_listed(request.user, form, request.GET)
    context = {
        "form": form,
        "page": page_of(request, named(rows).select_related("facility__place")),
        "used": any(request.GET.get(name) for name in form.fields),
        "writes": may(request.user, Permission.SUBMIT_REPORTS),
        "reads": may(request.user, Permission.VIEW_REPORTS),
        "reads_doubles": reads_double_reports(request.user),
    }
    return render(request, "reporting/reports.html", context)


def reports_listed(user: User, form: ReportFilter, asked: QueryDict) -> QuerySet[Submission]:
    """The reports that a person may read, as the filters leave and the sort orders them."""
    return _sorted(form.narrow(Submission.objects.visible_to(user)), asked.get("sort", "-changed"))


def _sorted(rows: QuerySet[Submission], sort: str) -> QuerySet[Submission]:
    """In the order of a column; the id makes the order of equals certain."""
    column = F(SORTS.get(sort.removeprefix("-"), "changed"))
    falling = sort.startswith("-") or sort.removeprefix("-") not in SORTS
    return rows.order_by(column.desc(nulls_last=True) if falling else column.asc(nulls_last=True), "id")


@login_required
def due(request: SignedIn) -> HttpResponse:
    """What the caller's organisation still has to send, the most overdue first."""
    form, rows = due_listed(request.user, request.GET)
    page = page_of(request, rows.prefetch_related("template__programme__week_rules"))
    given, words = extensions_of(page.object_list), words_of(list(page.object_list))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, given.get(key_of(row), []), words.get(key_of(row), Words())) for row in page.object_list],
        "used": any(request.GET.get(name) for name in form.fields),
        "writes": may(request.user, Permission.SUBMIT_REPORTS),
    }
    return render(request, "reporting/reports_due.html", context)


def due_listed(user: User, asked: QueryDict) -> tuple[DueFilter, QuerySet[ExpectedReport]]:
    """The filters and what they leave of what a person still has to send."""
    form = DueFilter(asked, user)
    return form, form.narrow(_to_send(user))


def _to_send(user: User) -> QuerySet[ExpectedReport]:
    """The expected reports of the organisations for which the person may report."""
    mine = rights_of(user).organisations(Permission.SUBMIT_REPORTS)
    rows = still_to_send(reports_due(user, timezone.localdate())).filter(reporter__in=mine)
    return rows.select_related("facility__place", "template__programme", "reporter")


urls: list[URLPattern] = [
    path("", reports, name="reports"),
    path("due/", due, name="due"),
    *sheets.urls,
    *receipts.urls,
]
