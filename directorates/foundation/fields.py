"""Fields of forms that keep text as the house keeps it."""

from typing import Any

from django import forms

from directorates.rules.text import clean_text


class LineField(forms.CharField):
    """One line of text, cleaned of direction and control characters."""

    def to_python(self, value: Any) -> str:
        """The cleaned text."""
        return clean_text(str(value)) if value not in self.empty_values else ""


class TextField(forms.CharField):
    """Several lines of text, cleaned alike."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> str:
        """The cleaned text."""
        return clean_text(str(value), multiline=True) if value not in self.empty_values else ""


class DayField(forms.DateField):
    """A day, picked or typed as 2019-05-07."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
