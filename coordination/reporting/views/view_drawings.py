"""A saved view as a page shows it to its reader: computed by the reader's rights, with words where there is nothing to see."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import Http404

from coordination.reporting.forms.figures import Asked
from coordination.reporting.models import SavedView, TemplateVersion
from coordination.reporting.models.contested import contested
from coordination.reporting.models.overviews import Overview
from coordination.reporting.models.saved_views import Picture
from coordination.reporting.views.figure_drawings import Drawing, charts_of
from coordination.reporting.views.map_drawings import Map, map_of
from directorates.models import User
from policies.models import MandateDispute


@dataclass(frozen=True)
class Tile:
    """A view with what its reader sees of it; without an overview nothing of it is the reader's to see."""

    view: SavedView
    overview: Overview | None = None
    charts: list[Drawing] = field(default_factory=list)
    map: Map | None = None
    # Who claimed to lead what it is about, where two did.
    contested: Sequence[MandateDispute] = ()
    # The last version of the report has ended.
    retired: bool = False
    # The item is not asked in the period.
    item_gone: bool = False

    @property
    def status(self) -> str:
        """In one word, for programs: open, not_open, or gone where the item is no longer asked."""
        return "not_open" if self.overview is None else "gone" if self.item_gone else "open"

    @property
    def empty(self) -> bool:
        """Whether there are no figures to draw."""
        if self.overview is None or self.item_gone:
            return False
        match self.view.picture:
            case Picture.TREND:
                return not self.charts
            case Picture.MAP:
                return self.map is None
        return not self.overview.rows


def tiles_of(views: Iterable[SavedView], user: User, today: datetime.date) -> list[Tile]:
    """Some views as their reader sees them; which reports are open is asked once."""
    found: list[Tile] = []
    templates = None
    for view in views:
        asked = Asked(view.filters, user, today)
        if templates is not None:
            asked.templates = templates
        templates = asked.templates
        found.append(_tile(view, asked))
    return found


def tile_of(view: SavedView, user: User, today: datetime.date) -> Tile:
    """One view as its reader sees it."""
    return tiles_of([view], user, today)[0]


def _tile(view: SavedView, asked: Asked) -> Tile:
    try:
        if asked.template is None or asked.focus is None:
            return Tile(view)
        overview = asked.overview
    except Http404:
        return Tile(view)
    retired = not TemplateVersion.objects.filter(template=overview.template, valid__contains=asked.today).exists()
    if view.element is not None and view.element.code not in overview.measures:
        return Tile(view, overview, retired=retired, item_gone=True)
    charts = charts_of(overview) if view.picture == Picture.TREND else []
    drawn = map_of(overview, show_completeness=asked.completeness) if view.picture == Picture.MAP else None
    disputes = contested(overview.user, overview.template, overview.period, overview.focus)
    return Tile(view, overview, charts, drawn, disputes, retired)
