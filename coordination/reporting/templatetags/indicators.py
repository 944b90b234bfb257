"""How indicators are written: values with their unit, words where there is none, formulas in words."""

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from coordination.reporting.forms.indicator_values import AskedIndicator
from coordination.reporting.models.indicators import IndicatorVersion
from coordination.reporting.models.populations import PopulationGroup
from coordination.reporting.rules.expressions import Expression
from coordination.reporting.rules.indicators import DAYS, POPULATION, YEARS, Outcome, Part, Reason, words_of
from coordination.templatetags.tansiq import grouped
from directorates.models import Organisation, Place
from directorates.models.places import Level

register = template.Library()

PERCENT = "%"
REASONS = {
    Reason.NO_FORMULA: pgettext_lazy("indicator", "no formula held then"),
    Reason.NOT_OPEN: pgettext_lazy("indicator", "its parts are not open to this role"),
    Reason.WRONG_PERIOD: pgettext_lazy("indicator", "its reports have other periods"),
    Reason.NOT_PUBLISHED: pgettext_lazy("indicator", "not published"),
    Reason.HIDDEN: pgettext_lazy("indicator", "a part is hidden"),
    Reason.NOT_CONSOLIDATED: pgettext_lazy("indicator", "reports are not added up yet"),
    Reason.NOT_REPORTED: pgettext_lazy("indicator", "not reported"),
    Reason.NO_POPULATION: pgettext_lazy("indicator", "the population is not known"),
    Reason.DIVIDED_BY_ZERO: pgettext_lazy("indicator", "divided by zero"),
}


def reasons_text(reasons: Iterable[Reason]) -> str:
    """Every reason in words."""
    return " · ".join(str(REASONS[one]) for one in reasons)


def value_text(value: Decimal, version: IndicatorVersion) -> str:
    """A value as plain text, with a per cent sign where that is its unit."""
    return f"{grouped(value, version.decimals)}{PERCENT if version.unit == PERCENT else ''}"


def side_text(number: Decimal) -> str:
    """A numerator or a denominator as plain text."""
    return grouped(number, 0 if number == number.to_integral_value() else 1)


def operand_name(version: IndicatorVersion, element: str, category: str | None) -> str:
    """An operand in words; a code that nothing has stays as it is written."""
    if element == DAYS:
        return pgettext("operand", "days of the period")
    if element == YEARS:
        return pgettext("operand", "length of the period in years")
    if element.startswith(POPULATION):
        group = element.removeprefix(POPULATION)
        return str(dict(PopulationGroup.choices).get(group, element))
    found = next((one.name for one in version.operands.all() if one.cell == (element, category)), None)
    return found or (element if category is None else f"{element}.{category}")


def side_in_words(version: IndicatorVersion, tree: Expression) -> str:
    """One side of a formula with the names of what it reads."""
    return words_of(tree, lambda element, category: f"«{operand_name(version, element, category)}»")


def formula_text(version: IndicatorVersion) -> str:
    """What is divided by what as plain text, in the reader's language."""
    formula = version.formula
    parts = [side_in_words(version, side) for side in (formula.numerator, formula.denominator)]
    above, below = (
        f"({part})" if " " in str(side) else part
        for part, side in zip(parts, (formula.numerator, formula.denominator), strict=True)
    )
    times = "" if formula.factor == 1 else f" × {grouped(formula.factor)}"
    return f"{above} ÷ {below}{times}"


@register.simple_tag
def formula_in_words(version: IndicatorVersion) -> SafeString:
    """The same on a page."""
    return format_html("<bdi>{}</bdi>", formula_text(version))


@register.simple_tag
def outcome(found: Outcome, version: IndicatorVersion | None, brief: bool = False) -> SafeString:
    """A value, marked where its sides may not fit together; without one the reason in words, or a dash that holds it."""
    if found.value is None or version is None:
        why = _("Not computable: %(reasons)s") % {"reasons": reasons_text(found.reasons)}
        if brief:
            return format_html('<span class="muted" title="{}" aria-label="{}">–</span>', why, why)
        return format_html('<span class="muted">{}</span>', why)
    text = value_text(found.value, version)
    if not found.uneven:
        return format_html('<span class="n">{}</span>', text)
    words = _(
        "Not all its items are answered by the same number of reports, one says “not known”, or a month of the period is "
        "not answered at all."
    )
    return format_html('<span class="n" title="{}">{}<span class="muted"> *</span></span>', words, text)


@register.simple_tag
def part_reason(part: Part) -> str:
    """Why an operand has no number."""
    return str(REASONS[part.reason or Reason.NOT_REPORTED])


@register.simple_tag
def indicator_drill(asked: AskedIndicator, holder: Place | Organisation) -> SafeString:
    """The name of a row, leading to what lies inside it; of a directorate or a sub-district, the name alone."""
    if not isinstance(holder, Place) or holder.level == Level.SUBDISTRICT:
        return format_html("{}", holder.name)
    given = {"period": asked.period.id, "under": holder.code, "as": asked.borders.value, "version": asked.number or ""}
    query = urlencode({key: value for key, value in given.items() if value})
    return format_html('<a href="?{}">{}</a>', query, holder.name)


@register.filter
def side(number: Decimal | None) -> SafeString | str:
    """A numerator or a denominator."""
    return "–" if number is None else format_html('<span class="n">{}</span>', side_text(number))
