"""How many facilities work in a place: what a change of borders is about."""

from collections.abc import Collection

from django.db.models import Count

from facilities.models.facilities import Facility
from facilities.models.operating import NOT_EXPECTED


def working_in(places: Collection[int]) -> dict[int, int]:
    """The number of facilities that stand and work in each of some sub-districts; without facilities, none."""
    rows = Facility.objects.standing().filter(place__in=places).exclude(status__in=NOT_EXPECTED)
    return dict(rows.order_by().values_list("place").annotate(Count("pk")))
