"""What is asked of action items: which to show, who does what until when, what became of one."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.meetings.actions.action_items import LONGEST_NOTE, LONGEST_TEXT
from coordination.meetings.models import ActionState, Decision, Meeting
from coordination.meetings.models.action_items import ActionItemQuerySet
from directorates.foundation.fields import DayField, LineField, TextField
from directorates.models import Organisation, User

OWN, LATE, ALL = "own", "late", "all"


class ActionItemFilter(forms.Form):
    """Which action items to show: open ones, unless others are asked for."""

    q = LineField(
        label=pgettext_lazy("action item", "Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    whose = forms.ChoiceField(
        label=pgettext_lazy("action items", "Whose"),
        required=False,
        choices=[
            ("", pgettext_lazy("action items", "Everybody's")),
            (OWN, pgettext_lazy("action items", "Of my organisation")),
        ],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("action items", "Open")),
            (LATE, pgettext_lazy("action items", "Late")),
            (str(ActionState.DONE), pgettext_lazy("action items", "Done")),
            (str(ActionState.DROPPED), pgettext_lazy("action items", "Dropped")),
            (ALL, pgettext_lazy("action items", "All")),
        ],
    )

    def narrow(self, rows: ActionItemQuerySet, user: User, day: datetime.date) -> ActionItemQuerySet:
        """The action items that were asked for."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.named_like(text)
        if asked.get("whose") == OWN:
            rows = rows.filter(owner=user.acting_id)
        match asked.get("state"):
            case "late":
                return rows.late(day)
            case "all":
                return rows
            case "action_done" | "action_dropped" as state:
                return rows.said(state)
        return rows.open()


class ActionItemForm(forms.Form):
    """What an organisation takes on."""

    decision = forms.ModelChoiceField(
        label=_("From decision"), queryset=Decision.objects.none(), required=False, empty_label="—"
    )
    text = TextField(label=_("What is to be done"), max_length=LONGEST_TEXT)
    owner = forms.ModelChoiceField(
        label=_("Who does it"), queryset=Organisation.objects.none(), help_text=_("Its people are told and reminded.")
    )
    due = DayField(label=_("Due on"))

    def __init__(self, data: Any, meeting: Meeting) -> None:
        """Offer the meeting's decisions, and those who were invited to it or called it."""
        super().__init__(data)
        offered: dict[str, Any] = {
            "decision": Decision.objects.filter(meeting=meeting).order_by("number"),
            "owner": Organisation.objects.filter(pk__in=[meeting.organisation_id, *meeting.invited_ids()]),
        }
        for name, rows in offered.items():
            field: Any = self.fields[name]
            field.queryset = rows


class SayForm(forms.Form):
    """What became of an action item."""

    state = forms.ChoiceField(label=_("State"), widget=forms.RadioSelect)
    note = TextField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("What was done; where it is dropped, the reason. Everybody who was invited reads it."),
    )

    def __init__(self, data: Any, states: Sequence[ActionState]) -> None:
        """Offer the states that the person can say."""
        super().__init__(data, initial={"state": states[0] if states else None})
        field: Any = self.fields["state"]
        field.choices = [(str(one), one.label) for one in states]
