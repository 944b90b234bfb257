"""How minutes are shown, and what meetings decided about a thing on that thing's own page."""

from typing import Any

from django import template
from django.db.models import Model
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from coordination.meetings.models import ActionItem, Decision
from policies.rules.markdown import html_of

register = template.Library()
# The last ones; all of them are found by their subject.
MOST_DECISIONS = 5


@register.filter
def markdown(text: str) -> SafeString:
    """A text in Markdown as HTML."""
    # The renderer lets no HTML of the author's through (`policies/rules/markdown.py`).
    return mark_safe(html_of(text))  # noqa: S308


@register.simple_tag(takes_context=True)
def decided_about(context: dict[str, Any], thing: Model) -> list[tuple[Decision, list[tuple[ActionItem, bool]]]]:
    """The last decisions about a thing of meetings that the reader sees, each with its action items and whether these are late."""
    rows = Decision.objects.visible_to(context["request"].user).about(thing).named()
    today = timezone.localdate()
    return [(one, [(item, item.is_late(today)) for item in one.action_items.all()]) for one in rows[:MOST_DECISIONS]]
