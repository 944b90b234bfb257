"""What is asked of hand-overs: what is offered to whom, and what the other side takes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.actions.handovers import LONGEST_REASON
from directorates.forms.borders import ChosenPlaces
from directorates.forms.people import OrganisationField
from directorates.foundation.fields import DayField, TextField
from directorates.models import Organisation, Place
from directorates.models.organisations import Kind


class OfferForm(forms.Form):
    """Which sub-districts are offered to which directorate, from when, and why."""

    taker = OrganisationField(label=_("To the directorate"))
    places = ChosenPlaces(label=_("Sub-districts"))
    first = DayField(label=_("From the day"), help_text=_("From this day on the other directorate is competent."))
    reason = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Everybody with a role reads it."))

    def __init__(self, data: Any, giver: Organisation, held: Sequence[Place]) -> None:
        """Offer what the giver holds or held last, and every other directorate."""
        super().__init__(data, initial={"first": timezone.localdate()})
        others = Organisation.objects.active().filter(kind=Kind.DIRECTORATE).exclude(pk=giver.pk)
        self.fields["taker"].queryset = others  # type: ignore[attr-defined]
        self.fields["places"].choices = [(place.code, place.name) for place in held]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Which of the offered sub-districts are taken over, and why the others are not."""

    places = ChosenPlaces(
        label=_("Taken over"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not marked stays with the other directorate."),
    )
    answer = TextField(
        label=_("Why not everything"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Needed where something is not taken over."),
    )

    def __init__(self, data: Any, offered: Sequence[Place]) -> None:
        """Mark everything that is offered."""
        super().__init__(data, initial={"places": [place.code for place in offered]})
        self.fields["places"].choices = [(place.code, place.name) for place in offered]  # type: ignore[attr-defined]
