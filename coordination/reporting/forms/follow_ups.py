"""What is asked and answered about values of reports, and which of it to list."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.follow_ups import LONGEST_WORD
from coordination.reporting.forms.reviews import OccurringFilter
from coordination.reporting.models import FollowUp, Submission
from coordination.reporting.models.follow_ups import FollowUpQuerySet, FollowUpState
from coordination.reporting.rules.specification import ElementSpec, TemplateSpec
from coordination.reporting.templatetags.filling import label_of
from directorates.foundation.fields import TextField
from directorates.models import User

UNSETTLED = "unsettled"


class FollowUpFilter(OccurringFilter):
    """Which questions: about which reports, how far they are, and whether they wait for the reader."""

    facility = forms.CharField(label=_("Facility code"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), (UNSETTLED, pgettext_lazy("follow-up", "Not settled")), *FollowUpState.choices],
    )
    mine = forms.BooleanField(label=_("Only those that wait for me"), required=False)

    def __init__(self, data: Any, rows: FollowUpQuerySet, user: User) -> None:
        """Offer what occurs among the reports that are asked about."""
        super().__init__(data, Submission.objects.visible_to(user).filter(follow_ups__in=rows))
        self.user = user

    def listed(self, rows: FollowUpQuerySet) -> QuerySet[FollowUp]:
        """The questions that were asked for."""
        reports = self.narrow(Submission.objects.visible_to(self.user))
        chosen = self.cleaned_data
        if any(chosen.get(name) for name in ("period", "template", "reporter", "place")):
            rows = rows.filter(submission__in=reports.values("pk"))
        if code := chosen.get("facility"):
            rows = rows.filter(submission__facility__code=code)
        if state := chosen.get("state"):
            rows = rows.unsettled() if state == UNSETTLED else rows.filter(state=state)
        return rows.waiting_for(self.user) if chosen.get("mine") else rows


class AskForm(forms.Form):
    """A question about one value of an item."""

    slot = forms.ChoiceField(label=pgettext_lazy("follow-up", "Value"))
    question = TextField(
        label=_("Question"),
        max_length=LONGEST_WORD,
        help_text=_(
            "What looks wrong, and how it could be checked. Whoever reads the report reads it too, also by a sharing agreement."
        ),
        error_messages={"required": _("Write the question; the reporter reads it.")},
    )

    def __init__(self, data: Any, spec: TemplateSpec, element: ElementSpec) -> None:
        """Offer the values of the item."""
        super().__init__(data)
        slots = spec.slots_of(element.code)
        named = {None: label_of(element, None)} | {one.code: label_of(element, one) for one in element.categories}
        self.fields["slot"].choices = [(slot, named[category]) for category, slot in slots.items()]  # type: ignore[attr-defined]
        if len(slots) == 1:
            self.fields["slot"].widget = forms.HiddenInput()
            self.fields["slot"].initial = next(iter(slots.values()))


class WordForm(forms.Form):
    """An answer, or a question asked again."""

    text = TextField(label=_("Text"), max_length=LONGEST_WORD, error_messages={"required": _("Write a text.")})


class SettleForm(forms.Form):
    """What it came to, perhaps with a word; `seen` is the last word that was read."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("follow-up", "What it came to"),
        choices=[
            (FollowUpState.CORRECTED.value, pgettext_lazy("follow-up", "The value was corrected")),
            (FollowUpState.CONFIRMED.value, pgettext_lazy("follow-up", "The value is right as it stands")),
            (FollowUpState.WITHDRAWN.value, pgettext_lazy("follow-up", "The question is taken back")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it came to.")},
    )
    text = TextField(label=_("Note"), required=False, max_length=LONGEST_WORD)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
