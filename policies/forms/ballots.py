"""What is asked of ballots: by which majority and until when; the vote."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import DayField, TextField
from policies.actions.ballots import LONGEST_REASON, LONGEST_RESERVATION, USUAL, closing_moment
from policies.forms.versions import SeenForm
from policies.models import PolicyVersion
from policies.models.ballots import CHOICES, MAJORITIES
from policies.rules.ballots import Choice, Majority

USUAL_DAYS = datetime.timedelta(days=14)


class BallotForm(SeenForm):
    """The rules of a ballot, which stay as they are from its opening on."""

    majority = forms.TypedChoiceField(
        label=_("Majority"),
        choices=[(one.value, words) for one, words in MAJORITIES.items()],
        coerce=Majority,
        widget=forms.RadioSelect,
        help_text=_("Of those who vote for or against. Who abstains counts for the quorum only."),
    )
    quorum = forms.IntegerField(
        label=_("Quorum in percent"),
        min_value=1,
        max_value=100,
        help_text=_("So many of the directorates have to vote, or nothing is adopted."),
    )
    last = DayField(label=_("Last day of voting"), help_text=_("Votes are taken until midnight, Damascus time."))

    def __init__(self, data: Any, version: PolicyVersion) -> None:
        """Begin with what is usual for the kind of policy."""
        majority, quorum = USUAL[version.policy.kind]
        last = timezone.localdate() + USUAL_DAYS
        super().__init__(
            data, initial={"seen": version.edition, "majority": majority.value, "quorum": quorum, "last": last}
        )

    @property
    def said(self) -> dict[str, Any]:
        """What was chosen, with the moment at which the ballot closes."""
        given = dict(self.cleaned_data)
        return given | {"closes": closing_moment(given.pop("last"))}


class VoteForm(forms.Form):
    """The vote of an organisation."""

    choice = forms.TypedChoiceField(
        label=pgettext_lazy("ballot", "Our vote"),
        choices=[(one.value, words) for one, words in CHOICES.items()],
        coerce=Choice,
        widget=forms.RadioSelect,
    )
    reservation = TextField(
        label=_("Reservation"),
        required=False,
        max_length=LONGEST_RESERVATION,
        help_text=_("Needed with “for with reservation”; it stays with the policy."),
    )


class CallOffForm(forms.Form):
    """Why a ballot ends without being counted."""

    why = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Everybody who votes reads it."))
