"""Which figures an address asks for, read alike for programs and for pages: all faults at once."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.api.reading import period_in
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.figures import Borders, directorates, open_places, parts_of
from coordination.reporting.models.measures import WHOLE, Measure, measures_of
from coordination.reporting.models.sources import Where
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, PeriodError
from directorates.foundation.reading import Parameters, by_code
from directorates.models import User

# What `place` says of facilities outside every jurisdiction, where a figure's sources are asked for.
OUTSIDE_CODE = "outside"


@dataclass
class Asked:
    """What both calls ask for."""

    template: ReportTemplate
    period: Period
    starts: list[datetime.date]
    measures: dict[str, Measure]
    borders: Borders


def asked_in(parameters: Parameters, user: User | AnonymousUser) -> Asked | None:
    """Template, period and borders; None, with their faults, where one cannot be read."""
    templates = ReportTemplate.objects.with_figures_for(user)
    template, borders = parameters.one("template", templates), parameters.choice("as", list(Borders))
    period = period_in(parameters, parameters.text("period"), None)
    for name in ("template", "period"):
        if parameters.text(name) is None:
            parameters.fault(name, "required", _("This is required."))
    if template is None or period is None:
        return None
    try:
        starts = [part.start for part in parts_of(template, period)]
    except PeriodError as fault:
        parameters.fault("period", fault.code, message_for(fault.code, fault.params))
        return None
    return Asked(template, period, starts, measures_of(template, period), Borders(borders or Borders.THEN))


def measure_in(parameters: Parameters, asked: Asked | None) -> tuple[Measure | None, int]:
    """The element and the category that are asked for, the whole of it without one."""
    element, category = parameters.text("element"), parameters.text("category")
    measure = asked.measures.get(element) if asked and element else None
    if asked and element and measure is None:
        parameters.unknown("element", element)
    if measure is None or category is None:
        return measure, WHOLE
    found = measure.category(category)
    if found is None:
        parameters.unknown("category", category)
    return measure, found or WHOLE


def where_in(parameters: Parameters, user: User | AnonymousUser, asked: Asked | None) -> Where:
    """Whose figure it is: a place, a directorate, or what lies outside every jurisdiction."""
    code, today = parameters.text("place"), timezone.localdate()
    template, borders = (asked.template, asked.borders) if asked else (None, Borders.THEN)
    if code is None or code == OUTSIDE_CODE:
        return Where(user, borders=borders, today=today)
    place = by_code(open_places(user, template), code)
    directorate = by_code(directorates(), code) if place is None else None
    if place is None and directorate is None:
        parameters.unknown("place", code)
    return Where(user, place, directorate, borders, today)
