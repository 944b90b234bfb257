"""Whether two organisations claimed to lead what a report is about: its figures say so, and each facility's report counts once."""

import datetime

from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period
from directorates.models import Place, User
from policies.models import MandateDispute


def contested(
    user: User,
    template: ReportTemplate,
    first: Period,
    last: Period,
    place: Place | None = None,
    known: datetime.datetime | None = None,
) -> list[MandateDispute]:
    """The disputes over who leads what a template reports on in some of its periods, in or around a place or anywhere; those
    alone that were `known` at a moment, where one is given.
    """
    if not template.function:
        return []
    rows = MandateDispute.objects.visible_to(user).filter(function=template.function)
    rows = rows.in_days(first.start, last.last_day).named().order_by("place__path", "pk")
    rows = rows if place is None else rows.near(place)
    return list(rows if known is None else rows.filter(opened__lte=known))
