"""What people are asked about themselves."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import LineField
from directorates.foundation.zones import ZONES
from directorates.models import Organisation, User
from directorates.models.people import Scope


class ProfileForm(forms.Form):
    """One's name, language and time zone."""

    name = LineField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"), choices=[("browser", _("As the browser asks")), ("ar", "العربية"), ("en", "English")]
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=list(ZONES.items()),
        help_text=_("By its clocks the hours of meetings are told to you, beside those in which they were said."),
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
    scope = forms.ChoiceField(label=_("The program may"), choices=Scope.choices, initial=Scope.READ)
    organisation = forms.ModelChoiceField(
        label=_("The key acts as"), queryset=Organisation.objects.none(), empty_label=None, to_field_name="code"
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        """Offer the organisations that the person is of today."""
        super().__init__(*args, **kwargs)
        own = person.current_memberships(timezone.localdate()).order_by().values("organisation")
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=own)  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: row.name  # type: ignore[attr-defined]
        field.initial = person.acting.code if person.acting else None

    def clean_scope(self) -> Scope:
        """The scope as the action takes it."""
        return Scope(self.cleaned_data["scope"])
