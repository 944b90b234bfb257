"""What is asked to begin a template or a version."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import Programme, ReportTemplate, TemplateVersion
from coordination.reporting.models.templates import PrecedenceOf
from coordination.reporting.rules.periods import PeriodType
from directorates.foundation.fields import NOTHING_CHOSEN, CarriedField, LineField, StandingForm
from directorates.models import Dataset, User
from policies.models import Function

PERIODS = {
    PeriodType.MONTH: pgettext_lazy("every", "Month"),
    PeriodType.WEEK_SUNDAY: pgettext_lazy("every", "Week from Sunday"),
    PeriodType.WEEK: pgettext_lazy("every", "Week from Monday"),
    PeriodType.QUARTER: pgettext_lazy("every", "Quarter"),
    PeriodType.YEAR: pgettext_lazy("every", "Year"),
}
# Words that stand in addresses in the place of a template's code.
RESERVED = ("new",)


class EditionForm(forms.Form):
    """What every form of a draft carries: the edition that its page showed."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)


class NamesForm(EditionForm):
    """A name in both languages."""

    name_ar = LineField(label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    name_en = LineField(label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))


class VersionChoice(forms.ModelChoiceField):
    """A published version of a template."""

    def label_from_instance(self, version: Any) -> str:
        """The template and the number of the version."""
        return _("%(template)s, version %(number)d") % {"template": version.template.name, "number": version.number}


class TemplateForm(forms.Form):
    """A new template: what it is, how often it is sent, and from which questions it begins."""

    code = LineField(
        label=_("Code"),
        max_length=40,
        help_text=_("Small Latin letters, digits and hyphens; it stays for good. Example: surgery-monthly."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    name_ar = LineField(label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    name_en = LineField(label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    programme = forms.ModelChoiceField(
        Programme.objects.all(), label=_("Programme"), to_field_name="code", empty_label=NOTHING_CHOSEN
    )
    dataset = forms.ModelChoiceField(
        Dataset.objects.all(),
        label=_("Dataset"),
        to_field_name="code",
        help_text=_("Its custodian gives access to the figures."),
        empty_label=NOTHING_CHOSEN,
    )
    period_type = forms.ChoiceField(label=_("Sent every"), choices=list(PERIODS.items()))
    due_days = forms.IntegerField(
        label=_("Days until due"),
        min_value=0,
        max_value=366,
        initial=10,
        help_text=_("Counted from the end of the period."),
    )
    function = forms.ChoiceField(
        label=_("Function that it reports on"),
        required=False,
        choices=[("", NOTHING_CHOSEN), *Function.choices],
        help_text=_("Where two organisations claim to lead it, the figures say so."),
    )
    counts_first = forms.ChoiceField(
        label=_("Counts first until settled"),
        required=False,
        choices=PrecedenceOf.choices,
        initial=PrecedenceOf.DIRECTORATE,
        help_text=_("Where several bodies report one facility and period, this report counts until they settle it."),
    )
    copied = VersionChoice(
        TemplateVersion.objects.none(),
        label=_("Begin with the questions of"),
        required=False,
        empty_label=_("Nothing: a blank version"),
    )

    def __init__(self, data: Any, user: User) -> None:
        """Offer the published versions."""
        super().__init__(data)
        rows = TemplateVersion.objects.visible_to(user).published().select_related("template")
        self.fields["copied"].queryset = rows.order_by("template__code", "-number")  # type: ignore[attr-defined]

    def clean_counts_first(self) -> str:
        """The rule of old where none was chosen."""
        return self.cleaned_data["counts_first"] or PrecedenceOf.DIRECTORATE.value

    def clean_code(self) -> str:
        """A code that is no word of an address."""
        code: str = self.cleaned_data["code"]
        if code in RESERVED:
            raise forms.ValidationError(_("This word cannot be a code."), code="reserved")
        return code


class HeadForm(StandingForm, TemplateForm):
    """Other names, days until due; before a version is published also what the rest rests on."""

    stood = CarriedField()

    field_order = ("name_ar", "name_en", "due_days", "function", "counts_first")

    def __init__(self, data: Any, user: User, template: ReportTemplate, *, published: bool) -> None:
        """Begin with what stands; the code stays, and so does more once a version is published."""
        super().__init__(data, user)
        for name in ("code", "copied", *(("programme", "dataset", "period_type") if published else ())):
            del self.fields[name]
        self.initial = {**template.head, "stood": template.head}


class StartForm(forms.Form):
    """From what a new version of a template begins."""

    copied = VersionChoice(
        TemplateVersion.objects.none(),
        label=_("Begin with the questions of"),
        required=False,
        empty_label=_("Nothing: a blank version"),
    )

    def __init__(self, data: Any, template: ReportTemplate) -> None:
        """Offer the template's own versions, the last one chosen."""
        rows = TemplateVersion.objects.published().filter(template=template).select_related("template")
        rows = rows.order_by("-number")
        super().__init__(data, initial={"copied": rows.first()})
        self.fields["copied"].queryset = rows  # type: ignore[attr-defined]
