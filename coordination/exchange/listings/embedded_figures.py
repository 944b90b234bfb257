"""What web sites may show of an edition, as a file; the addresses themselves are in none."""

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, period_cells, period_columns, row_in
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models import Edition, EmbeddedFigure
from directorates.models import User
from directorates.permissions import Permission


def _embedded(user: User, asked: QueryDict) -> Listed:
    edition = get_object_or_404(Edition.objects.visible_to(user).named(), pk=row_in(asked, "edition"))
    found = list(EmbeddedFigure.objects.visible_to(user).named().filter(edition=edition))
    day = timezone.localdate()
    columns = [
        Column("template", pgettext("filter", "Report"), Kind.CODE, width=20),
        *period_columns(),
        Column("item", _("Item"), Kind.CODE, width=24),
        Column("item_name", _("Name"), width=30),
        Column("level", _("Level"), width=18),
        Column("state", _("State"), width=20),
        Column("sites", _("Web sites"), Kind.CODE, width=40),
        Column("until", _("Last day"), Kind.DATE),
    ]
    rows = [
        [
            *(edition.template.code, *period_cells(edition.period), row.element.code, row.element.name),
            *(str(row.get_level_display()), str(row.state(day).label), " ".join(row.sites), row.until),
        ]
        for row in found
    ]
    return Listed(_("Embedded figures"), columns, rows, len(rows), at={"pk": edition.pk})


LISTINGS = (
    Listing(
        "embedded",
        gettext_lazy("Embedded figures"),
        (Permission.PUBLISH_EDITIONS,),
        "reporting:embedded_figures",
        _embedded,
    ),
)
