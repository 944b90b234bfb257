"""Pages of mandates: who leads what where on a day, the list, one mandate, stating one, ending one."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, may, require
from policies.actions.disputes import own_mandate
from policies.actions.mandates import end_mandate, keeps_mandates, state_mandate
from policies.forms.mandates import AnyMandateForm, EndMandateForm, MandateFilter, MandateForm, MatrixFilter
from policies.models import Function, Mandate, MandateDispute, MandateOrigin
from policies.models.mandates import MandateQuerySet, told_silent
from policies.rules.mandates import Cell, Contest, Held, laid_out

SORTS = {
    "function": "function",
    "place": "place__path",
    "organisation": "organisation__code",
    "since": "valid__startswith",
    "until": "valid__endswith",
}
# So many are laid out in one table; a portal with more finds them in the list.
MOST_LAID_OUT = 2_000
MOST_IN_A_SQUARE = 3


def states_mandates(user: User) -> bool:
    """Whether a person states mandates: of the own organisation, or of all."""
    return keeps_mandates(user) or may(user, Permission.CLAIM_MANDATES, own_mandate(user))


@dataclass(frozen=True)
class Square:
    """One function in one governorate: who leads all of it, who parts of it, and the disputes there, as many as are shown."""

    place: Place
    whole: list[Mandate]
    parts: list[Mandate]
    disputes: list[MandateDispute]
    more: int


@dataclass(frozen=True)
class Line:
    """One function in every governorate."""

    function: Function
    squares: list[Square]

    @property
    def told(self) -> list[Square]:
        """The governorates of which there is something to tell."""
        return [one for one in self.squares if one.whole or one.parts or one.disputes]

    @property
    def vacant(self) -> list[Place]:
        """The governorates in which nobody leads it."""
        return [one.place for one in self.squares if not (one.whole or one.parts)]


def lines_on(user: User, day: datetime.date) -> tuple[list[Place], list[Line]]:
    """The governorates, and a line for each function as it is led in them on a day."""
    held_now = Mandate.objects.visible_to(user).at(day).named().prefetch_related("limits__place")
    # Where there are too many, parts of governorates are left out, and no governorate is called vacant that is led.
    rows = held_now.order_by("place__level", "function", "pk")[:MOST_LAID_OUT]
    mandates = {one.pk: one for one in told_silent(list(rows))}
    contested = MandateDispute.objects.visible_to(user).filter(first__in=mandates, second__in=mandates)
    disputes = {one.pk: one for one in contested.select_related("place")}
    places = list(Place.objects.filter(level=Level.GOVERNORATE).order_by("code"))
    held = [
        Held(
            one.pk,
            one.function,
            one.place.path,
            tuple(limit.place.path for limit in one.limits.all() if limit.since <= day),
        )
        for one in mandates.values()
    ]
    contests = [Contest(one.pk, one.first_id, one.second_id, one.place.path) for one in disputes.values()]
    cells = laid_out(held, contests, Function.values, [place.path for place in places])

    def square(place: Place, cell: Cell) -> Square:
        whole, parts = ([mandates[key] for key in keys[:MOST_IN_A_SQUARE]] for keys in (cell.whole, cell.parts))
        contested = [disputes[key] for key in cell.contests[:MOST_IN_A_SQUARE]]
        more = sum(max(0, len(keys) - MOST_IN_A_SQUARE) for keys in (cell.whole, cell.parts, cell.contests))
        return Square(place, whole, parts, contested, more)

    return places, [Line(one, [square(place, cells[one.value, place.path]) for place in places]) for one in Function]


@login_required
def mandates(request: SignedIn) -> HttpResponse:
    """Who leads which function in which governorate on a day, with vacancies and conflicts."""
    require(request.user, Permission.VIEW_POLICIES)
    form = MatrixFilter(request.GET or {"day": timezone.localdate()})
    day = form.chosen()
    places, lines = lines_on(request.user, day)
    context = {
        "form": form,
        "day": day,
        "places": places,
        "lines": lines,
        "open": MandateDispute.objects.visible_to(request.user).waiting().count(),
        "states": states_mandates(request.user),
    }
    return render(request, "policies/mandates.html", context)


def mandates_listed(user: User, asked: QueryDict) -> tuple[MandateFilter, MandateQuerySet]:
    """The filters and the mandates that they leave, sorted."""
    form = MandateFilter(asked)
    rows = form.narrow(Mandate.objects.visible_to(user))
    sort = asked.get("sort", "function")
    column = F(SORTS.get(sort.removeprefix("-"), "function"))
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return form, rows.named().order_by(order, "function", "place__path", "valid", "pk")


@login_required
def mandate_list(request: SignedIn) -> HttpResponse:
    """The mandates as a list, narrowed by filters that stand in the address."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows = mandates_listed(request.user, request.GET)
    page, day = page_of(request, rows), form.chosen()
    waiting = open_about(list(page))
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.state(day), waiting[one.pk]) for one in told_silent(list(page))],
        "used": any(request.GET.get(name) for name in form.fields),
        "sort": request.GET.get("sort", "function"),
        "states": states_mandates(request.user),
    }
    return render(request, "policies/mandate_list.html", context)


