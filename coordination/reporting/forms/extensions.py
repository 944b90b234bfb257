"""What is asked about a later due date: until when, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.extensions import LONGEST_REASON
from directorates.foundation.fields import DayField, TextField


class ExtendForm(forms.Form):
    """The new day and the reason; `count` is how many reports were named when the page was read."""

    until = DayField(label=_("New due date"))
    reason = TextField(
        label=_("Reason"),
        help_text=_("It is kept beside the reports; the reporters see it."),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write the reason; the reporter sees it.")},
    )
    count = forms.IntegerField(widget=forms.HiddenInput, required=False)
