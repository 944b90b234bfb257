"""For which days is asked who could see something."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import DayField


class DaysForm(forms.Form):
    """From a day to a day, today where nothing is said."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        first, last = self.days()
        if first > last:
            raise forms.ValidationError({"last": _t("This day is before the first.")})
        return self.cleaned_data

    @staticmethod
    def today() -> tuple[datetime.date, datetime.date]:
        """The days where what was asked cannot be read."""
        return timezone.localdate(), timezone.localdate()

    def days(self) -> tuple[datetime.date, datetime.date]:
        """The days asked for; what cannot be read is today."""
        today = timezone.localdate()
        last = self.cleaned_data.get("last") or today
        return self.cleaned_data.get("first") or min(last, today), last
