"""The form of when the figures of a template are checked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import ConsolidationSchedule
from coordination.reporting.models.schedules import HOURS, Rhythm, Weekday

# An hour in which few people work, where nothing was chosen yet.
AT_NIGHT = 2


class ScheduleForm(forms.Form):
    """How often, on which day of the week, at which hour by the body's clock."""

    rhythm = forms.ChoiceField(label=pgettext_lazy("schedule", "How often"), choices=Rhythm.choices)
    weekday = forms.TypedChoiceField(
        label=pgettext_lazy("schedule", "Day of the week"),
        help_text=_("Counts only where it runs every week."),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "–"), *Weekday.choices],
    )
    hour = forms.TypedChoiceField(
        label=pgettext_lazy("schedule", "Hour"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in HOURS]
    )

    def __init__(self, data: Any, held: ConsolidationSchedule | None) -> None:
        """Begin with what is set."""
        begin = {"rhythm": Rhythm.NEVER, "hour": AT_NIGHT, "weekday": None}
        super().__init__(data, initial={name: getattr(held, name) for name in begin} if held else begin)
