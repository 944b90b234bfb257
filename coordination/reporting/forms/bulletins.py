"""What is asked of bulletins: a series, a period with its limits, a part of the layout, a time limit, an answer."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.bulletin_answers import LONGEST_WHY
from coordination.reporting.actions.bulletin_parts import LONGEST_HEADING, LONGEST_TEXT, Wish
from coordination.reporting.forms.editions import PeriodWithLimits
from coordination.reporting.models import Bulletin, BulletinPart, BulletinSeries, Element, Indicator, ReportTemplate
from coordination.reporting.models.bulletins import AnswerKind, PartKind, PartLevel
from coordination.reporting.models.measures import measures_of
from coordination.reporting.rules.periods import PeriodType
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, LineField, TextField
from directorates.models import Dataset, User
from directorates.models.naming import in_language
from directorates.permissions import Permission, rights_of
from policies.forms.sections import MarkdownField

PERIODS = {
    PeriodType.MONTH: pgettext_lazy("bulletin", "Month"),
    PeriodType.QUARTER: pgettext_lazy("bulletin", "Quarter"),
    PeriodType.YEAR: pgettext_lazy("bulletin", "Year"),
    PeriodType.WEEK: pgettext_lazy("bulletin", "Week from Monday"),
    PeriodType.WEEK_SUNDAY: pgettext_lazy("bulletin", "Week from Sunday"),
}


class SeriesForm(forms.Form):
    """A new series."""

    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Short and for good, for example monthly-services.")
    )
    name_ar = LineField(label=_("Name in Arabic"), max_length=200)
    name_en = LineField(label=_("Name in English"), max_length=200)
    dataset = forms.ModelChoiceField(
        Dataset.objects.none(), label=_("Dataset"), to_field_name="code", empty_label=NOTHING_CHOSEN
    )
    period_type = forms.ChoiceField(label=_("Period"), choices=[(one.value, words) for one, words in PERIODS.items()])

    def __init__(self, data: Any, user: User) -> None:
        """Offer the datasets whose editions the person may publish."""
        super().__init__(data)
        rows = Dataset.objects.filter(rights_of(user).datasets(Permission.PUBLISH_EDITIONS, "pk"))
        self.fields["dataset"].queryset = rows  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """What was chosen."""
        return {**self.cleaned_data, "period_type": PeriodType(self.cleaned_data["period_type"])}


class StartForm(PeriodWithLimits):
    """A bulletin of a period, and what is hidden in it."""

    field_order = ("series",)

    series = forms.ModelChoiceField(
        BulletinSeries.objects.none(), label=_("Series"), to_field_name="code", empty_label=NOTHING_CHOSEN
    )

    def __init__(self, data: Any, user: User) -> None:
        """Offer the series that the person makes."""
        super().__init__(data)
        rows = BulletinSeries.objects.filter(rights_of(user).datasets(Permission.PUBLISH_EDITIONS))
        self.fields["series"].queryset = rows  # type: ignore[attr-defined]


class PartForm(forms.Form):
    """A part of the layout: a heading and a text in both languages; with figures the item or indicator, the rows, the categories."""

    heading_ar = LineField(
        label=_("Heading in Arabic"), max_length=LONGEST_HEADING, widget=forms.TextInput(attrs={"lang": "ar"})
    )
    heading_en = LineField(
        label=_("Heading in English"), max_length=LONGEST_HEADING, widget=forms.TextInput(attrs={"lang": "en"})
    )
    text_ar = MarkdownField(label=_("Text in Arabic"), required=False, max_length=LONGEST_TEXT)
    text_en = MarkdownField(label=_("Text in English"), required=False, max_length=LONGEST_TEXT)
    item = forms.ChoiceField(label=_("Item or indicator"), required=True)
    level = forms.TypedChoiceField(label=_("Rows"), coerce=int, choices=PartLevel.choices)
    categories = forms.BooleanField(label=_("With its categories"), required=False)
    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)

    def __init__(self, data: Any, bulletin: Bulletin, kind: str, part: BulletinPart | None = None) -> None:
        """Offer the items of the reports of the bulletin's dataset that have its period, and indicators out of them."""
        self.kind, self.templates = kind, _templates(bulletin)
        self.indicators = _indicators(self.templates, bulletin, part) if kind != PartKind.TEXT else {}
        super().__init__(data, initial=_standing(bulletin, part))
        offered: list[Any] = [(str(one), _items(bulletin, one)) for one in self.templates.values()]
        if self.indicators:
            named = [(f"{INDICATOR}{code}", str(one)) for code, one in self.indicators.items()]
            offered.append((_("Indicators"), named))
        self.fields["item"].choices = [("", NOTHING_CHOSEN), *offered]  # type: ignore[attr-defined]
        for name in _WITHOUT[kind]:
            del self.fields[name]

    @property
    def wish(self) -> Wish:
        """What the part is to be."""
        given = self.cleaned_data
        chosen = given.get("item", "")
        indicator = self.indicators.get(chosen.removeprefix(INDICATOR)) if chosen.startswith(INDICATOR) else None
        code, _slash, item = chosen.partition("/")
        words = {name: given[name] for name in ("heading_ar", "heading_en", "text_ar", "text_en")}
        return Wish(
            kind=self.kind,
            **words,
            template=self.templates.get(code),
            element=Element.objects.filter(code=item).first() if item else None,
            indicator=indicator,
            level=given.get("level", PartLevel.GOVERNORATE),
            categories=given.get("categories", False),
        )


