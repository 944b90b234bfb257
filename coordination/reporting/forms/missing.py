"""What is asked of missing reports: which, why they did not come, in which words, and what shows it."""

import datetime
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.actions.missing import LONGEST_TEXT
from coordination.reporting.forms.reviews import OccurringFilter
from coordination.reporting.models.missing import MissingReason, with_reasons
from coordination.reporting.rules.missing import Reason
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period, period_containing
from directorates.foundation.fields import EvidenceForm, TextField
from directorates.models import Place
from directorates.models.places import Level

STATES = (
    ("open", pgettext_lazy("missing", "Without a reason")),
    ("excused", pgettext_lazy("missing", "Excused")),
    ("not_excused", pgettext_lazy("missing", "Not excused")),
    ("differ", pgettext_lazy("missing", "The two sides differ")),
)


class MissingFilter(OccurringFilter):
    """Which missing reports: from one period to another, of a place of any level, and what is said of them."""

    period = forms.ChoiceField(label=pgettext_lazy("missing", "From period"), required=False)
    until = forms.ChoiceField(label=pgettext_lazy("missing", "To period"), required=False)
    facility = forms.CharField(label=_("Facility code"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=pgettext_lazy("missing", "What is said"), required=False, choices=[("", _("All")), *STATES]
    )
    field_order = ("period", "until", "place", "facility", "template", "reporter", "state")

    def __init__(self, data: Any, rows: QuerySet[Any]) -> None:
        """Offer what occurs among the reports: a road that is cut cuts off a sub-district, or a whole governorate."""
        super().__init__(data, rows)
        self.offer("until", self.periods)
        places = self.places.filter(level__gte=Level.GOVERNORATE).order_by("path")
        self.offer("place", [(row.code, _named(row)) for row in places])

    def clean_until(self) -> Period | None:
        """The last period itself."""
        try:
            return parse_period(self.cleaned_data["until"]) if self.cleaned_data["until"] else None
        except PeriodError:
            return None

    def clean(self) -> dict[str, Any]:
        """The filters; a stretch that ends before it begins holds nothing."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("period"), found.get("until")
        if first and last and last.last_day < first.start:
            self.add_error("until", _("This period lies before the first one."))
        return found

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The reports that were asked for; a stretch holds the periods of every kind that end in it."""
        self.is_valid()
        first, last = self.cleaned_data.get("period"), self.cleaned_data.get("until")
        if last is None:
            return self._in_state(super().narrow(rows))
        self.cleaned_data["period"] = None
        rows = super().narrow(rows).filter(_ends_by(last.last_day))
        self.cleaned_data["period"] = first
        return self._in_state(rows.filter(period_start__gte=first.start) if first else rows)

    def _in_state(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if code := self.cleaned_data.get("facility"):
            rows = rows.filter(facility__code=code)
        rows, state = with_reasons(rows), self.cleaned_data.get("state")
        if state == "differ":
            return rows.exclude(of_directorate="").exclude(of_reporter="").exclude(of_directorate=F("of_reporter"))
        if state == "excused":
            return rows.exclude(ruling__in=("", Reason.NOT_EXCUSED))
        return rows.filter(ruling={"open": "", "not_excused": Reason.NOT_EXCUSED}[state]) if state else rows


def _ends_by(day: datetime.date) -> Q:
    """The periods that end by a day: a year that only begins in a stretch is not part of it."""
    found = Q(pk=None)
    for kind in PeriodType:
        begins = period_containing(day, kind)
        last = begins.start if begins.last_day <= day else begins.start - datetime.timedelta(days=1)
        found |= Q(template__period_type=kind, period_start__lte=last)
    return found


def _named(place: Place) -> str:
    """A place by its name and what it is: districts are often named as their sub-district is."""
    return f"{place.name} ({Level(place.level).label})"


class ExplainForm(EvidenceForm):
    """The reason, the text, the files; `seen` says of which reports the page was about that was read."""

    reason = forms.ChoiceField(
        label=_("Why they did not come"),
        choices=MissingReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the reports did not come.")},
    )
    text = TextField(
        label=_("What happened"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("Those who owe the reports, their directorate and the body read it; readers of totals do not."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class TakeBackForm(forms.Form):
    """Why what was said is taken back."""

    text = TextField(label=_("Note"), required=False, max_length=LONGEST_TEXT)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
