"""Two entries of the register side by side, with what each reported: whoever merges them sees what follows."""

import datetime
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.models import CountedReport, Submission
from coordination.reporting.models.reviews import named
from coordination.reporting.models.submissions import Status
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, may
from facilities.actions.duplicates import merge, set_apart
from facilities.forms.duplicates import MergeForm, SetApartForm
from facilities.models import ChangeProposal, Facility, NotDuplicate, Support

MOST = 12


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


def counted_twice(first: Facility, second: Facility) -> QuerySet[CountedReport]:
    """What counts of the second entry in periods in which a report of the first counts too: for its number alone."""
    beside = CountedReport.objects.filter(
        facility=first, template=OuterRef("template"), period_start=OuterRef("period_start")
    )
    return CountedReport.objects.filter(Exists(beside), facility=second)


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
    twice = counted_twice(*pair)
    read = Submission.objects.visible_to(request.user).filter(counted_report__in=twice)
    smaller, larger = sorted(pair, key=lambda one: one.pk)
    context = {
        "sides": [_side(one, request.user, today) for one in pair],
        "twice": list(named(read).order_by("-period_start", "template")[:MOST]),
        "twice_count": twice.count(),
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
    given = {"reason": form.cleaned_data["reason"], "by": request.user, "at": timezone.now()}
    merge(survivor=survivor, merged=other, **given)
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
