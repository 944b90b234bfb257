"""The register in a workbook: the file as the list is shown, and the way to upload it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from coordination.exchange.actions.facility_sheets import make_register, make_register_csv
from coordination.exchange.files import CSV_TYPE, XLSX_TYPE
from coordination.exchange.forms.uploads import UploadForm
from coordination.exchange.views.reports import file_answer
from coordination.exchange.views.uploads import uploads_of
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, require
from facilities.forms.facilities import FacilityFilter
from facilities.models import Facility


def _shown(request: SignedIn) -> tuple[FacilityFilter, Any]:
    """The facilities that the same address shows as a list."""
    form = FacilityFilter(request.GET)
    rows = Facility.objects.visible_to(request.user).standing().placed_for(request.user)
    rows = form.narrow(rows, timezone.localdate())
    return form, rows.prefetch_related("services").order_by(F("told_path"), "code")


@login_required
def facilities(request: SignedIn) -> HttpResponse:
    """What is downloaded, by the filters of the list, and the way to upload it."""
    require(request.user, Permission.MANAGE_FACILITIES)
    form, rows = _shown(request)
    context = {
        "form": form,
        "used": any(request.GET.get(name) for name in form.fields),
        "number": rows.count(),
        "query": request.GET.urlencode(),
        "upload_form": UploadForm(),
        "noun": "facilities",
        "uploads": uploads_of(request.user, "facilities"),
    }
    return render(request, "exchange/facilities.html", context)


@login_required
def register(request: SignedIn, format: str) -> HttpResponse:  # noqa: A002 - the word of the address
    """The file."""
    _form, rows = _shown(request)
    stem = f"facilities-{timezone.localdate():%Y-%m-%d}"
    if format == "csv":
        return file_answer(make_register_csv(by=request.user, facilities=rows), CSV_TYPE, f"{stem}.csv")
    return file_answer(make_register(by=request.user, facilities=rows), XLSX_TYPE, f"{stem}.xlsx")


urls = [
    path("facilities/", facilities, name="facilities"),
    path("facilities/register.<slug:format>", register, name="register"),
]
