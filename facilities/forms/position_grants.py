"""What is asked about grants of exact positions: how much, for whom, what for, until when; and why one is read or ended."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import DayField, TextField
from directorates.models import Place
from facilities.actions.position_grants import LONGEST_PURPOSE, WIDEST
from facilities.actions.positions import LONGEST_REASON
from facilities.models import Facility
from facilities.models.position_grants import MOST_DAYS

USUAL_DAYS = 14


class AskForm(forms.Form):
    """What is asked for, from the page of one facility."""

    scope = forms.ChoiceField(label=_("What is to be read"), widget=forms.RadioSelect)
    recipient = forms.ChoiceField(
        label=_("Who is to read it"),
        widget=forms.RadioSelect,
        choices=[("me", _("Only me")), ("all", _("Everyone of my organisation whose role may read exact locations"))],
        initial="me",
    )
    purpose = TextField(
        label=_("Purpose"),
        max_length=LONGEST_PURPOSE,
        help_text=_("What it is needed for, and why the name of the place is not enough. Name no location here."),
    )
    until = DayField(label=_("Last day"), help_text=_("At most 90 days from today; as few as will do."))

    def __init__(self, *args: Any, facility: Facility, **given: Any) -> None:
        """Offer the facility alone, or those of the places around it."""
        super().__init__(*args, **given)
        around = [place for place in reversed(facility.place.line()) if place.level >= WIDEST]
        self.places = {place.code: place for place in around}
        words = _("All facilities of %(place)s, one by one")
        choices = [("", _("Only this facility")), *((one.code, words % {"place": one.name}) for one in around)]
        field = self.fields["scope"]
        field.required, field.initial = False, ""
        field.choices = choices  # type: ignore[attr-defined]
        today = timezone.localdate()
        self.fields["until"].initial = today + datetime.timedelta(days=USUAL_DAYS)
        self.fields["until"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + datetime.timedelta(days=MOST_DAYS)).isoformat(),
        }

    @property
    def place(self) -> Place | None:
        """The place that was chosen, none for the facility alone."""
        return self.places.get(self.cleaned_data.get("scope", ""))


class ReadingForm(forms.Form):
    """Why an exact position is read now."""

    reason = TextField(
        label=_("Why I read it now"), max_length=LONGEST_REASON, help_text=_("It stands in the record with your name.")
    )


class EndForm(forms.Form):
    """Why a grant ends."""

    reason = TextField(label=_("Reason"), max_length=LONGEST_PURPOSE, required=False)
