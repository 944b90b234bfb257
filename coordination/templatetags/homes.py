"""How homes name jobs."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def job_words(kind: str) -> str:
    """What a job does."""
    words = {"reporting.rebuild": _("Rebuild of all figures"), "demonstration": _("Loading the demonstration")}
    return words.get(kind, kind)
