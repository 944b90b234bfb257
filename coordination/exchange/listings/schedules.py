"""When figures are checked, as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, moment_of
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models.runs import WATCHING
from coordination.reporting.views.schedules import schedules_listed, with_checks
from directorates.models import User


def _schedules(_user: User, _asked: QueryDict) -> Listed:
    found = with_checks(list(schedules_listed()))
    columns = [
        Column("template", _("Report template"), Kind.CODE, width=24),
        Column("template_name", _("Name"), width=40),
        Column("often", pgettext("schedule", "How often"), width=30),
        Column("next", pgettext("schedule", "Next"), Kind.CODE, width=22),
        Column("last", _("Last check"), Kind.CODE, width=22),
        Column("state", _("State"), width=20),
        Column("differed", pgettext("check", "Figures that differed"), Kind.NUMBER),
    ]
    rows = [
        [
            *(one.code, one.name, schedule.words if schedule else pgettext("schedule", "Never by itself")),
            *(moment_of(schedule.next) if schedule else "", moment_of(run.began) if run else ""),
            *((str(run.get_state_display()), run.cells) if run else ("", None)),
        ]
        for one, schedule, run in found
    ]
    return Listed(_("Checks of figures"), columns, rows, len(rows))


LISTINGS = (Listing("schedules", gettext_lazy("Checks of figures"), WATCHING, "reporting:schedules", _schedules),)
