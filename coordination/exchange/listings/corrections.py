"""Correction requests as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import (
    Listed,
    Listing,
    day_of,
    filters_told,
    period_cells,
    period_columns,
)
from coordination.exchange.tables import Column, Kind
from coordination.reporting.views.corrections import corrections_listed
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000


def _corrections(user: User, asked: QueryDict) -> Listed:
    form, rows = corrections_listed(user, asked)
    columns = [
        Column("facility", _("Facility code"), Kind.CODE),
        Column("facility_name", _("Facility"), width=30),
        Column("template", pgettext("filter", "Report"), Kind.CODE, width=20),
        *period_columns(),
        Column("reporter", _("Reported by"), Kind.CODE),
        Column("number", _("Number"), Kind.NUMBER),
        Column("acting", _("Asked by"), Kind.CODE),
        Column("asked", pgettext("question", "Asked"), Kind.DATE),
        Column("state", _("State"), width=20),
        Column("decided", pgettext("column", "Decided"), Kind.DATE),
    ]
    cells = (
        [
            *(row.submission.facility.code, row.submission.facility.name, row.submission.template.code),
            *period_cells(row.submission.period),
            *(row.submission.reporter.code, row.number, row.acting.code, day_of(row.at)),
            *(str(row.get_state_display()), day_of(row.decided_at)),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Correction requests"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing(
        "corrections",
        gettext_lazy("Correction requests"),
        (Permission.VIEW_REPORTS,),
        "reporting:corrections",
        _corrections,
    ),
)
