"""How homes name jobs and figures."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from coordination.reporting.models.measures import Measure
from coordination.reporting.templatetags.figures import figure_text

register = template.Library()


@register.filter
def plain_figure(number: Decimal, measure: Measure) -> str:
    """A figure as plain text, for a sentence."""
    return figure_text(number, measure)


@register.filter
def job_words(kind: str) -> str:
    """What a job does."""
    words = {"reporting.rebuild": _("Rebuild of all figures"), "demonstration": _("Loading the demonstration")}
    return words.get(kind, kind)
