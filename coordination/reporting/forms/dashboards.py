"""What is asked of a dashboard: its name, a note, and which of one's views stand on it in which order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.forms.saved_views import ViewWords
from coordination.reporting.models import Dashboard, SavedView
from coordination.reporting.models.dashboards import MOST_ON_A_DASHBOARD
from directorates.foundation.fields import NOTHING_CHOSEN
from directorates.models import User

PLACES = tuple(f"view_{number}" for number in range(1, MOST_ON_A_DASHBOARD + 1))


class DashboardForm(ViewWords):
    """A dashboard: a list of choices for each of its places; empty ones are passed over."""

    def __init__(self, data: Any, user: User, held: Dashboard | None = None) -> None:
        """Offer one's own views, those that stand there chosen."""
        standing = list(held.ordered) if held else []
        words = {"name": held.name, "note": held.note} if held else {}
        super().__init__(data, initial=words | dict(zip(PLACES, standing, strict=False)))
        own = SavedView.objects.own(user)
        for number, name in enumerate(PLACES, 1):
            self.fields[name] = forms.ModelChoiceField(
                own, label=_("View %(number)d") % {"number": number}, required=False, empty_label=NOTHING_CHOSEN
            )

    @property
    def views(self) -> list[SavedView]:
        """The views that were chosen, in their order."""
        return [view for name in PLACES if (view := self.cleaned_data.get(name)) is not None]
