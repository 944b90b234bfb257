"""Mandates and disputes over them as files."""

from collections.abc import Iterator
from itertools import islice

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from policies.models import Mandate
from policies.models.mandates import MandateQuerySet, told_silent
from policies.views.disputes import disputes_listed
from policies.views.mandates import mandates_listed

CHUNK = 1000


def _told(rows: MandateQuerySet) -> Iterator[Mandate]:
    """The mandates, a part of the list after the other, each with why its organisation cannot speak."""
    all_of_them = rows.iterator(CHUNK)
    while some := list(islice(all_of_them, CHUNK)):
        yield from told_silent(some)


def _mandates(user: User, asked: QueryDict) -> Listed:
    form, rows = mandates_listed(user, asked)
    columns = [
        Column("function", _("Function"), width=24),
        Column("place", _("P-code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("organisation", _("Lead organisation"), Kind.CODE),
        Column("since", _("First day"), Kind.DATE),
        Column("until", _("Last day"), Kind.DATE),
        Column("called_off", _("called off on"), Kind.DATE),
        Column("came", _("How it came")),
        Column("basis", _("On what basis"), width=60),
        Column("silence", _("Cannot speak"), width=16),
        Column("silent_since", _("Cannot speak since"), Kind.DATE),
    ]
    cells = (
        [
            *(row.get_function_display(), row.place.code, row.place.name, row.organisation.code),
            *(row.first_day, row.last_day, row.called_off, row.get_came_display(), row.basis),
            *((row.silence.state.label, row.silence.since) if row.silence else ("", None)),
        ]
        for row in _told(rows)
    )
    return Listed(_("Mandates"), columns, cells, rows.count(), filters_told(form))


def _disputes(user: User, asked: QueryDict) -> Listed:
    form, rows = disputes_listed(user, asked)
    columns = [
        Column("function", _("Function"), width=24),
        Column("place", _("P-code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("first", _("First claim"), Kind.CODE),
        Column("second", _("Second claim"), Kind.CODE),
        Column("state", _("State")),
        Column("opened", _("Opened on"), Kind.DATE),
        Column("decided_for", _("Decided for"), Kind.CODE),
    ]
    cells = (
        [
            *(row.get_function_display(), row.place.code, row.place.name),
            *(row.first.organisation.code, row.second.organisation.code, row.get_state_display()),
            *(day_of(row.opened), row.decided_for.code if row.decided_for else ""),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Disputes over mandates"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing("mandates", gettext_lazy("Mandates"), (Permission.VIEW_POLICIES,), "policies:mandate_list", _mandates),
    Listing(
        "disputes", gettext_lazy("Disputes over mandates"), (Permission.VIEW_POLICIES,), "policies:disputes", _disputes
    ),
)
