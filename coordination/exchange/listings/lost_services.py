"""Services lost as a file: the estimates of the page, never a figure among figures."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told, period_cells, period_columns
from coordination.exchange.tables import Column, Kind
from coordination.reporting.forms.figures import Asked, FiguresFilter
from coordination.reporting.models.measures import Measure
from coordination.reporting.rules.lost import Lost
from coordination.reporting.views.lost_services import LostShown, lost_shown
from directorates.models import User
from directorates.models.naming import in_language
from directorates.permissions import Permission


def _lost(user: User, asked: QueryDict) -> Listed:
    """A row a place and item, each place with how many facilities are excused."""
    columns = [
        Column("template", pgettext("figures", "Report"), Kind.CODE, width=20),
        *period_columns(),
        Column("place", _("Code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("excused", _("Facilities excused"), Kind.NUMBER),
        Column("item", _("Item"), Kind.CODE, width=24),
        Column("item_name", _("Name"), width=30),
        Column("middle", pgettext("estimate", "Estimate"), Kind.NUMBER),
        Column("low", pgettext("estimate", "From"), Kind.NUMBER),
        Column("high", pgettext("estimate", "To"), Kind.NUMBER),
        Column("behind", pgettext("estimate", "Facilities behind"), Kind.NUMBER),
        Column("why", pgettext("estimate", "Why there is none"), width=30),
    ]
    wanted = Asked(asked, user, timezone.localdate())
    if wanted.template is None or wanted.focus is None:
        return Listed(_("Services lost: an estimate"), columns, [], 0)
    shown = lost_shown(wanted)
    overview = wanted.overview
    head: list[object] = [overview.template.code, *period_cells(overview.period)]
    rows = [[*head, *cells] for one in _all(shown) for cells in _rows(one, shown["measures"])]
    told = filters_told(FiguresFilter(wanted), apart=("show", "as"))
    return Listed(_("Services lost: an estimate"), columns, rows, len(rows), told)


def _all(shown: dict[str, Any]) -> list[LostShown]:
    """The rows of the page, the total last."""
    return [*shown["rows"], *([shown["total"]] if shown["total"] else [])]


def _rows(one: LostShown, measures: list[Measure]) -> Iterator[list[object]]:
    """A place with each item."""
    holder = one.row.holder
    named = [holder.code if holder else "", holder.name if holder else _("Outside every jurisdiction")]
    for measure, (value, there) in zip(measures, one.values, strict=True):
        item = [measure.element.code, in_language(measure.element.name_ar, measure.element.name_en)]
        yield [*named, one.row.excused, *item, *_estimate(value, there=there)]


def _estimate(value: Lost | None, *, there: bool) -> list[object]:
    """The estimate with its range; or why there is none, in the words of the page."""
    if value is None:
        return [None, None, None, None, _("Not open to this role") if there else _("too little is known")]
    return [value.middle, value.low, value.high, value.facilities, ""]


LISTINGS = (
    Listing(
        "lost",
        gettext_lazy("Services lost: an estimate"),
        (Permission.VIEW_FIGURES,),
        "reporting:lost_services",
        _lost,
    ),
)
