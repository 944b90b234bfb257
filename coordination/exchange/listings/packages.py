"""The packages from other systems as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, day_of, moment_of
from coordination.exchange.tables import Column, Kind
from coordination.exchange.views.packages import packages_listed, state_of
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000


def _packages(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("package", _("Package"), width=40),
        Column("file", _("File"), Kind.CODE, width=40),
        Column("uploaded", _("Uploaded"), Kind.CODE, width=22),
        Column("by", _("Uploaded by"), width=24),
        Column("status", _("Status"), width=20),
        Column("imported", _("Imported on"), Kind.DATE),
    ]
    rows = packages_listed(user)
    cells = (
        [str(row), row.file_name, moment_of(row.at), str(row.by), state_of(row)[1], day_of(row.applied_at)]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Packages from other systems"), columns, cells, rows.count())


LISTINGS = (
    Listing(
        "packages",
        gettext_lazy("Packages from other systems"),
        (Permission.MANAGE_TEMPLATES,),
        "exchange:packages",
        _packages,
    ),
)
