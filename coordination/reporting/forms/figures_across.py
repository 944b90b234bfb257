"""What is asked of an item over several templates."""

import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.forms.asked_places import BORDERS
from coordination.reporting.models import Element
from coordination.reporting.models.figures import LEVELS, Borders
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period, period_containing
from coordination.reporting.templatetags.figures import BY_LEVEL
from directorates.foundation.fields import LineField


def shared_elements() -> list[tuple[str, str]]:
    """The elements that more than one template asks, with their names."""
    published = ~Q(uses__section__version__status="draft")
    templates = Count("uses__section__version__template", filter=published, distinct=True)
    rows = Element.objects.annotate(templates=templates).filter(templates__gt=1).exclude(over_place="none")
    return [(row.code, row.name) for row in rows.order_by("code")]


class AcrossForm(forms.Form):
    """The item, the period, the rows."""

    element = forms.ChoiceField(label=_("Item"))
    period = LineField(
        label=_("Period"), help_text=_("For example 202404, 2024Q2, 2024, 2024W5, 2024SunW5."), max_length=20
    )
    level = forms.ChoiceField(
        label=_("Rows"), choices=[(level.name.lower(), BY_LEVEL[level]) for level in LEVELS.values()]
    )

    def __init__(self, data: Any, today: datetime.date) -> None:
        """What is not said is the first item, last month, governorates, by the borders of the period."""
        shared = shared_elements()
        last = period_containing(today, PeriodType.MONTH).previous()
        given = {"element": shared[0][0] if shared else "", "period": last.id, "level": "governorate"}
        given["as"] = Borders.THEN.value
        super().__init__(given | {key: value for key, value in data.items() if key in given and value})
        self.fields["element"].choices = shared  # type: ignore[attr-defined]
        self.fields["as"] = forms.ChoiceField(label=_("Jurisdictions"), choices=BORDERS)
        self.offers = bool(shared)

    def clean_period(self) -> Period:
        """The period itself."""
        try:
            return parse_period(self.cleaned_data["period"])
        except PeriodError as problem:
            raise forms.ValidationError(message_for(problem.code, problem.params), code=problem.code) from problem
