"""What is asked to publish a version or to retire a template: the period, and the ticks for answers that go."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.forms.templates import EditionForm
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.publications import Lost
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period, period_containing
from coordination.reporting.templatetags.reporting import words_for_period

# So many periods are offered before today's and behind it.
BEFORE, AFTER = 24, 13


def periods_around(template: ReportTemplate, today: dt.date, first: Period | None = None) -> list[Period]:
    """The periods that can be chosen: around today, none before the first that is possible."""
    here = period_containing(today, PeriodType(template.period_type))
    earlier, later = [here], [here]
    for _step in range(BEFORE):
        earlier.append(earlier[-1].previous())
    for _step in range(AFTER):
        later.append(later[-1].next())
    found = [*reversed(earlier), *later[1:]]
    if first is not None and first not in found:
        found = [first, *found] if first < found[0] else [*found, first]
    return [period for period in found if first is None or not period < first]


class PeriodForm(forms.Form):
    """One of the periods of a template."""

    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, data: Any, template: ReportTemplate, periods: list[Period], initial: Period | None) -> None:
        """Offer the periods."""
        super().__init__(data, initial={"period": initial.id} if initial else None)
        self.template = template
        choices = [(period.id, words_for_period(template, period)) for period in periods]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]

    def clean_period(self) -> Period:
        """The period itself."""
        try:
            return parse_period(self.cleaned_data["period"], PeriodType(self.template.period_type))
        except PeriodError as problem:
            raise forms.ValidationError(_("This period cannot be chosen."), code="unknown") from problem


class AgreeForm(EditionForm):
    """A tick for every item whose answers are dropped."""

    period = forms.CharField(widget=forms.HiddenInput, max_length=20)
    agreed = forms.MultipleChoiceField(
        label=_("Answers that are dropped"),
        help_text=_("A tick beside each: what drafts say there is gone for good."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, lost: list[Lost], **kwargs: Any) -> None:
        """One choice for each item that drafts answer and that is no longer asked."""
        super().__init__(*args, **kwargs)
        if not lost:
            del self.fields["agreed"]
            return
        words = _("%(item)s (drafts with an answer: %(count)d)")
        self.fields["agreed"].choices = [  # type: ignore[attr-defined]
            (one.element.code, words % {"item": one.element.name, "count": one.drafts}) for one in lost
        ]
