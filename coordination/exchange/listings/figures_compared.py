"""Figures side by side as a file: a row a side, as the page has them."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.figures import RIGHTS, borders_told, disputed_cell, disputed_column
from coordination.exchange.listings.listing import Listed, Listing, filters_told, period_cells, period_columns
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models.figures_compared import Side
from coordination.reporting.views.figures_compared import compared_shown
from directorates.models import User


def _compared(user: User, asked: QueryDict) -> Listed:
    shown = compared_shown(user, asked)
    compared = shown.get("compared")
    columns = [
        Column("item", _("Item"), Kind.CODE, width=24),
        *period_columns(),
        Column("as", _("Jurisdictions"), Kind.CODE),
        Column("place", _("Code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("total", _("Total"), Kind.NUMBER),
        Column("difference", pgettext("figures", "Difference"), Kind.NUMBER),
        Column("share", _("Share of the first"), Kind.NUMBER),
        Column("expected", pgettext("reports", "Expected"), Kind.NUMBER),
        Column("received", pgettext("reports", "Received"), Kind.NUMBER),
        Column("excused", pgettext("reports", "Excused"), Kind.NUMBER),
        Column("received_of_expected", _("Received of those expected"), Kind.NUMBER),
        disputed_column(),
    ]
    rows = [_side(side, compared.borders.value) for side in compared.sides] if compared else []
    told = [*filters_told(shown["form"]), *(borders_told(compared) if compared else [])] if shown else []
    return Listed(_("Figures compared"), columns, rows, len(rows), told)


def _side(side: Side, borders: str) -> list[object]:
    """A side, unrounded; nothing where there are no data, and of the first no difference."""
    between, covered = side.difference, side.covered
    return [
        *(side.value.measure.element.code, *period_cells(side.period), borders, side.place.code, side.place.name),
        *(side.value.number, between and between.absolute, between and between.share),
        *(covered.expected, covered.received, covered.excused, covered.answered),
        disputed_cell(side.contested),
    ]


LISTINGS = (Listing("compared", gettext_lazy("Figures compared"), RIGHTS, "reporting:figures_compared", _compared),)
