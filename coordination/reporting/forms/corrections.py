"""What is asked about corrections of reports: which requests to show, what is wrong, what was decided; and errata."""

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.corrections import LONGEST_TEXT
from coordination.reporting.models import CorrectionRequest, ReportTemplate, Submission
from coordination.reporting.models.corrections import CorrectionRequestQuerySet, CorrectionState
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.specification import ElementSpec
from directorates.foundation.fields import TextField
from directorates.models import User


class CorrectionFilter(forms.Form):
    """Which correction requests to show."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("correction", "All")),
            ("mine", pgettext_lazy("correction", "Waiting for my decision")),
            *CorrectionState.choices,
        ],
    )
    template = forms.ModelChoiceField(
        ReportTemplate.objects.none(),
        label=pgettext_lazy("filter", "Report"),
        required=False,
        to_field_name="code",
        empty_label=pgettext_lazy("report", "All"),
    )

    def __init__(self, data: Any, user: User) -> None:
        """Only templates of which the reader sees requests."""
        super().__init__(data)
        self.user = user
        seen = CorrectionRequest.objects.visible_to(user).values("submission__template")
        self.fields["template"].queryset = ReportTemplate.objects.filter(pk__in=seen).order_by("code")  # type: ignore[attr-defined]

    def narrow(self, rows: CorrectionRequestQuerySet) -> CorrectionRequestQuerySet:
        """The requests that were asked for."""
        self.is_valid()
        state, template = self.cleaned_data.get("state"), self.cleaned_data.get("template")
        if state == "mine":
            rows = rows.filter(pk__in=CorrectionRequest.objects.to_decide(self.user).values("pk"))
        elif state:
            rows = rows.filter(state=state)
        return rows.filter(submission__template=template) if template else rows


def _name(element: ElementSpec) -> str:
    return element.name_en if get_language() == "en" else element.name_ar


class AskForm(forms.Form):
    """What is wrong and why; and which items, where it is known."""

    reason = TextField(
        label=_("What is wrong, and why"),
        max_length=LONGEST_TEXT,
        help_text=_("What was reported, what is right, and how it came to light. Whoever reads the report reads this."),
        error_messages={"required": _("Write what is wrong and why; whoever decides reads it.")},
    )
    items = forms.MultipleChoiceField(
        label=_("Items that are wrong"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: it may be any."),
    )

    def __init__(self, data: Any, report: Submission) -> None:
        """Offer the items that the report asks."""
        super().__init__(data)
        self.spec = specification_of(report.version)
        asked = {element.code: element for element, _cell, _slot in self.spec.questions()}
        self.fields["items"].choices = [(code, _name(one)) for code, one in asked.items()]  # type: ignore[attr-defined]

    @property
    def slots(self) -> list[str]:
        """Every answer of the chosen items."""
        chosen = set(self.cleaned_data["items"])
        return [slot for element, _cell, slot in self.spec.questions() if element.code in chosen]


class AcceptForm(forms.Form):
    """Accept, perhaps with a note."""

    note = TextField(
        label=_("Note"), help_text=_("The reporter sees it."), required=False, max_length=LONGEST_TEXT
    )  # fmt: skip


class RefuseForm(forms.Form):
    """Refuse, with a reason."""

    reason = TextField(
        label=_("Reason"),
        help_text=_("Whoever asked reads it; it stays with the report."),
        max_length=LONGEST_TEXT,
        error_messages={"required": _("Write the reason; whoever asked reads it.")},
    )
