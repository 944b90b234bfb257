"""A saved view as a page shows it to its reader: computed by the reader's rights, with words where there is nothing to see."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from coordination.reporting.forms.asked_places import AskedPlaces
from coordination.reporting.forms.edition_values import AskedEditions
from coordination.reporting.forms.figures import Asked
from coordination.reporting.forms.indicator_values import AskedIndicator
from coordination.reporting.forms.view_contents import asked_in
from coordination.reporting.models import Erratum, SavedView, TemplateVersion
from coordination.reporting.models.contested import contested, contested_in
from coordination.reporting.models.corrections import corrected_in
from coordination.reporting.models.saved_views import Picture, ViewKind
from coordination.reporting.views.editions import edition_map, edition_shown
from coordination.reporting.views.figure_drawings import charts_of
from coordination.reporting.views.indicators import indicator_shown
from coordination.reporting.views.map_drawings import map_of, map_of_indicator
from coordination.reporting.views.value_drawings import charts_of_editions
from directorates.models import User
from policies.models import MandateDispute

MAP = "reporting/map.html"
TREND = {
    ViewKind.FIGURES: "reporting/figures_chart_body.html",
    ViewKind.EDITIONS: "reporting/edition_series.html",
    ViewKind.INDICATOR: "reporting/indicator_series.html",
}
TABLE = {
    ViewKind.FIGURES: "reporting/figures_table_rows.html",
    ViewKind.EDITIONS: "reporting/edition_rows.html",
    ViewKind.INDICATOR: "reporting/indicator_rows.html",
}


@dataclass(frozen=True)
class Tile:
    """A view with what its reader sees of it."""

    view: SavedView
    # None: nothing of it is the reader's to see.
    asked: AskedPlaces | None = None
    # What the picture's own template takes; empty where there is nothing to draw.
    shown: Mapping[str, Any] = field(default_factory=dict)
    # The last version of the report has ended, or the indicator is in use no more.
    retired: bool = False
    # The item is not asked in the period, or the edition of the period does not tell of it.
    item_gone: bool = False
    url: str = ""

    @property
    def status(self) -> str:
        """In one word, for programs: open, not_open, or gone where the item is no longer asked."""
        return "not_open" if self.asked is None else "gone" if self.item_gone else "open"

    @property
    def contested(self) -> Sequence[MandateDispute]:
        """Who claimed to lead what it is about, where two did."""
        return self.shown.get("contested", ())

    @property
    def body(self) -> str:
        """The template of its picture, the one that the page of what it looks at takes."""
        if self.view.picture == Picture.MAP:
            return MAP
        return (TREND if self.view.picture == Picture.TREND else TABLE)[ViewKind(self.view.kind)]


def tiles_of(views: Iterable[SavedView], user: User, today: datetime.date) -> list[Tile]:
    """Some views as their reader sees them; which reports are open is asked once."""
    found: list[Tile] = []
    templates: dict[str, Any] = {}
    for view in views:
        try:
            asked = asked_in(view.filters, view.kind, user, today)
            if isinstance(asked, Asked | AskedEditions):
                asked.templates = templates[view.kind] = templates.get(view.kind) or asked.templates
            found.append(Tile(view) if asked.nothing else _tile(view, asked))
        except Http404:
            found.append(Tile(view))
    return found


def tile_of(view: SavedView, user: User, today: datetime.date) -> Tile:
    """One view as its reader sees it."""
    return tiles_of([view], user, today)[0]


def _tile(view: SavedView, asked: AskedPlaces) -> Tile:
    """The drawing of what is open to the reader."""
    match asked:
        case AskedEditions():
            return _of_editions(view, asked)
        case AskedIndicator():
            return _of_indicator(view, asked)
    return _of_figures(view, cast("Asked", asked))


def _of_figures(view: SavedView, asked: Asked) -> Tile:
    overview, url = asked.overview, f"{reverse('reporting:figures')}?{urlencode(view.filters)}"
    retired = not TemplateVersion.objects.filter(template=overview.template, valid__contains=asked.today).exists()
    if view.element is not None and view.element.code not in overview.measures:
        return Tile(view, asked, {}, retired, item_gone=True, url=url)
    corrected = corrected_in(overview.template, overview.period, overview.focus)
    disputes = contested(overview.user, overview.template, overview.period, overview.focus)
    shown: dict[str, Any] = {"overview": overview, "corrected": corrected, "contested": disputes}
    match view.picture:
        case Picture.TREND:
            shown["charts"] = charts_of(overview)
        case Picture.MAP:
            shown["map"] = map_of(overview, show_completeness=asked.completeness)
        case _:
            shown["rows"] = overview.rows
    return Tile(view, asked, _anything(shown), retired, url=url)


def _of_editions(view: SavedView, asked: AskedEditions) -> Tile:
    edition = asked.edition
    if edition is None:
        return Tile(view, asked, url=reverse("reporting:editions"))
    asks = urlencode({name: one for name, one in view.filters.items() if name in ("element", "under", "level")})
    url = f"{reverse('reporting:edition', args=[edition.pk])}?{asks}"
    if view.element is None or view.element.code not in asked.elements:
        return Tile(view, asked, item_gone=True, url=url)
    shown: dict[str, Any] = {"edition": edition, "asked": asked, "contested": contested_in(asked.user, edition)}
    match view.picture:
        case Picture.TREND:
            shown |= {"charts": charts_of_editions(asked), "rows": asked.values}
        case Picture.MAP:
            shown["map"] = edition_map(asked, edition)
        case _:
            shown["shown"] = edition_shown(asked, edition)
            shown["rows"] = shown["shown"].rows
    errata = Erratum.objects.published().filter(edition=edition).count()
    return Tile(view, asked, _anything(shown) and shown | {"errata": errata}, url=url)


def _of_indicator(view: SavedView, asked: AskedIndicator) -> Tile:
    asks = urlencode({name: one for name, one in view.filters.items() if name != "indicator"})
    url = f"{reverse('reporting:indicator', args=[asked.indicator.code])}?{asks}"
    mapped = view.picture == Picture.MAP
    shown = _mapped(asked) if mapped else indicator_shown(asked)
    drawn = _anything(shown) if view.picture != Picture.TREND else shown
    return Tile(view, asked, drawn, asked.indicator.retired_at is not None, url=url)


def _mapped(asked: AskedIndicator) -> dict[str, Any]:
    disputes = asked.whole.contested(asked.period)
    return {"map": map_of_indicator(asked), "corrected": asked.corrected, "contested": disputes}


def _anything(shown: dict[str, Any]) -> dict[str, Any]:
    """The same; nothing where there is no picture to draw."""
    return shown if any(shown.get(name) for name in ("charts", "map", "rows")) else {}
