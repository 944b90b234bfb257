"""The form of names that a draft lacks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.missing_names import LANGUAGES
from coordination.reporting.models.missing_names import MissingName
from directorates.foundation.fields import LineField

LABELS = {"ar": _("Name in Arabic"), "en": _("Name in English")}


class NamesForm(forms.Form):
    """A field for each blank name; what is left blank is asked again another time."""

    def __init__(self, *args: Any, missing: list[MissingName], **extra: Any) -> None:
        """Make the fields."""
        super().__init__(*args, **extra)
        self.missing = missing
        for one in missing:
            for language, held in zip(LANGUAGES, (one.arabic, one.english), strict=True):
                if not held:
                    widget = forms.TextInput(attrs={"dir": "rtl" if language == "ar" else "ltr", "lang": language})
                    self.fields[f"{language}-{one.key}"] = LineField(
                        label=LABELS[language], required=False, widget=widget
                    )

    @property
    def rows(self) -> list[tuple[MissingName, list[Any]]]:
        """Each thing with its fields."""
        return [
            (one, [self[name] for language in LANGUAGES if (name := f"{language}-{one.key}") in self.fields])
            for one in self.missing
        ]
