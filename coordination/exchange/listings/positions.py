"""Who may read where facilities stand, and who did, as files: never where."""

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, moment_of
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from facilities.models import PositionGrant
from facilities.views.position_grants import CONCERNED, OVERSEEING, grants_listed, readings_listed

CHUNK = 1000


def _grants(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("facility", _("Facility code"), Kind.CODE),
        Column("place", _("Place code"), Kind.CODE),
        Column("name", _("Name"), width=30),
        Column("state", _("State"), width=20),
        Column("recipient", _("Recipient"), Kind.CODE),
        Column("person", _("Person"), width=24),
        Column("asked", _("Asked on"), Kind.DATE),
        Column("until", _("Last day"), Kind.DATE),
    ]
    rows, today = grants_listed(user), timezone.localdate()
    cells = (
        [
            *_of(row),
            str(row.state(today).label),
            row.organisation.code,
            str(row.person) if row.person else "",
            *(row.day, row.until),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Grants of exact locations"), columns, cells, rows.count())


def _of(grant: PositionGrant) -> list[str]:
    """What a grant is about: the code of the facility, or of the place, and its name."""
    if grant.place is not None:
        return ["", grant.place.code, grant.place.name]
    return [grant.facility.code, "", grant.facility.name] if grant.facility else []


def _readings(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("facility", _("Facility code"), Kind.CODE),
        Column("name", _("Facility"), width=30),
        Column("by", _("Read by"), width=24),
        Column("acting", _("Organisation"), Kind.CODE),
        Column("at", _("Time"), Kind.CODE, width=22),
        Column("reason", _("Reason"), width=40),
    ]
    rows = readings_listed(user)
    cells = (
        [
            *(row.facility.code, row.facility.name, str(row.by), row.acting.code),
            *(moment_of(row.at), row.reason),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Past readings"), columns, cells, rows.count())


LISTINGS = (
    Listing(
        "position_grants",
        gettext_lazy("Grants of exact locations"),
        CONCERNED,
        "facilities:position_grants",
        _grants,
    ),
    Listing("position_readings", gettext_lazy("Past readings"), OVERSEEING, "facilities:position_readings", _readings),
)
