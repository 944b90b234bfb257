"""Questions about values as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told, period_cells, period_columns
from coordination.exchange.tables import Column, Kind
from coordination.reporting.views.follow_ups import follow_ups_listed
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000


def _follow_ups(user: User, asked: QueryDict) -> Listed:
    form, rows = follow_ups_listed(user, asked)
    columns = [
        Column("template", _("Report"), Kind.CODE),
        Column("facility", _("Code"), Kind.CODE),
        Column("facility_name", _("Facility"), width=30),
        *period_columns(),
        Column("reporter", _("Reported by"), Kind.CODE),
        Column("element", _("Item"), Kind.CODE, width=30),
        Column("category", _("Category"), Kind.CODE),
        Column("state", _("State"), width=24),
        Column("organisation", pgettext("follow-up", "Asked by"), Kind.CODE),
        Column("asked", pgettext("question", "Asked"), Kind.DATE),
        Column("answered", pgettext("column", "Answered"), Kind.DATE),
        Column("settled", pgettext("column", "Settled"), Kind.DATE),
    ]
    cells = (
        [
            *(row.submission.template.code, row.submission.facility.code, row.submission.facility.name),
            *(*period_cells(row.submission.period), row.submission.reporter.code),
            *(row.element.code if row.element else "", row.category.code if row.category else ""),
            *(str(row.get_state_display()), row.acting.code),
            *(day_of(row.opened), day_of(row.answered), day_of(row.settled)),
        ]
        for row in rows.named().iterator(CHUNK)  # type: ignore[attr-defined]
    )
    return Listed(_("Questions about values"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing(
        "follow_ups",
        gettext_lazy("Questions about values"),
        (Permission.VIEW_REPORTS,),
        "reporting:follow_ups",
        _follow_ups,
    ),
)
