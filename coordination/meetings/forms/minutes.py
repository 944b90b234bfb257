"""What is asked of minutes: their text in Markdown, a correction of minutes that are closed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.meetings.actions.minutes import LONGEST_CORRECTION, LONGEST_MINUTES
from directorates.foundation.fields import StandingForm
from policies.forms.sections import MarkdownField


class MinutesForm(StandingForm):
    """The text of the minutes."""

    text = MarkdownField(
        label=_("Minutes"),
        required=False,
        max_length=LONGEST_MINUTES,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=_("Saved, it can be changed until the minutes are closed."),
    )


class CloseForm(StandingForm):
    """Nothing but what the page showed."""


class CorrectionForm(forms.Form):
    """What is put right in minutes that are closed."""

    text: Any = MarkdownField(
        label=_("Correction"),
        max_length=LONGEST_CORRECTION,
        help_text=_("It stands below the minutes with your name; the minutes themselves stay as they are."),
    )