def open_about(rows: list[Mandate]) -> dict[int, list[MandateDispute]]:
    """The open disputes about some mandates, by the mandate's id, read at once."""
    keys = [one.pk for one in rows]
    about: dict[int, list[MandateDispute]] = {key: [] for key in keys}
    for dispute in MandateDispute.objects.waiting().filter(Q(first__in=keys) | Q(second__in=keys)).order_by("pk"):
        for claim in (dispute.first_id, dispute.second_id):
            about.get(claim, []).append(dispute)
    return about


def found(request: SignedIn, pk: int) -> Mandate:
    """The mandate, if the reader sees mandates."""
    rows = Mandate.objects.visible_to(request.user).named().select_related("stated_as")
    held: Mandate = get_object_or_404(rows, pk=pk)
    return held


def _ends(user: User, mandate: Mandate) -> bool:
    """Whether a person may end a mandate."""
    return any(may(user, one, mandate) for one in (Permission.CLAIM_MANDATES, Permission.KEEP_MANDATES))


@login_required
def mandate(request: SignedIn, pk: int) -> HttpResponse:
    """One mandate: what it is, on what basis, and what is disputed about it."""
    held, day = found(request, pk), timezone.localdate()
    told_silent([held])
    context = {
        "mandate": held,
        "state": held.state(day),
        "limits": held.limits.select_related("place", "dispute"),
        "disputes": MandateDispute.objects.visible_to(request.user).of(held).named(),
        "ends": held.may_end(day) and _ends(request.user, held),
    }
    return render(request, "policies/mandate.html", context)


@login_required
def new_mandate(request: SignedIn) -> HttpResponse:
    """State what the own organisation leads; the body states it for any."""
    keeps = keeps_mandates(request.user)
    require(request.user, Permission.KEEP_MANDATES if keeps else Permission.CLAIM_MANDATES, own_mandate(request.user))
    form = (AnyMandateForm if keeps else MandateForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        own: dict[str, Any] = {"organisation": request.user.acting, "came": MandateOrigin.CLAIMED}
        try:
            made = state_mandate(by=request.user, at=timezone.now(), **own | form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            _say_what_came_of_it(request, made)
            return redirect("policies:mandate", pk=made.pk)
    context = {"form": form, "title": _("State a mandate"), "back": reverse("policies:mandates")}
    return render(request, "policies/mandate_form.html", context, status=400 if form.errors else 200)


def _say_what_came_of_it(request: SignedIn, mandate: Mandate) -> None:
    """Tell that it is kept, and whether another organisation claims the same."""
    if MandateDispute.objects.waiting().of(mandate).exists():
        words = _(
            "Kept. Another organisation claims the same here: a dispute is open, and both sides state their case."
        )
        messages.warning(request, words)
    else:
        messages.success(request, _("Kept. Everybody with a role reads it."))


@login_required
def end(request: SignedIn, pk: int) -> HttpResponse:
    """End a mandate with a day."""
    held = found(request, pk)
    own = may(request.user, Permission.CLAIM_MANDATES, held)
    require(request.user, Permission.CLAIM_MANDATES if own else Permission.KEEP_MANDATES, held)
    form = EndMandateForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            end_mandate(mandate=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Kept. The mandate stays readable, with the reason."))
            return redirect("policies:mandate", pk=pk)
    context = {
        "title": _("End the mandate"),
        "text": _("From the day after, nobody leads it by this mandate. An open dispute about it is closed with it."),
        "deed": _("End the mandate"),
        "cancel_url": reverse("policies:mandate", args=[pk]),
        "form": form,
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


urls = [
    path("mandates/", mandates, name="mandates"),
    path("mandates/list/", mandate_list, name="mandate_list"),
    path("mandates/new/", new_mandate, name="new_mandate"),
    path("mandates/<int:pk>/", mandate, name="mandate"),
    path("mandates/<int:pk>/end/", end, name="end_mandate"),
]
