"""What is asked about assignments: of which template, of which facilities, and how many were named."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.assignments import with_assignment
from directorates.models import User
from facilities.forms.facilities import FacilityFilter
from facilities.models import Facility
from facilities.models.facilities import FacilityQuerySet


class TemplateField(forms.ModelChoiceField):
    """A template, by its name."""

    def label_from_instance(self, template: Any) -> str:
        """The name."""
        return str(template.name)


class AssignmentFilter(FacilityFilter):
    """Which facilities to show, and whether they report by the template."""

    template = TemplateField(
        ReportTemplate.objects.none(), to_field_name="code", label=_("Report template"), empty_label=None
    )
    reports = forms.ChoiceField(
        label=pgettext_lazy("assignment", "Reports by it"),
        required=False,
        choices=[
            ("", pgettext_lazy("assignment", "All")),
            ("yes", pgettext_lazy("assignment", "Today or from a later day on")),
            ("no", pgettext_lazy("assignment", "Not")),
        ],
    )

    field_order = ("template", "reports")

    def __init__(self, data: Any, user: User) -> None:
        """Offer the templates that the reader may see; the first of them where none is named."""
        self.user, shown = user, ReportTemplate.objects.visible_to(user).order_by("code")
        first = shown.first()
        super().__init__({"template": first.code if first else ""} | {key: data[key] for key in data})
        self.fields["template"].queryset = shown  # type: ignore[attr-defined]

    @property
    def chosen(self) -> ReportTemplate | None:
        """The template; None where there is none of that code."""
        self.is_valid()
        return self.cleaned_data.get("template")

    def facilities(self, template: ReportTemplate, today: Any) -> FacilityQuerySet:
        """The facilities that the filters leave of those that the reader may see, each with its assignment."""
        rows = self.narrow(Facility.objects.visible_to(self.user).standing().placed_for(self.user), today)
        rows = with_assignment(rows, template, today)
        reports = self.cleaned_data.get("reports")
        return rows.filter(Q(assigned__isnull=reports == "no")) if reports else rows

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The filters that can be read and are set, as they stand in an address."""
        self.is_valid()
        return [(name, str(self.data[name])) for name in self.fields if self.cleaned_data.get(name)]

    @property
    def address(self) -> str:
        """The same as an address has them."""
        return urlencode(self.kept)

    @property
    def without_reports(self) -> str:
        """The same, whether or not they report: after a deed those concerned would be filtered away."""
        return urlencode([(name, value) for name, value in self.kept if name != "reports"])


class CountForm(forms.Form):
    """How many facilities the page named."""

    count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
