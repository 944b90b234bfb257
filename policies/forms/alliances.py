"""What is asked of the picture of alliances: on which day to look, and at which kind of agreement."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import DayField
from policies.models import AgreementKind


class AllianceFilter(forms.Form):
    """The day on which to look, and a kind of agreement."""

    day = DayField(label=pgettext_lazy("alliances", "On the day"), required=False)
    kind = forms.ChoiceField(
        label=pgettext_lazy("agreement", "Kind"),
        required=False,
        choices=[("", pgettext_lazy("agreements", "All")), *AgreementKind.choices],
    )

    def chosen(self) -> datetime.date:
        """The day that was asked for; today where none was, or none that can be read."""
        self.is_valid()
        day: datetime.date | None = self.cleaned_data.get("day")
        return day or timezone.localdate()

    @property
    def kind_asked(self) -> str:
        """The kind that was asked for; nothing for all."""
        self.is_valid()
        return str(self.cleaned_data.get("kind") or "")