# Before the code of an indicator among the items; no report's code has such a sign.
INDICATOR = "indicator:"
# Which fields a kind of part has no use for.
_WITHOUT: Mapping[str, tuple[str, ...]] = {
    PartKind.TEXT: ("item", "level", "categories"),
    PartKind.TABLE: (),
    PartKind.CHART: ("categories",),
    PartKind.TREND: ("level", "categories"),
    PartKind.MAP: ("level", "categories"),
}


def _standing(bulletin: Bulletin, part: BulletinPart | None) -> dict[str, Any]:
    """What a form begins with."""
    if part is None:
        return {"seen": bulletin.seen, "level": PartLevel.GOVERNORATE}
    names = ("heading_ar", "heading_en", "text_ar", "text_en", "level", "categories")
    item = f"{part.template.code}/{part.element.code}" if part.template and part.element else ""
    item = f"{INDICATOR}{part.indicator.code}" if part.indicator else item
    return {name: getattr(part, name) for name in names} | {"item": item, "seen": bulletin.seen}


def _templates(bulletin: Bulletin) -> dict[str, ReportTemplate]:
    """The reports whose figures a bulletin can show."""
    rows = ReportTemplate.objects.filter(dataset=bulletin.series.dataset_id, period_type=bulletin.series.period_type)
    return {row.code: row for row in rows.order_by("code")}


def _indicators(
    templates: Mapping[str, ReportTemplate], bulletin: Bulletin, part: BulletinPart | None
) -> dict[str, Indicator]:
    """The indicators that draw on these reports alone in the bulletin's period; the one that stands, whatever became of it."""
    standing = part.indicator_id if part else None
    rows = Indicator.objects.filter(Q(retired_at=None) | Q(pk=standing)).named().order_by("code")
    versions = ((one, one.version_of(bulletin.period)) for one in rows)
    return {
        one.code: one
        for one, version in versions
        if one.pk == standing or (version and {row.code for row in version.drawn.templates} <= templates.keys())
    }


def _items(bulletin: Bulletin, template: ReportTemplate) -> list[tuple[str, str]]:
    """The items that a report asks in the bulletin's period."""
    measures = measures_of(template, bulletin.period).values()
    return [
        (f"{template.code}/{one.element.code}", in_language(one.element.name_ar, one.element.name_en))
        for one in measures
    ]


class SeenForm(forms.Form):
    """Which state of a draft a page showed."""

    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)


class OpenForm(forms.Form):
    """Until when organisations can answer."""

    answer_until = DayField(label=_("Answers until"), help_text=_("The last day on which a directorate can answer."))
    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)


# What an organisation does; the answer says what it did.
ANSWERS = {
    AnswerKind.SIGNED: pgettext_lazy("bulletin", "Sign"),
    AnswerKind.REFUSED: pgettext_lazy("bulletin", "Refuse to sign, with a reason"),
}


class AnswerForm(forms.Form):
    """A signature, or a refusal with its reason, of the content that was read."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("bulletin", "Answer"),
        choices=[(one.value, words) for one, words in ANSWERS.items()],
        widget=forms.RadioSelect,
    )
    words_why = TextField(
        label=_("Reason for a refusal"),
        required=False,
        max_length=LONGEST_WHY,
        help_text=_("It is printed in the bulletin, in the words that you write."),
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    replaces = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput, required=False)
