"""Trying a formula on a place and a period before it is kept."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.forms.indicators import FormulaForm, IndicatorForm
from coordination.reporting.models import IndicatorVersion
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.indicator_formulas import ReadFormula, WrittenFormula, read_formula
from coordination.reporting.models.indicator_values import Question, indicator_values
from coordination.reporting.models.populations import PopulationGroup
from coordination.reporting.rules.indicators import DAYS, POPULATION, YEARS, Group, Outcome, Part
from coordination.reporting.rules.periods import Period
from directorates.foundation.pages import tell
from directorates.foundation.problems import Fault, Problem
from directorates.models import Place, User

# What the button that tries a formula says.
TRY = "try"


@dataclass(frozen=True)
class Trial:
    """A formula tried on a place and a period; `shown` says how the value is written."""

    place: Place
    period: Period
    outcome: Outcome
    shown: IndicatorVersion
    parts: tuple[tuple[str, Part], ...]


def tried(user: User, form: IndicatorForm | FormulaForm) -> Trial | None:
    """What a formula gives, as the person may see it; none where something is wrong, which the form then tells."""
    place, period, written = form.cleaned_data["try_place"], form.cleaned_data["try_period"], form.written
    read, faults = read_formula(written)
    if period is None:
        faults.append(Fault("try_period", "required", _("A period is needed to try it on.")))
    if place is None:
        faults.append(Fault("try_place", "required", _("There is no place yet to try it on.")))
    if faults or read is None:
        tell(form, Problem("invalid", _("The formula cannot be tried; each fault is told."), errors=faults))
        return None
    return _trial(user, place, period, written, read, timezone.localdate())


def _trial(
    user: User, place: Place, period: Period, written: WrittenFormula, read: ReadFormula, today: datetime.date
) -> Trial:
    """The value and its parts."""
    level = FigureLevel(place.level)
    asked = Question(user, (period,), {period: read.drawn}, level, place, Borders.THEN, today, doubted=period)
    found = indicator_values(asked).outcome(place.pk, period)
    shown = IndicatorVersion(decimals=written.decimals, unit_ar=written.unit_ar, unit_en=written.unit_en)
    names = {one.cell: one.name for one in read.operands}
    names |= {(one.operand, None): str(PopulationGroup(one.value).label) for one in Group}
    return Trial(place, period, found, shown, tuple((names[cell], part) for cell, part in (found.parts or {}).items()))


def named_operands() -> list[tuple[str, str]]:
    """What a formula may name beside items: the code, and what it is."""
    lengths = [(DAYS, _("The days of the period.")), (YEARS, _("The length of the period in years: a month is 1/12."))]
    return [*lengths, *((f"{POPULATION}{code}", str(words)) for code, words in PopulationGroup.choices)]
