"""Which directorates are sealed, were, or are to be, as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, moment_of
from coordination.exchange.tables import Column, Kind
from directorates.models import Organisation, User
from directorates.views.seals import reasons_told, seals_listed

CHUNK = 1000


def _seals(user: User, _asked: QueryDict) -> Listed:
    # The reasons stand there for whoever reads them on the page.
    columns = [
        Column("directorate", _("Directorate code"), Kind.CODE),
        Column("directorate_name", _("Directorate"), width=30),
        Column("state", _("State"), width=20),
        Column("reason", _("Reason"), width=40),
        Column("asked", pgettext("seal", "Asked for"), Kind.CODE, width=22),
        Column("asked_as", pgettext("seal", "Asked for by"), Kind.CODE),
        Column("since", pgettext("seal", "Sealed"), Kind.CODE, width=22),
        Column("confirmed_as", pgettext("seal", "Confirmed by"), Kind.CODE),
        Column("lift_asked", pgettext("seal", "Lifting asked for"), Kind.CODE, width=22),
        Column("lift_asked_as", pgettext("seal", "Lifting asked for by"), Kind.CODE),
        Column("lift_reason", pgettext("seal", "Reason for lifting"), width=40),
        Column("lifted", pgettext("seal", "Lifted"), Kind.CODE, width=22),
        Column("lifted_as", pgettext("seal", "Lifting confirmed by"), Kind.CODE),
    ]
    rows, told = seals_listed(user), reasons_told(user)
    cells = (
        [
            *(row.organisation.code, row.organisation.name, str(row.state.label), row.reason if told else ""),
            *(moment_of(row.asked), _code(row.asked_as), moment_of(row.since), _code(row.confirmed_as)),
            *(moment_of(row.lift_asked), _code(row.lift_asked_as), row.lift_reason if told else ""),
            *(moment_of(row.lifted), _code(row.lifted_as)),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Seals"), columns, cells, rows.count())


def _code(organisation: Organisation | None) -> str:
    return organisation.code if organisation else ""


LISTINGS = (Listing("seals", gettext_lazy("Seals"), (), "directorates:seals", _seals),)
