"""What is asked about a deputy: who, and for which days."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import NOTHING_CHOSEN, DayField
from directorates.models import User


class DeputyForm(forms.Form):
    """Who stands in, from a day to a day, both included."""

    deputy = forms.ChoiceField(
        label=_("Deputy"), error_messages={"invalid_choice": _("Choose someone else of the same organisation.")}
    )
    first = DayField(label=_("From"))
    last = DayField(label=_("Until"), help_text=_("From the next day on it gives nothing."))

    def __init__(self, data: Any, people: Sequence[User]) -> None:
        """Offer the colleagues."""
        super().__init__(data)
        self.people = {str(person.pk): person for person in people}
        choices = [("", NOTHING_CHOSEN), *((key, str(person)) for key, person in self.people.items())]
        self.fields["deputy"].choices = choices  # type: ignore[attr-defined]
        self.fields["first"].initial = timezone.localdate

    def clean_deputy(self) -> User:
        """The person."""
        return self.people[self.cleaned_data["deputy"]]
