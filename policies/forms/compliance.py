"""What is asked of compliance notes: how far a policy is applied, in which words, and what shows it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import AttachedFileField, TextField
from policies.actions.compliance import LONGEST_NOTE
from policies.models import Compliance

FILES = ("first", "second", "third")


class ComplianceForm(forms.Form):
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for files, none of which is needed."""
        super().__init__(*args, **kwargs)
        for name in FILES:
            self.fields[name] = AttachedFileField(label=_("Evidence"), required=False)

    @property
    def files_given(self) -> list[tuple[str, bytes]]:
        """The names and contents of the files that came."""
        return [held for name in FILES if (held := self.cleaned_data.get(name)) is not None]
