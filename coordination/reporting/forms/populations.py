"""What is asked about populations: which to show, and one to be entered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.populations import PopulationGroup, PopulationQuerySet
from coordination.reporting.rules.populations import FIRST_YEAR, LAST_YEAR, MOST
from directorates.foundation.fields import DayField, LineField
from directorates.models import Place
from directorates.models.places import beneath

PLACES = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"})


class PopulationFilter(forms.Form):
    """Which populations to show."""

    place = LineField(label=_("P-code"), required=False, max_length=20, widget=PLACES)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    group = forms.ChoiceField(
        label=pgettext_lazy("population", "Group"),
        required=False,
        choices=[("", pgettext_lazy("groups", "All")), *PopulationGroup.choices],
    )

    def narrow(self, rows: PopulationQuerySet) -> PopulationQuerySet:
        """Those that are asked for: of a place and of everything in it."""
        self.is_valid()
        asked = self.cleaned_data
        if code := asked.get("place"):
            place = Place.objects.filter(code=code).first()
            rows = rows.filter(beneath(place.path, "place__path")) if place else rows.none()
        if asked.get("year"):
            rows = rows.filter(year=asked["year"])
        return rows.filter(group=asked["group"]) if asked.get("group") else rows


class PopulationForm(forms.Form):
    """How many people of a group live in a place, as a source says."""

    place = forms.ModelChoiceField(
        Place.objects.all(),
        label=_("P-code"),
        to_field_name="code",
        help_text=_("Of a sub-district or of anything above it."),
        widget=PLACES,
        error_messages={"invalid_choice": _("There is no place of this code.")},
    )
    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    group = forms.ChoiceField(label=pgettext_lazy("population", "Group"), choices=PopulationGroup.choices)
    number = forms.IntegerField(label=pgettext_lazy("population", "Number of people"), min_value=0, max_value=MOST)
    source = LineField(
        label=pgettext_lazy("population", "Source"),
        max_length=200,
        help_text=_("Who counted or estimated, and in which publication."),
    )
    dated = DayField(
        label=_("Date of the source"), help_text=_("Of several sources, the one with the latest date counts.")
    )

    def taken(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        return dict(self.cleaned_data)
