"""What is asked about two entries that may be one facility."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import LineField, TextField
from facilities.models import Facility
from facilities.models.proposals import LONGEST_REASON


class CompareForm(forms.Form):
    """Two entries by their codes, where nothing in their names says that they are one."""

    first = LineField(label=_("Code of one entry"), max_length=20, widget=forms.TextInput(attrs={"dir": "ltr"}))
    second = LineField(label=_("Code of the other entry"), max_length=20, widget=forms.TextInput(attrs={"dir": "ltr"}))

    def __init__(self, *args: Any, facilities: QuerySet[Facility], **kwargs: Any) -> None:
        """Among these entries."""
        super().__init__(*args, **kwargs)
        self.facilities = facilities

    def clean(self) -> dict[str, Any]:
        """Two entries that are there, and are not the same."""
        found = {name: self.facilities.filter(code__iexact=code).first() for name, code in self.cleaned_data.items()}
        for name, facility in found.items():
            if facility is None:
                told = _("The code %(code)s is not in the facility register.") % {"code": self.cleaned_data[name]}
                self.add_error(name, told)
        if len(found) == 2 and found["first"] is not None and found["first"] == found["second"]:
            self.add_error("second", _("Two different entries are needed."))
        return found


class MergeForm(forms.Form):
    """Which entry stays, why, and that what follows was read."""

    survivor = forms.ChoiceField(
        label=_("Which entry stays"),
        widget=forms.RadioSelect,
        error_messages={"required": _("One of the two stays; the other one is merged into it.")},
    )
    reason = TextField(
        label=_("Reason"),
        help_text=_("How it is known that they are one facility. It stays in the history of both."),
        max_length=LONGEST_REASON,
    )
    confirmed = forms.BooleanField(
        label=_("I have read what follows, and that it cannot be undone"),
        error_messages={"required": _("A merge cannot be undone: please confirm that what follows was read.")},
    )

    def __init__(self, *args: Any, first: Facility, second: Facility, **kwargs: Any) -> None:
        """One of these two."""
        super().__init__(*args, **kwargs)
        field = self.fields["survivor"]
        field.choices = [(one.code, f"{one.name} · {one.code}") for one in (first, second)]  # type: ignore[attr-defined]


class SetApartForm(forms.Form):
    """Why they are two facilities."""

    reason = TextField(
        label=_("Reason"),
        required=False,
        help_text=_("What tells them apart, for whoever wonders next time."),
        max_length=LONGEST_REASON,
    )
