"""What a kept view can show, and to whoever keeps it: of figures, of published editions and of an indicator."""

import datetime
from collections.abc import Iterator

from django.utils.translation import gettext as _

from coordination.reporting.models import Edition, EditionFigure, Indicator, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, open_places, parts_of
from coordination.reporting.models.indicator_values import DrawnFrom, reading_of
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.saved_views import Picture, Shows, ViewKind
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import FIRST_SHOWN_YEAR, Period, PeriodError, PeriodType, parse_period
from directorates.foundation.problems import Fault
from directorates.models import User
from directorates.models.places import Level
from directorates.permissions import Permission


def faults_of_shows(shows: Shows, keeper: User, today: datetime.date) -> Iterator[Fault]:
    """What a view cannot show, or not to whoever keeps it; of what is not there nothing else is told."""
    deepest = min(shows.place.level + 1, Level.SUBDISTRICT)
    if shows.level != FigureLevel.DIRECTORATE and shows.level < deepest:
        yield Fault("level", "too_high", _("The rows lie below the place."))
    match shows.kind:
        case ViewKind.FIGURES:
            yield from _of_figures(shows, keeper, today)
        case ViewKind.EDITIONS:
            yield from _of_editions(shows, keeper)
        case ViewKind.INDICATOR:
            yield from _of_indicator(shows, keeper, today)


def _unknown(field: str) -> Fault:
    return Fault(field, "unknown", _("This is not known here, or not open to this role."))


def _of_figures(shows: Shows, keeper: User, today: datetime.date) -> Iterator[Fault]:
    """A report, a place and an item whose figures of now are open."""
    template = (
        ReportTemplate.objects.with_figures_for(keeper).filter(pk=shows.template.pk if shows.template else 0).first()
    )
    if template is None:
        yield _unknown("template")
        return
    if not open_places(keeper, template).filter(pk=shows.place.pk).exists():
        yield _unknown("place")
    if shows.picture is Picture.TREND and shows.element is None:
        yield Fault("element", "required", _("Bars over time need an item."))
    faults = list(_of_period(shows.period, [template], today))
    yield from faults
    asked = measures_of(template, parse_period(shows.period)) if shows.period and not faults else None
    if asked is not None and shows.element is not None and shows.element.code not in asked:
        yield Fault("element", "unknown", _("This item is not asked in that period."))


def _of_editions(shows: Shows, keeper: User) -> Iterator[Fault]:
    """A report of which something is published that is open, an item of it, and a period that was published."""
    template = shows.template
    editions = Edition.objects.visible_to(keeper).filter(template=template.pk if template else 0)
    if template is None or not editions.exists():
        yield _unknown("template")
        return
    if not open_places(keeper, template, Permission.VIEW_EDITIONS).filter(pk=shows.place.pk).exists():
        yield _unknown("place")
    yield from _in_editions(shows)
    if shows.period:
        try:
            period = parse_period(shows.period, PeriodType(template.period_type))
        except PeriodError as fault:
            yield Fault("period", fault.code, message_for(fault.code, fault.params))
            return
        editions = editions.filter(period_start=period.start)
        if not editions.exists():
            yield Fault("period", "not_published", _("Nothing is published of this period."))
            return
    if shows.element is None:
        yield Fault("element", "required", _("A view of published editions needs an item."))
    elif not EditionFigure.objects.filter(edition__in=editions.order_by(), element=shows.element).exists():
        yield Fault("element", "unknown", _("No edition tells of this item."))


def _in_editions(shows: Shows) -> Iterator[Fault]:
    """What editions do not hold: directorates, and borders of other days than those of their period."""
    words = _("Published editions hold places by the borders of their period only.")
    if shows.level == FigureLevel.DIRECTORATE:
        yield Fault("level", "not_in_editions", words)
    if shows.borders is Borders.NOW:
        yield Fault("as", "not_in_editions", words)


def _of_indicator(shows: Shows, keeper: User, today: datetime.date) -> Iterator[Fault]:
    """An indicator in use of which at least one report is open, in a place that is."""
    key = shows.indicator.pk if shows.indicator else 0
    indicator = Indicator.objects.visible_to(keeper).in_use().named().filter(pk=key).first()
    templates = {one.pk: one for version in indicator.formulas for one in version.drawn.templates} if indicator else {}
    reading = reading_of(keeper, templates)
    opens = next((one for pk, one in templates.items() if pk in reading.opened), None)
    if opens is None:
        yield _unknown("indicator")
        return
    published = reading.drawn_from is DrawnFrom.EDITIONS
    permission = Permission.VIEW_EDITIONS if published else Permission.VIEW_FIGURES
    if not open_places(keeper, opens, permission).filter(pk=shows.place.pk).exists():
        yield _unknown("place")
    if published:
        yield from _in_editions(shows)
    if shows.element is not None or shows.template is not None:
        yield Fault("indicator", "alone", _("An indicator names its reports and items by its formula."))
    yield from _of_period(shows.period, list(templates.values()), today)


def _of_period(text: str, templates: list[ReportTemplate], today: datetime.date) -> Iterator[Fault]:
    """A period that the reports do not have, or that pages do not show."""
    if not text:
        return
    try:
        period: Period = parse_period(text)
        for template in templates:
            parts_of(template, period)
    except PeriodError as fault:
        yield Fault("period", fault.code, message_for(fault.code, fault.params))
        return
    if period.start.year < FIRST_SHOWN_YEAR:
        yield Fault("period", "too_early", _("There are no figures of so long ago."))
    elif period.start > today:
        yield Fault("period", "in_the_future", _("This period has not begun."))
