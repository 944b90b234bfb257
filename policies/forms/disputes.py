"""What is asked of disputes: which to show, what a side says, what is arranged and decided."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.forms.people import OrganisationField
from directorates.foundation.fields import DayField, TextField
from directorates.models import Organisation
from policies.actions.disputes import LONGEST_BASIS, LONGEST_TEXT
from policies.models import Function, MandateDispute
from policies.models.disputes import WAITING, DisputeQuerySet


class DisputeFilter(forms.Form):
    """Which disputes to show."""

    function = forms.ChoiceField(
        label=_("Function"), required=False, choices=[("", pgettext_lazy("functions", "All")), *Function.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("disputes", "Open or appealed")),
            ("over", pgettext_lazy("disputes", "Settled")),
            ("all", pgettext_lazy("disputes", "At any time")),
        ],
    )

    def narrow(self, rows: DisputeQuerySet) -> DisputeQuerySet:
        """The disputes that were asked for."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("function"):
            rows = rows.filter(function=asked["function"])
        match asked.get("state"):
            case "over":
                return rows.exclude(state__in=WAITING)
            case "all":
                return rows
        return rows.waiting()


class SayForm(forms.Form):
    """A statement, an interim arrangement or an appeal."""

    text = TextField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        help_text=_("Everybody reads it, and it stays."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class DecisionForm(forms.Form):
    """For whom a dispute is decided, from which day, on what basis and in which words."""

    for_whom = OrganisationField(label=_("Decided for"))
    day = DayField(label=_("From the day"), help_text=_("The other claim ends on the day before."))
    basis = TextField(
        label=_("On what basis"),
        max_length=LONGEST_BASIS,
        help_text=_("The meeting, ballot or agreement in which it was decided, so that others find it."),
    )
    decision = TextField(label=_("What was decided"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, data: Any, dispute: MandateDispute, **extra: Any) -> None:
        """Offer the two sides; heard again, say what becomes of the day."""
        super().__init__(data, **extra)
        if dispute.decided_for_id is not None:
            self.fields["day"].help_text = _(
                "Where it is decided otherwise, from this day. Upheld, the decision holds from its own day."
            )
        sides = [claim.organisation_id for claim in dispute.claims]
        self.fields["for_whom"].queryset = Organisation.objects.filter(pk__in=sides)  # type: ignore[attr-defined]
