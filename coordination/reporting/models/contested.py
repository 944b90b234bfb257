"""Whether it is disputed who leads what a report is about: its figures say so, and each facility's report counts once."""

import datetime

from coordination.reporting.models.templates import ReportTemplate
from directorates.models import Place, User
from policies.models import MandateDispute

# So many disputes are named beside figures.
MOST = 5


def contested(user: User, template: ReportTemplate, place: Place | None, at: datetime.datetime) -> list[MandateDispute]:
    """The disputes, open at a moment, over who leads what a template reports on, in or around a place or anywhere."""
    if not template.function:
        return []
    rows = MandateDispute.objects.visible_to(user).open_at(at).filter(function=template.function).named()
    return list((rows if place is None else rows.near(place)).order_by("place__path", "pk")[:MOST])
