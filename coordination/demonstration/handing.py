"""A hand-over of the demonstration that waits for its answer: until then nothing changes."""

import datetime as dt
from typing import Any

from coordination.demonstration.people import Cast
from directorates.actions.handovers import offer_handover
from directorates.models import Organisation, Place

GIVER, TAKER, OFFERED = "hama", "idlib", "SY050204"
REASON = "عرض تجريبي لعرض الصفحات، لا اتفاق وراءه."


def offer(cast: Cast, at: dt.datetime, today: dt.date) -> None:
    """One directorate offers its neighbour a sub-district, from the first day of the month after next."""
    bodies = {row.code: row for row in Organisation.objects.filter(code__in=(GIVER, TAKER))}
    places = [Place.objects.get(code=OFFERED)]
    first = (today.replace(day=1) + dt.timedelta(days=62)).replace(day=1)
    said: dict[str, Any] = {
        "giver": bodies[GIVER],
        "taker": bodies[TAKER],
        "places": places,
        "first": first,
        "reason": REASON,
    }
    offer_handover(by=cast.director(GIVER), at=at, **said)
