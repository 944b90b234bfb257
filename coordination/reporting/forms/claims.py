"""What is asked about claims: which reports, and to whom they are handed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.claims import LONGEST_NOTE
from directorates.foundation.fields import NOTHING_CHOSEN, TextField
from directorates.models import User


class HandOverForm(forms.Form):
    """To whom, with what words."""

    to = forms.ChoiceField(
        label=pgettext_lazy("hand over", "To"),
        error_messages={"invalid_choice": _("Choose someone who reviews reports for the same organisation.")},
    )
    note = TextField(label=_("Note"), help_text=_("Only colleagues see it."), required=False, max_length=LONGEST_NOTE)

    def __init__(self, data: Any, colleagues: Sequence[User]) -> None:
        """Offer the colleagues."""
        super().__init__(data)
        self.colleagues = {str(person.pk): person for person in colleagues}
        choices = [("", NOTHING_CHOSEN), *((key, str(person)) for key, person in self.colleagues.items())]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def clean_to(self) -> User:
        """The person."""
        return self.colleagues[self.cleaned_data["to"]]
