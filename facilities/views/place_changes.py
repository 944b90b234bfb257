"""Pages of changes of places: the list, and renaming, moving, merging and splitting, each after seeing what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from directorates.actions.place_changes import rename_place
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Place, PlaceChange, User
from directorates.models.places import Level
from directorates.permissions import Permission, Refused, may, open_to_members, require, rights_of
from facilities.actions.place_changes import merge_places, move_place, move_places, split_place
from facilities.forms.place_changes import (
    ChangeForm,
    ChooseDistrictForm,
    ChooseForm,
    DistrictForm,
    MergeForm,
    MoveForm,
    RenameForm,
    SplitForm,
)
from facilities.models import Facility
from facilities.place_consequences import PlaceConsequences, foreseen


def place_changes_listed(user: User) -> QuerySet[PlaceChange]:
    """The changes of places of before and now, for whoever has a role."""
    rows: QuerySet[PlaceChange] = open_to_members(user, PlaceChange.objects.named())
    return rows


@login_required
def place_changes(request: SignedIn) -> HttpResponse:
    """What was renamed, moved, split and merged; open to everybody with a role, like places themselves."""
    if not rights_of(request.user).scopes:
        raise Refused(Permission.VIEW_FACILITIES)
    page = page_of(request, place_changes_listed(request.user))
    context = {"page": page, "manages": may(request.user, Permission.MANAGE_ORGANISATIONS)}
    return render(request, "facilities/place_changes.html", context)


@dataclass(frozen=True)
class Deed:
    """What a page is about: its title, what it tells, the button, and the deed."""

    title: str
    text: str
    words: str
    do: Callable[[], Sequence[PlaceChange]]


def _asked(request: SignedIn, form: ChangeForm, deed: Deed) -> HttpResponse:
    """The page of a change: asked, then shown with what follows, then made."""
    found: PlaceConsequences | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if "do" in request.POST:
                deed.do()
                messages.success(request, _("Written down. What is expected and who reviews follow within a minute."))
                return redirect("places:changes")
            found = foreseen(deed.do, form.cleaned_data["first"])
        except Problem as problem:
            tell(form, problem)
    context = {"form": form, "deed": deed, "found": found}
    return render(request, "facilities/place_change.html", context, status=400 if form.errors else 200)


def _demand_right(request: SignedIn) -> dict[str, Any]:
    """Whoever keeps places; who and when, as the actions take it."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    return {"by": request.user, "at": timezone.now()}


@login_required
def rename(request: SignedIn) -> HttpResponse:
    """Call a place by other names from a day on."""
    said, form = _demand_right(request), RenameForm(request.POST or None)
    text = _("The former names go on finding it, here and in searches. No figure changes.")
    do = lambda: [rename_place(**form.cleaned_data, **said)]  # noqa: E731 - the deed, tried and done
    return _asked(request, form, Deed(_("Rename a place"), text, pgettext("place", "Rename"), do))


@login_required
def move(request: SignedIn) -> HttpResponse:
    """Move a sub-district under another district from a day on."""
    said, form = _demand_right(request), MoveForm(request.POST or None)
    text = _(
        "Periods that ended before the day stay in the former district; by today's borders they count in the new one."
    )
    do = lambda: [move_place(**form.cleaned_data, **said)]  # noqa: E731
    return _asked(request, form, Deed(_("Move a sub-district"), text, pgettext("place", "Move"), do))


@login_required
def choose_district(request: SignedIn) -> HttpResponse:
    """Choose the district of which sub-districts are moved."""
    _demand_right(request)
    form = ChooseDistrictForm(request.GET if "place" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("places:district", code=form.cleaned_data["place"].code)
    text = _("First the district; then where its sub-districts go, and the P-code of each from then on.")
    context = {"form": form, "title": _("Move a district"), "text": text}
    return render(request, "facilities/place_choice.html", context)


@login_required
def district(request: SignedIn, code: str) -> HttpResponse:
    """Move all sub-districts of a district, or some, under another one from a day on."""
    said = _demand_right(request)
    held = get_object_or_404(Place, code=code, level=Level.DISTRICT)
    inside = list(Place.objects.standing().filter(parent=held).select_related("parent").order_by("code"))
    form = DistrictForm(request.POST or None, inside)
    text = _("So a district moves to another governorate, is divided, or becomes part of another one. All, or none.")
    do = lambda: move_places(**form.asked(), **said)  # noqa: E731
    return _asked(request, form, Deed(f"{_('Move a district')}: {held.name}", text, pgettext("place", "Move"), do))


@login_required
def merge(request: SignedIn) -> HttpResponse:
    """Merge sub-districts into one from a day on."""
    said, form = _demand_right(request), MergeForm(request.POST or None)
    text = _("Periods that ended before the day stay apart; by today's borders they count together.")
    do = lambda: [merge_places(**form.cleaned_data, **said)]  # noqa: E731
    return _asked(request, form, Deed(_("Merge sub-districts"), text, pgettext("place", "Merge"), do))


@login_required
def choose(request: SignedIn) -> HttpResponse:
    """Choose the sub-district that is split."""
    _demand_right(request)
    form = ChooseForm(request.GET if "place" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("places:split", code=form.cleaned_data["place"].code)
    text = _("First the sub-district; then its parts, and in which of them each of its facilities lies.")
    context = {"form": form, "title": _("Split a sub-district"), "text": text}
    return render(request, "facilities/place_choice.html", context)


@login_required
def split(request: SignedIn, code: str) -> HttpResponse:
    """Split a sub-district into several from a day on."""
    said = _demand_right(request)
    if not rights_of(request.user).everywhere(Permission.VIEW_SUBDISTRICTS):
        raise Refused(Permission.VIEW_SUBDISTRICTS)
    held = get_object_or_404(Place.objects.standing().select_related("parent"), code=code, level=Level.SUBDISTRICT)
    lying = list(Facility.objects.visible_to(request.user).standing().filter(place=held).order_by("code"))
    form = SplitForm(request.POST or None, lying)
    text = _("What was counted before cannot be divided: by today's borders it counts where all parts lie together.")
    do = lambda: [split_place(place=held, **form.asked(), **said)]  # noqa: E731
    return _asked(
        request, form, Deed(f"{_('Split a sub-district')}: {held.name}", text, pgettext("place", "Split"), do)
    )


urls = [
    path("", place_changes, name="changes"),
    path("rename/", rename, name="rename"),
    path("move/", move, name="move"),
    path("district/", choose_district, name="choose_district"),
    path("district/<slug:code>/", district, name="district"),
    path("merge/", merge, name="merge"),
    path("split/", choose, name="choose"),
    path("split/<slug:code>/", split, name="split"),
]
