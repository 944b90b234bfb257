"""What is asked of acknowledgements: from when a directorate applies a policy, and for which facilities."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import DayField
from facilities.models import Facility


class AcknowledgeForm(forms.Form):
    """That it was read; a directorate may apply it later than it holds."""

    since = DayField(
        label=_("We apply it from"), required=False, help_text=_("Left blank: from the day from which it holds.")
    )

    def __init__(self, data: Any, *, directorate: bool) -> None:
        """Only directorates say from when they apply it."""
        super().__init__(data)
        if not directorate:
            del self.fields["since"]


class FacilitiesField(forms.ModelMultipleChoiceField):
    """Some facilities, by their codes."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Name and code."""
        return f"{obj.name} · {obj.code}"


class FacilitiesForm(forms.Form):
    """The facilities whose people have read it."""

    facilities = FacilitiesField(Facility.objects.none(), to_field_name="code", label=_("Facilities"))

    def __init__(self, data: Any, rows: QuerySet[Facility]) -> None:
        """Offer the facilities that have not acknowledged it."""
        super().__init__(data)
        self.fields["facilities"].queryset = rows  # type: ignore[attr-defined]
