"""What is asked of an embedded figure: which item at which level, on which web sites, until when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models import Edition, Element
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.templatetags.figures import BY_LEVEL
from directorates.foundation.fields import DayField, TextField

LEVELS = (FigureLevel.COUNTRY, FigureLevel.GOVERNORATE, FigureLevel.DISTRICT)


class EmbedForm(forms.Form):
    """A figure that anybody sees on some web sites."""

    element = forms.ModelChoiceField(Element.objects.none(), label=_("Item"), to_field_name="code", empty_label=None)
    level = forms.TypedChoiceField(
        label=_("Rows"),
        coerce=int,
        choices=[(int(level), BY_LEVEL[level]) for level in LEVELS],
        initial=int(FigureLevel.GOVERNORATE),
        help_text=_("Sub-districts are never embedded: how many report there would tell of single facilities."),
    )
    sites = TextField(
        label=_("Web sites"),
        max_length=4000,
        help_text=_("One a line, as https://health.example.org. No other site can show the figure in a frame."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )
    until = DayField(label=_("Last day"), help_text=_("After it the figure says that it is no longer published."))

    def __init__(self, data: Any, edition: Edition) -> None:
        """Offer what the edition holds."""
        super().__init__(data)
        field: Any = self.fields["element"]
        field.queryset = Element.objects.filter(pk__in=edition.figures.values("element")).order_by("code")
        field.label_from_instance = lambda element: element.name

    @property
    def said(self) -> dict[str, Any]:
        """What is to be embedded, as the action takes it."""
        given = self.cleaned_data
        return {**given, "sites": [line for line in given["sites"].split("\n") if line.strip()]}
