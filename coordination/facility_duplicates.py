"""Two entries of the register side by side, with what each reported: whoever merges them sees what follows."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.assignments import hand_over
from coordination.reporting.models import Submission
from coordination.reporting.models.counted import counts
from coordination.reporting.models.entries import approved_beside
from coordination.reporting.models.reviews import named
from coordination.reporting.models.submissions import Status
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.permissions import Permission, Refused, may
from facilities.actions.duplicates import merge, set_apart
from facilities.forms.duplicates import MergeForm, SetApartForm
from facilities.models import ChangeProposal, Facility, NotDuplicate, Support
from facilities.models.duplicates import family_of

# So many reports of which one is too many are named: twelve periods of two entries.
MOST = 24


@dataclass(frozen=True)
class Side:
    """One of two entries, with what hangs on it."""

    facility: Facility
    supports: list[Support]
    reports: int | None
    last: datetime.date | None
    proposals: int
    services: list[str] = field(default_factory=list)


def _side(facility: Facility, user: User, today: datetime.date) -> Side:
    """An entry with its supporters, the reports about it that the person may read, what is proposed."""
    sent = Submission.objects.visible_to(user).filter(facility=facility).exclude(status=Status.DRAFT)
    return Side(
        facility,
        list(facility.supports.filter(valid__contains=today).select_related("organisation")),
        sent.count() if may(user, Permission.VIEW_REPORTS) else None,
        sent.order_by("-period_start").values_list("period_start", flat=True).first(),
        ChangeProposal.objects.visible_to(user).open().filter(facility=facility).count(),
        [str(row) for row in facility.services.all()],
    )


@dataclass(frozen=True)
class Twice:
    """Periods in which several entries of one facility have an approved report: how many, and the latest that one may read."""

    periods: int
    reports: list[Submission]


@unwalled
def twice_of(entries: Collection[int], user: User) -> Twice:
    """The same for a reader; before a merge as well as after it, until a reviewer reopens one of each two."""
    if len(entries) < 2:
        return Twice(0, [])
    found = approved_beside(entries)
    read = Submission.objects.visible_to(user).filter(pk__in=found.values("pk")).annotate(counts=counts())
    reports = named(read).order_by("-period_start", "template", "facility__code")[:MOST]
    return Twice(found.order_by().values("template", "period_start").distinct().count(), list(reports))


def _pair(request: SignedIn, first: str, second: str) -> tuple[Facility, Facility]:
    """Two standing entries of which the reader keeps one."""
    rows = Facility.objects.visible_to(request.user).standing().select_related("place__parent__parent")
    pair = (get_object_or_404(rows, code=first), get_object_or_404(rows, code=second))
    if pair[0] == pair[1]:
        raise Http404
    if not any(may(request.user, Permission.MANAGE_FACILITIES, one) for one in pair):
        raise Refused(Permission.MANAGE_FACILITIES, pair[0])
    return pair


def _page(
    request: SignedIn, pair: tuple[Facility, Facility], merging: MergeForm, apart: SetApartForm, status: int = 200
) -> HttpResponse:
    """The two entries, what follows from merging them, and both deeds."""
    today = timezone.localdate()
    smaller, larger = sorted(pair, key=lambda one: one.pk)
    context = {
        "sides": [_side(one, request.user, today) for one in pair],
        "twice": twice_of(family_of(pair[0]) | family_of(pair[1]), request.user),
        "merging": merging,
        "apart": apart,
        "form": next((form for form in (merging, apart) if form.is_bound), None),
        "merges": all(may(request.user, Permission.MANAGE_FACILITIES, one) for one in pair),
        "set_apart": NotDuplicate.objects.filter(first=smaller, second=larger).select_related("by").first(),
        "same_district": pair[0].place.parent_id == pair[1].place.parent_id,
    }
    return render(request, "facilities/duplicate.html", context, status=status)


@login_required
def duplicate(request: SignedIn, first: str, second: str) -> HttpResponse:
    """Compare two entries; merge one into the other, or keep that they are two facilities."""
    pair = _pair(request, first, second)
    wants_merge = request.method == "POST" and "merge" in request.POST
    wants_apart = request.method == "POST" and not wants_merge
    merging = MergeForm(request.POST if wants_merge else None, first=pair[0], second=pair[1], auto_id="merge_%s")
    apart = SetApartForm(request.POST if wants_apart else None, auto_id="apart_%s")
    form: Form = merging if wants_merge else apart
    if request.method != "POST":
        return _page(request, pair, merging, apart)
    if form.is_valid():
        try:
            return _merged(request, pair, merging) if wants_merge else _apart(request, pair, apart)
        except Problem as problem:
            tell(form, problem)
    return _page(request, pair, merging, apart, 400)


def _merged(request: SignedIn, pair: tuple[Facility, Facility], form: MergeForm) -> HttpResponse:
    """Merge, and go to the entry that stays."""
    survivor, other = pair if form.cleaned_data["survivor"] == pair[0].code else pair[::-1]
    given: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    with transaction.atomic():
        # The register knows nothing of reports: both are handed over here, or neither.
        hand_over(merge=merge(survivor=survivor, merged=other, reason=form.cleaned_data["reason"], **given), **given)
    told = _("Merged into this entry: %(code)s. Its code leads here from now on.")
    messages.success(request, told % {"code": other.code})
    return redirect("facilities:facility", code=survivor.code)


def _apart(request: SignedIn, pair: tuple[Facility, Facility], form: SetApartForm) -> HttpResponse:
    """Keep that they are two, and go back to the list."""
    given = {"reason": form.cleaned_data["reason"], "by": request.user, "at": timezone.now()}
    set_apart(first=pair[0], second=pair[1], **given)
    messages.success(request, _("Kept: these are two facilities. They are not proposed as duplicates any more."))
    return redirect("facilities:duplicates")


urls = [path("duplicates/<slug:first>/<slug:second>/", duplicate, name="duplicate")]
