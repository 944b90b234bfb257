"""The facility register: the list, its file, and entering or correcting a facility."""

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Jurisdiction, Place, User
from directorates.models.places import Level
from directorates.permissions import Columns, Permission, may, require, rights_of, scoped
from facilities.actions.facilities import describe_facility, register_facility
from facilities.forms.facilities import DescribeForm, FacilityFilter, RegisterForm, lines
from facilities.models import Facility, OperatingStatus, Support
from facilities.models.facilities import FacilityQuerySet
from facilities.views.deeds import kept_facility

# A list reads as the names do; the code makes the order of equal names certain.
SORTS = {"name": "name_key", "type": "type", "place": "told_path", "status": "status", "code": "code"}


def for_list(rows: FacilityQuerySet, day: datetime.date) -> QuerySet[Facility]:
    """With everything that a row of the list shows beside the place: since when the status holds, the supporters."""
    present = OperatingStatus.objects.filter(facility=OuterRef("pk"), valid__contains=day)
    supports = Support.objects.at(day).select_related("organisation").order_by("organisation__code")
    rows = rows.annotate(since=Subquery(present.values("valid__startswith")[:1]))
    return rows.prefetch_related(Prefetch("supports", supports, to_attr="supports_today"))


def facilities_listed(user: User, asked: QueryDict) -> tuple[FacilityFilter, QuerySet[Facility]]:
    """The filters and the facilities that they leave of those that the reader may see, sorted."""
    form, today = FacilityFilter(asked), timezone.localdate()
    rows = form.narrow(Facility.objects.visible_to(user).standing().placed_for(user), today).with_name_key()
    sort = asked.get("sort", "")
    column = F(SORTS.get(sort.removeprefix("-"), "name_key"))
    order = column.desc() if sort.startswith("-") else column.asc()
    return form, for_list(rows, today).order_by(order, "code")


@login_required
def facilities(request: SignedIn) -> HttpResponse:
    """The facilities of the register that the reader may see, narrowed by filters that stand in the address."""
    form, rows = facilities_listed(request.user, request.GET)
    context = {
        "form": form,
        "used": any(request.GET.get(name) for name in form.fields),
        "sort": request.GET.get("sort", ""),
        "page": page_of(request, rows),
        "open": may(request.user, Permission.VIEW_FACILITIES),
        "keeps": may(request.user, Permission.MANAGE_FACILITIES),
        "proposes": may(request.user, Permission.PROPOSE_FACILITIES),
    }
    return render(request, "facilities/facilities.html", context)


def places_kept_by(user: User) -> QuerySet[Place]:
    """The sub-districts where a person keeps the register: those granted, and those of one's own jurisdiction today."""
    competent = rights_of(user).organisations(Permission.MANAGE_FACILITIES)
    mine = Jurisdiction.objects.at(timezone.localdate()).filter(organisation__in=competent)
    granted = scoped(user, Permission.MANAGE_FACILITIES, Columns(path="path"))
    rows = Place.objects.standing().filter(granted | Q(pk__in=mine.values("place")), level=Level.SUBDISTRICT)
    return rows.select_related("parent").order_by("path")


@login_required
def register(request: SignedIn) -> HttpResponse:
    """Enter a facility in the register."""
    require(request.user, Permission.MANAGE_FACILITIES)
    form = RegisterForm(request.POST or None, places=places_kept_by(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            facility = register_facility(**form.cleaned_data, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The facility is in the register."))
            return redirect("facilities:facility", code=facility.code)
    return render(request, "facilities/register.html", {"form": form})


@login_required
def describe(request: SignedIn, code: str) -> HttpResponse:
    """Correct names, type and services of a facility."""
    facility = kept_facility(request, code)
    held = {
        **{name: getattr(facility, name) for name in ("name_ar", "name_en", "type")},
        "other_names": lines(facility.other_names),
        "services": list(facility.services.values_list("service", flat=True)),
        "stood": facility.standing(),
    }
    form = DescribeForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            describe_facility(facility=facility, seen=given.pop("stood"), **given, by=request.user)
        except Problem as problem:
            tell(form, problem)
            if problem.code == "changed":
                form.see(Facility.objects.get(pk=facility.pk).standing())
        else:
            messages.success(request, _("Saved."))
            return redirect("facilities:facility", code=code)
    return render(request, "facilities/describe.html", {"form": form, "facility": facility})
