"""What is asked of the library: what to find, an element, a category set."""

import re
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import CategorySet, Element
from coordination.reporting.models.elements import ElementQuerySet, ElementType, OverPlace, OverTime
from directorates.foundation.fields import NOTHING_CHOSEN, LineField, StandingForm, TextField
from directorates.rules.text import clean_text

# Words that stand in addresses in the place of an element's code.
RESERVED = ("new", "sets", "near")
NUMERIC = (ElementType.INTEGER, ElementType.DECIMAL, ElementType.PERCENT, ElementType.BOOLEAN)
MOST_LINES = 200


class LibraryFilter(forms.Form):
    """Which elements of the library to show."""

    q = LineField(
        label=_("Code or name"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    type = forms.ChoiceField(
        label=pgettext_lazy("element", "Type"),
        required=False,
        choices=[("", pgettext_lazy("type", "All")), *ElementType.choices],
    )

    def narrow(self, rows: ElementQuerySet) -> ElementQuerySet:
        """The elements that were asked for."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.named_like(text)
        return rows.filter(type=asked["type"]) if asked.get("type") else rows


class LinesField(TextField):
    """One entry a line: a code, the Arabic and the English name, with upright strokes between."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> Any:
        """The entries as triples; each line that has other than three parts is told by its number."""
        found, faults = [], []
        for number, line in enumerate(super().to_python(value).split("\n"), 1):
            parts = [clean_text(part) for part in line.split("|")]
            if parts == [""]:
                continue
            if len(parts) != 3 or not all(parts):
                message = _("Line %(number)d: a code, the Arabic and the English name are needed, with | between them.")
                faults.append(forms.ValidationError(message, code="parts", params={"number": number}))
            found.append(tuple(parts))
        if len(found) > MOST_LINES:
            raise forms.ValidationError(_("There are too many lines."), code="too_many")
        if faults:
            raise forms.ValidationError(faults)
        return found

    def prepare_value(self, value: Any) -> Any:
        """The triples as lines again."""
        return value if isinstance(value, str) else "\n".join(" | ".join(one) for one in value or ())


class ElementForm(StandingForm):
    """An element of the library."""

    name_ar = LineField(label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    name_en = LineField(label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    code = LineField(
        label=_("Code"),
        required=False,
        max_length=60,
        help_text=_(
            "Small Latin letters, digits and underscores; it stays for good. Left blank, it comes from the English name."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    type = forms.ChoiceField(label=pgettext_lazy("element", "Type"), choices=ElementType.choices)
    category_set = forms.ModelChoiceField(
        CategorySet.objects.all(),
        label=_("Asked by category"),
        required=False,
        to_field_name="code",
        empty_label=pgettext_lazy("categories", "No categories"),
    )
    minimum = forms.DecimalField(label=_("Lowest value"), required=False, max_digits=18, decimal_places=4, initial=0)
    maximum = forms.DecimalField(label=_("Highest value"), required=False, max_digits=18, decimal_places=4)
    over_time = forms.ChoiceField(label=_("Several periods give the"), choices=OverTime.choices)
    over_place = forms.ChoiceField(label=_("Several facilities give the"), choices=OverPlace.choices)
    numerator = forms.ModelChoiceField(
        Element.objects.all(),
        label=_("Numerator"),
        required=False,
        to_field_name="code",
        help_text=_("Of a ratio only."),
        empty_label=NOTHING_CHOSEN,
    )
    denominator = forms.ModelChoiceField(
        Element.objects.all(),
        label=_("Denominator"),
        required=False,
        to_field_name="code",
        help_text=_("Of a ratio only."),
        empty_label=NOTHING_CHOSEN,
    )
    options = LinesField(
        label=_("Options"),
        required=False,
        help_text=_("Of a choice only. One a line: code | Arabic name | English name."),
    )
    help_ar = TextField(label=_("Help in Arabic"), required=False, max_length=1000)
    help_en = TextField(label=_("Help in English"), required=False, max_length=1000)
    aware = forms.BooleanField(label=_("None of these is meant; a new item is needed."), required=False)

    def __init__(self, data: Any = None, *, element: Element | None = None) -> None:
        """Fill in what is there; the code of an element stays."""
        super().__init__(data, initial=_said(element) if element else None)
        numeric = Element.objects.filter(type__in=NUMERIC).exclude(over_place=OverPlace.RATIO).order_by("code")
        for name in ("numerator", "denominator"):
            field = self.fields[name]
            field.queryset = numeric  # type: ignore[attr-defined]
        if element is None:
            del self.fields["stood"]
        else:
            del self.fields["code"], self.fields["aware"]

    def clean(self) -> dict[str, Any]:
        """A code from the English name where none was given; what is no number is never summed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "code" in self.fields and not data.get("code"):
            data["code"] = re.sub(r"^[^a-z]+", "", slugify(data.get("name_en", "")).replace("-", "_"))[:60]
            if not data["code"] and "code" not in self.errors and data.get("name_en"):
                self.add_error("code", _("A code is needed: the English name gives none."))
        if data.get("code") in RESERVED:
            self.add_error("code", _("This word cannot be a code."))
        if data.get("type") not in NUMERIC:
            data["over_time"] = data["over_place"] = OverTime.NONE.value
            data["minimum"] = data["maximum"] = None
        names = ("code", "name_ar", "name_en")
        data["options"] = [dict(zip(names, one, strict=True)) for one in data.get("options") or ()]
        return data

    def taken(self) -> dict[str, Any]:
        """The fields of the element, as the action takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("code", "aware", "stood")}


def _said(element: Element) -> dict[str, Any]:
    """What an element says, for the fields."""
    plain = ("name_ar", "name_en", "type", "over_time", "over_place", "minimum", "maximum", "help_ar", "help_en")
    said: dict[str, Any] = {name: getattr(element, name) for name in plain}
    said |= {name: getattr(element, name) for name in ("category_set", "numerator", "denominator")}
    said["stood"] = element.standing()
    return said | {"options": [(one["code"], one["name_ar"], one["name_en"]) for one in element.options]}


class CategorySetForm(forms.Form):
    """A category set with its categories."""

    name_ar = LineField(label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    name_en = LineField(label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    code = LineField(
        label=_("Code"),
        max_length=40,
        help_text=_("Small Latin letters, digits and underscores; it stays for good."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    categories = LinesField(label=_("Categories"), help_text=_("One a line: code | Arabic name | English name."))

    def __init__(self, data: Any = None, *, category_set: CategorySet | None = None) -> None:
        """Fill in what is there; the code of a set stays."""
        initial = None
        if category_set is not None:
            rows = category_set.categories.values_list("code", "name_ar", "name_en")
            initial = {"name_ar": category_set.name_ar, "name_en": category_set.name_en, "categories": list(rows)}
        super().__init__(data, initial=initial)
        if category_set is not None:
            del self.fields["code"]

    def clean_code(self) -> str:
        """A code that is no word of an address."""
        code: str = self.cleaned_data["code"]
        if code in RESERVED:
            raise forms.ValidationError(_("This word cannot be a code."), code="reserved")
        return code
