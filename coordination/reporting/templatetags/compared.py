"""How differences between figures are written: with their sign, of shares in percentage points."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordination.reporting.models.figures_compared import Side
from coordination.reporting.models.measures import Measure
from coordination.reporting.templatetags.figures import figure_text
from coordination.templatetags.tansiq import grouped

register = template.Library()
MINUS = "\N{MINUS SIGN}"


def signed(number: Decimal, text: str) -> str:
    """A number's text, which was written without a sign, with one; 0 has none."""
    return text if not number else f"{'+' if number > 0 else MINUS}{text}"


def difference_text(number: Decimal, measure: Measure) -> str:
    """A difference as plain text: as its figures are written, of shares without the sign of per cent."""
    return signed(number, figure_text(abs(number), measure).rstrip("%"))


@register.simple_tag
def difference(side: Side) -> SafeString | str:
    """What lies between a side and the first; words where one of them is not known."""
    if side.difference is None:
        return format_html('<span class="muted">{}</span>', _("not known"))
    measure, number = side.value.measure, side.difference.absolute
    text = format_html('<span class="n">{}</span>', difference_text(number, measure))
    if "%" not in figure_text(abs(number), measure):
        return text
    return format_html("{} {}", text, _("percentage points"))


@register.simple_tag
def difference_share(side: Side) -> SafeString | str:
    """The same in per cent of the first; a dash of a first that is nought, and of shares, which are in per cent already."""
    found = side.difference
    if found is None or found.share is None or "%" in figure_text(abs(found.absolute), side.value.measure):
        return format_html('<span class="muted">{}</span>', "–")
    return format_html('<span class="n">{}%</span>', signed(found.share, grouped(abs(found.share) * 100, 1)))
