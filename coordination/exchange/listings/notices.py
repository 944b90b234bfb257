"""One's own notices as a file."""

from urllib.parse import urljoin

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, moment_of
from coordination.exchange.tables import Column, Kind
from directorates.foundation.notices import words_of
from directorates.models import Notice, User

CHUNK = 1000


def _notices(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("told", _("Told on"), Kind.CODE, width=22),
        Column("notice", _("Notice"), width=50),
        Column("more", _("Details"), width=50),
        Column("address", _("Address"), Kind.CODE, width=40),
        Column("read", _("Read on"), Kind.CODE, width=22),
    ]
    rows = Notice.objects.visible_to(user)
    cells = (
        [
            moment_of(row.at),
            *words_of(row),
            urljoin(settings.PUBLIC_URL, row.url) if row.url else "",
            moment_of(row.read),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Notices"), columns, cells, rows.count())


LISTINGS = (Listing("notices", gettext_lazy("Notices"), (), "directorates:notices", _notices),)
