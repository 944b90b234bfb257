"""The form of a reviewer's word on something that stands out."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.forms.reviews import SeenForm
from coordination.reporting.models.outliers import LONGEST_WORD
from directorates.foundation.fields import TextField


class LookForm(SeenForm):
    """What was looked at, and the word on it."""

    kind = forms.CharField(widget=forms.HiddenInput, max_length=10)
    slot = forms.CharField(widget=forms.HiddenInput, max_length=6, required=False)
    word = TextField(
        label=_("A word on it"),
        help_text=_("It stands in the history of the report; the reporter sees it."),
        max_length=LONGEST_WORD,
        error_messages={"required": _("A word on it is needed, for example: confirmed by phone.")},
    )
