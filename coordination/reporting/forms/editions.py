"""What is asked of editions: which to list, and what to publish; their figures are asked for in `edition_values.py`."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.editions import LONGEST_FOREWORD
from coordination.reporting.models import Edition, ReportTemplate
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, PeriodError, parse_period
from coordination.reporting.rules.suppression import Limits
from directorates.foundation.fields import NOTHING_CHOSEN, LineField, TextField
from directorates.models import User
from directorates.permissions import Permission, rights_of

DEFAULT = Limits()


class EditionFilter(forms.Form):
    """Which editions to show."""

    template = forms.ModelChoiceField(
        ReportTemplate.objects.none(),
        label=pgettext_lazy("figures", "Report"),
        required=False,
        to_field_name="code",
        empty_label=pgettext_lazy("report", "All"),
    )

    def __init__(self, data: Any, user: User) -> None:
        """Only those of which there are editions that the reader may see."""
        super().__init__(data)
        rows = ReportTemplate.objects.filter(editions__in=Edition.objects.visible_to(user)).distinct()
        self.fields["template"].queryset = rows  # type: ignore[attr-defined]


class PeriodWithLimits(forms.Form):
    """A period whose figures are published, and what is hidden in them."""

    period = LineField(label=_("Period"), help_text=_("For example 202404, 2024W5, 2024SunW5."), max_length=20)
    smallest = forms.IntegerField(
        label=_("Smallest number that is shown"),
        help_text=_("Smaller ones but 0 are hidden, and others from which they could be worked out."),
        initial=DEFAULT.smallest,
        min_value=2,
        max_value=100,
    )
    facilities = forms.IntegerField(
        label=_("Fewest facilities behind a figure"), initial=DEFAULT.facilities, min_value=2, max_value=100
    )
    share = forms.IntegerField(
        label=_("Greatest share of one organisation, in per cent"), initial=DEFAULT.share, min_value=50, max_value=100
    )

    def clean_period(self) -> Period:
        """The period itself."""
        try:
            return parse_period(self.cleaned_data["period"])
        except PeriodError as problem:
            raise forms.ValidationError(message_for(problem.code, problem.params), code=problem.code) from problem

    @property
    def limits(self) -> Limits:
        """The limits."""
        return Limits(*(self.cleaned_data[name] for name in ("smallest", "facilities", "share")))


class PublishForm(PeriodWithLimits):
    """What is published, and what is hidden in it."""

    field_order = ("template",)

    template = forms.ModelChoiceField(
        ReportTemplate.objects.none(),
        label=pgettext_lazy("figures", "Report"),
        to_field_name="code",
        empty_label=NOTHING_CHOSEN,
    )
    foreword = TextField(
        label=_("Foreword"), required=False, max_length=LONGEST_FOREWORD, help_text=_("Stands above the figures.")
    )

    def __init__(self, data: Any, user: User, initial: Mapping[str, str]) -> None:
        """Offer the templates whose data are in the custody of the organisation acted for."""
        super().__init__(data, initial=dict(initial))
        self.fields["template"].queryset = publishable(user)  # type: ignore[attr-defined]


def publishable(user: User) -> Any:
    """The templates of which a person may publish figures."""
    rows = ReportTemplate.objects.visible_to(user).filter(rights_of(user).datasets(Permission.PUBLISH_EDITIONS))
    return rows.order_by("code")
