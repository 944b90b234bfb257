"""The report templates as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.elements import RIGHTS
from coordination.exchange.listings.listing import Listed, Listing
from coordination.exchange.tables import Column, Kind
from coordination.reporting.templatetags.building import period_type_words
from coordination.reporting.views.templates import templates_listed
from directorates.models import User

CHUNK = 1000


def _templates(user: User, _asked: QueryDict) -> Listed:
    rows = templates_listed(user)
    columns = [
        Column("code", _("Code"), Kind.CODE, width=24),
        Column("name_ar", _("Name in Arabic"), width=40),
        Column("name_en", _("Name in English"), width=40),
        Column("programme", _("Programme"), width=24),
        Column("every", _("Sent every"), width=20),
        Column("due_days", _("Days until due"), Kind.NUMBER),
        Column("reporting", _("Facilities that report"), Kind.NUMBER),
        Column("version", _("Version in force"), Kind.NUMBER),
    ]
    cells = (
        [
            *(row.code, row.name_ar, row.name_en, row.programme.name, period_type_words(row.period_type)),
            *(row.due_days, row.reporting, row.in_force),  # type: ignore[attr-defined]
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Report templates"), columns, cells, rows.count())


LISTINGS = (Listing("templates", gettext_lazy("Report templates"), RIGHTS, "reporting:templates", _templates),)
