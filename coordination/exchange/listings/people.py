"""People and their roles as a file, for those who manage them."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from directorates.views.people import people_listed

CHUNK = 1000


def _people(user: User, asked: QueryDict) -> Listed:
    form, rows = people_listed(user, asked)
    columns = [
        Column("name", _("Name"), width=30),
        Column("email", _("E-mail"), Kind.CODE, width=30),
        Column("organisation", _("Organisation"), Kind.CODE, width=20),
        Column("role", _("Role"), width=24),
        Column("places", _("Places"), width=24),
        Column("since", _("Since"), Kind.DATE),
        Column("last_day", _("Last day"), Kind.DATE),
    ]
    cells = (
        [
            *(row.person.name, row.person.email, row.organisation.code, str(row.get_role_display())),
            " ".join(place.code for place in row.places.all()),
            *(row.first_day, row.last_day),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("People and roles"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing("people", gettext_lazy("People and roles"), (Permission.MANAGE_PEOPLE,), "directorates:people", _people),
)
