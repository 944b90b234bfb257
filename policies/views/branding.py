"""Pages of the logo and stationery: what is in force, a version with its files and rules, a new one, its end; the logo itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directorates.foundation.pages import SignedIn, file_to_keep, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require
from policies.actions.branding import keep_branding, own_branding, take_brand_file, withdraw_branding
from policies.forms.branding import BrandFilter, BrandForm, WithdrawBrandForm
from policies.logo import logo_for_pages
from policies.models import BrandFile, BrandVersion
from policies.models.branding import DRAWN, BrandVersionQuerySet

# Nothing in it runs, whatever it is and wherever it is opened.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
FOR_GOOD = "public, max-age=31536000, immutable"


def branding_listed(user: User, asked: QueryDict) -> tuple[BrandFilter, BrandVersionQuerySet]:
    """The filters and the versions that they leave of those a person sees, the last of each first."""
    form = BrandFilter(asked)
    rows = form.narrow(BrandVersion.objects.visible_to(user).prefetch_related(_files()))
    return form, rows.select_related("owner").order_by("kind", "code", "-number")


def _files() -> Prefetch:
    """Files without their content."""
    return Prefetch("files", BrandFile.objects.defer("content"))


def _found(request: SignedIn, pk: int) -> BrandVersion:
    """A version that the reader sees."""
    rows = (
        BrandVersion.objects.visible_to(request.user)
        .select_related("owner", "rests_on__policy")
        .prefetch_related(_files())
    )
    found: BrandVersion = get_object_or_404(rows, pk=pk)
    return found


@login_required
def branding(request: SignedIn) -> HttpResponse:
    """The versions that there are; those in force today say so."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows = branding_listed(request.user, request.GET)
    page, day = page_of(request, rows), timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.state(day)) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
        "manages": may(request.user, Permission.MANAGE_POLICIES, own_branding(request.user)),
    }
    return render(request, "policies/branding.html", context)


@login_required
def new_branding(request: SignedIn) -> HttpResponse:
    """Keep a new version; it begins with what the one before says."""
    require(request.user, Permission.MANAGE_POLICIES, own_branding(request.user))
    named = request.GET.get("after", "")
    after = BrandVersion.objects.visible_to(request.user).filter(pk=named).first() if named.isdecimal() else None
    form = BrandForm(request.POST or None, request.FILES or None, user=request.user, after=after)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = keep_branding(by=request.user, at=timezone.now(), **form.said)
            except Problem as problem:
                tell(form, problem)
                status = problem.status
            else:
                messages.success(request, _("Kept. Everybody who reads policies sees it and downloads its files."))
                return redirect("policies:brand_version", pk=made.pk)
    context = {"form": form, "back": reverse("policies:branding"), "again": bool(request.FILES)}
    return render(request, "policies/brand_form.html", context, status=status)


@login_required
def brand_version(request: SignedIn, pk: int) -> HttpResponse:
    """A version: its files, its rules of use, its days, the versions beside it."""
    held, day = _found(request, pk), timezone.localdate()
    manages = may(request.user, Permission.MANAGE_POLICIES, held)
    others = BrandVersion.objects.visible_to(request.user).of(held.kind, held.code)
    files = list(held.files.all())
    context = {
        "version": held,
        "state": held.state(day),
        "ground": held.rests_on.state(day) if held.rests_on else None,
        "files": files,
        "picture": next(
            (one for one in files if one.format in DRAWN and held.kind == "logo" and held.begins <= day), None
        ),
        "versions": [(one, one.state(day)) for one in others],
        "manages": manages,
        "withdraws": manages and held.may_end(day),
    }
    return render(request, "policies/brand_version.html", context)


@login_required
def brand_file(request: SignedIn, pk: int, ending: str) -> HttpResponse:
    """A file, to be kept and never drawn inside of a page."""
    found = next((one for one in _found(request, pk).files.all() if one.format == ending), None)
    if found is None:
        raise Http404
    answer = file_to_keep(found.name, found.content_type, take_brand_file(file=found, by=request.user))
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@login_required
def withdraw_brand(request: SignedIn, pk: int) -> HttpResponse:
    """End a version without another in its place."""
    held = _found(request, pk)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = WithdrawBrandForm(request.POST or None, initial={"last_day": timezone.localdate()})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            withdraw_branding(version=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            messages.success(request, _("Kept. The files stay readable, with the reason."))
            return redirect("policies:brand_version", pk=pk)
    context = {
        "title": _("Withdrawing version %(number)s") % {"number": held.number},
        "text": _("From the day after, nothing is in force in its place. To replace it, keep a new version instead."),
        "deed": _("Withdraw"),
        "cancel_url": reverse("policies:brand_version", args=[pk]),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=status)


@require_safe
def brand_logo(_request: HttpRequest, digest: str) -> HttpResponse:
    """A logo that is or was in force, as every page shows it, to visitors as well; its address never means another picture."""
    found = logo_for_pages(digest, timezone.localdate())
    if found is None:
        raise Http404
    answer = HttpResponse(found.content, content_type=found.content_type, headers={"Cache-Control": FOR_GOOD})
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


urls = [
    path("branding/", branding, name="branding"),
    path("branding/new/", new_branding, name="new_branding"),
    path("branding/<int:pk>/", brand_version, name="brand_version"),
    path("branding/<int:pk>/withdraw/", withdraw_brand, name="withdraw_brand"),
    path("branding/<int:pk>/<slug:ending>/", brand_file, name="brand_file"),
    path("branding/logo/<slug:digest>/", brand_logo, name="brand_logo"),
]
