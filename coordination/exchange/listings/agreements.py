"""The sharing agreements of one's organisation as a file."""

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told, moment_of
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.views.sharing import agreements_listed

CHUNK = 1000


def _agreements(user: User, asked: QueryDict) -> Listed:
    form, rows = agreements_listed(user, asked)
    today = timezone.localdate()
    columns = [
        Column("dataset", _("Dataset code"), Kind.CODE),
        Column("dataset_name", _("Dataset"), width=30),
        Column("state", _("State"), width=20),
        Column("custodian", _("Custodian"), Kind.CODE),
        Column("recipient", pgettext("sharing", "Recipient"), Kind.CODE),
        Column("level", _("What is shared"), width=30),
        Column("places", _("Places"), width=20),
        Column("purpose", _("Purpose"), width=40),
        Column("first", _("From"), Kind.DATE),
        Column("last", _("Last day"), Kind.DATE),
        Column("accepted", _("Accepted"), Kind.CODE, width=22),
        Column("ended", _("Ended"), Kind.CODE, width=22),
    ]
    cells = (
        [
            *(row.dataset.code, row.dataset.name, str(row.state(today).label)),
            *(row.custodian.code, row.recipient.code, str(row.get_level_display())),
            " ".join(place.code for place in row.places.all()),
            *(row.purpose, row.first_day, row.last_day, moment_of(row.accepted), moment_of(row.ended)),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Sharing agreements"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (Listing("agreements", gettext_lazy("Sharing agreements"), (), "directorates:agreements", _agreements),)
