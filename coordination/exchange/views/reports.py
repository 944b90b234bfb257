"""Reports in workbooks: choosing what is to be filled, and the file."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header

from coordination.exchange.actions.report_sheets import MOST_REPORTS, make_csv, make_workbook
from coordination.exchange.files import CSV_TYPE, XLSX_TYPE
from coordination.exchange.forms.reports import WorkbookForm
from coordination.exchange.forms.uploads import UploadForm
from coordination.exchange.models.reports import to_send
from coordination.exchange.views.uploads import uploads_of
from coordination.reporting.models import ReportTemplate
from directorates.foundation.pages import SignedIn
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require


@login_required
def reports(request: SignedIn) -> HttpResponse:
    """What can be filled in a workbook, the way to upload it, and what was uploaded lately."""
    require(request.user, Permission.SUBMIT_REPORTS)
    rows = to_send(request.user).order_by().values("template").annotate(number=Count("pk"))
    waiting = {row["template"]: row["number"] for row in rows}
    templates = ReportTemplate.objects.visible_to(request.user).select_related("programme")
    templates = templates.prefetch_related("programme__week_rules").filter(pk__in=waiting)
    chosen = templates.filter(code=request.GET.get("template", "")).first() or templates.first()
    context = {
        "templates": [(template, waiting[template.pk]) for template in templates],
        "chosen": chosen,
        "form": WorkbookForm(None, request.user, chosen) if chosen else None,
        "most": MOST_REPORTS,
        "upload_form": UploadForm(),
        "noun": "reports",
        "uploads": uploads_of(request.user, "reports"),
    }
    return render(request, "exchange/reports.html", context)


@login_required
def workbook(request: SignedIn) -> HttpResponse:
    """The file for the chosen periods and facilities."""
    require(request.user, Permission.SUBMIT_REPORTS)
    templates = ReportTemplate.objects.visible_to(request.user).select_related("programme")
    template = get_object_or_404(
        templates.prefetch_related("programme__week_rules"), code=request.GET.get("template", "")
    )
    form = WorkbookForm(request.GET, request.user, template)
    if not form.is_valid() or not (chosen := form.chosen()):
        context = {"form": form, "chosen": template, "none": form.is_valid()}
        return render(request, "exchange/workbook_empty.html", context, status=400)
    stem = f"{template.code}-{timezone.localdate():%Y-%m-%d}"
    if form.cleaned_data["format"] == "xlsx":
        made = make_workbook(by=request.user, template=template, reports=chosen, at=timezone.now())
        return file_answer(made, XLSX_TYPE, f"{stem}.xlsx")
    try:
        return file_answer(make_csv(by=request.user, template=template, reports=chosen), CSV_TYPE, f"{stem}.csv")
    except Problem as problem:
        form.add_error("format", str(problem.detail))
        return render(request, "exchange/workbook_empty.html", {"form": form, "chosen": template}, status=400)


def file_answer(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to be kept."""
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(content, content_type=kind, headers=headers)


urls = [
    path("reports/", reports, name="reports"),
    path("reports/workbook/", workbook, name="workbook"),
]
