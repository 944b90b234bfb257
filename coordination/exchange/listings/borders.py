"""Who is competent where on a day, and what was handed over, as files."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told, moment_of
from coordination.exchange.tables import Column, Kind
from directorates.models import HandoverPart, User
from directorates.views.borders import borders_listed
from directorates.views.handovers import handovers_listed
from facilities.views.place_changes import place_changes_listed

CHUNK = 1000


def _borders(user: User, asked: QueryDict) -> Listed:
    columns = [
        Column("place", _("P-code"), Kind.CODE),
        Column("place_name", _("Place"), width=30),
        Column("organisation", _("Directorate code"), Kind.CODE),
        Column("organisation_name", _("Directorate"), width=30),
        Column("subdistricts", _("Sub-districts"), Kind.NUMBER),
        Column("since", _("First day"), Kind.DATE),
        Column("until", _("Last day"), Kind.DATE),
        Column("basis", _("On what basis"), width=40),
    ]
    form, found = borders_listed(user, asked)
    rows: QuerySet[Any] = found
    cells = (
        [
            *(row.place.code, row.place.name, row.organisation.code, row.organisation.name, row.held),
            *(row.first_day, row.last_day, row.basis),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Who is competent where"), columns, cells, rows.count(), filters_told(form))


def _handovers(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("giver", _("Hands over"), Kind.CODE),
        Column("taker", _("Takes over"), Kind.CODE),
        Column("places", _("Sub-districts"), width=40),
        Column("taken", pgettext("handover", "Of these taken over"), width=40),
        Column("first", _("From the day"), Kind.DATE),
        Column("state", _("State"), width=24),
        Column("reason", _("Reason"), width=40),
        Column("offered", pgettext("handover", "Offered"), Kind.CODE, width=22),
        Column("offered_as", pgettext("handover", "Offered by"), Kind.CODE),
        Column("answered", pgettext("handover", "Answered"), Kind.CODE, width=22),
        Column("answer", _("Why not everything"), width=40),
    ]
    rows, today = handovers_listed(user), timezone.localdate()
    cells = (
        [
            *(row.giver.code, row.taker.code, _codes(row.parts.all())),
            _codes(part for part in row.parts.all() if part.taken),
            *(row.first, str(row.state(today).label), row.reason, moment_of(row.offered), row.offered_as.code),
            *(moment_of(row.answered), row.answer),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Hand-overs"), columns, cells, rows.count())


def _place_changes(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("first", _("From the day"), Kind.DATE),
        Column("kind", _("What happened"), width=16),
        Column("place", _("P-code"), Kind.CODE),
        Column("formers", _("P-codes that ended"), width=30),
        Column("laters", _("P-codes that have their ground since"), width=30),
        Column("former_name", _("Former name"), width=40),
        Column("later_name", _("Name since"), width=40),
        Column("reason", _("Reason"), width=40),
        Column("source", _("Source"), width=30),
        Column("decided", pgettext("place", "Decided"), Kind.CODE, width=22),
        Column("decided_as", pgettext("place", "Decided by"), Kind.CODE),
    ]
    rows = place_changes_listed(user)
    cells = (
        [
            *(row.first, str(row.get_kind_display()), row.place.code),
            *(" ".join(place.code for place in places) for places in (row.formers, row.laters)),
            *(_both(row.former_ar, row.former_en), _both(row.later_ar, row.later_en)),
            *(row.reason, row.source, moment_of(row.at), row.decided_as.code),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Changes of places"), columns, cells, rows.count())


def _both(arabic: str, english: str) -> str:
    """The names of a renamed place in both languages; nothing of another."""
    return " · ".join(name for name in (arabic, english) if name)


def _codes(parts: Iterable[HandoverPart]) -> str:
    """The codes of some sub-districts."""
    return " ".join(part.place.code for part in parts)


LISTINGS = (
    Listing("borders", gettext_lazy("Who is competent where"), (), "directorates:borders", _borders),
    Listing("handovers", gettext_lazy("Hand-overs"), (), "directorates:handovers", _handovers),
    Listing("place_changes", gettext_lazy("Changes of places"), (), "places:changes", _place_changes),
)
