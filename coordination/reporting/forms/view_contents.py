"""What kept views and comparisons look at: figures of now, published editions or an indicator, by what an address names."""

import datetime
from collections.abc import Mapping

from django.http import Http404

from coordination.reporting.forms.asked_places import AskedPlaces
from coordination.reporting.forms.edition_values import AskedEditions
from coordination.reporting.forms.figures import Asked
from coordination.reporting.forms.indicator_values import AskedIndicator
from coordination.reporting.models import Indicator
from coordination.reporting.models.saved_views import ViewKind
from directorates.models import User


def asked_in(given: Mapping[str, str], kind: str, user: User, today: datetime.date) -> AskedPlaces:
    """What an address asks of one of the three; an indicator that is not there is a page that is not there."""
    if kind == ViewKind.EDITIONS:
        return AskedEditions(given, user, today)
    if kind != ViewKind.INDICATOR:
        return Asked(given, user, today)
    found = Indicator.objects.visible_to(user).named().filter(code=given.get("indicator", "")).first()
    if found is None:
        raise Http404
    return AskedIndicator(given, found, user, today)
