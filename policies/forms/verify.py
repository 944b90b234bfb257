"""What is asked of a hash: the hash."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import LineField
from policies.rules.verify import digest_in


class VerifyForm(forms.Form):
    """A hash, as it was typed or scanned."""

    code = LineField(
        label=_("Hash"),
        max_length=300,
        help_text=_("64 letters and digits, as they stand on the paper; blanks and capitals do not matter."),
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )

    def clean_code(self) -> str:
        """The hash in one form."""
        found = digest_in(self.cleaned_data["code"])
        if not found:
            message = _("This is no hash: it has 64 signs, each a digit or a letter from a to f.")
            raise forms.ValidationError(message, code="hash")
        return found
