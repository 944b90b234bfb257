"""Which entries of the record to show; a head to look for; a witness to name."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import NOTHING_CHOSEN, DayField, LineField
from directorates.foundation.sight import hidden_people
from directorates.models import Organisation, User
from directorates.models.audit import Ways
from directorates.models.chain import DIGITS
from directorates.record_words import DEEDS
from directorates.rules.text import search_key


class RecordFilter(forms.Form):
    """Which entries to list."""

    q = LineField(label=_("Person"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    what = forms.ChoiceField(label=pgettext_lazy("record", "Deed"), required=False)
    way = forms.ChoiceField(
        label=pgettext_lazy("record", "By way of"),
        required=False,
        choices=[("", pgettext_lazy("state", "All")), *Ways.choices],
    )
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)
    refused = forms.BooleanField(label=_("Only what was refused"), required=False)

    def __init__(self, data: Any) -> None:
        """Offer the deeds by their words."""
        super().__init__(data)
        named = sorted(((code, str(words)) for code, words in DEEDS.items()), key=lambda one: one[1])
        self.fields["what"].choices = [("", pgettext_lazy("state", "All")), *named]  # type: ignore[attr-defined]

    def condition(self) -> Q:
        """The condition that the filters say; what cannot be read filters nothing and is told beside its field."""
        self.is_valid()
        asked = self.cleaned_data
        found = Q(**{name: asked[name] for name in ("what", "way") if asked.get(name)})
        if key := search_key(asked.get("q", "")):
            people = User.objects.exclude(pk__in=hidden_people()).values_list("pk", "name", "email")
            found &= Q(by__in=[pk for pk, *texts in people if key in search_key(" | ".join(texts))])
        if first := asked.get("first"):
            found &= Q(at__date__gte=first)
        if last := asked.get("last"):
            found &= Q(at__date__lte=last)
        return found & (Q(refused=True) if asked.get("refused") else Q())


class HeadForm(forms.Form):
    """A head that was sent or noted before."""

    head = LineField(
        label=_("A head from a letter or a note"), max_length=DIGITS, help_text=_("64 digits and letters from a to f")
    )


class WitnessForm(forms.Form):
    """Who is to get the head each day."""

    name = LineField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=NOTHING_CHOSEN
    )

    def __init__(self, data: Any = None) -> None:
        """Every organisation can be a witness."""
        super().__init__(data)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]
