"""What is asked when a view is kept or changed: its name, a note, the picture, and whether the period moves on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.saved_views import LONGEST_NAME, LONGEST_NOTE
from coordination.reporting.forms.asked_places import AskedPlaces
from coordination.reporting.forms.figures import Asked
from coordination.reporting.models import SavedView
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
    """A view that is kept of what a page shows."""

    picture = forms.ChoiceField(label=_("Picture"), choices=Picture.choices, initial=Picture.TREND)
    moving = forms.ChoiceField(label=_("Period"), choices=PERIODS, initial=LATEST, widget=forms.RadioSelect)
    replaces = forms.ModelChoiceField(
        SavedView.objects.none(),
        label=_("In place of"),
        required=False,
        empty_label=pgettext_lazy("saved view", "A new view"),
        help_text=_("A view of yours then shows this; its shares and its place on dashboards stay."),
    )

    def __init__(self, data: Any, asked: AskedPlaces) -> None:
        """Offer the pictures that there can be, and one's own views."""
        self.asked = asked
        # Completeness alone is no item: there are no bars of it over time.
        itemless = isinstance(asked, Asked) and asked.overview.measure is None
        super().__init__(data, initial={"picture": Picture.MAP if itemless else Picture.TREND})
        fields: Any = self.fields
        fields["replaces"].queryset = SavedView.objects.own(asked.user)
        fixed = _("%(period)s alone") % {"period": words_for_period(asked.words_of, asked.period)}
        fields["moving"].choices = [PERIODS[0], (FIXED, fixed)]
        if itemless:
            fields["picture"].choices = [one for one in Picture.choices if one[0] != Picture.TREND]

    @property
    def shows(self) -> Shows:
        """What is to be kept, in its canonical form."""
        given = self.cleaned_data
        return self.asked.shows(Picture(given["picture"]), self.asked.period.id if given["moving"] == FIXED else "")
