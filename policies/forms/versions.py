"""What is asked of versions: when a text was adopted and holds, why it holds no more, which two to compare."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import DayField, LineField, TextField
from policies.actions.versions import LONGEST_BASIS, LONGEST_REASON
from policies.models import PolicyVersion


class SeenForm(forms.Form):
    """The edition of a draft that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ForceForm(SeenForm):
    """When and by what a text was adopted, and from when it holds."""

    adopted = DayField(label=_("Adopted on"), required=False)
    basis = LineField(
        label=_("Adopted by"),
        required=False,
        max_length=LONGEST_BASIS,
        help_text=_("The meeting, ballot or decision, so that others find it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    since = DayField(label=_("In force from"), help_text=_("The version before ends on the day before."))

    def __init__(self, data: Any, version: PolicyVersion, *, by_ballot: bool) -> None:
        """Where a ballot adopted it, day and decision are the ballot's: only the day from which it holds is asked."""
        super().__init__(data, initial={"seen": version.edition, "since": timezone.localdate()})
        for name in ("adopted", "basis"):
            self.fields[name].required = not by_ballot
            if by_ballot:
                self.fields[name].widget = forms.HiddenInput()


class WithdrawForm(forms.Form):
    """From when a policy holds no more, and why."""

    last_day = DayField(label=_("Last day"))
    why = TextField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("It stands with the policy; everybody reads it.")
    )


class CompareForm(forms.Form):
    """Two versions of a policy, or texts of an agreement, to read beside one another."""

    def __init__(self, data: Mapping[str, Any], versions: Sequence[Any]) -> None:
        """Offer the versions that the reader sees; where none of them is named, the last two are chosen."""
        self.by_number = {str(one.number): one for one in versions}
        numbers = list(self.by_number)
        latest = {"from": numbers[:2][-1], "to": numbers[0]}
        asked = {name: data[name] if data.get(name) in self.by_number else number for name, number in latest.items()}
        super().__init__(asked)
        choices = [(number, _("Version %(number)s") % {"number": number}) for number in numbers]
        for name, words in (("from", pgettext_lazy("compare", "From")), ("to", pgettext_lazy("compare", "To"))):
            self.fields[name] = forms.ChoiceField(label=words, choices=choices)

    def chosen(self, name: str) -> Any:
        """The version that was chosen."""
        return self.by_number[self.data[name]]
