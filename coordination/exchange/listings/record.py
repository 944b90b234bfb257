"""The record of one's organisation and who witnesses it, as files; taking it along is recorded too."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told, moment_of
from coordination.exchange.tables import Column, Kind
from directorates.models import AuditEvent, User
from directorates.permissions import Permission
from directorates.record_words import deed_of, thing_of
from directorates.views.record import names_witnesses, record_listed, witnesses_listed

CHUNK = 1000


def _record(user: User, asked: QueryDict) -> Listed:
    form, rows = record_listed(user, asked)
    columns = [
        Column("number", _("Number"), Kind.NUMBER),
        Column("when", _("When"), Kind.CODE, width=22),
        Column("who", _("Who"), width=24),
        Column("acting", _("Organisation"), Kind.CODE),
        Column("deed", pgettext("record", "Deed"), width=30),
        Column("thing", pgettext("record", "Thing"), width=30),
        Column("concerns", _("Concerns"), Kind.CODE),
        Column("refused", pgettext("record", "refused"), width=10),
        Column("way", pgettext("record", "By way of"), width=20),
        Column("address", _("From the address"), Kind.CODE, width=20),
    ]
    cells = (_cells(event) for event in rows.iterator(CHUNK))
    return Listed(_("Record"), columns, cells, rows.count(), filters_told(form))


def _cells(event: AuditEvent) -> list[object]:
    """One entry; times with their zone, to the second."""
    return [
        event.pk,
        moment_of(event.at),
        str(event.by) if event.by else _("The portal itself"),
        event.acting.code if event.acting else "",
        deed_of(event),
        " ".join(thing_of(event)),
        event.concerns.code if event.concerns else "",
        _("yes") if event.refused else "",
        str(event.get_way_display()),
        event.address,
    ]


def _witnesses(user: User, _asked: QueryDict) -> Listed:
    columns = [Column("name", _("Name"), width=30), Column("organisation", _("Organisation"), Kind.CODE)]
    if names_witnesses(user):
        columns.append(Column("email", _("E-mail"), Kind.CODE, width=30))
    rows = witnesses_listed()
    cells = ([row.name, row.organisation.code, row.email][: len(columns)] for row in rows.iterator(CHUNK))
    return Listed(_("Witnesses"), columns, cells, rows.count())


LISTINGS = (
    Listing("record", gettext_lazy("Record"), (Permission.VIEW_RECORD,), "directorates:record", _record),
    Listing("witnesses", gettext_lazy("Witnesses"), (), "directorates:record_head", _witnesses),
)
