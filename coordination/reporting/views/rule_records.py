"""The page of the rules' own record: how often each was checked and broken, and how often it was right to break it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from coordination.reporting.actions.broken_rules import request_validation
from coordination.reporting.forms.rule_records import RuleRecordFilter
from coordination.reporting.models import ReportTemplate, RuleRecord
from coordination.reporting.models.rule_records import READING, RuleLine, last_validation, rule_lines
from directorates.foundation.pages import SignedIn, page_of
from directorates.models import User
from directorates.permissions import Refused, may

SORTS: dict[str, Callable[[RuleLine], Any]] = {
    "rule": lambda line: line.rule.code,
    "checked": lambda line: line.checked,
    "broken": lambda line: line.broken,
    "share": lambda line: -1 if line.share is None else line.share,
    "approved": lambda line: line.approved,
    "corrected": lambda line: line.corrected,
    "right": lambda line: -1 if line.right is None else line.right,
}


def demand_reading(user: User) -> None:
    """Refuse whoever neither writes rules nor looks after what is computed."""
    if not any(may(user, right) for right in READING):
        raise Refused(READING[0])


def lines_listed(user: User, template: ReportTemplate, asked: QueryDict) -> tuple[RuleRecordFilter, list[RuleLine]]:
    """The filters and the rules that they leave, the most often broken first if not sorted."""
    form = RuleRecordFilter(asked, template)
    lines = rule_lines(form.narrow(RuleRecord.objects.visible_to(user)), template)
    lines = [line for line in lines if form.chosen_severity in ("", line.rule.severity)]
    sort = asked.get("sort", "-broken")
    key = SORTS.get(sort.removeprefix("-"), SORTS["broken"])
    return form, sorted(lines, key=key, reverse=sort.startswith("-") or sort not in SORTS)


@login_required
def rule_records(request: SignedIn, code: str) -> HttpResponse:
    """Every rule of a template with its record."""
    demand_reading(request.user)
    template = get_object_or_404(ReportTemplate.objects.visible_to(request.user), code=code)
    form, lines = lines_listed(request.user, template, request.GET)
    # The page's own query may have come from the file's address.
    file = request.GET.copy()
    file["template"] = template.code
    context = {
        "file": file.urlencode(),
        "template": template,
        "form": form,
        "used": any(request.GET.get(name) for name in form.fields),
        "page": page_of(request, lines),
        "last": last_validation(template),
    }
    return render(request, "reporting/rule_records.html", context)


@require_POST
@login_required
def check_rules(request: SignedIn, code: str) -> HttpResponse:
    """Have all reports of a template judged by its rules now."""
    demand_reading(request.user)
    template = get_object_or_404(ReportTemplate.objects.visible_to(request.user), code=code)
    job = request_validation(by=request.user, template=template, at=timezone.now())
    return redirect("jobs:job", pk=job.pk)


urls = [
    path("templates/<slug:code>/record/", rule_records, name="rule_records"),
    path("templates/<slug:code>/record/check/", check_rules, name="check_rules"),
]
