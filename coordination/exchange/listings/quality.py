"""The quality of reports as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from coordination.reporting.rules.funnels import limits
from coordination.reporting.templatetags.quality import verdict_words
from coordination.reporting.views.quality import quality_listed
from directorates.models import User
from directorates.permissions import Permission


def _quality(user: User, asked: QueryDict) -> Listed:
    form, found = quality_listed(user, asked)
    lines, mean = (found.lines, found.mean) if found else ([], None)
    columns = [
        Column("code", _("Code"), Kind.CODE),
        Column("name", _("Name"), width=30),
        Column("part", pgettext("quality", "Part"), Kind.NUMBER),
        Column("whole", pgettext("quality", "Whole"), Kind.NUMBER),
        Column("low", _("Lower limit (95 %)"), Kind.NUMBER),
        Column("high", _("Upper limit (95 %)"), Kind.NUMBER),
        Column("outer_low", _("Lower limit (99.8 %)"), Kind.NUMBER),
        Column("outer_high", _("Upper limit (99.8 %)"), Kind.NUMBER),
        Column("verdict", pgettext("quality", "In the funnel"), width=24),
        Column("expected", pgettext("reports", "Expected"), Kind.NUMBER),
        Column("excused", pgettext("reports", "Excused"), Kind.NUMBER),
        Column("received", pgettext("reports", "Received"), Kind.NUMBER),
        Column("on_time", pgettext("reports", "On time"), Kind.NUMBER),
        Column("rules", _("Broken rules"), Kind.NUMBER),
        Column("stands_out", pgettext("reports", "Standing out"), Kind.NUMBER),
        Column("corrected", pgettext("reports", "Corrected"), Kind.NUMBER),
        Column("questions", _("Open questions"), Kind.NUMBER),
    ]
    cells = []
    for line in lines:
        one, held = line.counts, limits(max(line.unit.whole, 0), mean or 0.0)
        about = [round(limit, 6) for limit in (held.low, held.high, held.outer_low, held.outer_high)]
        cells.append(
            [
                *(line.holder.code, line.holder.name, line.unit.part, max(line.unit.whole, 0)),
                *(about if line.verdict else [None] * 4),
                verdict_words(line.verdict) if line.verdict else "",
                *(one.expected, one.excused, one.received, one.received_on_time, one.rules),
                one.stands_out if one.compared else None,
                *(one.corrected, one.questions),
            ]
        )
    return Listed(_("Quality of reports"), columns, cells, len(cells), filters_told(form))


LISTINGS = (
    Listing("quality", gettext_lazy("Quality of reports"), (Permission.VIEW_REPORTS,), "reporting:quality", _quality),
)
