"""How the parts of a template are written for those who build it: rules as formulas, items in a line, deeds as buttons."""

import datetime as dt
import re
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordination.reporting.forms.templates import PERIODS
from coordination.reporting.forms.validation_rules import MISSING, OPERATORS, SEVERITIES
from coordination.reporting.models import Element, ReportTemplate
from coordination.reporting.models.versions import DraftFault
from coordination.reporting.rules.expressions import Missing, Operator
from coordination.reporting.rules.numbers import format_number, plain
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.rules.specification import ElementSpec, TemplateSpec
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.models.naming import in_language

register = template.Library()

_NAME = re.compile(r"([A-Za-z_]\w*(?:\.\w+)?)", re.ASCII)
_PLACE = re.compile(r"(\{(?:left|right)\})", re.ASCII)
_SIGNS = str.maketrans({"*": "×", "/": "÷", "-": "\N{MINUS SIGN}"})


@register.simple_tag
def formula(side: Any, spec: TemplateSpec) -> SafeString:
    """One side of a rule with the names of its items; a code that nothing has stays as it is written."""
    parts = _NAME.split(str(side))
    return format_html_join(
        "", "{}", ((_operand(part, spec) if index % 2 else part.translate(_SIGNS),) for index, part in enumerate(parts))
    )


def _operand(text: str, spec: TemplateSpec) -> SafeString:
    """An item, or one category of it, in the reader's language."""
    code, _point, category = text.partition(".")
    element = spec.element(code)
    if element is None:
        return format_html('<bdi dir="ltr">{}</bdi>', text)
    found = next((one for one in element.categories if one.code == category), None)
    words = in_language(element.name_ar, element.name_en)
    if found is not None:
        names = {"element": words, "category": in_language(found.name_ar, found.name_en)}
        words = _("%(element)s, %(category)s") % names
    return format_html("<bdi>«{}»</bdi>", words)


@register.simple_tag
def cell_label(cell: Any, spec: TemplateSpec) -> SafeString:
    """What a value that a rule reads is called."""
    return _operand(cell[0] if cell[1] is None else f"{cell[0]}.{cell[1]}", spec)


@register.filter
def rule_message(rule: Any) -> SafeString:
    """What a broken rule says, the places of its two values each an island of their own."""
    parts = _PLACE.split(in_language(rule.message_ar, rule.message_en))
    islands = (format_html('<bdi dir="ltr">{}</bdi>', part) if index % 2 else part for index, part in enumerate(parts))
    return format_html('<span dir="auto">{}</span>', format_html_join("", "{}", ((part,) for part in islands)))


@register.filter
def operator_words(operator: str) -> str:
    """How the sides of a rule are compared."""
    return str(OPERATORS[Operator(operator)])


@register.filter
def severity_sentence(severity: str) -> str:
    """What follows where a rule does not hold."""
    return str({key.value: words for key, words in SEVERITIES.items()}[str(severity)])


@register.filter
def missing_sentence(missing: str) -> str:
    """What a missing value does."""
    return str(MISSING[Missing(missing)])


@register.filter
def period_type_words(period_type: str) -> str:
    """How often a template is sent."""
    return str(PERIODS[PeriodType(period_type)])


@register.filter
def begins_with(version: Any) -> str:
    """The first period of a version in words; nothing where it always held."""
    return _period_words(version.template, version.first_day)


@register.filter
def ends_with(version: Any) -> str:
    """The last period of a version in words; nothing while it is open."""
    return _period_words(version.template, version.last_day)


@register.simple_tag
def in_period_words(report_template: ReportTemplate, period: Period) -> str:
    """A period of a template in words."""
    return words_for_period(report_template, period)


def _period_words(report_template: ReportTemplate, day: Any) -> str:
    if day is None:
        return ""
    return words_for_period(report_template, period_containing(day, PeriodType(report_template.period_type)))


@register.filter
def type_words(element: ElementSpec | Element) -> str:
    """What kind of answer an element takes."""
    return str(Element(type=str(element.type)).get_type_display())


@register.filter
def bounds(element: ElementSpec | Element) -> SafeString | str:
    """The bounds of a number, from and to."""
    low, high = ("" if end is None else format_number(plain(end)) for end in (element.minimum, element.maximum))
    return format_html('<bdi dir="ltr">{} … {}</bdi>', low, high) if low or high else ""


@register.filter
def row_name(fault: DraftFault) -> str:
    """What the row of a fault is called, with its kind."""
    names = {
        "section": _("Section «%(name)s»"),
        "element": _("Item «%(name)s»"),
        "categoryset": _("Category set «%(name)s»"),
        "validationrule": _("Rule %(name)s"),
    }
    words = names.get(fault.kind)
    return words % {"name": getattr(fault.row, "name", fault.row.code)} if words else _("The version")


@register.filter
def at_key(held: dict[int, Any], key: int) -> Any:
    """What a mapping holds for a key."""
    return held.get(key)


@register.filter
def day_before(day: dt.date) -> dt.date:
    """The day before: the last one of a range, whose end stands outside."""
    return day - dt.timedelta(days=1)
