"""Of which reports the quality is shown: template, from one period to another, of whom, in which place, by which share."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.quality import Asked, QualityLevel, QualityMeasure
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import open_to_members

# So many past periods can be chosen, and so many are shown unless others are.
OFFERED, SHOWN = 104, 12


class QualityFilter(forms.Form):
    """What is asked; whatever cannot be read stands at what is shown without it."""

    template = forms.ChoiceField(label=pgettext_lazy("filter", "Report"), required=False)
    level = forms.ChoiceField(label=pgettext_lazy("quality", "Of whom"), required=False, choices=QualityLevel.choices)
    measure = forms.ChoiceField(label=pgettext_lazy("quality", "Share"), required=False, choices=QualityMeasure.choices)
    period = forms.ChoiceField(label=pgettext_lazy("missing", "From period"), required=False)
    until = forms.ChoiceField(label=pgettext_lazy("missing", "To period"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, data: Any, user: User) -> None:
        """Offer the templates there are, the past periods of the one that is chosen, and the governorates."""
        super().__init__(data)
        rows = ReportTemplate.objects.visible_to(user).select_related("programme")
        self.templates = {row.code: row for row in rows.prefetch_related("programme__week_rules").order_by("code")}
        first = next(iter(self.templates.values()), None)
        self.chosen = self.templates.get(str(data.get("template", "")), first)
        self.places = {
            row.code: row
            for row in open_to_members(user, Place.objects.filter(level=Level.GOVERNORATE)).order_by("code")
        }
        self._choices("template", [(code, row.name) for code, row in self.templates.items()])
        self._choices("place", [("", _("All")), *((code, row.name) for code, row in self.places.items())])
        self.periods = _past(PeriodType(self.chosen.period_type)) if self.chosen else []
        words = [(one.id, words_for_period(self.chosen, one)) for one in self.periods] if self.chosen else []
        # What is shown without a choice stands in the fields, so that a reload shows the same.
        shown = self.periods[:SHOWN]
        for name, standard in (("period", shown[-1:]), ("until", shown[:1])):
            self._choices(name, words)
            self.fields[name].initial = standard[0].id if standard else ""
        given = dict(data.items())
        given |= {
            name: field.initial
            for name, field in self.fields.items()
            if name in ("period", "until") and given.get(name) not in dict(words)
        }
        given["template"] = self.chosen.code if self.chosen else ""
        for name, choices in (("level", QualityLevel.values), ("measure", QualityMeasure.values)):
            given[name] = given[name] if given.get(name) in choices else choices[0]
        self.data = given

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def asked(self) -> Asked | None:
        """What is asked; None where there is no template. A stretch that ends before it begins is turned about."""
        self.is_valid()
        if self.chosen is None or not self.periods:
            return None
        by_id = {one.id: one for one in self.periods}
        first, last = sorted((by_id[self.data["period"]], by_id[self.data["until"]]))
        place = self.places.get(str(self.data.get("place") or ""))
        return Asked(self.chosen, first, last, QualityLevel(self.data["level"]), place)

    @property
    def measure_chosen(self) -> QualityMeasure:
        """The share that is laid out."""
        return QualityMeasure(self.data["measure"])


def _past(kind: PeriodType) -> list[Period]:
    """The past periods of a kind, the last first."""
    found = [period_containing(timezone.localdate(), kind).previous()]
    while len(found) < (OFFERED if kind.is_week else OFFERED // 2):
        found.append(found[-1].previous())
    return found
