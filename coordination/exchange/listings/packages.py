"""The packages from other systems as a file."""

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, day_of, moment_of, row_in
from coordination.exchange.tables import Column, Kind
from coordination.exchange.views.packages import items_listed, packages_listed, state_of
from coordination.exchange.words import FATES, KINDS, path_words, reason_words
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000


def _packages(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("package", _("Package"), width=40),
        Column("file", _("File"), Kind.CODE, width=40),
        Column("uploaded", _("Uploaded"), Kind.CODE, width=22),
        Column("by", _("Uploaded by"), width=24),
        Column("status", _("Status"), width=20),
        Column("imported", _("Imported on"), Kind.DATE),
    ]
    rows = packages_listed(user)
    cells = (
        [str(row), row.file_name, moment_of(row.at), str(row.by), state_of(row)[1], day_of(row.applied_at)]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Packages from other systems"), columns, cells, rows.count())


def _items(user: User, asked: QueryDict) -> Listed:
    """What would become of each thing of a package that is looked at, or what became of it."""
    row = get_object_or_404(packages_listed(user).defer(None), pk=row_in(asked, "package"))
    try:
        name, found = items_listed(row, asked)
    except Problem as problem:
        # Its file is kept no more, and it was never imported: there is nothing to list.
        raise Http404 from problem
    columns = [
        Column("part", pgettext("package", "Part"), width=20),
        Column("name_ar", _("Name in Arabic"), width=40),
        Column("name_en", _("Name in English"), width=40),
        Column("code", _("Code"), Kind.CODE, width=30),
        Column("status", _("Status"), width=20),
        Column("why", _("Reason"), width=60),
        Column("changes", pgettext("package", "What differs"), width=60),
    ]
    rows = [
        [
            *(str(KINDS[one.kind]), one.name_ar, one.name_en, one.code, str(FATES[one.fate])),
            reason_words(one.reason, dict(one.params)) if one.reason else "",
            " | ".join(f"{path_words(change.path)}: {change.before} → {change.after}" for change in one.changes),
        ]
        for one in found
    ]
    return Listed(name, columns, rows, len(rows), [(_("Package"), name)], {"pk": row.pk})


LISTINGS = (
    Listing(
        "package-items",
        gettext_lazy("Parts of a package"),
        (Permission.MANAGE_TEMPLATES,),
        "exchange:package",
        _items,
    ),
    Listing(
        "packages",
        gettext_lazy("Packages from other systems"),
        (Permission.MANAGE_TEMPLATES,),
        "exchange:packages",
        _packages,
    ),
)
