"""The facility register as a file; positions are in no list."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from coordination.exchange.listings.listing import Listed, Listing
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from facilities.views.facilities import facilities_listed

CHUNK = 1000


def _facilities(user: User, asked: QueryDict) -> Listed:
    _form, rows = facilities_listed(user, asked)
    columns = [
        Column("code", _("Facility code"), Kind.CODE),
        Column("name_ar", _("Name in Arabic"), width=30),
        Column("name_en", _("Name in English"), width=30),
        Column("type", _("Type"), width=24),
        Column("place", _("P-code of the sub-district"), Kind.CODE),
        Column("place_name", _("Sub-district"), width=20),
        Column("status", _("Operating status"), width=20),
        Column("since", _("Since"), Kind.DATE),
        Column("supported_by", _("Supported by"), width=24),
    ]
    cells = (
        [
            *(row.code, row.name_ar, row.name_en, str(row.get_type_display())),
            *(row.place.code, row.place.name, str(row.get_status_display()), row.since),  # type: ignore[attr-defined]
            " ".join(support.organisation.code for support in row.supports_today),  # type: ignore[attr-defined]
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Facility register"), columns, cells, rows.count())


LISTINGS = (
    Listing(
        "facilities",
        pgettext_lazy("room", "Facilities"),
        (Permission.VIEW_FACILITIES,),
        "facilities:facilities",
        _facilities,
    ),
)
