"""What is asked about exact positions; what was typed is never shown again, not even to whoever typed it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import TextField
from facilities.actions.positions import LONGEST_REASON
from facilities.rules.positions import PositionProblem, parse_degrees, position_of

WORDS = {
    "not_degrees": _("Degrees with decimals are needed, such as 35.5; no minutes and no letters."),
    "swapped": _("The two numbers seem to be swapped: degrees north come first."),
    "outside_country": _("This lies outside of Syria."),
}


class Unshown(forms.TextInput):
    """An input that never shows what was typed, and asks the browser to forget it."""

    def format_value(self, value: Any) -> None:
        """Nothing."""


class DegreesField(forms.CharField):
    """Degrees with decimals, in any digits, with a point or a comma."""

    def __init__(self, **given: Any) -> None:
        """Typed, never shown."""
        attrs = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "spellcheck": "false"}
        super().__init__(widget=Unshown(attrs=attrs), max_length=40, **given)

    def clean(self, value: Any) -> Decimal | None:
        """The degrees."""
        text = super().clean(value)
        try:
            return parse_degrees(text) if text else None
        except PositionProblem as problem:
            raise forms.ValidationError(str(WORDS[problem.code]), code=problem.code) from problem


class PositionForm(forms.Form):
    """Where a facility stands; a reason where that replaces what is held."""

    latitude = DegreesField(label=_("Degrees north (latitude)"))
    longitude = DegreesField(label=_("Degrees east (longitude)"))
    sure = forms.BooleanField(label=_("It is right, although it lies outside of the governorate"), required=False)
    reason = TextField(label=_("Reason"), max_length=LONGEST_REASON)

    def __init__(self, *args: Any, replaces: bool, **given: Any) -> None:
        """Ask for a reason only where there is something to replace."""
        super().__init__(*args, **given)
        if not replaces:
            del self.fields["reason"]

    def visible_fields(self) -> list[BoundField]:
        """Whether one is sure is asked only when there is a doubt."""
        return [one for one in super().visible_fields() if one.name != "sure" or one.errors or one.value()]

    def clean(self) -> dict[str, Any]:
        """The position, in place of its two numbers."""
        found = super().clean() or {}
        north, east = found.pop("latitude", None), found.pop("longitude", None)
        if north is not None and east is not None:
            try:
                found["position"] = position_of(north, east)
            except PositionProblem as problem:
                self.add_error("latitude", forms.ValidationError(str(WORDS[problem.code]), code=problem.code))
        return found


class RemovalForm(forms.Form):
    """Why a position is no longer held."""

    reason = TextField(label=_("Reason"), max_length=LONGEST_REASON)
