"""What is asked of scanned papers: the file, and what is known of the paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import AttachedFileField, DayField, LineField
from policies.actions.papers import LONGEST_ISSUER, LONGEST_REFERENCE


class PaperForm(forms.Form):
    """A scanned paper."""

    file = AttachedFileField()
    issuer = LineField(
        label=_("Issued by"),
        max_length=LONGEST_ISSUER,
        help_text=_("The ministry, directorate or meeting that signed it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    reference = LineField(
        label=_("Number of the paper"),
        required=False,
        max_length=LONGEST_REFERENCE,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    dated = DayField(label=_("Day of the paper"), required=False)
