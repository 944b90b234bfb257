"""How far a version of a policy is applied, as a file: the notes that its reader may see."""

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, moment_of, row_in
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from policies.models import PolicyVersion
from policies.views.compliance import notes_listed

CHUNK = 1000


def _compliance(user: User, asked: QueryDict) -> Listed:
    rows = PolicyVersion.objects.visible_to(user).select_related("policy")
    version = get_object_or_404(rows, policy__code=asked.get("policy", ""), number=row_in(asked, "version"))
    found = notes_listed(user, version)
    columns = [
        Column("policy", _("Policy"), Kind.CODE, width=24),
        Column("version", _("Version"), Kind.NUMBER),
        Column("organisation", _("Organisation"), Kind.CODE),
        Column("organisation_name", _("Name"), width=40),
        Column("extent", pgettext("compliance", "How far"), width=20),
        Column("said", pgettext("compliance", "Note"), width=60),
        Column("evidence", pgettext("compliance", "Files"), Kind.NUMBER),
        Column("at", pgettext("compliance", "Noted"), Kind.CODE, width=22),
    ]
    cells = (
        [
            *(version.policy.code, version.number, row.organisation.code, row.organisation.name),
            *(str(row.get_extent_display()), row.text, len(row.files), moment_of(row.at)),  # type: ignore[attr-defined]
        ]
        for row in found.iterator(CHUNK)
    )
    told = [(_("Policy"), version.policy.name), (_("Version"), str(version.number))]
    at = {"code": version.policy.code, "number": version.number}
    return Listed(_("How far it is applied"), columns, cells, found.count(), told, at)


LISTINGS = (
    Listing(
        "compliance",
        gettext_lazy("How far it is applied"),
        (Permission.VIEW_POLICIES, Permission.MANAGE_POLICIES),
        "policies:compliance",
        _compliance,
    ),
)
