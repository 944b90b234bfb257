"""What is asked of whoever builds an indicator: how it is called and read, what is divided by what, a place to try it on."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import Indicator, ReportTemplate
from coordination.reporting.models.indicator_formulas import WrittenFormula
from coordination.reporting.models.indicators import BetterWay, IndicatorVersion
from coordination.reporting.rules.indicators import FACTORS, MOST_DECIMALS
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, PeriodError, parse_period
from coordination.templatetags.tansiq import grouped
from directorates.foundation.fields import DayField, LineField, StandingForm, TextField
from directorates.models import Place

# What a formula holds from, where nothing else is said.
ALWAYS = datetime.date(2000, 1, 1)
WORDS = ("name_ar", "name_en", "reading_ar", "reading_en", "better")


class ReportsField(forms.ModelMultipleChoiceField):
    """Reports by their names."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """The name in the reader's language."""
        return str(obj.name)


class FormulaFields(forms.Form):
    """What is divided by what, and how the outcome is shown."""

    templates = ReportsField(
        ReportTemplate.objects.none(),
        label=_("Reports that it draws on"),
        to_field_name="code",
        help_text=_("Each item has to be asked by exactly one of these, so that no facility counts twice."),
    )
    numerator = LineField(
        label=_("Numerator"),
        max_length=500,
        help_text=_(
            "Codes of items, with + - * / and brackets; a category stands behind a point, as vaccine_penta1.u1."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    denominator = LineField(
        label=_("Denominator"),
        max_length=500,
        help_text=_("May also name a population or the length of the period; these are listed below."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    factor = forms.TypedChoiceField(
        label=_("Multiplied by"), coerce=int, choices=[(one, grouped(one)) for one in FACTORS], initial=100
    )
    unit_ar = LineField(
        label=_("Unit in Arabic"), required=False, max_length=60, widget=forms.TextInput(attrs={"lang": "ar"})
    )
    unit_en = LineField(
        label=_("Unit in English"), required=False, max_length=60, widget=forms.TextInput(attrs={"lang": "en"})
    )
    decimals = forms.TypedChoiceField(
        label=_("Decimals"), coerce=int, choices=[(one, str(one)) for one in range(MOST_DECIMALS + 1)], initial=1
    )
    since = DayField(
        label=_("For periods that begin on this day or later"),
        initial=ALWAYS,
        help_text=_("Figures of periods that began earlier stay as they are."),
    )

    def offer(self) -> None:
        """Offer every report that was ever published."""
        field: Any = self.fields["templates"]
        field.queryset = (
            ReportTemplate.objects.filter(versions__status__in=("published", "retired")).distinct().order_by("code")
        )

    @property
    def written(self) -> WrittenFormula:
        """The formula as actions take it."""
        given = self.cleaned_data
        names = ("numerator", "denominator", "factor", "decimals", "since", "unit_ar", "unit_en")
        return WrittenFormula(templates=list(given["templates"]), **{name: given[name] for name in names})


class TrialFields(forms.Form):
    """A place and a period on which a formula is tried, before it is kept."""

    try_place = LineField(
        label=_("Tried on the place"), required=False, max_length=20, help_text=_("A P-code; without one, the country.")
    )
    try_period = LineField(
        label=_("Tried on the period"), required=False, max_length=20, help_text=_("For example 201903, 2019Q1, 2019.")
    )

    def clean_try_place(self) -> Place | None:
        """The place itself, the country without a code."""
        code = self.cleaned_data["try_place"]
        found = Place.objects.filter(code=code).first() if code else Place.objects.order_by("level", "code").first()
        if code and found is None:
            raise forms.ValidationError(_("There is no place of this code."), code="unknown")
        return found

    def clean_try_period(self) -> Period | None:
        """The period itself; none without one."""
        text = self.cleaned_data["try_period"]
        try:
            return parse_period(text) if text else None
        except PeriodError as problem:
            raise forms.ValidationError(message_for(problem.code, problem.params), code=problem.code) from problem


class DescriptionFields(forms.Form):
    """How an indicator is called and read."""

    name_ar = LineField(label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    name_en = LineField(label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    reading_ar = TextField(label=_("How it is read, in Arabic"), required=False, max_length=1000)
    reading_en = TextField(label=_("How it is read, in English"), required=False, max_length=1000)
    better = forms.ChoiceField(label=pgettext_lazy("indicator", "Which way is better"), choices=BetterWay.choices)

    @property
    def said(self) -> dict[str, str]:
        """What it says, as actions take it."""
        return {name: self.cleaned_data[name] for name in WORDS}


class IndicatorForm(TrialFields, FormulaFields, DescriptionFields):
    """A new indicator."""

    code = LineField(
        label=_("Code"),
        max_length=60,
        help_text=_("Small Latin letters, digits and underscores; it stays for good."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    field_order = ("name_ar", "name_en", "code", "reading_ar", "reading_en", "better")

    def __init__(self, data: Any = None) -> None:
        """Neither way is better, until somebody says so."""
        super().__init__(data, initial={"better": BetterWay.NEUTRAL.value})
        self.offer()


class FormulaForm(TrialFields, FormulaFields):
    """Another formula, from a period on."""

    why = TextField(label=_("Why it is computed otherwise"), max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, version: IndicatorVersion) -> None:
        """Begin with the last version."""
        names = ("numerator", "denominator", "factor", "decimals", "since", "unit_ar", "unit_en")
        said = {name: getattr(version, name) for name in names}
        reports = [one.code for one in version.drawn.templates]
        super().__init__(data, initial=said | {"templates": reports, "seen": version.number})
        self.offer()


class DescriptionForm(StandingForm, DescriptionFields):
    """How an indicator is called and read, said anew."""

    def __init__(self, data: Any, indicator: Indicator) -> None:
        """Begin with what it says."""
        said = {name: str(getattr(indicator, name)) for name in WORDS}
        super().__init__(data, initial=said | {"stood": said})
