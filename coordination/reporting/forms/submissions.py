"""What is asked about reports: which to list, and which to start."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import ExpectedReport, ReportTemplate, Submission
from coordination.reporting.models.due import OPEN
from coordination.reporting.models.submissions import Status
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period, periods_between
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.forms.places import Choices, areas
from directorates.foundation.fields import NOTHING_CHOSEN, LineField
from directorates.models import Organisation, Place, User
from directorates.models.places import beneath
from directorates.rules.text import latin_digits
from facilities.models import Facility


class ReportFilter(forms.Form):
    """Which reports to list."""

    q = LineField(
        label=_("Facility or receipt number"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    template = forms.ChoiceField(label=pgettext_lazy("filter", "Report"), required=False)
    period = forms.ChoiceField(label=_("Period"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", pgettext_lazy("status", "All")), *Status.choices]
    )
    place = forms.ChoiceField(label=_("Governorate or district"), required=False)
    reporter = forms.ChoiceField(label=_("Reported by"), required=False)

    def __init__(self, data: Any, user: User) -> None:
        """Offer the templates, periods and reporters of what the person may read."""
        super().__init__(data)
        rows = Submission.objects.visible_to(user)
        templates = ReportTemplate.objects.visible_to(user).select_related("programme")
        self.templates = {row.code: row for row in templates.prefetch_related("programme__week_rules")}
        reporters = Organisation.objects.filter(Exists(rows.filter(reporter=OuterRef("pk")))).order_by("code")
        self.offer("template", [(row.code, row.name) for row in self.templates.values()])
        self.offer("period", self.periods(rows, str(data.get("template", ""))))
        self.offer("reporter", [(row.code, row.short) for row in reporters])
        self.offer("place", areas(str(data.get("place", ""))))

    def offer(self, name: str, choices: Choices) -> None:
        """Let one of these be chosen, or none."""
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def periods(self, rows: QuerySet[Submission], chosen: str) -> list[tuple[str, str]]:
        """The periods between the first and the last report, the last first; of one template where one is chosen.

        The ends are read from the index, never by looking at all reports.
        """
        found: dict[Period, ReportTemplate] = {}
        for template in self.templates.values():
            starts = rows.filter(template=template).order_by().values_list("period_start", flat=True)
            first, last = starts.order_by("period_start").first(), starts.order_by("-period_start").first()
            if first is not None and last is not None and chosen in ("", template.code):
                for period in periods_between(PeriodType(template.period_type), first, last):
                    found.setdefault(period, template)
        return [(period.id, words_for_period(found[period], period)) for period in sorted(found, reverse=True)]

    def narrow(self, rows: QuerySet[Submission]) -> QuerySet[Submission]:
        """The reports that were asked for; a filter that cannot be read is told beside it and filters nothing."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            number = latin_digits(text).upper().replace(" ", "")
            rows = rows.filter(Q(receipt=number) | Q(facility__in=Facility.objects.named_like(text)))
        if code := asked.get("period"):
            period = parse_period(code)
            rows = rows.filter(period_start=period.start, template__period_type=period.type)
        if code := asked.get("place"):
            rows = rows.filter(beneath(Place.objects.get(code=code).path, "place_path"))
        named = {"template": "template__code", "reporter": "reporter__code", "status": "status"}
        return rows.filter(**{column: asked[name] for name, column in named.items() if asked.get(name)})


class DueFilter(forms.Form):
    """Which of the reports that are still to be sent to list."""

    q = LineField(label=_("Facility"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    template = forms.ChoiceField(label=pgettext_lazy("filter", "Report"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", pgettext_lazy("status", "All")), *[(one.value, one.label) for one in OPEN]],
    )
    place = forms.ChoiceField(label=_("Governorate or district"), required=False)

    def __init__(self, data: Any, user: User) -> None:
        """Offer the templates that the person sees, and places."""
        super().__init__(data)
        templates = ReportTemplate.objects.visible_to(user)
        for name, choices in (
            ("template", [(row.code, row.name) for row in templates]),
            ("place", areas(str(data.get("place", "")))),
        ):
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[ExpectedReport]) -> QuerySet[ExpectedReport]:
        """The reports that were asked for; a filter that cannot be read is told beside it and filters nothing."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.filter(facility__in=Facility.objects.named_like(text))
        if code := asked.get("place"):
            rows = rows.filter(beneath(Place.objects.get(code=code).path, "place_path"))
        named = {"template": "template__code", "status": "status"}
        return rows.filter(**{column: asked[name] for name, column in named.items() if asked.get(name)})


class StartForm(forms.Form):
    """Which report to start: four codes, as the API has them."""

    template = forms.ModelChoiceField(
        ReportTemplate.objects.none(),
        to_field_name="code",
        label=pgettext_lazy("filter", "Report"),
        empty_label=NOTHING_CHOSEN,
    )
    facility = forms.ModelChoiceField(
        Facility.objects.none(), to_field_name="code", label=_("Facility"), empty_label=NOTHING_CHOSEN
    )
    period = LineField(label=_("Period"), max_length=20)
    reporter = forms.ModelChoiceField(
        Organisation.objects.active(),
        to_field_name="code",
        label=_("Reported by"),
        required=False,
        empty_label=NOTHING_CHOSEN,
    )

    def __init__(self, data: Any, user: User) -> None:
        """Only templates and facilities that the person may see; what is unseen answers like what does not exist."""
        super().__init__(data)
        self.user = user
        templates = ReportTemplate.objects.visible_to(user).select_related("programme")
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]
        visible = Facility.objects.visible_to(user).select_related("place")
        self.fields["facility"].queryset = visible  # type: ignore[attr-defined]
        unknown = {
            "template": _("There is no such report template."),
            "facility": _("There is no such facility, or it is not open to this role."),
            "reporter": _("There is no such organisation."),
        }
        for name, words in unknown.items():
            self.fields[name].error_messages["invalid_choice"] = words

    def clean_reporter(self) -> Organisation:
        """The reporter; the organisation acted for where none is named."""
        named = self.cleaned_data["reporter"] or self.user.acting
        if named is None:
            raise forms.ValidationError(_("There is no such organisation."), code="invalid_choice")
        return named

    def clean_period(self) -> Period:
        """The period, of the template's type."""
        template = self.cleaned_data.get("template")
        try:
            return parse_period(self.cleaned_data["period"], PeriodType(template.period_type) if template else None)
        except PeriodError as problem:
            raise forms.ValidationError(message_for(problem.code, problem.params), code=problem.code) from problem
