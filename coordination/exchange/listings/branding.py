"""Versions of the logo and stationery as a file: which there are, from when until when, and in which formats."""

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from policies.views.branding import branding_listed

CHUNK = 1000


def _branding(user: User, asked: QueryDict) -> Listed:
    form, rows = branding_listed(user, asked)
    day = timezone.localdate()
    columns = [
        Column("kind", pgettext("branding", "Kind")),
        Column("code", _("Code"), Kind.CODE),
        Column("version", pgettext("policy", "Version"), Kind.NUMBER),
        Column("state", _("State")),
        Column("name_ar", _("Name in Arabic"), width=40),
        Column("name_en", _("Name in English"), width=40),
        Column("since", _("In force from"), Kind.DATE),
        Column("until", _("Last day"), Kind.DATE),
        Column("decided_by", pgettext("branding", "Decided by"), width=40),
        Column("files", _("Files")),
    ]
    cells = (
        [
            *(row.get_kind_display(), row.code, row.number, str(row.state(day).label), row.name_ar, row.name_en),
            *(row.first_day, row.last_day, row.basis, ", ".join(file.format for file in row.files.all())),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Logo and stationery"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing(
        "branding", gettext_lazy("Logo and stationery"), (Permission.VIEW_POLICIES,), "policies:branding", _branding
    ),
)
