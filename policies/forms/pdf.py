"""What is asked of a PDF: in which language."""

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.actions.pdf import Tongues

WORDS = {Tongues.AR: _("Arabic"), Tongues.EN: _("English"), Tongues.BOTH: _("Both, Arabic first")}


class PdfForm(forms.Form):
    """A language."""

    tongues = forms.ChoiceField(
        label=_("Language"),
        widget=forms.RadioSelect,
        choices=[(one.value, words) for one, words in WORDS.items()],
    )
