"""What is asked of signatures: in which capacity one signs, when a paper was signed and what shows it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import DayField, LineField, TextField
from policies.actions.signatures import LONGEST_CAPACITY, LONGEST_EVIDENCE


class SignForm(forms.Form):
    """That the organisation signs."""

    capacity = LineField(
        label=_("You sign as"),
        max_length=LONGEST_CAPACITY,
        help_text=_("Your function, as it would stand under a paper. Your name stands in the record alone."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class PaperForm(forms.Form):
    """When another organisation signed on paper, and what shows it."""

    day = DayField(label=_("Signed on"))
    evidence = TextField(
        label=_("What shows it"),
        max_length=LONGEST_EVIDENCE,
        help_text=_("The paper, where it is kept, who signed. The organisation reads it and can object."),
    )
