"""What is asked of members of the body: on which day, who joins from when on what basis, and who leaves why."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import DayField, LineField, TextField
from directorates.models import Organisation
from policies.actions.body_members import LONGEST_BASIS, LONGEST_REASON
from policies.models import BodyMember
from policies.models.body_members import BodyMemberQuerySet


class BodyMemberFilter(forms.Form):
    """Whose membership to show: of a day, or of every time."""

    day = DayField(label=pgettext_lazy("member of the body", "Members on"), required=False)

    def narrow(self, rows: BodyMemberQuerySet) -> BodyMemberQuerySet:
        """The memberships that were asked for."""
        self.is_valid()
        day: datetime.date | None = self.cleaned_data.get("day")
        return rows.at(day) if day else rows


class JoinForm(forms.Form):
    """Which directorates are members, from which day, on what basis."""

    directorates = forms.ModelMultipleChoiceField(
        label=_("Directorates"), queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    since = DayField(label=_("Members from"))
    basis = LineField(
        label=_("On what basis"),
        max_length=LONGEST_BASIS,
        help_text=_("The meeting or decision, so that others find it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, data: Any = None) -> None:
        """Offer the directorates that act and are no members without a last day."""
        super().__init__(data)
        field: Any = self.fields["directorates"]
        inside = BodyMember.objects.standing().filter(valid__endswith=None)
        rows = Organisation.objects.active().filter(kind="directorate")
        # What was pressed twice is no fault: the action says what stands already.
        field.queryset = (rows if data else rows.exclude(pk__in=inside.values("directorate"))).order_by("code")
        if not field.queryset.exists():
            field.help_text = _("Every directorate that acts is a member already.")


class LeaveForm(forms.Form):
    """With which day a directorate leaves, and why."""

    last_day = DayField(label=_("Last day"))
    why = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Everybody who reads policies reads it."))
