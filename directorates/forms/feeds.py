"""What is asked about one's own feed."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    """In which language the feed speaks."""

    language = forms.ChoiceField(label=_("Language"), choices=[("ar", "العربية"), ("en", "English")])
