"""Forms of the review: the filters of the inbox, a note, a reason."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.reviews import LONGEST_NOTE
from coordination.reporting.models.claims import claimed, claimed_by
from coordination.reporting.models.follow_ups import asked_about
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.foundation.fields import TextField
from directorates.models import Organisation, Place, User
from directorates.models.places import Level, beneath


class OccurringFilter(forms.Form):
    """Which reports to show; only what occurs among them can be chosen."""

    period = forms.ChoiceField(label=_("Period"), required=False)
    template = forms.ChoiceField(label=pgettext_lazy("filter", "Report"), required=False)
    reporter = forms.ChoiceField(label=_("Reported by"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, data: Any, rows: QuerySet[Any]) -> None:
        """Offer what occurs among the reports, sent ones or expected ones."""
        super().__init__(data)
        occurring = set(rows.order_by().values_list("template", "period_start").distinct())
        # What differs, told by the database: the rows themselves can be a hundred thousand.
        found = rows.order_by().aggregate(
            reporters=ArrayAgg("reporter", distinct=True, default=[]),
            paths=ArrayAgg("place_path", distinct=True, default=[]),
        )
        templates = ReportTemplate.objects.select_related("programme").prefetch_related("programme__week_rules")
        self.templates = {row.pk: row for row in templates.filter(pk__in={template for template, _day in occurring})}
        periods = {Period(PeriodType(self.templates[pk].period_type), day): self.templates[pk] for pk, day in occurring}
        reporters = Organisation.objects.filter(pk__in=found["reporters"])
        self.places = Place.objects.filter(code__in={code for path in found["paths"] for code in path.split("/")})
        self.periods = [(period.id, words_for_period(periods[period], period)) for period in sorted(periods)[::-1]]
        self.offer("period", self.periods)
        self.offer("template", [(row.code, row.name) for row in self.templates.values()])
        self.offer("reporter", [(row.code, row.short) for row in reporters])
        self.offer("place", [(row.code, row.name) for row in self.places.filter(level=Level.DISTRICT)])

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let one of these be chosen, or none."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("All")), *choices]

    def clean_period(self) -> Period | None:
        """The period itself."""
        try:
            return parse_period(self.cleaned_data["period"]) if self.cleaned_data["period"] else None
        except PeriodError:
            return None

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The reports that were asked for; a filter that cannot be read is passed over."""
        self.is_valid()
        chosen = self.cleaned_data
        if period := chosen.get("period"):
            types = [row.pk for row in self.templates.values() if row.period_type == period.type]
            rows = rows.filter(period_start=period.start, template__in=types)
        if chosen.get("template"):
            rows = rows.filter(template__code=chosen["template"])
        if chosen.get("reporter"):
            rows = rows.filter(reporter__code=chosen["reporter"])
        if chosen.get("place"):
            place = Place.objects.get(code=chosen["place"])
            rows = rows.filter(beneath(place.path, "place_path"))
        return rows

    @property
    def address(self) -> str:
        """The filters as they stand in an address; only what is known, whatever was typed there."""
        self.is_valid()
        named = {name: str(self.data.get(name, "")) for name in self.fields if self.cleaned_data.get(name)}
        return urlencode(named)


class InboxFilter(OccurringFilter):
    """Which of the waiting reports to show, and whose."""

    mark = forms.ChoiceField(
        label=pgettext_lazy("filter", "Mark"),
        required=False,
        choices=[
            ("", _("All")),
            ("stands-out", _("Stands out")),
            ("held", pgettext_lazy("mark", "File under review")),
            ("asked", pgettext_lazy("mark", "With a question about a value")),
        ],
    )
    claim = forms.ChoiceField(
        label=_("Claimed by"),
        required=False,
        choices=[
            ("", pgettext_lazy("claim", "All")),
            ("mine", pgettext_lazy("claim", "Me")),
            ("free", pgettext_lazy("claim", "Nobody")),
            ("others", pgettext_lazy("claim", "Someone else")),
        ],
    )

    def __init__(self, data: Any, rows: QuerySet[Any], user: User) -> None:
        """Keep who reads."""
        super().__init__(data, rows)
        self.user = user

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The waiting reports that were asked for."""
        rows = super().narrow(rows)
        if mark := self.cleaned_data.get("mark"):
            rows = rows.filter({"held": Q(held=True), "stands-out": Q(stands_out=True), "asked": asked_about()}[mark])
        if claim := self.cleaned_data.get("claim"):
            now = timezone.now()
            taken, mine = claimed(now), claimed_by(self.user, now)
            rows = rows.filter({"mine": mine, "free": ~taken, "others": taken & ~mine}[claim])
        return rows


class SeenForm(forms.Form):
    """What every deed carries: the revision that was read, and where to go back to."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    next = forms.CharField(widget=forms.HiddenInput, required=False)


class ApproveForm(SeenForm):
    """Approve, perhaps with a note."""

    note = TextField(label=_("Note"), help_text=_("The reporter sees it."), required=False, max_length=LONGEST_NOTE)


class SendBackForm(SeenForm):
    """Send back, with a reason."""

    reason = TextField(
        label=_("Reason"),
        help_text=_("What is wrong, where, and what would be right. The reporter sees it."),
        max_length=LONGEST_NOTE,
        error_messages={"required": _("Write the reason; the reporter sees it.")},
    )


class ReopenForm(SeenForm):
    """Reopen, with a reason."""

    reason = TextField(
        label=_("Reason"),
        help_text=_("It stands in the history of the report; the reporter sees it."),
        max_length=LONGEST_NOTE,
        error_messages={"required": _("Write the reason; the reporter sees it.")},
    )
