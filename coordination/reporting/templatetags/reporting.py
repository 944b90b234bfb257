"""How periods, answers and rules of reports are written."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from coordination.reporting.models.readings import Reading
from coordination.reporting.models.states import State, States
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.numbers import format_number
from coordination.reporting.rules.periods import Language, Period, PeriodType, period_name, period_short_name
from coordination.reporting.rules.readings import Mark, Said, marks_of
from coordination.reporting.rules.specification import ElementSpec, ElementType
from directorates.foundation.attachments import ways_told
from directorates.models.naming import in_language

register = template.Library()
register.filter("ways_told", ways_told)


def words_for_period(report_template: ReportTemplate, period: Period) -> str:
    """The period in the reader's language, a week numbered as the template's programme numbers it."""
    language: Language = "en" if get_language() == "en" else "ar"
    rules = report_template.programme.week_rules_kept if period.type.is_week else ()
    return period_name(period, language, rules)


@register.filter
def period(thing: Any) -> str:
    """The period of anything that has a template and the first day of a period, in words."""
    return words_for_period(thing.template, _period_of(thing))


@register.filter
def state_of(states: States, report: Submission) -> State:
    """Who reads a waiting report, how long it waits, who above was told."""
    return states.of(report.pk)


@register.filter
def period_before(reading: Reading) -> str:
    """The period whose answers stand beside those of the report."""
    return words_for_period(reading.submission.template, reading.period_before)


@register.filter
def marks(warnings: list[dict[str, Any]]) -> tuple[Mark, ...]:
    """The marks that a revision keeps, the gravest first."""
    return marks_of(warnings)


@register.filter
def short_period(thing: Any) -> SafeString:
    """The same for a narrow column: 2019-05, 2016-W17."""
    found = _period_of(thing)
    rules = thing.template.programme.week_rules_kept if found.type.is_week else ()
    return format_html('<bdi dir="ltr">{}</bdi>', period_short_name(found, rules))


def _period_of(thing: Any) -> Period:
    return Period(PeriodType(thing.template.period_type), thing.period_start)


@register.filter
def answer(said: Said, element: ElementSpec) -> SafeString | str:
    """What was answered: a number, an option in words, a person's text or the words of a state."""
    if said.state:
        return format_html('<span class="muted">{}</span>', state_words(said.state))
    if said.number is not None:
        return format_html('<span class="n">{}{}</span>', *_number(said.number, element))
    if element.type is ElementType.CHOICE:
        return next(
            (in_language(one.name_ar, one.name_en) for one in element.options if one.code == said.text), said.text
        )
    if element.type is ElementType.BOOLEAN and said.text:
        return _("Yes") if said.text == "yes" else _("No")
    if element.type is ElementType.DATE and said.text:
        return format_html('<bdi dir="ltr">{}</bdi>', said.text)
    return format_html('<span class="person" dir="auto">{}</span>', said.text) if said.text else ""


def state_words(state: str) -> str:
    """The words of an answer that is no value."""
    return {"not_known": pgettext("answer", "Not known"), "closed": pgettext("answer", "Service not provided")}.get(
        state, ""
    )


def _number(number: Decimal, element: ElementSpec) -> tuple[str, str]:
    """The number and its unit."""
    text = format_number(number).replace("-", "\N{MINUS SIGN}", 1)
    return text, "%" if element.type is ElementType.PERCENT else ""


@register.filter
def signed(number: Decimal | None) -> SafeString | str:
    """A difference with its sign."""
    if number is None:
        return ""
    text = format_number(abs(number))
    sign = "+" if number > 0 else "\N{MINUS SIGN}" if number < 0 else ""
    return format_html('<span class="n">{}{}</span>', sign, text)


@register.filter
def in_words(names: Any) -> str:
    """The Arabic or English of a message kept in both languages."""
    return in_language(names.get("ar", ""), names.get("en", ""))


@register.filter
def severity_words(severity: str) -> str:
    """The words of how grave a broken rule is."""
    words = {
        "error": pgettext("rule", "Error"),
        "warning": pgettext("rule", "Warning"),
        "alert": pgettext("rule", "Alert"),
    }
    return words.get(severity, severity)
