"""How figures side by side are written, and differences between them: with their sign, of shares in percentage points."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.reporting.models.edition_values import PublishedValue
from coordination.reporting.models.figures_compared import Side, Told
from coordination.reporting.models.overviews import Value
from coordination.reporting.models.values_compared import IndicatorValue
from coordination.reporting.templatetags.figures import edition_text, figure, figure_text, published_value
from coordination.reporting.templatetags.indicators import outcome, value_text
from coordination.templatetags.tansiq import grouped

register = template.Library()
MINUS = "\N{MINUS SIGN}"


def signed(number: Decimal, text: str) -> str:
    """A number's text, which was written without a sign, with one; 0 has none."""
    return text if not number else f"{'+' if number > 0 else MINUS}{text}"


def number_text(number: Decimal, told: Told) -> str:
    """A number as plain text, as what is told is written."""
    if isinstance(told, Value):
        return figure_text(number, told.measure)
    if isinstance(told, IndicatorValue) and told.version is not None:
        return value_text(number, told.version)
    return edition_text(number)


def difference_text(number: Decimal, told: Told) -> str:
    """A difference as plain text: as its figures are written, of shares without the sign of per cent."""
    return signed(number, number_text(abs(number), told).rstrip("%"))


@register.simple_tag
def side_value(side: Side) -> SafeString | str:
    """What is told of a side; words where it has no number."""
    match side.value:
        case IndicatorValue() as found:
            return outcome(found.outcome, found.version)
        case PublishedValue() as found:
            return published_value(found)
        case Value() as found if side.asked:
            return figure(found)
    return format_html('<span class="muted">{}</span>', pgettext("item", "not asked"))


@register.simple_tag
def difference(side: Side) -> SafeString | str:
    """What lies between a side and the first; words where one of them is not known."""
    if side.difference is None:
        return format_html('<span class="muted">{}</span>', _("not known"))
    number = side.difference.absolute
    text = format_html('<span class="n">{}</span>', difference_text(number, side.value))
    if "%" not in number_text(abs(number), side.value):
        return text
    return format_html("{} {}", text, _("percentage points"))


@register.simple_tag
def difference_share(side: Side) -> SafeString | str:
    """The same in per cent of the first; a dash of a first that is nought, and of shares, which are in per cent already."""
    found = side.difference
    if found is None or found.share is None or "%" in number_text(abs(found.absolute), side.value):
        return format_html('<span class="muted">{}</span>', "–")
    return format_html('<span class="n">{}%</span>', signed(found.share, grouped(abs(found.share) * 100, 1)))
