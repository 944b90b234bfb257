"""The filters of the history of consolidation."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import ConsolidationRun, ReportTemplate
from coordination.reporting.models.runs import RunKind, RunOrigin, RunQuerySet, RunState

ALL = ("", pgettext_lazy("state", "All"))


class RunFilter(forms.Form):
    """Which runs to list."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("consolidation", "What was computed"), required=False, choices=[ALL, *RunKind.choices]
    )
    origin = forms.ChoiceField(
        label=pgettext_lazy("consolidation", "Asked for by"), required=False, choices=[ALL, *RunOrigin.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *RunState.choices])
    template = forms.ChoiceField(label=pgettext_lazy("filter", "Report"), required=False)

    def __init__(self, data: Any, templates: Iterable[ReportTemplate]) -> None:
        """Offer the templates there are."""
        super().__init__(data)
        self.templates = {row.code: row for row in templates}
        self.fields["template"].choices = [ALL, *((code, row.name) for code, row in self.templates.items())]  # type: ignore[attr-defined]

    def narrow(self, rows: RunQuerySet) -> QuerySet[ConsolidationRun]:
        """The runs that were asked for; what cannot be read filters nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        rows = rows.filter(**{name: chosen[name] for name in ("kind", "origin", "state") if chosen.get(name)})
        template = self.templates.get(chosen.get("template", ""))
        return rows.of_template(template.pk) if template else rows
