"""For which days is asked who could see something."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.forms.places import areas
from directorates.foundation.fields import DayField
from directorates.models import Place
from directorates.permissions import Permission


class DaysForm(forms.Form):
    """From a day to a day, today where nothing is said."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        first, last = self.days()
        if first > last:
            raise forms.ValidationError({"last": _("This day is before the first.")})
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


class DataForm(DaysForm):
    """Who sees how much of a dataset, of which place, on which days."""

    field_order = ("what", "place", "first", "last")
    WHAT = (
        (Permission.VIEW_REPORTS, _("Reports")),
        (Permission.VIEW_FIGURES, _("Consolidated figures")),
        (Permission.VIEW_EDITIONS, _("Published editions")),
    )

    what = forms.ChoiceField(label=_("What"), required=False, choices=[(one.value, words) for one, words in WHAT])
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, data: Any, *, exact: bool) -> None:
        """Everywhere, a governorate, a district, or the sub-district that the address names.

        Only for an `exact` reader: who reads some places only would tell others in which of them a facility lies.
        """
        super().__init__(data)
        named = areas(self.data.get("place", "") if exact else "")
        self.fields["place"].choices = [("", _("Anywhere")), *named]  # type: ignore[attr-defined]

    @property
    def permission(self) -> Permission:
        """What opens what is asked about; reports where that cannot be read."""
        return Permission(self.cleaned_data.get("what") or Permission.VIEW_REPORTS)

    @property
    def asked_place(self) -> Place | None:
        """The place, None for any."""
        return Place.objects.filter(code=self.cleaned_data.get("place") or "").first()
