"""Populations in a workbook: the file, and the way to upload it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from coordination.exchange.actions.population_sheets import make_populations
from coordination.exchange.files import CSV_TYPE, XLSX_TYPE
from coordination.exchange.forms.uploads import UploadForm
from coordination.exchange.views.reports import file_answer
from coordination.exchange.views.uploads import uploads_of
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, require


@login_required
def populations(request: SignedIn) -> HttpResponse:
    """What is downloaded, and the way to upload it."""
    require(request.user, Permission.KEEP_POPULATIONS)
    context = {
        "upload_form": UploadForm(),
        "noun": "populations",
        "uploads": uploads_of(request.user, "populations"),
    }
    return render(request, "exchange/populations.html", context)


@login_required
def populations_file(request: SignedIn, format: str) -> HttpResponse:  # noqa: A002 - the word of the address
    """The file."""
    as_csv, now = format == "csv", timezone.localtime()
    name = f"populations-{now:%Y-%m-%d}.{'csv' if as_csv else 'xlsx'}"
    content = make_populations(by=request.user, at=now, as_csv=as_csv)
    return file_answer(content, CSV_TYPE if as_csv else XLSX_TYPE, name)


urls = [
    path("populations/", populations, name="populations"),
    path("populations/empty.<slug:format>", populations_file, name="populations_file"),
]
