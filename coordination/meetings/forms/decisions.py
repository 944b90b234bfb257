"""What is asked of decisions: which to show, what was decided and about what."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.meetings.about import KINDS
from coordination.meetings.actions.decisions import LONGEST_DECISION, LONGEST_SUBJECT
from coordination.meetings.models import ActionItem, Decision
from coordination.meetings.models.decisions import ABOUT, DecisionQuerySet
from directorates.foundation.fields import LineField, StandingForm, TextField
from directorates.models import User

WAITS, DONE = "waits", "done"


class DecisionFilter(forms.Form):
    """Which decisions to show."""

    q = LineField(label=_("Subject"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("What became of it"),
        required=False,
        choices=[
            ("", pgettext_lazy("decisions", "All")),
            (WAITS, pgettext_lazy("decisions", "With open action items")),
            (DONE, pgettext_lazy("decisions", "All action items done or dropped")),
        ],
    )

    def narrow(self, rows: DecisionQuerySet) -> DecisionQuerySet:
        """The decisions that were asked for."""
        self.is_valid()
        if text := self.cleaned_data.get("q"):
            rows = rows.on(text)
        waits = Exists(ActionItem.objects.open().filter(decision=OuterRef("pk")))
        match self.cleaned_data.get("state"):
            case "waits":
                return rows.filter(waits)
            case "done":
                return rows.filter(~waits, Exists(ActionItem.objects.filter(decision=OuterRef("pk"))))
        return rows


class DecisionForm(StandingForm):
    """What was decided; and what it decides, of the things that decisions can point at."""

    subject = LineField(label=_("Subject"), max_length=LONGEST_SUBJECT, help_text=_("By it others find the decision."))
    text = TextField(label=_("What was decided"), max_length=LONGEST_DECISION, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, data: Any, user: User, decision: Decision | None = None) -> None:
        """Offer the things that the person sees; begin with what stands."""
        initial = {}
        if decision is not None:
            said = {name: getattr(decision, name) for name in ("subject", "text")}
            initial = {
                **said,
                **{name: getattr(decision, f"{name}_id") for name in ABOUT},
                "stood": decision.standing(),
            }
        super().__init__(data, initial=initial)
        for name in ABOUT:
            self.fields[name] = forms.ModelChoiceField(
                label=str(KINDS[name].words), queryset=KINDS[name].offered(user), required=False, empty_label="—"
            )

    @property
    def said(self) -> dict[str, Any]:
        """What was written."""
        given = self.cleaned_data
        about = {name: given[name] for name in ABOUT}
        return {"subject": given["subject"], "text": given["text"], "about": about}
