"""The strip of kept views on pages of figures, editions and indicators: what is kept already, and the ways to keep and compare."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from coordination.reporting.forms.asked_places import AskedPlaces
from coordination.reporting.models import Dashboard, SavedView
from coordination.reporting.models.saved_views import ViewKind
from directorates.models import User
from directorates.models.places import Level
from directorates.permissions import Permission, may

# So many kept views, and dashboards, stand in the strip.
KEPT = 6


def kept_of(asked: AskedPlaces) -> dict[str, Any]:
    """The first of one's dashboards and views, and where what is shown is kept and compared."""
    return {
        "dashboards": Dashboard.objects.own(asked.user)[:KEPT],
        "views": SavedView.objects.own(asked.user)[:KEPT],
        "keep": f"{reverse('reporting:keep_view')}?{_query(asked)}",
        "compare": f"{reverse('reporting:figures_compared')}?{_query(asked, **_beginning(asked))}",
    }


def _query(asked: AskedPlaces, **other: str) -> str:
    """The address's part behind the question mark that asks for what is shown, with something changed."""
    kind = {} if asked.kind == ViewKind.FIGURES else {"kind": asked.kind.value}
    return urlencode({key: value for key, value in (kind | asked.filters | other).items() if value})


def _beginning(asked: AskedPlaces) -> dict[str, str]:
    """With what a comparison begins: the country beside its places, or a place in earlier years."""
    focus = asked.focus
    by = "places" if focus is None or focus.level < Level.GOVERNORATE else "years"
    return {"by": by, "place_1": focus.code if focus else "", "level": "", "show": ""}


def room_of(user: User) -> str:
    """The address of the room of figures, as it is open to a person: figures of now, or what was published."""
    return reverse("reporting:figures" if may(user, Permission.VIEW_FIGURES) else "reporting:editions")
