"""Agreements between organisations, and what is owed by them, as files; sharing agreements are `agreements.py`."""

from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from policies.models.parties import parties_of
from policies.views.agreements import agreements_listed
from policies.views.obligations import obligations_listed

CHUNK = 1000


def _agreements(user: User, asked: QueryDict) -> Listed:
    form, rows, day = agreements_listed(user, asked, arabic=get_language() != "en")
    found = list(rows)
    parties = parties_of(found)
    columns = [
        Column("name_ar", _("Name in Arabic"), width=40),
        Column("name_en", _("Name in English"), width=40),
        Column("kind", pgettext("agreement", "Kind"), width=24),
        Column("state", _("State"), width=20),
        Column("since", _("First day"), Kind.DATE),
        Column("until", _("Last day"), Kind.DATE),
        Column("parties", pgettext("agreement", "Parties"), width=40),
        Column("recorded", _("Entered from paper")),
        Column("keeper", pgettext("agreement", "Kept by"), Kind.CODE),
    ]
    cells = (
        [
            *(row.name_ar, row.name_en, row.get_kind_display(), str(row.state(day).label)),
            *(row.first_day or row.since, row.last_day or row.until),
            " ".join(dict.fromkeys(one.organisation.code for one in parties[row.pk])),
            *(_("yes") if row.recorded else _("no"), row.keeper.code),
        ]
        for row in found
    )
    return Listed(_("Agreements"), columns, cells, len(found), filters_told(form))


def _obligations(user: User, asked: QueryDict) -> Listed:
    form, rows, today = obligations_listed(user, asked)
    columns = [
        Column("agreement", _("The agreement"), width=40),
        Column("organisation", pgettext("obligation", "Owed by"), Kind.CODE),
        Column("text_ar", _("text in Arabic"), width=60),
        Column("text_en", _("text in English"), width=60),
        Column("due", _("Due on"), Kind.DATE),
        Column("state", _("State"), width=16),
        Column("overdue", pgettext("obligation", "Overdue")),
    ]
    cells = (
        [
            *(row.agreement.name, row.organisation.code, row.text_ar, row.text_en, row.due),
            *(str(row.state.label), _("yes") if row.is_overdue(today) else _("no")),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Obligations"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing(
        "policy-agreements", gettext_lazy("Agreements"), (Permission.VIEW_POLICIES,), "policies:agreements", _agreements
    ),
    Listing(
        "policy-obligations",
        gettext_lazy("Obligations"),
        (Permission.VIEW_POLICIES,),
        "policies:obligations",
        _obligations,
    ),
)
