"""Which reports a workbook is to hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.exchange.models.reports import to_send
from coordination.reporting.models import ExpectedReport, ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.models import User

FORMATS = (("xlsx", _("Workbook (.xlsx)")), ("csv", _("CSV")))


class WorkbookForm(forms.Form):
    """Periods and facilities of one template that wait for a report; none chosen means all."""

    template = forms.CharField(widget=forms.HiddenInput)
    period = forms.MultipleChoiceField(
        label=_("Periods"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice, all that are still to be sent."),
    )
    facility = forms.MultipleChoiceField(
        label=_("Facilities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice, all of them."),
    )
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, initial="xlsx")

    def __init__(self, data: Any, user: User, template: ReportTemplate) -> None:
        """Offer what waits, the last period first."""
        super().__init__(data, initial={"template": template.code})
        self.rows = list(to_send(user).filter(template=template))
        periods = sorted({row.period for row in self.rows}, reverse=True)
        self.offer("period", [(one.id, words_for_period(template, one)) for one in periods])
        facilities = {row.facility.code: f"{row.facility.name} · {row.facility.place.name}" for row in self.rows}
        self.offer("facility", sorted(facilities.items(), key=lambda one: one[1]))

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let some of these be chosen, or none."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> list[ExpectedReport]:
        """The reports of the chosen periods and facilities."""
        periods, facilities = set(self.cleaned_data["period"]), set(self.cleaned_data["facility"])
        return [
            row
            for row in self.rows
            if (not periods or _id(row) in periods) and (not facilities or row.facility.code in facilities)
        ]


def _id(row: ExpectedReport) -> str:
    return Period(PeriodType(row.template.period_type), row.period_start).id
