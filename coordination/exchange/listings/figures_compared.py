"""Figures side by side as a file: a row a side, as the page has them."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.figures import borders_told, disputed_cell, disputed_column
from coordination.exchange.listings.listing import Listed, Listing, filters_told, period_cells, period_columns
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models.figures_compared import Compared, Side
from coordination.reporting.views.figures_compared import compared_shown
from directorates.models import User
from directorates.permissions import Permission

RIGHTS = (Permission.VIEW_EDITIONS,)


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
        Column("corrected", _("Corrected reports"), Kind.NUMBER),
    ]
    rows = (
        [_side(side, compared, from_figures=shown["asked"].from_figures) for side in compared.sides] if compared else []
    )
    told = [*filters_told(shown["form"]), *(borders_told(compared) if compared else [])] if shown else []
    return Listed(_("Figures compared"), columns, rows, len(rows), told)


def _side(side: Side, compared: Compared, *, from_figures: bool) -> list[object]:
    """A side, unrounded; nothing where there is no number, and of the first no difference."""
    between, covered = side.difference, side.covered
    # Editions do not all say how many are excused.
    excused = covered.excused if covered and from_figures else None
    counts = [covered.expected, covered.received, excused, covered.answered] if covered else [None] * 4
    return [
        *(compared.of.code, *period_cells(side.period), compared.borders.value, side.place.code, side.place.name),
        *(side.value.number, between and between.absolute, between and between.share, *counts),
        disputed_cell(side.contested),
        side.corrected,
    ]


LISTINGS = (Listing("compared", gettext_lazy("Figures compared"), RIGHTS, "reporting:figures_compared", _compared),)
