"""Double reports as files."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told, period_cells, period_columns
from coordination.exchange.tables import Column, Kind
from coordination.reporting.views.double_reports import double_reports_listed
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000


def _double_reports(user: User, asked: QueryDict) -> Listed:
    form, rows = double_reports_listed(user, asked)
    columns = [
        Column("template", _("Report"), Kind.CODE),
        Column("other", _("The other report"), Kind.CODE),
        Column("facility", _("Code"), Kind.CODE),
        Column("facility_name", _("Facility"), width=30),
        *period_columns(),
        Column("state", _("State"), width=22),
        Column("found", _("Found"), Kind.DATE),
        Column("due", _("Settle by"), Kind.DATE),
        Column("arbiter", _("Arbiter"), Kind.CODE),
        Column("way", _("What counts"), width=30),
        Column("reason", _("Reason"), width=60),
    ]
    cells = (
        [
            *(row.template.code, row.other.code if row.other else ""),
            *(row.facility.code, row.facility.name, *period_cells(row.period), str(row.get_state_display())),
            *(day_of(row.found), row.due, row.arbiter.code if row.arbiter else ""),
            row.settlement.get_way_display() if row.settlement else "",
            row.settlement.reason if row.settlement else "",
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Double reports"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing(
        "double_reports",
        gettext_lazy("Double reports"),
        (Permission.VIEW_REPORTS, Permission.ARBITRATE_REPORTS),
        "reporting:double_reports",
        _double_reports,
    ),
)
