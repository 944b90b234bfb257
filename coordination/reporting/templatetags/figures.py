"""How figures are written: by their element's kind, "at least" where an answer is not known, never a 0 for no data."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urljoin

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from coordination.reporting.models.completeness import Mark, Square
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.edition_values import PublishedValue
from coordination.reporting.models.editions import EditionFigure
from coordination.reporting.models.embedded_figures import EmbeddedFigure
from coordination.reporting.models.measures import Measure
from coordination.reporting.models.missing import MissingReason
from coordination.reporting.models.overviews import Overview, Row, Value
from coordination.reporting.models.sources import Role, Source
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType, period_short_name
from coordination.reporting.rules.specification import ElementType, OverPlace
from coordination.reporting.templatetags.reporting import words_for_period
from coordination.templatetags.tansiq import chip, grouped, icon, percent
from directorates.models import Organisation, Place
from directorates.models.places import Level

register = template.Library()

BY_LEVEL = {
    FigureLevel.COUNTRY: gettext_lazy("By country"),
    FigureLevel.GOVERNORATE: gettext_lazy("By governorate"),
    FigureLevel.DISTRICT: gettext_lazy("By district"),
    FigureLevel.SUBDISTRICT: gettext_lazy("By sub-district"),
    FigureLevel.DIRECTORATE: gettext_lazy("By directorate"),
}
# Squares of the grid that a phone shows.
ON_A_PHONE = 5
LEAST = "\N{GREATER-THAN OR EQUAL TO}"


def figure_text(number: Decimal, measure: Measure) -> str:
    """A figure as plain text: sums as they are, means with one decimal, shares in per cent."""
    element = measure.element
    mean = element.over_place is OverPlace.AVERAGE
    if measure.is_share or (mean and element.type is ElementType.BOOLEAN):
        return f"{grouped(number * 100, 1)}%"
    if mean:
        return f"{grouped(number, 1)}{'%' if element.type is ElementType.PERCENT else ''}"
    if element.over_place is OverPlace.RATIO:
        return grouped(number, 2)
    return grouped(number, 0 if number == number.to_integral_value() else 2)


def value_text(value: Value) -> str:
    """The same with its mark where it is at least so much; nothing where there are no data."""
    if value.number is None:
        return ""
    return f"{LEAST if value.least else ''}{figure_text(value.number, value.measure)}"


def edition_text(number: Decimal) -> str:
    """A shown figure of an edition as plain text."""
    return grouped(number, 0 if number == number.to_integral_value() else 2)


@register.simple_tag
def edition_value(figure: EditionFigure | None) -> SafeString | str:
    """A figure of an edition as text; words where it is hidden, a dash where nobody answered."""
    if figure is None:
        return "–"
    if figure.value is None:
        return format_html('<span class="muted">{}</span>', pgettext("edition", "hidden"))
    return format_html("<bdi>{}</bdi>", edition_text(figure.value))


@register.simple_tag
def published_value(value: PublishedValue) -> SafeString | str:
    """A published figure as text; words where it is hidden or nothing is published, a dash where nobody answered."""
    if value.number is not None:
        return format_html("<bdi>{}</bdi>", edition_text(value.number))
    if value.published and not value.hidden:
        return "–"
    words = pgettext("edition", "hidden") if value.hidden else pgettext("edition", "not published")
    return format_html('<span class="muted">{}</span>', words)


@register.filter
def figure(value: Value | None) -> SafeString | str:
    """A figure in its own left-to-right island; words where there are no data."""
    if value is None or value.number is None:
        return format_html('<span class="muted">{}</span>', _("no data"))
    if not value.least:
        return format_html('<span class="n">{}</span>', value_text(value))
    words = _("At least: some reports say that the number is not known.")
    return format_html('<span class="n" title="{}">{}</span>', words, value_text(value))


@register.filter
def plain_figure(number: Decimal, measure: Measure) -> str:
    """A figure as plain text, for a sentence."""
    return figure_text(number, measure)


@register.filter
def of_measure(number: Decimal | None, measure: Measure) -> SafeString | str:
    """A figure that comes without its element."""
    return figure(Value(measure, number)) if number is not None else ""


@register.filter
def share(ratio: Decimal | None) -> SafeString | str:
    """A share of one in per cent; a dash where there is nothing to divide by."""
    return percent(ratio * 100) if ratio is not None else format_html('<span class="muted">{}</span>', "–")


@register.filter
def hundredfold(ratio: Decimal | None) -> Decimal | None:
    """A share of one as the meters take it."""
    return None if ratio is None else ratio * 100


def query(overview: Overview, **other: Any) -> str:
    """The address's part behind the question mark that shows this overview, with something changed."""
    given = {
        "template": overview.template.code,
        "period": overview.period.id,
        "under": overview.focus.code,
        "level": overview.level.name.lower(),
        "element": overview.measure.element.code if overview.measure else "",
        "as": overview.borders.value,
    }
    return urlencode({key: value for key, value in (given | other).items() if value})


@register.simple_tag
def figures_url(overview: Overview, **other: Any) -> str:
    """The page of figures with something changed: `under=place.code level="district"`; `as_` for `as`."""
    return f"{reverse('reporting:figures')}?{query(overview, **_named(other))}"


@register.simple_tag
def embed_address(held: EmbeddedFigure) -> str:
    """The whole address of an embedded figure, as a web site names it."""
    return urljoin(settings.PUBLIC_URL, reverse("embedded_figure", args=[held.token]))


