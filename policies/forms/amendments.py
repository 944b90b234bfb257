"""What is asked of amendments and renewals: why, and until when it is to hold."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import DayField, TextField
from policies.actions.agreements import LONGEST_REASON
from policies.forms.versions import SeenForm


class ProposeForm(SeenForm):
    """Why the text is to be another."""

    why = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("The parties read it with the text."))


class AnswerForm(forms.Form):
    """Why a proposal is refused or taken back."""

    why = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("The parties read it with the text."))


class RenewForm(forms.Form):
    """The later last day."""

    until = DayField(label=_("New last day"))
    why = TextField(label=_("Reason"), required=False, max_length=LONGEST_REASON)
