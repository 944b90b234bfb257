"""What is asked about facilities."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from directorates.forms.places import areas
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, LineField, StandingForm, TextField
from directorates.models import Organisation, Place
from directorates.models.organisations import Kind
from facilities.models.facilities import FacilityQuerySet, FacilityType, Service
from facilities.models.statuses import Operating


class FacilityFilter(forms.Form):
    """Which facilities to show."""

    q = LineField(label=_("Facility or place"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    place = forms.ChoiceField(label=_("Governorate or district"), required=False)
    type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", pgettext_lazy("type", "All")), *FacilityType.choices]
    )
    status = forms.ChoiceField(
        label=_("Operating status"),
        required=False,
        choices=[("", pgettext_lazy("status", "All")), *Operating.choices],
    )
    supported_by = forms.ModelChoiceField(
        Organisation.objects.filter(supports__isnull=False).distinct(),
        to_field_name="code",
        label=_("Supported by"),
        required=False,
        empty_label=pgettext_lazy("organisation", "All"),
    )
    directorate = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Kind.DIRECTORATE),
        to_field_name="code",
        label=_("Competent directorate"),
        required=False,
        empty_label=pgettext_lazy("directorate", "All"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Places are read anew for every page."""
        super().__init__(*args, **kwargs)
        found = areas(str(self.data.get("place", "")))
        self.fields["place"].choices = [("", pgettext("place", "All")), *found]  # type: ignore[attr-defined]

    def narrow(self, rows: FacilityQuerySet, today: Any) -> FacilityQuerySet:
        """The facilities, `placed_for` their reader, that the filters leave; what cannot be read is told beside its field."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.named_like(text, "told_path")
        if code := asked.get("place"):
            rows = rows.under(Place.objects.get(code=code), "told_path")
        if organisation := asked.get("supported_by"):
            rows = rows.supported_by(organisation, today)
        if directorate := asked.get("directorate"):
            rows = rows.with_directorate(today).filter(Q(directorate_id=directorate.pk))
        exact = {name: asked[name] for name in ("type", "status") if asked.get(name)}
        return rows.filter(**exact)


class SubdistrictField(forms.ModelChoiceField):
    """A sub-district, read with its district."""

    def label_from_instance(self, obj: Any) -> str:
        """Sub-district and district."""
        return f"{obj.name} · {obj.parent.name}"


class DescriptionForm(forms.Form):
    """A facility's names, type and services."""

    name_ar = LineField(
        label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ar"})
    )
    name_en = LineField(
        label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"dir": "ltr", "lang": "en"})
    )
    other_names = TextField(
        label=_("Other names and spellings"),
        required=False,
        help_text=_("One a line. The facility is found by each of them."),
    )
    type = forms.TypedChoiceField(
        label=_("Type"), choices=[("", NOTHING_CHOSEN), *FacilityType.choices], coerce=FacilityType
    )
    services = forms.TypedMultipleChoiceField(
        label=_("Services"),
        choices=Service.choices,
        coerce=Service,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_other_names(self) -> list[str]:
        """The lines that hold a name."""
        names = [line.strip() for line in self.cleaned_data["other_names"].split("\n") if line.strip()]
        if any(len(name) > 200 for name in names):
            raise forms.ValidationError(_("A name has at most 200 letters."), code="max_length")
        return names


class DescribeForm(StandingForm, DescriptionForm):
    """A facility described anew."""

    field_order = ("name_ar", "name_en", "other_names", "type", "services", "stood")


class RegisterForm(DescriptionForm):
    """A new facility."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9-]{1,19}$",
        label=_("Code"),
        max_length=20,
        help_text=_("Letters A to Z, digits and hyphens; it never changes, because other systems use it."),
        error_messages={"invalid": _("A code has 2 to 20 letters A to Z, digits and hyphens, for example SY07-H012.")},
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    place = SubdistrictField(
        Place.objects.none(), to_field_name="code", label=_("Sub-district"), empty_label=NOTHING_CHOSEN
    )
    opened = DayField(label=_("Open since"), required=False)

    field_order = ("code", "name_ar", "name_en", "place", "type", "opened", "services", "other_names")

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        """Only sub-districts where the reader keeps the register."""
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class StatusForm(forms.Form):
    """Another operating status."""

    status = forms.TypedChoiceField(label=_("Operating status"), choices=Operating.choices, coerce=Operating)
    since = DayField(label=pgettext_lazy("field", "Since"))
    reason = TextField(label=_("Reason"), help_text=_("It stands in the history and explains the gap in the figures."))


class SupportForm(forms.Form):
    """Who supports the facility, from when on."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.active().filter(kind=Kind.NGO),
        to_field_name="code",
        label=_("Organisation"),
        empty_label=NOTHING_CHOSEN,
    )
    since = DayField(label=_("From"))


class DeclaredForm(forms.Form):
    """How far a support goes, as it is declared."""

    share = forms.IntegerField(
        label=_("Share of the support, in per cent"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("Left empty, no share is declared."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
    )
    services = forms.MultipleChoiceField(
        label=_("Supported services"), required=False, choices=Service.choices, widget=forms.CheckboxSelectMultiple
    )


class EndSupportForm(forms.Form):
    """The last day of a support."""

    last_day = DayField(label=_("Last day"))


def lines(names: Iterable[str]) -> str:
    """Names as the form has them: one a line."""
    return "\n".join(names)
