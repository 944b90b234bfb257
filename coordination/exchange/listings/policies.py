"""Policies as a file: which there are, and what holds of each."""

from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from policies.views.policies import policies_listed

CHUNK = 1000


def _policies(user: User, asked: QueryDict) -> Listed:
    form, rows = policies_listed(user, asked, arabic=get_language() != "en")
    columns = [
        Column("code", _("Code"), Kind.CODE, width=24),
        Column("name_ar", _("Name in Arabic"), width=40),
        Column("name_en", _("Name in English"), width=40),
        Column("kind", pgettext("policy", "Kind")),
        Column("version", pgettext("policy", "Version in force"), Kind.NUMBER),
        Column("since", _("In force from"), Kind.DATE),
        Column("owner", pgettext("policy", "Kept by"), Kind.CODE),
    ]
    cells = (
        [row.code, row.name_ar, row.name_en, row.get_kind_display(), row.current, row.since, row.owner.code]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Policies"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (Listing("policies", gettext_lazy("Policies"), (Permission.VIEW_POLICIES,), "policies:policies", _policies),)
