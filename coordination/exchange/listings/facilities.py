"""The facility register as a file; positions are in no list."""

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from facilities.models.duplicates import candidates
from facilities.models.proposals import FieldChange
from facilities.views.facilities import facilities_listed
from facilities.views.proposals import proposals_listed

CHUNK = 1000


def _facilities(user: User, asked: QueryDict) -> Listed:
    form, rows = facilities_listed(user, asked)
    columns = [
        Column("code", _("Facility code"), Kind.CODE),
        Column("name_ar", _("Name in Arabic"), width=30),
        Column("name_en", _("Name in English"), width=30),
        Column("type", _("Type"), width=24),
        Column("place", _("P-code of the place"), Kind.CODE),
        Column("place_name", _("Place"), width=20),
        Column("status", _("Operating status"), width=20),
        Column("since", _("Since"), Kind.DATE),
        Column("supported_by", _("Supported by"), width=24),
    ]
    cells = (
        [
            *(row.code, row.name_ar, row.name_en, str(row.get_type_display())),
            *(row.told_place.code, row.told_place.name, str(row.get_status_display()), row.since),  # type: ignore[attr-defined]
            " ".join(support.organisation.code for support in row.supports_today),  # type: ignore[attr-defined]
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Facility register"), columns, cells, rows.count(), filters_told(form))


def _proposals(user: User, asked: QueryDict) -> Listed:
    """A row a change: several changes of one proposal share its number."""
    form, rows = proposals_listed(user, asked)
    columns = [
        Column("proposal", _("Number"), Kind.NUMBER),
        Column("facility", _("Facility code"), Kind.CODE),
        Column("place", _("P-code of the sub-district"), Kind.CODE),
        Column("asked", _("Proposed on"), Kind.DATE),
        Column("acting", pgettext("proposal", "Proposed by"), Kind.CODE),
        Column("field", _("What changes"), width=24),
        Column("state", pgettext("proposal", "State"), width=16),
        Column("reason", _("Reason"), width=40),
    ]
    cells = (
        [
            *(row.pk, row.facility.code if row.facility else "", row.place.code, day_of(row.at), row.acting.code),
            *(str(change.get_field_display()), str(change.get_state_display()), row.reason),
        ]
        for row in rows.iterator(CHUNK)
        for change in row.changes.all()
    )
    return Listed(
        _("Proposed changes"), columns, cells, FieldChange.objects.filter(proposal__in=rows).count(), filters_told(form)
    )


def _duplicates(user: User, _asked: QueryDict) -> Listed:
    """A row a pair of entries that may be one facility, the likeliest first."""
    columns = [
        Column("first", _("One entry"), Kind.CODE),
        Column("first_name", _("Facility"), width=30),
        Column("second", _("The other entry"), Kind.CODE),
        Column("second_name", _("Facility"), width=30),
        Column("place", _("P-code of the sub-district"), Kind.CODE),
        Column("one_name", _("one name for both"), width=16),
        Column("same_place", _("same sub-district"), width=16),
    ]
    pairs = candidates(user, timezone.localdate())
    cells = (
        [
            *(pair.first.code, pair.first.name, pair.second.code, pair.second.name, pair.first.place.code),
            *(_("yes") if said else _("no") for said in (pair.why.shared_name, pair.why.same_place)),
        ]
        for pair in pairs
    )
    return Listed(_("Possible duplicates"), columns, cells, len(pairs))


LISTINGS = (
    Listing(
        "duplicates",
        gettext_lazy("Possible duplicates"),
        (Permission.MANAGE_FACILITIES,),
        "facilities:duplicates",
        _duplicates,
    ),
    Listing(
        "proposals",
        gettext_lazy("Proposed changes"),
        (Permission.PROPOSE_FACILITIES,),
        "facilities:proposals",
        _proposals,
    ),
    Listing(
        "facilities",
        pgettext_lazy("room", "Facilities"),
        (Permission.VIEW_FACILITIES,),
        "facilities:facilities",
        _facilities,
    ),
)
