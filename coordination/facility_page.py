"""A facility's own page: the register and the reports come together, so it stands above both."""

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone

from coordination.facility_reports import grids
from directorates.foundation.pages import SignedIn
from directorates.models import Jurisdiction
from directorates.permissions import Permission, may
from facilities.models import Facility


@login_required
def facility(request: SignedIn, code: str) -> HttpResponse:
    """What a facility is, how it works and since when, who supports it, what it reported."""
    rows, today = Facility.objects.visible_to(request.user), timezone.localdate()
    found = get_object_or_404(rows.select_related("place__parent__parent"), code=code)
    statuses = list(found.statuses.select_related("by").order_by("-valid", "-id"))
    supports = list(found.supports.select_related("organisation").order_by("-valid", "organisation__code"))
    competent = list(Jurisdiction.objects.filter(place=found.place).select_related("organisation").order_by("-valid"))
    context = {
        "facility": found,
        "places": found.place.line(),
        "services": found.services.all(),
        "statuses": statuses,
        "status": next((row for row in statuses if _holds(row, today)), None),
        "supports": [(row, _holds(row, today)) for row in supports],
        "competent": competent,
        "directorate": next((row.organisation for row in competent if _holds(row, today)), None),
        "grids": grids(found, request.user, today),
        "keeps": may(request.user, Permission.MANAGE_FACILITIES, found),
        "today": today,
    }
    return render(request, "facilities/facility.html", context)


def _holds(row: Any, day: datetime.date) -> bool:
    """Whether something dated holds on a day; a mistake that was replaced at once holds on none."""
    return day in row.valid


urls = [path("<slug:code>/", facility, name="facility")]
