"""Places in a workbook: the file, and the way to upload it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from coordination.exchange.actions.place_sheets import make_places
from coordination.exchange.files import CSV_TYPE, XLSX_TYPE
from coordination.exchange.forms.uploads import UploadForm
from coordination.exchange.views.reports import file_answer
from coordination.exchange.views.uploads import uploads_of
from directorates.foundation.pages import SignedIn
from directorates.models import Place
from directorates.permissions import Permission, require


@login_required
def places(request: SignedIn) -> HttpResponse:
    """What is downloaded, and the way to upload it."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    context = {
        "number": Place.objects.standing().count(),
        "upload_form": UploadForm(),
        "noun": "places",
        "uploads": uploads_of(request.user, "places"),
    }
    return render(request, "exchange/places.html", context)


@login_required
def country(request: SignedIn, format: str) -> HttpResponse:  # noqa: A002 - the word of the address
    """The file."""
    as_csv = format == "csv"
    name = f"places-{timezone.localdate():%Y-%m-%d}.{'csv' if as_csv else 'xlsx'}"
    return file_answer(make_places(by=request.user, as_csv=as_csv), CSV_TYPE if as_csv else XLSX_TYPE, name)


urls = [
    path("places/", places, name="places"),
    path("places/country.<slug:format>", country, name="country"),
]
