"""What is asked when a directorate is sealed, or its seal is to be lifted."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.actions.seals import LONGEST_REASON
from directorates.foundation.fields import NOTHING_CHOSEN, TextField
from directorates.models import Organisation


class ReasonForm(forms.Form):
    """Why; it stays in the history."""

    reason = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("It stays in the history."))


class SealForm(ReasonForm):
    """Which directorate, and why."""

    organisation = forms.ChoiceField(label=_("Directorate"))
    field_order = ("organisation", "reason")

    def __init__(self, data: Any, directorates: Sequence[Organisation], own: int | None) -> None:
        """Offer the directorates, one's own first chosen."""
        super().__init__(data)
        self.directorates = {str(one.pk): one for one in directorates}
        choices = [("", NOTHING_CHOSEN), *((key, one.name) for key, one in self.directorates.items())]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]
        self.fields["organisation"].initial = str(own)

    def clean_organisation(self) -> Organisation:
        """The directorate."""
        return self.directorates[self.cleaned_data["organisation"]]
