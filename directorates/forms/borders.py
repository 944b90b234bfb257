"""What is asked about borders: on which day to look, who becomes competent where, with which day that ends, who acts."""

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.actions.handovers import LONGEST_REASON
from directorates.actions.organisations import LEADS_TO
from directorates.forms.people import OrganisationField
from directorates.forms.places import areas, subdistricts
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, TextField
from directorates.models import JurisdictionDecision, Organisation, Place
from directorates.models.organisations import Kind, OrganisationStatus

IT_STAYS = _("It stays in the history.")
DEEDS = {
    OrganisationStatus.SUSPENDED: pgettext_lazy("deed", "Suspend"),
    OrganisationStatus.ACTIVE: pgettext_lazy("deed", "Let it act again"),
    OrganisationStatus.DISSOLVED: pgettext_lazy("deed", "Dissolve for good"),
}


class BordersFilter(forms.Form):
    """The day on which to look, and whose jurisdictions to show."""

    day = DayField(label=pgettext_lazy("borders", "On the day"), required=False)
    organisation = OrganisationField(required=False, empty_label=pgettext_lazy("organisation", "All"))

    def __init__(self, *args: Any, directorates: QuerySet[Organisation], **kwargs: Any) -> None:
        """Offer whoever can be competent."""
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = directorates  # type: ignore[attr-defined]

    def chosen(self) -> datetime.date:
        """The day that was asked for; today where none was, or none that can be read."""
        self.is_valid()
        day: datetime.date | None = self.cleaned_data.get("day")
        return day or timezone.localdate()

    def narrow(self, rows: Any) -> Any:
        """The decisions that hold somewhere on the day, of the organisation that was asked for."""
        rows = rows.filter(parts__valid__contains=self.chosen())
        organisation = self.cleaned_data.get("organisation")
        return rows.filter(organisation=organisation) if organisation else rows


class ChosenPlaces(forms.MultipleChoiceField):
    """Some places, by their codes."""

    def __init__(self, **extra: Any) -> None:
        """Nothing to choose from until the form says what."""
        usual: dict[str, Any] = {"widget": forms.SelectMultiple(attrs={"size": 8}), "label": _("Places")}
        super().__init__(**usual | extra)

    def clean(self, value: Any) -> list[Place]:
        """The places of the codes."""
        return list(Place.objects.filter(code__in=super().clean(value)).order_by("code"))


class DecideForm(forms.Form):
    """Which directorate is competent for which place from when."""

    organisation = OrganisationField(label=_("Directorate"))
    place = forms.ChoiceField(label=_("Place"), help_text=_("A governorate, a district or a sub-district."))
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"), required=False, help_text=_("Left blank, it holds until it is ended."))
    basis = TextField(label=_("On what basis"), max_length=LONGEST_REASON, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the directorates that act, and every place below the country."""
        super().__init__(*args, **kwargs)
        active = Organisation.objects.active().filter(kind=Kind.DIRECTORATE)
        self.fields["organisation"].queryset = active  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", NOTHING_CHOSEN), *areas(), *subdistricts()]  # type: ignore[attr-defined]
        self.fields["first"].initial = timezone.localdate

    def clean_place(self) -> Place:
        """The place of the code."""
        return Place.objects.get(code=self.cleaned_data["place"])


class EndForm(forms.Form):
    """With which day a competence ends, where, and why."""

    places = ChosenPlaces(help_text=_("All are chosen; fewer make the jurisdiction smaller."))
    last = DayField(label=_("Last day"), help_text=_("From the next day on nobody is competent there."))
    reason = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=IT_STAYS)

    def __init__(self, data: Any, decision: JurisdictionDecision, today: datetime.date) -> None:
        """Offer the sub-districts in which it still holds."""
        held = [part.place for part in decision.parts.select_related("place") if part.holds_after(today)]
        super().__init__(data, initial={"places": [place.code for place in held], "last": today})
        self.fields["places"].choices = [(place.code, place.name) for place in held]  # type: ignore[attr-defined]


class StateForm(forms.Form):
    """Whether an organisation acts, since when, and why."""

    status = forms.ChoiceField(label=_("What happens"))
    since = DayField(label=_("Since"))
    reason = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=IT_STAYS)

    def __init__(self, data: Any, organisation: Organisation) -> None:
        """Offer what its present state allows."""
        super().__init__(data, initial={"since": timezone.localdate()})
        open_ways = [(key, words) for key, words in DEEDS.items() if organisation.status in LEADS_TO[key]]
        self.fields["status"].choices = [("", NOTHING_CHOSEN), *open_ways]  # type: ignore[attr-defined]