@register.simple_tag
def sources_url(overview: Overview, place: Any, measure: Measure) -> str:
    """The page of the reports behind a figure; `place` is None outside every jurisdiction."""
    code = place.code if place else "outside"
    other = {"place": code, "element": measure.element.code, "under": "", "level": ""}
    return f"{reverse('reporting:sources')}?{query(overview, **other)}"


@register.simple_tag
def drill(overview: Overview, holder: Place | Organisation) -> SafeString:
    """The name of a row, leading to what lies inside it; of a directorate, the name alone."""
    if not isinstance(holder, Place) or holder.level == Level.SUBDISTRICT:
        return format_html("{}", holder.name)
    return format_html('<a href="{}">{}</a>', figures_url(overview, under=holder.code, level=""), holder.name)


@register.simple_tag
def last_figures(overview: Overview, row: Row) -> SafeString | str:
    """The way to the last figures of a row of which nothing is expected any more."""
    if row.ending is None or row.ending.last_period is None:
        return ""
    last = Period(PeriodType(overview.template.period_type), row.ending.last_period)
    words = words_for_period(overview.template, last)
    return format_html('{}: <a href="{}">{}</a>', _("Its last figures"), figures_url(overview, period=last.id), words)


@register.simple_tag
def period_words(report_template: ReportTemplate, period: Period) -> str:
    """A period of a report in words."""
    return words_for_period(report_template, period)


@register.simple_tag
def short_words(report_template: ReportTemplate, period: Period) -> SafeString:
    """The same for a narrow place: 2019-05, 2016-W17."""
    rules = report_template.programme.week_rules_kept if period.type.is_week else ()
    return format_html('<bdi dir="ltr">{}</bdi>', period_short_name(period, rules))


@register.simple_tag
def by_level(level: FigureLevel) -> str:
    """What the rows of a table are."""
    return str(BY_LEVEL[level])


@register.simple_tag
def first_day_words(report_template: ReportTemplate, first_day: date) -> str:
    """The period of a report that begins on a day, in words."""
    return words_for_period(report_template, Period(PeriodType(report_template.period_type), first_day))


@register.filter
def whole_percent(ratio: Decimal) -> str:
    """A share as a drawing writes it."""
    return f"{grouped(ratio * 100, 0)}%"


# The look of a square, and its picture where it has one.
LOOKS = {
    Mark.ON_TIME: ("s4", ""),
    Mark.LATE: ("s2", ""),
    Mark.WAITING: ("s1", "send"),
    Mark.MISSING: ("nodata", ""),
    Mark.EXCUSED: ("excused", "info"),
    Mark.NOT_DUE: ("", "clock"),
    Mark.CLOSED: ("away", "lock"),
    Mark.ENDED: ("away", "minus"),
    Mark.NOT_EXPECTED: ("muted", ""),
}


def mark_words(square: Square) -> str:
    """How a facility stands in a period, in words."""
    if square.mark is Mark.LATE:
        words = ngettext("approved, %(count)d day late", "approved, %(count)d days late", square.days)
        return words % {"count": square.days}
    if square.mark is Mark.EXCUSED and square.reason:
        reason = MissingReason(square.reason).label
        return pgettext("report", "not received, excused: %(reason)s") % {"reason": reason}
    return {
        Mark.EXCUSED: pgettext("report", "not received, excused"),
        Mark.ON_TIME: _("approved, on time"),
        Mark.WAITING: pgettext("report", "waits for review"),
        Mark.MISSING: _("not received"),
        Mark.NOT_DUE: _("not due yet"),
        Mark.CLOSED: pgettext("facility", "closed: not expected"),
        Mark.ENDED: pgettext("report", "no longer expected"),
    }.get(square.mark, _("not expected"))


@register.simple_tag(name="square")
def square_tag(square: Square, from_end: int) -> SafeString:
    """One square of the grid, a link where the report is open; on a phone only the last five are shown."""
    look, picture = LOOKS[square.mark]
    sign = icon(picture) if picture else str(square.days or "")
    if square.mark is Mark.NOT_EXPECTED:
        sign = "·"
    words = mark_words(square)
    inside = format_html('<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>', sign, words)
    if square.report:
        address = reverse("reporting:report", kwargs={"pk": square.report})
        inside = format_html('<a href="{}" title="{}">{}</a>', address, words, inside)
    return format_html('<td class="{}{}">{}</td>', look, " wide" if from_end > ON_A_PHONE else "", inside)


@register.simple_tag
def role_chip(role: Role) -> SafeString:
    """What a report is to the figure."""
    words = {
        Role.COUNTED: pgettext("report", "Counted"),
        Role.ADJUSTED: pgettext("report", "Counted otherwise"),
        Role.SET_ASIDE: pgettext("report", "Set aside"),
    }
    return chip(role.value, words[role])


@register.simple_tag
def source_value(measure: Measure, row: Source) -> SafeString | str:
    """What one report says of the element; nothing it gives to the sum is struck out."""
    text = figure(Value(measure, measure.formula.of_period(row.sums))) if row.sums.n else "–"
    return format_html("<s>{}</s>", text) if row.role is Role.SET_ASIDE else text


def _named(other: dict[str, Any]) -> dict[str, Any]:
    return {key.rstrip("_"): value for key, value in other.items()}
