"""One change of places, so that the pages of borders and figures show how one looks; the decree is the demonstration's own."""

import datetime as dt

from coordination.demonstration.people import Cast
from directorates.models import Place, PlaceChange
from facilities.actions.place_changes import merge_places

MERGED, INTO = "SY070004", "SY070002"
REASON = "تغيير تجريبي لعرض الصفحات، لا قرار وراءه. A change of the demonstration: no decree stands behind it."


def change_places(cast: Cast, at: dt.datetime, today: dt.date) -> None:
    """Merge one sub-district into its neighbour, in the same directorate's hands, from two months ago on; once."""
    if PlaceChange.objects.exists():
        return
    first = (today.replace(day=1) - dt.timedelta(days=40)).replace(day=1)
    places = {row.code: row for row in Place.objects.select_related("parent").filter(code__in=(MERGED, INTO))}
    merge_places(places=[places[MERGED]], into=places[INTO], first=first, reason=REASON, by=cast.administrator, at=at)
