"""How minutes are shown."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from policies.rules.markdown import html_of

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """A text in Markdown as HTML."""
    # The renderer lets no HTML of the author's through (`policies/rules/markdown.py`).
    return mark_safe(html_of(text))  # noqa: S308
