"""Report templates: the list, one template with its versions, one version as it is read, two versions compared."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.versions import change_head, make_template
from coordination.reporting.forms.templates import HeadForm, StartForm, TemplateForm
from coordination.reporting.models import ReportTemplate, TemplateVersion
from coordination.reporting.models.rule_records import READING
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.versions import Outline, draft_of
from coordination.reporting.rules.comparisons import compare
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require


def found_template(request: SignedIn, code: str) -> ReportTemplate:
    """The template of a code, if the reader may see it."""
    rows = ReportTemplate.objects.visible_to(request.user).select_related("programme", "dataset__custodian")
    return get_object_or_404(rows.prefetch_related("programme__week_rules"), code=code)


def versions_of(request: SignedIn, template: ReportTemplate) -> QuerySet[TemplateVersion]:
    """The versions of a template that the reader may see."""
    rows = TemplateVersion.objects.visible_to(request.user).filter(template=template)
    return rows.select_related("template__programme", "changed_by").prefetch_related("template__programme__week_rules")


@login_required
def templates(request: SignedIn) -> HttpResponse:
    """The templates that the reader may see, each with the version of today."""
    versions = TemplateVersion.objects.visible_to(request.user).order_by("number")
    rows = templates_listed(request.user).prefetch_related(Prefetch("versions", versions, to_attr="shown"))
    context = {"page": page_of(request, rows), "manages": may(request.user, Permission.MANAGE_TEMPLATES)}
    return render(request, "reporting/templates.html", context)


def templates_listed(user: User) -> QuerySet[ReportTemplate]:
    """The templates that a person may see, with the number in force today and how many facilities report by them."""
    today = timezone.localdate()
    in_force = TemplateVersion.objects.published().at(today).filter(template=OuterRef("pk"))
    rows = ReportTemplate.objects.visible_to(user).select_related("programme")
    rows = rows.annotate(
        in_force=Subquery(in_force.values("number")[:1]),
        reporting=Count("assignments", Q(assignments__valid__contains=today)),
    )
    return rows.order_by(F("code"))


@login_required
def template(request: SignedIn, code: str) -> HttpResponse:
    """One template: what it is, its versions and what each is in force for."""
    found = found_template(request, code)
    versions = list(versions_of(request, found).order_by("-number"))
    manages = may(request.user, Permission.MANAGE_TEMPLATES)
    today = timezone.localdate()
    published = [version for version in versions if version.status != "draft"]
    context = {
        "template": found,
        "versions": versions,
        "draft": next((version for version in versions if version.status == "draft"), None),
        "published": published,
        "now": next((version for version in published if today in version.valid), None),
        "retires": bool(published) and published[0].status == "published",
        "manages": manages,
        "start_form": StartForm(None, found) if manages else None,
        "reporting": found.assignments.at(today).count(),
        "reads_record": any(may(request.user, right) for right in READING),
        "reads_register": may(request.user, Permission.VIEW_FACILITIES),
    }
    return render(request, "reporting/template.html", context)


@login_required
def new_template(request: SignedIn) -> HttpResponse:
    """Begin a template with its first version."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    form = TemplateForm(request.POST or None, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            version = make_template(**form.cleaned_data, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            return redirect("reporting:draft", code=version.template.code)
    return render(request, "reporting/template_new.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def head(request: SignedIn, code: str) -> HttpResponse:
    """Change the names and due days of a template; before anything is published also its programme, dataset and period."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    found = found_template(request, code)
    published = found.versions.exclude(status="draft").exists()
    form = HeadForm(request.POST if request.method == "POST" else None, request.user, found, published=published)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            change_head(template=found, seen=given.pop("stood"), by=request.user, at=timezone.now(), **given)
        except Problem as problem:
            tell(form, problem)
            if problem.code == "changed":
                form.see(ReportTemplate.objects.get(pk=found.pk).head)
        else:
            messages.success(request, _("Saved."))
            return redirect("reporting:template", code=code)
    context = {"form": form, "template": found, "published": published}
    return render(request, "reporting/template_head.html", context, status=400 if form.errors else 200)


@login_required
def version(request: SignedIn, code: str, number: int) -> HttpResponse:
    """One version as it is read: sections, items, rules."""
    found = get_object_or_404(versions_of(request, found_template(request, code)), number=number)
    context = {"template": found.template, "version": found, "outline": Outline(found)}
    return render(request, "reporting/version.html", context)


@login_required
def comparison(request: SignedIn, code: str) -> HttpResponse:
    """What one version asks otherwise than another; without a choice, the last two."""
    found = found_template(request, code)
    versions = list(versions_of(request, found).order_by("number"))
    numbers = {str(one.number): one for one in versions}
    after = numbers.get(request.GET.get("after", "")) or (versions[-1] if versions else None)
    earlier = [one for one in versions if after and one.number < after.number]
    before = numbers.get(request.GET.get("before", "")) or (earlier[-1] if earlier else after)
    context = {"template": found, "versions": versions, "before": before, "after": after}
    if before and after:
        # From the rows: a draft may hold a rule over an item that is gone, which is shown as it was written.
        one, other = specification_of(before), specification_of(after)
        context |= {"one": one, "other": other, "comparison": compare(one, other)}
    return render(request, "reporting/template_comparison.html", context)


def words_for_missing() -> str:
    """What is said where a row of a draft is gone."""
    return _("This is no longer part of the draft. Below it stands as it is now.")


def draft_for(request: SignedIn, code: str) -> TemplateVersion | None:
    """The draft of a template for someone who builds it; None where there is none."""
    require(request.user, Permission.MANAGE_TEMPLATES)
    found = draft_of(found_template(request, code))
    if found is None:
        return None
    return versions_of(request, found.template).get(pk=found.pk)


urls = [
    path("templates/", templates, name="templates"),
    path("templates/new/", new_template, name="new_template"),
    path("templates/<slug:code>/", template, name="template"),
    path("templates/<slug:code>/head/", head, name="template_head"),
    path("templates/<slug:code>/compare/", comparison, name="template_comparison"),
    path("templates/<slug:code>/<int:number>/", version, name="version"),
]
