"""Published editions as files: which there are, and the figures of one; what is hidden is hidden alike."""

from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.figures import disputed_cell, disputed_column
from coordination.exchange.listings.listing import (
    Listed,
    Listing,
    Told,
    filters_told,
    moment_of,
    period_cells,
    period_columns,
    row_in,
)
from coordination.exchange.tables import Column, Kind
from coordination.reporting.forms.edition_values import AskedEditions, EditionFigures
from coordination.reporting.models import Edition, Erratum
from coordination.reporting.models.contested import contested_by_holder, contested_in
from coordination.reporting.models.editions import EditionFigure
from coordination.reporting.templatetags.reporting import words_for_period
from coordination.reporting.views.editions import Row, Shown, edition_shown, editions_listed
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000
RIGHTS = (Permission.VIEW_EDITIONS,)


def _editions(user: User, asked: QueryDict) -> Listed:
    form, found = editions_listed(user, asked)
    rows: Any = found
    columns = [
        Column("template", pgettext("filter", "Report"), Kind.CODE, width=20),
        *period_columns(),
        Column("reports", _("Reports that count"), Kind.NUMBER),
        Column("hidden", _("Hidden figures"), Kind.NUMBER),
        Column("published", pgettext("edition", "Published"), Kind.CODE, width=22),
        Column("errata", _("Errata"), Kind.NUMBER),
        Column("corrected", _("Corrected by another edition")),
        Column("acting", _("Organisation"), Kind.CODE),
    ]
    cells = (
        [
            row.template.code,
            *period_cells(row.period),
            *(row.reports, row.hidden, moment_of(row.at), row.errata_beside, _("yes") if row.is_corrected else ""),
            row.acting.code,
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Published editions"), columns, cells, rows.count(), filters_told(form))


def _edition(user: User, asked: QueryDict) -> Listed:
    """The figures of the edition that the address names, of one item at one level."""
    edition = get_object_or_404(Edition.objects.visible_to(user).named(), pk=row_in(asked, "edition"))
    wanted = AskedEditions(asked, user, timezone.localdate(), edition)
    shown = edition_shown(wanted, edition)
    columns = [
        *period_columns(),
        Column("place", _("Code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("expected", pgettext("reports", "Expected"), Kind.NUMBER),
        Column("received", pgettext("reports", "Received"), Kind.NUMBER),
        Column("item", _("Item"), Kind.CODE, width=24),
        Column("total", _("Total"), Kind.NUMBER),
        *(Column(one.code, one.name, Kind.NUMBER) for one in shown.categories),
        Column("hidden", pgettext("edition", "Hidden"), width=30),
        disputed_column(),
    ]
    disputes = contested_in(user, edition)
    disputed = contested_by_holder(disputes, [row.place for row in shown.rows], edition.period)
    rows = [
        [*period_cells(edition.period), *_row(wanted.code, shown, row), disputed_cell(disputed.get(row.place, ()))]
        for row in shown.rows
    ]
    told = [
        (pgettext("figures", "Report"), edition.template.name),
        (_("Period"), words_for_period(edition.template, edition.period)),
        *filters_told(EditionFigures(wanted)),
        *_errata_told(edition),
    ]
    return Listed(_("Published edition"), columns, rows, len(rows), told, {"pk": edition.pk})


def _errata_told(edition: Edition) -> list[Told]:
    """What corrected it, and its errata in the reader's language: they stand above the figures of a file too."""
    rows = Erratum.objects.published().filter(edition=edition)
    words = _("Erratum %(number)d, %(at)s")
    found = [(words % {"number": one.number, "at": moment_of(one.at)}, one.text) for one in rows]
    if (by := edition.corrections.published().first()) is not None:
        found.insert(0, (pgettext("edition", "Corrected by"), moment_of(by.at)))
    return found


def _row(item: str, shown: Shown, row: Row) -> list[object]:
    """A place with its figures, and which of them are hidden."""
    figures, named = (row.whole, *row.parts), (None, *shown.categories)
    hidden = [one.name if one else _("Total") for one, held in zip(named, figures, strict=True) if held and held.hidden]
    covered = [row.covered.expected, row.covered.received] if row.covered else [None, None]
    return [row.place.code, row.place.name, *covered, item, *(_value(one) for one in figures), " · ".join(hidden)]


def _value(figure: EditionFigure | None) -> object:
    """The number, as exact as the edition holds it; nothing where it is hidden or nobody answered."""
    if figure is None or figure.value is None:
        return None
    return figure.value.normalize()


LISTINGS = (
    Listing("editions", gettext_lazy("Published editions"), RIGHTS, "reporting:editions", _editions),
    Listing("edition", gettext_lazy("Published edition"), RIGHTS, "reporting:edition", _edition),
)
