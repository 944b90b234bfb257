"""What is asked of obligations: which to show, who owes what until when, what became of one."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.forms.people import OrganisationField
from directorates.foundation.fields import DayField, TextField
from directorates.models import Organisation
from policies.actions.obligations import LONGEST_EVIDENCE, LONGEST_TEXT, who_may_owe
from policies.models import Agreement, ObligationState
from policies.models.obligations import ObligationQuerySet


class ObligationFilter(forms.Form):
    """Which obligations to show: open ones of agreements in force or ended, unless others are asked for."""

    organisation = OrganisationField(
        label=pgettext_lazy("obligation", "Owed by"), required=False, empty_label=pgettext_lazy("organisation", "All")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("obligations", "Open")),
            ("overdue", pgettext_lazy("obligations", "Overdue")),
            (str(ObligationState.DONE), pgettext_lazy("obligations", "Met")),
            (str(ObligationState.WAIVED), pgettext_lazy("obligations", "Waived")),
            ("all", pgettext_lazy("obligations", "All")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the organisations that owe something."""
        super().__init__(*args, **kwargs)
        owing = Organisation.objects.filter(obligations__isnull=False).distinct()
        self.fields["organisation"].queryset = owing  # type: ignore[attr-defined]

    def narrow(self, rows: ObligationQuerySet, day: datetime.date) -> ObligationQuerySet:
        """The obligations that were asked for."""
        self.is_valid()
        asked, rows = self.cleaned_data, rows.owed(day)
        if asked.get("organisation"):
            rows = rows.filter(organisation=asked["organisation"])
        match asked.get("state"):
            case "overdue":
                return rows.overdue(day)
            case "all":
                return rows
            case "obligation_done" | "obligation_waived" as state:
                return rows.said(state)
        return rows.open()


class ObligationForm(forms.Form):
    """What a party owes, or each of them."""

    organisation = OrganisationField(
        label=pgettext_lazy("obligation", "Owed by"),
        required=False,
        empty_label=pgettext_lazy("obligation", "Every party"),
    )
    text_ar = TextField(label=_("What is owed, in Arabic"), max_length=LONGEST_TEXT)
    text_en = TextField(label=_("What is owed, in English"), max_length=LONGEST_TEXT)
    due = DayField(label=_("Due on"), required=False)

    def __init__(self, data: Any, agreement: Agreement, own: Organisation | None = None) -> None:
        """Offer the parties; where it is signed already, whoever writes takes it on for the own organisation alone."""
        super().__init__(data)
        field: Any = self.fields["organisation"]
        rows = who_may_owe(agreement)
        field.queryset = rows if own is None else rows.filter(pk=own.pk)
        if own is not None:
            field.required, field.empty_label, field.initial = True, None, own.code


class SayForm(forms.Form):
    """What became of an obligation."""

    state = forms.ChoiceField(label=_("State"), widget=forms.RadioSelect)
    evidence = TextField(
        label=_("What shows it"),
        max_length=LONGEST_EVIDENCE,
        help_text=_("What was done and where it can be seen; where it is waived, why. Everybody reads it."),
    )

    def __init__(self, data: Any, states: Sequence[ObligationState]) -> None:
        """Offer the states that the person can say."""
        super().__init__(data, initial={"state": states[0] if states else None})
        field: Any = self.fields["state"]
        field.choices = [(str(one), one.label) for one in states]
