"""The history of consolidation as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told, moment_of
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models.runs import WATCHING, RunKind
from coordination.reporting.views.runs import runs_listed, templates_of
from directorates.models import User

CHUNK = 1000


def _runs(user: User, asked: QueryDict) -> Listed:
    form, rows = runs_listed(user, asked)
    templates = {row.pk: row for row in form.templates.values()}
    columns = [
        Column("began", pgettext("consolidation", "Began"), Kind.CODE, width=22),
        Column("ended", pgettext("consolidation", "Ended"), Kind.CODE, width=22),
        Column("seconds", _("Seconds"), Kind.NUMBER),
        Column("kind", pgettext("consolidation", "What was computed"), width=24),
        Column("templates", _("Report templates"), Kind.CODE, width=30),
        Column("origin", pgettext("consolidation", "Asked for by"), width=24),
        Column("by", _("Person"), width=24),
        Column("state", _("State"), width=16),
        Column("fault", pgettext("consolidation", "Fault"), Kind.CODE, width=30),
        Column("lag", pgettext("consolidation", "Lag in seconds"), Kind.NUMBER),
        Column("marks", pgettext("consolidation", "Marks"), Kind.NUMBER),
        Column("cells", pgettext("consolidation", "Figures written"), Kind.NUMBER),
    ]
    cells = (
        [
            *(moment_of(run.began), moment_of(run.ended), run.seconds, str(run.get_kind_display())),
            _("All") if run.kind == RunKind.REBUILD else " ".join(one.code for one in templates_of(run, templates)),
            *(str(run.get_origin_display()), str(run.by) if run.by else "", str(run.get_state_display())),
            *(run.fault, round(run.lag, 3), run.marks, run.cells),
        ]
        for run in rows.iterator(CHUNK)
    )
    return Listed(_("History of computing"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (Listing("runs", gettext_lazy("History of computing"), WATCHING, "reporting:runs", _runs),)
