"""A facility's own page: the register and the reports come together, so it stands above both."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.facility_duplicates import twice_of
from coordination.facility_reports import grids
from directorates.foundation.pages import SignedIn
from directorates.models import Jurisdiction
from directorates.permissions import Permission, may
from directorates.views.readers import readers_page
from facilities.actions.support import declares, reads_declared
from facilities.models import Facility
from facilities.models.duplicates import family_of, survivor_of
from facilities.models.proposals import fields_open_to, open_about


@login_required
def facility(request: SignedIn, code: str) -> HttpResponse:
    """A facility's page; the code of an entry that was merged into another leads to the one that stands."""
    found = _found(request, code)
    if (survivor := survivor_of(found)) != found:
        told = _("The entry %(code)s was merged into this one.") % {"code": code}
        messages.info(request, told)
        return redirect("facilities:facility", code=survivor.code)
    return _page(request, found)


@login_required
def merged(request: SignedIn, code: str) -> HttpResponse:
    """The page of an entry that was merged into another, as it stood, with its history."""
    found = _found(request, code)
    if not hasattr(found, "merge"):
        return redirect("facilities:facility", code=code)
    return _page(request, found)


def _found(request: SignedIn, code: str) -> Facility:
    """The facility of a code, if the reader may see it."""
    rows = Facility.objects.visible_to(request.user).placed_for(request.user).select_related("merge__survivor")
    return get_object_or_404(rows, code=code)


def _page(request: SignedIn, found: Facility) -> HttpResponse:
    """What a facility is, how it works and since when, who supports it, what it reported."""
    today, stands = timezone.localdate(), not hasattr(found, "merge")
    statuses = list(found.statuses.select_related("by").order_by("-valid", "-id"))
    supports = list(found.supports.select_related("organisation").order_by("-valid", "organisation__code"))
    competent = list(Jurisdiction.objects.filter(place=found.place).select_related("organisation").order_by("-valid"))
    sides = {row.organisation_id for row in (*supports, *competent)}
    context = {
        "facility": found,
        "reads_declared": reads_declared(request.user, found, sides),
        "places": found.told_place.line(),
        "services": found.services.all(),
        "statuses": statuses,
        "status": next((row for row in statuses if _holds(row, today)), None),
        "supports": [(row, _holds(row, today), stands and declares(request.user, row)) for row in supports],
        "competent": competent,
        "directorate": next((row.organisation for row in competent if _holds(row, today)), None),
        "grids": grids(found, request.user, today),
        "merge": None if stands else found.merge,
        "absorbed": found.absorbed.select_related("merged"),
        "twice": twice_of(family_of(found), request.user),
        "keeps": stands and may(request.user, Permission.MANAGE_FACILITIES, found),
        "locates": stands and may(request.user, Permission.READ_POSITIONS),
        "proposes": stands and bool(fields_open_to(request.user, found, today)),
        "proposals": open_about(request.user, found, today),
        "today": today,
    }
    return render(request, "facilities/facility.html", context)


def _holds(row: Any, day: datetime.date) -> bool:
    """Whether something dated holds on a day; a mistake that was replaced at once holds on none."""
    return day in row.valid


@login_required
def readers(request: SignedIn, code: str) -> HttpResponse:
    """Who can see the entry of a facility in the register, or could on some days."""
    found = _found(request, code)
    # Who reads some places only would tell which this is.
    found.place = found.told_place
    back = reverse("facilities:facility", args=[code])
    return readers_page(request, found, Permission.VIEW_FACILITIES, title=found.name, back=back, recorded=False)


urls = [
    path("<slug:code>/", facility, name="facility"),
    path("<slug:code>/readers/", readers, name="readers"),
    path("<slug:code>/merged/", merged, name="merged"),
]
