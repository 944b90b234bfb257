"""A facility's own page and the deeds on it: the register and the reports come together, so it stands above both."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coordination.facility_reports import grids
from directorates.foundation.outbox import queue
from directorates.foundation.pages import tell
from directorates.foundation.problems import Problem
from directorates.models import Jurisdiction
from directorates.permissions import Permission, may, require
from facilities.actions.statuses import change_status
from facilities.actions.support import begin_support, end_support
from facilities.forms.facilities import EndSupportForm, StatusForm, SupportForm
from facilities.models import Facility


def _facility(request: HttpRequest, code: str) -> Facility:
    """The facility of a code, if the reader may see it."""
    rows = Facility.objects.visible_to(request.user).select_related("place__parent__parent__parent")
    return get_object_or_404(rows, code=code)


@login_required
def facility(request: HttpRequest, code: str) -> HttpResponse:
    """What a facility is, how it works and since when, who supports it, what it reported."""
    found, today = _facility(request, code), timezone.localdate()
    statuses = list(found.statuses.select_related("by").order_by("-valid", "-id"))
    supports = list(found.supports.select_related("organisation").order_by("-valid", "organisation__code"))
    competent = list(Jurisdiction.objects.filter(place=found.place).select_related("organisation").order_by("-valid"))
    context = {
        "facility": found,
        "places": [found.place.parent.parent, found.place.parent, found.place],
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


def _do(deed: Callable[..., object], **asked: Any) -> None:
    """Do a deed on the register and have it worked out anew which reports are expected, in one transaction."""
    with transaction.atomic():
        deed(**asked)
        queue("reporting.expect")


def _asked(
    request: HttpRequest, found: Facility, form: Form, deed: Callable[..., object], words: dict[str, str | Promise], **given: Any
) -> HttpResponse:
    """Ask what a deed needs, do it, and go back to the facility; what speaks against it is told in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            _do(deed, **form.cleaned_data, **given, by=request.user)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, str(words["done"]))
            return redirect("facilities:facility", code=found.code)
    return render(request, "facilities/deed.html", {"facility": found, "form": form, **words})


@login_required
def status(request: HttpRequest, code: str) -> HttpResponse:
    """Change the operating status."""
    found = _facility(request, code)
    require(request.user, Permission.MANAGE_FACILITIES, found)
    form = StatusForm(request.POST or None, initial={"status": found.status, "since": timezone.localdate()})
    words = {
        "title": _("Change of operating status"),
        "text": _("Closed and destroyed facilities are not expected to report from then on."),
        "deed": _("Save the status"),
        "done": _("The status is changed. The reports that are expected follow within a minute."),
    }
    return _asked(request, found, form, change_status, words, facility=found, at=timezone.now())


@login_required
def support(request: HttpRequest, code: str) -> HttpResponse:
    """Record who supports the facility from a day on."""
    found = _facility(request, code)
    require(request.user, Permission.MANAGE_FACILITIES, found)
    form = SupportForm(request.POST or None, initial={"since": timezone.localdate()})
    words = {
        "title": _("Support by an organisation"),
        "text": _("Whoever supports the facility sends its reports. Where nobody does, the directorate itself reports."),
        "deed": _("Save the support"),
        "done": _("The support is recorded. The reports that are expected follow within a minute."),
    }
    return _asked(request, found, form, begin_support, words, facility=found)


@login_required
def support_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Record the last day of a support."""
    found = _facility(request, code)
    require(request.user, Permission.MANAGE_FACILITIES, found)
    held = get_object_or_404(found.supports.select_related("organisation", "facility__place"), pk=pk)
    form = EndSupportForm(request.POST or None, initial={"last_day": timezone.localdate()})
    words = {
        "title": _("End of support: %(organisation)s") % {"organisation": held.organisation.name},
        "text": _("Reports for periods that end later are no longer expected from this organisation."),
        "deed": _("End the support"),
        "done": _("The support has a last day. The reports that are expected follow within a minute."),
    }
    return _asked(request, found, form, end_support, words, support=held)


urls = [
    path("<str:code>/", facility, name="facility"),
    path("<str:code>/status/", status, name="status"),
    path("<str:code>/support/", support, name="support"),
    path("<str:code>/support/<int:pk>/end/", support_end, name="support_end"),
]
