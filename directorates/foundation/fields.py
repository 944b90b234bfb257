"""Fields of forms that keep text as the house keeps it."""

import datetime
import json
from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.foundation.attachments import WORDS
from directorates.rules.attached import MEGABYTE, MOST_BYTES
from directorates.rules.text import clean_text

YEARS = range(1900, 2100)
# What a list of choices shows while nothing is chosen.
NOTHING_CHOSEN = "—"


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


class CarriedField(forms.JSONField):
    """What a page carries along for itself; whatever else arrives there is told, never an error of the portal."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """The value; a number too long to be read, or nesting too deep, is no more readable than a broken text."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as problem:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from problem

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What is shown again: what cannot be read stays as it came."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class DayField(forms.DateField):
    """A day, picked or typed as 2019-05-07; one of another century is a slip, and the day after it may not exist."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> datetime.date | None:
        """The day, within the years that can be reckoned with."""
        day: datetime.date | None = super().to_python(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class AttachedFileField(forms.FileField):
    """A picture or a PDF, as its name and its content; what is too large is told before it is looked at."""

    def __init__(self, **extra: Any) -> None:
        """Say what is taken."""
        told: dict[str, Any] = {
            "label": gettext_lazy("File"),
            "help_text": gettext_lazy(
                "A picture (JPEG, PNG) or a PDF, up to 8 MB. What the camera wrote beside a picture is not kept."
            ),
            "widget": forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
            "error_messages": {"required": gettext_lazy("A file has to be chosen."), "empty": WORDS["empty"]},
        }
        super().__init__(**told | extra)

    def clean(self, data: Any, initial: Any = None) -> tuple[str, bytes] | None:
        """Its name and its content; nothing where none was chosen and none is needed."""
        file = super().clean(data, initial)
        if file is None:
            return None
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(str(WORDS["large"]) % {"most": MOST_BYTES // MEGABYTE}, code="large")
        return str(file.name), file.read()


class StandingForm(forms.Form):
    """A form that carries what its page began with, so that what somebody else wrote meanwhile is not overwritten unseen."""

    stood = CarriedField(required=False)

    def clean_stood(self) -> dict[str, Any]:
        """What the page began with; what cannot be read is opened once more."""
        given = self.cleaned_data["stood"] or {}
        if not isinstance(given, dict):
            raise forms.ValidationError(_("The page cannot be read. It is opened once more."), code="invalid")
        return given

    def see(self, standing: dict[str, str]) -> None:
        """Keep what is typed, and take what stands by now for seen: the next press is made knowing of it."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["stood"] = json.dumps(standing)
        self.data = data


class EvidenceForm(forms.Form):
    """A form with up to three files that show what is said in it, below its own fields."""

    FILES = ("first", "second", "third")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for files, none of which is needed."""
        super().__init__(*args, **kwargs)
        for name in self.FILES:
            self.fields[name] = AttachedFileField(label=_("Evidence"), required=False)

    @property
    def files_given(self) -> list[tuple[str, bytes]]:
        """The names and contents of the files that came."""
        return [held for name in self.FILES if (held := self.cleaned_data.get(name)) is not None]
