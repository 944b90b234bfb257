"""What is asked of a section: its heading and its text in Markdown, in both languages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import LineField, StandingForm, TextField
from directorates.rules.text import clean_text
from policies.models.sections import WORDS

# Sixty pages of a book hold about as many characters.
LONGEST_TEXT = 200_000


class MarkdownField(TextField):
    """A text in Markdown: cleaned like any other, but lines keep the blanks they begin with, which make lists inside lists."""

    widget = forms.Textarea(attrs={"rows": 12})

    def to_python(self, value: Any) -> str:
        """The cleaned text."""
        lines = str(value or "").replace("\t", "    ").splitlines()
        kept = (" " * (len(line) - len(line.lstrip(" "))) + clean_text(line) for line in lines)
        return "\n".join(line.rstrip() for line in kept).strip("\n")


class SectionForm(StandingForm):
    """A section of a draft, in both languages."""

    heading_ar = LineField(label=_("Heading in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    heading_en = LineField(label=_("Heading in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    text_ar = MarkdownField(label=_("Text in Arabic"), required=False, max_length=LONGEST_TEXT)
    text_en = MarkdownField(label=_("Text in English"), required=False, max_length=LONGEST_TEXT)

    @property
    def said(self) -> dict[str, Any]:
        """What was written."""
        return {name: self.cleaned_data[name] for name in WORDS}
