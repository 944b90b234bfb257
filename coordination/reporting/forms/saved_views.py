"""What is asked when a view is kept or changed: its name, a note, the picture, and whether the period moves on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.saved_views import LONGEST_NAME, LONGEST_NOTE
from coordination.reporting.forms.figures import Asked
from coordination.reporting.models import Element, SavedView
from coordination.reporting.models.saved_views import Picture, Shows
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.foundation.fields import LineField, TextField

LATEST, FIXED = "latest", "fixed"
PERIODS = ((LATEST, _("Always the last complete period")), (FIXED, _("This period")))


class ViewWords(forms.Form):
    """The name and the note of a view or a dashboard."""

    name = LineField(label=_("Name"), max_length=LONGEST_NAME)
    note = TextField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("What to look at. Whoever it is shared with reads name and note."),
    )


class KeepForm(ViewWords):
    """A view that is kept of what the page of figures shows."""

    picture = forms.ChoiceField(label=_("Picture"), choices=Picture.choices, initial=Picture.TREND)
    moving = forms.ChoiceField(label=_("Period"), choices=PERIODS, initial=LATEST, widget=forms.RadioSelect)
    replaces = forms.ModelChoiceField(
        SavedView.objects.none(),
        label=_("In place of"),
        required=False,
        empty_label=pgettext_lazy("saved view", "A new view"),
        help_text=_("A view of yours then shows this; its shares and its place on dashboards stay."),
    )

    def __init__(self, data: Any, asked: Asked) -> None:
        """Offer the pictures that there can be, and one's own views."""
        self.asked, overview = asked, asked.overview
        super().__init__(data, initial={"picture": Picture.TREND if overview.measure else Picture.MAP})
        fields: Any = self.fields
        fields["replaces"].queryset = SavedView.objects.own(asked.user)
        fixed = _("%(period)s alone") % {"period": words_for_period(overview.template, overview.period)}
        fields["moving"].choices = [PERIODS[0], (FIXED, fixed)]
        if overview.measure is None:
            fields["picture"].choices = [one for one in Picture.choices if one[0] != Picture.TREND]

    @property
    def shows(self) -> Shows:
        """What is to be kept, in its canonical form."""
        overview, given = self.asked.overview, self.cleaned_data
        code = "" if self.asked.completeness or overview.measure is None else overview.measure.element.code
        if given["picture"] != Picture.MAP and overview.measure is not None:
            code = overview.measure.element.code
        element = Element.objects.filter(code=code).first() if code else None
        period = overview.period.id if given["moving"] == FIXED else ""
        template, place, level = overview.template, overview.focus, overview.level
        return Shows(template, place, level, element, period, overview.borders, Picture(given["picture"]))
