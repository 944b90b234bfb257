"""The list of entries that may be one facility; two of them side by side stand on a page above the reports."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from directorates.foundation.pages import PAGE_SIZE, SignedIn
from directorates.permissions import Permission, require
from facilities.forms.duplicates import CompareForm
from facilities.models import Facility
from facilities.models.duplicates import candidates


@login_required
def duplicates(request: SignedIn) -> HttpResponse:
    """Pairs of entries that look alike, as far as the reader keeps one of them, the likeliest first; or any two by code."""
    require(request.user, Permission.MANAGE_FACILITIES)
    standing = Facility.objects.visible_to(request.user).standing()
    form = CompareForm(request.GET if "first" in request.GET else None, facilities=standing)
    if form.is_bound and form.is_valid():
        pair = form.cleaned_data
        return redirect("facilities:duplicate", pair["first"].code, pair["second"].code)
    found = candidates(request.user, timezone.localdate())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "facilities/duplicates.html", {"page": page, "form": form})


urls: list[Any] = [path("duplicates/", duplicates, name="duplicates")]
