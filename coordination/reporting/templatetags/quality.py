"""How questions about values and the quality of reports are written and drawn."""

from collections.abc import Sequence

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.follow_ups import FollowUp, Questions
from coordination.reporting.models.quality import Line
from coordination.reporting.rules.funnels import Verdict
from coordination.reporting.rules.specification import CategorySpec, ElementSpec
from coordination.reporting.templatetags.filling import label_of

register = template.Library()


@register.filter
def item_of(found: FollowUp) -> str:
    """The item of a question in words."""
    return label_of(found.element, found.category) if found.element else _("An item that is no longer asked")


@register.simple_tag
def question_mark(questions: Questions | None, element: ElementSpec, category: CategorySpec | None) -> SafeString | str:
    """The question beside a value, where there is one; pages without questions give none."""
    if not questions:
        return ""
    slot = questions.slot_of(element, category)
    found = questions.by_slot.get(slot)
    return render_to_string("reporting/question_mark.html", {"found": found}) if found else ""


VERDICTS = {
    Verdict.WITHIN: ("approved", pgettext_lazy("quality", "As chance allows")),
    Verdict.PERHAPS: ("warning", pgettext_lazy("quality", "Perhaps more than chance")),
    Verdict.BEYOND: ("error", pgettext_lazy("quality", "More than chance")),
}


@register.filter
def verdict_look(verdict: Verdict) -> str:
    """The state whose look a verdict has."""
    return VERDICTS[verdict][0]


@register.filter
def verdict_words(verdict: Verdict) -> str:
    """A verdict in words."""
    return str(VERDICTS[verdict][1])


@register.filter
def whole_share(rate: float) -> str:
    """A share of the axis."""
    return f"{rate * 100:.0f}%"


@register.filter
def name_at(lines: Sequence[Line], index: int) -> str:
    """The name of a dot."""
    return str(lines[index].holder.name)
