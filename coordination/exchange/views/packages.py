"""Packages from other systems: upload, look at what would follow, import, and the receipt."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import pgettext

from coordination.exchange.actions.packages import KIND, ask_import, import_under_way, package_of, receive_package
from coordination.exchange.forms.packages import HomeForm, TemplatesForm, UploadForm
from coordination.reporting.models import PackageImport, ReportTemplate
from coordination.reporting.models.missing_names import count_missing
from coordination.reporting.models.package_plans import Home, Plan, plan_of
from coordination.reporting.rules.package_items import Fate, Item, counted, item_of
from coordination.reporting.rules.packages import Kind, Package, chosen
from coordination.reporting.rules.templates import DatasetSource, ProgrammeSource
from directorates.foundation import jobs
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require

# What wants a look comes first.
ORDER = (Fate.HELD, Fate.CHANGED, Fate.LEFT_OUT, Fate.DIFFERS, Fate.NEW, Fate.SAME)
NOWHERE = Home(ProgrammeSource(), DatasetSource())


def packages_listed(user: User) -> QuerySet[PackageImport]:
    """The packages that a person may look at, the last first, without what is heavy in them."""
    return PackageImport.objects.visible_to(user).select_related("by").defer("receipt")


def state_of(row: PackageImport) -> tuple[str, str]:
    """What became of a package: the state as chips know it, and in words."""
    if row.applied_at is not None:
        return "done", pgettext("package", "Imported")
    if row.file_id is not None:
        return "waiting", pgettext("package", "Not imported yet")
    return "ended", pgettext("file", "No longer kept")


@login_required
def packages(request: SignedIn) -> HttpResponse:
    """What was uploaded so far, and a file to upload."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    form, problem, status = UploadForm(request.POST or None, request.FILES or None), None, 200
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = receive_package(by=request.user, name=file.name, content=file.read(), at=timezone.now())
        except Problem as found:
            problem, status = found, found.status
        else:
            return redirect("exchange:package", pk=row.pk)
    page = page_of(request, packages_listed(request.user))
    rows = [(row, *state_of(row)) for row in page]
    context = {"form": form, "problem": problem, "page": page, "rows": rows}
    return render(request, "exchange/packages.html", context, status=status)


@login_required
def package(request: SignedIn, pk: int) -> HttpResponse:
    """A package: what would follow, with the choice of its templates; the receipt once it is imported."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    row = get_object_or_404(PackageImport.objects.visible_to(request.user).select_related("by", "applied_by"), pk=pk)
    if row.applied_at is not None:
        return _receipt(request, row)
    try:
        found = package_of(row)
    except Problem as problem:
        return render(request, "exchange/package_gone.html", {"row": row, "problem": problem}, status=problem.status)
    return _apply(request, row, found) if request.method == "POST" else _preview(request, row, found)


def items_listed(row: PackageImport, asked: QueryDict) -> tuple[str, list[Item]]:
    """What is listed of a package: its name, and what would become of each thing, or became of it once it is imported."""
    if row.applied_at is not None:
        return str(row), [item_of(shape) for shape in row.receipt["items"]]
    found = package_of(row)
    which = TemplatesForm(asked, found)
    return str(row), list(_plan(found, which).items)


def _plan(found: Package, which: TemplatesForm) -> Plan:
    """What would follow from importing the chosen templates."""
    return plan_of(chosen(found, which.uids), NOWHERE, timezone.localdate())


def _preview(
    request: SignedIn, row: PackageImport, found: Package, home: HomeForm | None = None, status: int = 200
) -> HttpResponse:
    """What would follow from importing the chosen templates."""
    asked = request.POST if request.method == "POST" else request.GET
    which = TemplatesForm(asked, found)
    plan = _plan(found, which)
    context = _items(plan.items) | {
        "row": row,
        "which": which,
        "chosen": which.uids,
        "plan": plan,
        "file": urlencode([("package", row.pk), *(("templates", uid) for uid in which.uids)]),
        "form": home or HomeForm(package=found, fresh=is_fresh(plan), initial={"due_days": 15}),
        "fresh": is_fresh(plan),
        "strip": jobs.strip(under_way, KIND) if (under_way := import_under_way(row)) else None,
    }
    return render(request, "exchange/package.html", context, status=status)


def _apply(request: SignedIn, row: PackageImport, found: Package) -> HttpResponse:
    """Have the chosen templates imported, and go to the job."""
    which, status = TemplatesForm(request.POST, found), 400
    form = HomeForm(request.POST, package=found, fresh=is_fresh(_plan(found, which)))
    if form.is_valid():
        try:
            job = ask_import(by=request.user, row=row, choice=form.choice(which.uids), at=timezone.now())
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            return redirect("jobs:job", pk=job.pk)
    return _preview(request, row, found, form, status)


def is_fresh(plan: Plan) -> bool:
    """Whether it makes a template that is not here yet, so that it is asked where it belongs."""
    return any(one.fate is Fate.NEW for one in plan.templates)


def _receipt(request: SignedIn, row: PackageImport) -> HttpResponse:
    """What was done, and what is still to do before the drafts can be published."""
    templates = ReportTemplate.objects.filter(code__in=row.receipt["templates"]).order_by("code")
    drafts = [(template, version, count_missing(version)) for template in templates if (version := _draft(template))]
    items = [item_of(shape) for shape in row.receipt["items"]]
    return render(
        request,
        "exchange/package_receipt.html",
        _items(items) | {"row": row, "drafts": drafts, "file": f"package={row.pk}"},
    )


def _draft(template: ReportTemplate) -> Any:
    return template.versions.filter(status="draft").order_by("-number").first()


def _items(items: list[Item]) -> dict[str, Any]:
    """Counts by kind and fate, and the things of each kind, what wants a look first."""
    counts = counted(items)
    by_kind = {
        kind: sorted((one for one in items if one.kind is kind), key=lambda one: ORDER.index(one.fate))
        for kind in Kind
        if kind in counts
    }
    table = [(kind, [(fate, fates[fate]) for fate in Fate]) for kind, fates in counts.items()]
    return {"counts": table, "fates": list(Fate), "by_kind": by_kind}


urls = [
    path("", packages, name="packages"),
    path("<int:pk>/", package, name="package"),
]
