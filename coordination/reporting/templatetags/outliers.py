"""How what stands out is told and drawn."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.reporting.models.outliers import Standout, Standouts
from coordination.reporting.models.submissions import Submission
from coordination.reporting.rules.numbers import format_number, from_json
from coordination.reporting.rules.outliers import Answered, Finding, Kind
from coordination.reporting.rules.specification import CategorySpec, ElementSpec, ElementType
from coordination.reporting.templatetags.filling import label_of
from coordination.templatetags.tansiq import percent

register = template.Library()

# So many are told in the inbox; the page of the report tells all.
FEW = 3


def _number(value: Answered | None, out: Standout) -> SafeString:
    """A number of a finding in its own island."""
    text = format_number(from_json(value or 0)).replace("-", "\N{MINUS SIGN}", 1)
    unit = "%" if out.element is not None and out.element.type is ElementType.PERCENT else ""
    return format_html('<span class="n">{}{}</span>', text, unit)


def _usual(finding: Finding, out: Standout, item: str) -> SafeString:
    """A figure beyond the usual range, or a sudden zero, in words."""
    value, low, high = (_number(number, out) for number in (finding.value, finding.low, finding.high))
    one = finding.low == finding.high
    if finding.kind is Kind.UNUSUAL:
        words = _("{item}: {value}, usually {low}") if one else _("{item}: {value}, usually {low} to {high}")
    elif finding.value is None:
        words = (
            _("{item}: left blank, the last three times {low}")
            if one
            else _("{item}: left blank, the last three times {low} to {high}")
        )
    else:
        words = (
            _("{item}: {value}, the last three times {low}")
            if one
            else _("{item}: {value}, the last three times {low} to {high}")
        )
    return format_html(words, item=item, value=value, low=low, high=high)


@register.filter
def told(out: Standout) -> SafeString:
    """What stands out, in words: «Deliveries: 400, usually 20 to 45»."""
    finding = out.finding
    if finding.kind is Kind.COPY:
        count = _number(finding.value, out)
        return format_html(_("The same figures as in the last report; those above zero: {count}"), count=count)
    if finding.kind is Kind.ROUND:
        share = percent(finding.strength * 100, 0)
        return format_html(_("Counts that end in 0 or 5, here and before: {share}"), share=share)
    item = label_of(out.element, out.category) if out.element is not None else ""
    return _usual(finding, out, item)


@register.filter
def kind_words(out: Standout) -> str:
    """What kind of thing stands out."""
    words = {
        Kind.COPY: pgettext("outlier", "Copy"),
        Kind.ZERO: pgettext("outlier", "Sudden zero"),
        Kind.UNUSUAL: pgettext("outlier", "Unusual figure"),
        Kind.ROUND: pgettext("outlier", "Round figures"),
    }
    return words[out.finding.kind]


@register.filter
def explained(out: Standout) -> str:
    """Why that is worth a look."""
    words = {
        Kind.COPY: _("Every figure of the period is the same as in the report before."),
        Kind.ZERO: _("Zero or blank after answers that were clearly more."),
        Kind.UNUSUAL: _("Beyond the earlier answers, of which one may be as far out, and far from the middle of them."),
        Kind.ROUND: _("By chance one count in five ends in 0 or 5."),
    }
    return words[out.finding.kind]


@register.simple_tag
def picture(out: Standout | None) -> SafeString | str:
    """The small picture of an item's past; nothing for what concerns the whole report."""
    if out is None or out.trail is None:
        return ""
    return render_to_string("reporting/trail.html", {"trail": out.trail, "words": strip_tags(told(out))})


@register.simple_tag
def picture_of(outliers: Standouts | None, element: ElementSpec, category: CategorySpec | None) -> SafeString | str:
    """The same beside an answer in which something stands out."""
    return picture(outliers.of(element, category)) if outliers is not None else ""


@register.filter
def in_line(outliers: Standouts | None, element: ElementSpec) -> Standout | None:
    """The first thing that stands out in an element."""
    return outliers.of_line(element) if outliers is not None else None


@register.filter
def of_report(standouts: dict[Any, tuple[Standout, ...]], report: Submission) -> tuple[Standout, ...]:
    """What stands out in one report of a list."""
    return standouts.get(report.pk, ())


@register.filter
def first_few(outs: tuple[Standout, ...]) -> tuple[Standout, ...]:
    """Those that a list tells."""
    return outs[:FEW]


@register.filter
def further(outs: tuple[Standout, ...]) -> int:
    """How many more there are."""
    return max(0, len(outs) - FEW)
