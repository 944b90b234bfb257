"""What people are asked about themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import LineField


class ProfileForm(forms.Form):
    """One's name and language."""

    name = LineField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"), choices=[("browser", _("As the browser asks")), ("ar", "العربية"), ("en", "English")]
    )

    def clean_language(self) -> str:
        """The code of the language, nothing where the browser decides."""
        chosen: str = self.cleaned_data["language"]
        return "" if chosen == "browser" else chosen


class KeyForm(forms.Form):
    """A new key for a program."""

    name = LineField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("For example the name of the program, so that the key can be told from others later."),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
    )
