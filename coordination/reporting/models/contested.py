"""Whether two organisations claimed to lead what a report is about: its figures say so, and each facility's report counts once."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.backends.postgresql.psycopg_any import DateRange

from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period
from directorates.models import Jurisdiction, Organisation, Place, User
from policies.models import MandateDispute


def contested(
    user: User,
    template: ReportTemplate,
    period: Period,
    place: Place | None = None,
    known: datetime.datetime | None = None,
) -> list[MandateDispute]:
    """The disputes over who leads what a template reports on in a period, in or around a place or anywhere; those alone that
    were `known` at a moment, where one is given.
    """
    if not template.function:
        return []
    rows = MandateDispute.objects.visible_to(user).filter(function=template.function)
    rows = rows.in_days(period.start, period.last_day).named().order_by("place__path", "pk")
    rows = rows if place is None else rows.near(place)
    return list(rows if known is None else rows.filter(opened__lte=known))


def contested_by_holder(
    disputes: Sequence[MandateDispute], holders: Collection[Place | Organisation | None], period: Period
) -> dict[Place | Organisation | None, list[MandateDispute]]:
    """Of each place the disputes in or around it; of each directorate those in or around its jurisdiction in the period."""
    paths: dict[Place | Organisation | None, list[str]] = defaultdict(list)
    if disputes:
        asked = {holder.pk: holder for holder in holders if isinstance(holder, Organisation)}
        days = DateRange(period.start, period.last_day, "[]")
        held = Jurisdiction.objects.filter(organisation__in=asked, valid__overlap=days)
        for organisation, path in held.values_list("organisation", "place__path"):
            paths[asked[organisation]].append(path)
        paths |= {holder: [holder.path] for holder in holders if isinstance(holder, Place)}
    return {
        holder: [one for one in disputes if any(_near(one.place.path, path) for path in own)]
        for holder, own in paths.items()
    }


def _near(one: str, other: str) -> bool:
    """Whether one of two places lies in the other."""
    return one.startswith(other) or other.startswith(one)
