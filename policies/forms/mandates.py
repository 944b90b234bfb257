"""What is asked of mandates: on which day to look, which to show, what is stated, from when one ends."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from directorates.forms.people import OrganisationField
from directorates.forms.places import areas
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, TextField
from directorates.models import Organisation, Place
from directorates.models.places import Level
from policies.actions.disputes import LONGEST_BASIS
from policies.actions.mandates import LONGEST_REASON
from policies.models import Function, MandateDispute, MandateOrigin
from policies.models.mandates import MandateQuerySet

STANDING, COMING, DISPUTED, OVER, ALL = "", "coming", "disputed", "over", "all"


class MatrixFilter(forms.Form):
    """The day on which to look."""

    day = DayField(label=pgettext_lazy("mandates", "On the day"), required=False)

    def chosen(self) -> datetime.date:
        """The day that was asked for; today where none was, or none that can be read."""
        self.is_valid()
        day: datetime.date | None = self.cleaned_data.get("day")
        return day or timezone.localdate()


class PlaceField(forms.ChoiceField):
    """The country, a governorate or a district, as a place."""

    def __init__(self, **extra: Any) -> None:
        """Places are read anew for every page."""
        super().__init__(label=_("Place"), choices=self._offered, **extra)

    def _offered(self) -> list[tuple[Any, Any]]:
        """Nothing, the country, then every governorate with its districts."""
        countries = Place.objects.filter(level=Level.COUNTRY)
        nothing = ("", NOTHING_CHOSEN if self.required else pgettext("place", "All"))
        return [nothing, *((one.code, one.name) for one in countries), *areas()]

    def clean(self, value: Any) -> Place | None:
        """The place of the code."""
        code = super().clean(value)
        return Place.objects.get(code=code) if code else None


class MandateFilter(forms.Form):
    """Which mandates to show."""

    function = forms.ChoiceField(
        label=_("Function"), required=False, choices=[("", pgettext_lazy("functions", "All")), *Function.choices]
    )
    place = PlaceField(required=False)
    day = DayField(label=pgettext_lazy("mandates", "On the day"), required=False)
    organisation = OrganisationField(
        label=_("Lead organisation"), required=False, empty_label=pgettext_lazy("organisation", "All")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            (STANDING, pgettext_lazy("mandates", "Hold on the day")),
            (COMING, pgettext_lazy("mandates", "Hold later")),
            (DISPUTED, pgettext_lazy("mandates", "In dispute")),
            (OVER, pgettext_lazy("mandates", "Over")),
            (ALL, pgettext_lazy("mandates", "At any time")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the organisations that lead something."""
        super().__init__(*args, **kwargs)
        leading = Organisation.objects.filter(mandates__isnull=False).distinct()
        self.fields["organisation"].queryset = leading  # type: ignore[attr-defined]

    def chosen(self) -> datetime.date:
        """The day that was asked for; today where none was, or none that can be read."""
        self.is_valid()
        return self.cleaned_data.get("day") or timezone.localdate()

    def narrow(self, rows: MandateQuerySet) -> MandateQuerySet:
        """The mandates that were asked for."""
        day = self.chosen()
        asked = self.cleaned_data
        exact = {name: asked[name] for name in ("function", "organisation") if asked.get(name)}
        rows = rows.filter(**exact)
        if place := asked.get("place"):
            rows = rows.near(place)
        match asked.get("state"):
            case "coming":
                return rows.coming(day)
            case "disputed":
                claims = MandateDispute.objects.waiting().values_list("first", "second")
                return rows.filter(pk__in={claim for pair in claims for claim in pair})
            case "over":
                return rows.over(day)
            case "all":
                return rows
        return rows.at(day)


class MandateForm(forms.Form):
    """What one's own organisation leads, where, since when and on what basis."""

    function = forms.ChoiceField(label=_("Function"), choices=[("", NOTHING_CHOSEN), *Function.choices])
    place = PlaceField()
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Left blank, it holds until it is ended."))
    basis = TextField(
        label=_("On what basis"),
        max_length=LONGEST_BASIS,
        help_text=_("The decree, agreement, meeting or practice that it rests on. Everybody reads it."),
    )


class AnyMandateForm(MandateForm):
    """The same for any organisation, as it was claimed, agreed or decided."""

    organisation = OrganisationField(label=_("Lead organisation"))
    came = forms.ChoiceField(label=_("How it came"), choices=MandateOrigin.choices, initial=MandateOrigin.AGREED)
    field_order = ("function", "place", "organisation", "came", "since", "until", "basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every organisation."""
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]


class EndMandateForm(forms.Form):
    """With which day a mandate ends, and why."""

    last_day = DayField(label=_("Last day"))
    why = TextField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("It stands with the mandate; everybody reads it.")
    )
