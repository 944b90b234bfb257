"""What is asked of compliance notes: how far a policy is applied, in which words, and what shows it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import EvidenceForm, TextField
from policies.actions.compliance import LONGEST_NOTE
from policies.models import Compliance


class ComplianceForm(EvidenceForm):
    """A note with up to three files."""

    extent = forms.ChoiceField(
        label=pgettext_lazy("compliance", "How far you apply it"), choices=Compliance.choices, widget=forms.RadioSelect
    )
    text = TextField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        help_text=_(
            "How you apply it, or what stands in the way. Your organisation and those who keep the policy read it."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
