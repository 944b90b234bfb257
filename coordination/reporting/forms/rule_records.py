"""The filters of the rules' record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import ReportTemplate, RuleRecord
from coordination.reporting.models.rule_records import RuleRecordQuerySet, between
from coordination.reporting.models.templates import Severity
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period
from coordination.reporting.templatetags.reporting import words_for_period


class RuleRecordFilter(forms.Form):
    """Of which periods, and which rules."""

    period = forms.ChoiceField(label=pgettext_lazy("missing", "From period"), required=False)
    until = forms.ChoiceField(label=pgettext_lazy("missing", "To period"), required=False)
    severity = forms.ChoiceField(
        label=pgettext_lazy("rule", "Weight"), required=False, choices=[("", _("All")), *Severity.choices]
    )

    def __init__(self, data: Any, template: ReportTemplate) -> None:
        """Offer the periods of which there is a record."""
        super().__init__(data)
        self.kind = PeriodType(template.period_type)
        rows = RuleRecord.objects.filter(rule__version__template=template).order_by("-period_start")
        starts = rows.values_list("period_start", flat=True).distinct()
        periods = [Period(self.kind, start) for start in starts]
        choices = [("", _("All")), *((one.id, words_for_period(template, one)) for one in periods)]
        for name in ("period", "until"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _period(self, name: str) -> Period | None:
        try:
            return parse_period(self.cleaned_data[name], self.kind) if self.cleaned_data.get(name) else None
        except PeriodError:
            return None

    def narrow(self, rows: RuleRecordQuerySet) -> RuleRecordQuerySet:
        """The records of the periods asked for; what cannot be read filters nothing."""
        self.is_valid()
        return between(rows, self._period("period"), self._period("until"))

    @property
    def chosen_severity(self) -> str:
        """The weight asked for; empty for all."""
        self.is_valid()
        return str(self.cleaned_data.get("severity") or "")
