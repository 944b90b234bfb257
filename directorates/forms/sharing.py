"""What is asked about sharing: which data, with whom, how much, where, what for and for how long."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.actions.sharing import LONGEST_TEXT, datasets_to_share, recipients_of
from directorates.forms.people import OrganisationField, PlacesField
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, TextField
from directorates.models import Dataset, User
from directorates.models.sharing import SharingLevel


class OfferForm(forms.Form):
    """An offer of a dataset to another organisation."""

    dataset = forms.ModelChoiceField(
        Dataset.objects.none(), to_field_name="code", label=_("Dataset"), empty_label=NOTHING_CHOSEN
    )
    recipient = OrganisationField(label=pgettext_lazy("sharing", "Recipient"))
    level = forms.ChoiceField(
        label=_("What is shared"),
        choices=SharingLevel,
        initial=SharingLevel.EDITIONS,
        widget=forms.RadioSelect,
        help_text=_("As little as the purpose needs. Each contains those before it."),
    )
    places = PlacesField(help_text=_("Nothing chosen: everywhere."))
    purpose = TextField(label=_("Purpose"), max_length=LONGEST_TEXT)
    first = DayField(label=_("From"))
    last = DayField(label=_("Until"), help_text=_("From the next day on it gives nothing."))

    def __init__(self, data: Any, user: User) -> None:
        """Offer what is in the custody of the organisation acted for, to every other one."""
        super().__init__(data)
        self.fields["dataset"].queryset = datasets_to_share(user)  # type: ignore[attr-defined]
        self.fields["recipient"].queryset = recipients_of(user)  # type: ignore[attr-defined]
        self.fields["first"].initial = timezone.localdate

    def clean_level(self) -> SharingLevel:
        """The level."""
        return SharingLevel(self.cleaned_data["level"])


class EndForm(forms.Form):
    """Why an agreement ends."""

    reason = TextField(label=_("Reason"), max_length=LONGEST_TEXT, help_text=_("The other side reads it."))


class AgreementFilter(forms.Form):
    """Which agreements to show."""

    side = forms.ChoiceField(
        label=pgettext_lazy("sharing", "Our side"),
        required=False,
        choices=[
            ("", pgettext_lazy("sharing", "Both")),
            ("given", pgettext_lazy("sharing", "We give")),
            ("received", pgettext_lazy("sharing", "We receive")),
        ],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Offered or in force")), ("over", _("In the past")), ("all", _("At any time"))],
    )
