"""Members of the body as a file: which directorates were one, from when until when, on what basis."""

from collections.abc import Iterator
from itertools import islice

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from policies.models import BodyMember
from policies.models.body_members import BodyMemberQuerySet, told_silent
from policies.views.body_members import members_listed

CHUNK = 1000


def _told(rows: BodyMemberQuerySet) -> Iterator[BodyMember]:
    """The memberships, a part of the list after the other, each with why its directorate cannot speak."""
    all_of_them = rows.iterator(CHUNK)
    while some := list(islice(all_of_them, CHUNK)):
        yield from told_silent(some)


def _members(user: User, asked: QueryDict) -> Listed:
    form, rows = members_listed(user, asked)
    day = timezone.localdate()
    columns = [
        Column("code", _("Code"), Kind.CODE),
        Column("directorate", _("Directorate"), width=40),
        Column("state", _("State")),
        Column("since", _("Members from"), Kind.DATE),
        Column("until", _("Last day"), Kind.DATE),
        Column("called_off", _("called off on"), Kind.DATE),
        Column("basis", _("On what basis"), width=60),
        Column("why", _("Reason"), width=60),
        Column("entered", _("Entered on"), Kind.DATE),
        Column("silence", _("Cannot speak"), width=16),
    ]
    cells = (
        [
            *(one.directorate.code, one.directorate.name, str(one.state(day).label), one.first_day, one.last_day),
            *(one.called_off, one.basis, one.left_why or (_("The directorate was dissolved") if one.dissolved else "")),
            *(day_of(one.at), one.silence.state.label if one.silence else ""),
        ]
        for one in _told(rows)
    )
    return Listed(_("Members of the body"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing(
        "members", gettext_lazy("Members of the body"), (Permission.VIEW_POLICIES,), "policies:body_members", _members
    ),
)
