"""The facilities that report by a template as a file."""

import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from psycopg2.extras import DateRange

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models import Assignment
from coordination.reporting.views.assignments import assignments_listed
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission

CHUNK = 1000


def _assignments(user: User, asked: QueryDict) -> Listed:
    form, rows = assignments_listed(user, asked)
    template = form.chosen.code if form.chosen else ""
    columns = [
        Column("template", _("Report template"), Kind.CODE),
        Column("code", _("Facility code"), Kind.CODE),
        Column("name_ar", _("Name in Arabic"), width=30),
        Column("name_en", _("Name in English"), width=30),
        Column("type", _("Type"), width=24),
        Column("place", _("P-code of the place"), Kind.CODE),
        Column("from", pgettext("assignment", "Reports from"), Kind.DATE),
        Column("until", _("Until"), Kind.DATE),
    ]
    cells = (
        [
            *(template, row.code, row.name_ar, row.name_en, str(row.get_type_display()), row.told_place.code),
            *_days(row.assigned),  # type: ignore[attr-defined]
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Facilities that report"), columns, cells, rows.count(), filters_told(form))


def _days(valid: DateRange | None) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day."""
    assignment = Assignment(valid=valid or lasting(None))
    return assignment.first_day, assignment.last_day


LISTINGS = (
    Listing(
        "assignments",
        gettext_lazy("Facilities that report"),
        (Permission.VIEW_FACILITIES,),
        "reporting:assignments",
        _assignments,
    ),
)
