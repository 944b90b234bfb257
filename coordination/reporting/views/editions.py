"""Pages of published editions: the list, the figures of one, publishing the next."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from coordination.reporting.actions.editions import publish_edition
from coordination.reporting.actions.verifications import ask_to_verify
from coordination.reporting.forms.edition_values import AskedEditions, EditionFigures
from coordination.reporting.forms.editions import EditionFilter, PublishForm
from coordination.reporting.models import Category, Edition
from coordination.reporting.models.contested import contested_in
from coordination.reporting.models.editions import EditionFigure, EditionPlace
from coordination.reporting.models.verifications import made_of
from coordination.reporting.views import errata
from coordination.reporting.views.errata import errata_shown
from coordination.reporting.views.map_drawings import Map, map_of_edition
from coordination.reporting.views.value_drawings import charts_of_editions
from coordination.reporting.views.views_strip import kept_of
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Place, User
from directorates.models.place_names import named_as_of
from directorates.models.places import Level, PlaceQuerySet
from directorates.permissions import Permission, Refused, may, require
from policies.logo import logo_on


def editions_listed(user: User, asked: QueryDict) -> tuple[EditionFilter, QuerySet[Edition]]:
    """The filters and the editions that they leave of those that a person may see, the latest period first."""
    require(user, Permission.VIEW_EDITIONS)
    form = EditionFilter(asked, user)
    # What is counted beside rows leaves them without an order of their own.
    rows = (
        Edition.objects.visible_to(user).named().with_corrections().order_by("-period_start", "template__code", "-pk")
    )
    if form.is_valid() and (template := form.cleaned_data["template"]):
        rows = rows.filter(template=template)
    return form, rows


@login_required
def editions(request: SignedIn) -> HttpResponse:
    """What was published, the latest period first."""
    form, rows = editions_listed(request.user, request.GET)
    context = {
        "form": form,
        "used": bool(request.GET.get("template")),
        "page": page_of(request, rows),
        "publishes": may(request.user, Permission.PUBLISH_EDITIONS),
        "sees_figures": may(request.user, Permission.VIEW_FIGURES),
    }
    return render(request, "reporting/editions.html", context)


@dataclass(frozen=True)
class Row:
    """A place with its figures: the whole, then a category each; None where nobody answered."""

    place: Place
    covered: EditionPlace | None
    whole: EditionFigure | None
    parts: tuple[EditionFigure | None, ...]
    # Of the largest shown figure, from 0 to 100, for the picture.
    percent: Decimal | None = None


@dataclass(frozen=True)
class Shown:
    """The figures of one item at one level of an edition."""

    categories: tuple[Category, ...]
    rows: tuple[Row, ...]

    @property
    def hidden(self) -> int:
        """How many of them are hidden."""
        return sum(bool(one and one.hidden) for row in self.rows for one in (row.whole, *row.parts))


def edition_shown(asked: AskedEditions, edition: Edition) -> Shown:
    """The figures that are asked for, of the places that are open to a person, in the order of their codes."""
    places = edition.open_places(asked.user).filter(
        level=asked.level, pk__in=edition.figures.order_by().values("place")
    )
    if asked.within is not None:
        places = places.under(asked.within)
    figures: dict[int, dict[int | None, EditionFigure]] = {}
    categories: dict[int, Category] = {}
    rows = edition.figures.filter(element=asked.element, place__in=places).select_related("category")
    for figure in rows:
        figures.setdefault(figure.place_id, {})[figure.category_id] = figure
        if figure.category is not None:
            categories[figure.category.pk] = figure.category
    parts = tuple(sorted(categories.values(), key=lambda one: (one.order, one.pk)))
    # How many report from a sub-district would tell where single facilities lie.
    told = edition.places.filter(place__in=places, place__level__lt=Level.SUBDISTRICT)
    covered = {row.place_id: row for row in told}
    largest = max((held[None].value or 0 for held in figures.values() if None in held), default=Decimal())
    found = [
        Row(
            place,
            covered.get(place.pk),
            whole := figures.get(place.pk, {}).get(None),
            tuple(figures.get(place.pk, {}).get(one.pk) for one in parts),
            100 * whole.value / largest if whole and whole.value is not None and largest else None,
        )
        for place in _as_named(edition, places)
    ]
    return Shown(parts, tuple(found))


@login_required
def edition(request: SignedIn, pk: int) -> HttpResponse:
    """The figures of one edition."""
    require(request.user, Permission.VIEW_EDITIONS)
    found = get_object_or_404(Edition.objects.visible_to(request.user).named(), pk=pk)
    publishes = may(request.user, Permission.PUBLISH_EDITIONS, found.template)
    asked = AskedEditions(request.GET, request.user, timezone.localdate(), found)
    context = {
        "edition": found,
        "asked": asked,
        "form": EditionFigures(asked),
        "shown": edition_shown(asked, found),
        "charts": charts_of_editions(asked),
        "map": edition_map(asked, found),
        "kept": kept_of(asked) if asked.element and not asked.nothing else None,
        "contested": contested_in(request.user, found),
        "publishes": publishes,
        "made_of": made_of(found, publishes=publishes),
        "corrected_by": found.corrections.published().first(),
        "verifies": publishes,
        **errata_shown(request.user, found),
        # An edition never changes: it bears the logo of its day.
        "logo": logo_on(timezone.localdate(found.at)),
    }
    return render(request, "reporting/edition.html", context)


def edition_map(asked: AskedEditions, edition: Edition) -> Map | None:
    """The map of the item's whole in each governorate that is open to a person, as the table has it at that level."""
    places = edition.open_places(asked.user).filter(level=Level.GOVERNORATE)
    places = places.filter(pk__in=edition.places.order_by().values("place"))
    rows = edition.figures.filter(element=asked.element, category=None, place__in=places)
    held = {row.place_id: row for row in rows}
    return map_of_edition({place: held.get(place.pk) for place in _as_named(edition, places)})


def _as_named(edition: Edition, places: PlaceQuerySet) -> list[Place]:
    """Places by their codes, under the names of the edition's period."""
    found = list(places.order_by("code"))
    named_as_of(found, edition.period.last_day)
    return found


@require_POST
@login_required
def verify(request: SignedIn, pk: int) -> HttpResponse:
    """Have every figure of an edition made again and compared, as a job."""
    require(request.user, Permission.VIEW_EDITIONS)
    found = get_object_or_404(Edition.objects.visible_to(request.user).select_related("template"), pk=pk)
    job = ask_to_verify(edition=found, by=request.user, at=timezone.now())
    return redirect("jobs:job", pk=job.pk)


@login_required
def publish(request: SignedIn) -> HttpResponse:
    """Publish the figures of a report and period, after saying what is hidden in them."""
    if not may(request.user, Permission.PUBLISH_EDITIONS):
        raise Refused(Permission.PUBLISH_EDITIONS)
    form = PublishForm(request.POST or None, request.user, request.GET.dict())
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("template", "period", "foreword")}
        try:
            job = publish_edition(**given, limits=form.limits, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            return redirect("jobs:job", pk=job.pk)
    return render(request, "reporting/edition_publish.html", {"form": form}, status=400 if form.errors else 200)


urls: list[Any] = [
    path("editions/", editions, name="editions"),
    path("editions/publish/", publish, name="edition_publish"),
    path("editions/<int:pk>/", edition, name="edition"),
    path("editions/<int:pk>/verify/", verify, name="edition_verify"),
    *errata.urls,
]
