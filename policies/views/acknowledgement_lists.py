"""Lists of acknowledgements over all policies: organisations and what is in force, and the facilities of one policy."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.db.models import Prefetch
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from directorates.foundation.pages import SignedIn, page_of
from directorates.models import Organisation, User
from directorates.permissions import Permission, require
from facilities.models import Facility
from facilities.models.facilities import FacilityQuerySet
from policies.forms.acknowledgements import FacilityAcknowledgementFilter, MatrixFilter
from policies.models import Acknowledgement, PolicyVersion
from policies.models.acknowledgements import speaking

# So many policies stand beside one another; the others are found by their kind.
MOST_COLUMNS = 20


@dataclass(frozen=True)
class Line:
    """An organisation, and what it said of each version that is shown; None where it has said nothing."""

    organisation: Organisation
    cells: list[tuple[PolicyVersion, Acknowledgement | None]]


def lines_of(organisations: list[Organisation], versions: list[PolicyVersion]) -> list[Line]:
    """What some organisations said of some versions, read at once."""
    rows = Acknowledgement.objects.of_organisations().filter(version__in=versions, organisation__in=organisations)
    said = {(one.organisation_id, one.version_id): one for one in rows}
    return [Line(one, [(version, said.get((one.pk, version.pk))) for version in versions]) for one in organisations]


@login_required
def matrix(request: SignedIn) -> HttpResponse:
    """Which organisation has acknowledged which of the policies in force."""
    require(request.user, Permission.VIEW_POLICIES)
    form = MatrixFilter(request.GET)
    versions = list(form.versions(request.user, timezone.localdate()))
    page = page_of(request, form.organisations(versions))
    context = {
        "form": form,
        "page": page,
        "versions": versions[:MOST_COLUMNS],
        "more": max(0, len(versions) - MOST_COLUMNS),
        "lines": lines_of(list(page), versions[:MOST_COLUMNS]),
        "used": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "policies/acknowledgement_matrix.html", context)


def facilities_listed(
    user: User, asked: QueryDict, day: datetime.date
) -> tuple[FacilityAcknowledgementFilter, FacilityQuerySet]:
    """The filters and the facilities that they leave of those a person sees, each with who supports it (`now`)."""
    form = FacilityAcknowledgementFilter(asked, user, day)
    rows = Facility.objects.visible_to(user).standing() if form.version and form.is_valid() else Facility.objects.none()
    rows = rows.placed_for(user)
    now = Prefetch("supports", speaking(day).select_related("organisation"), to_attr="now")
    return form, form.narrow(rows, day).prefetch_related(now).order_by("code")


def speakers_of(facility: Any, directorates: dict[int, Organisation]) -> list[Organisation]:
    """Who speaks for a facility: its supporters, or the directorate competent for it."""
    found = [one.organisation for one in facility.now]
    alone = directorates.get(facility.directorate_id or 0)
    return found or ([alone] if alone else [])


@login_required
def facilities(request: SignedIn) -> HttpResponse:
    """Which facilities have acknowledged a policy in force, and which have not."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows = facilities_listed(request.user, request.GET, timezone.localdate())
    page: Page[Any] = page_of(request, rows)
    directorates = Organisation.objects.in_bulk({one.directorate_id for one in page if one.directorate_id})
    context = {
        "form": form,
        "page": page,
        "version": form.version,
        "rows": [(one, speakers_of(one, directorates)) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "policies/facility_acknowledgements.html", context)


urls = [
    path("acknowledgements/", matrix, name="acknowledgement_matrix"),
    path("acknowledgements/facilities/", facilities, name="facility_acknowledgements"),
]
