"""What pages say of proposed changes: values in words, how long one waits, its history."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from coordination.templatetags.tansiq import chip
from directorates.models import Organisation
from facilities.models import ChangeProposal, FieldChange, ProposalEvent
from facilities.models.facilities import FacilityType, Service
from facilities.models.operating import Operating
from facilities.models.proposals import Field
from facilities.rules.proposals import Escalation

register = template.Library()

TONES = {Escalation.DIRECTORATE: "", Escalation.DIRECTOR: "warn", Escalation.BODY: "bad"}


@register.filter
def in_words(value: Any, field: str) -> SafeString | str:
    """A value of a field as people read it: labels of codes, names of organisations, names as they were written."""
    if value in (None, "", []):
        return format_html('<span class="muted">{}</span>', pgettext("value", "nothing"))
    values = value if isinstance(value, list) else [value]
    if field in (Field.SUPPORT_BEGIN, Field.SUPPORT_END):
        names = {row.code: row.name for row in Organisation.objects.filter(code__in=values)}
        return " · ".join(str(names.get(code, code)) for code in values)
    if field == Field.STATUS:
        return chip(str(value), str(dict(Operating.choices).get(value, value)))
    choices: dict[str, Any] = {Field.TYPE: FacilityType.choices, Field.SERVICES: Service.choices}
    if field in choices:
        labels = dict(choices[field])
        return " · ".join(str(labels.get(code, code)) for code in values)
    if field == Field.OPENED:
        return format_html('<time class="n">{}</time>', value)
    return format_html_join(" · ", '<span class="d-inline-block" dir="auto">{}</span>', ((one,) for one in values))


@register.simple_tag
def waiting_chip(proposal: ChangeProposal) -> SafeString:
    """For how many days an open proposal has waited; coloured where it has risen. Of a closed one, its state."""
    if proposal.state != "open":
        return chip(f"proposal_{proposal.state}", proposal.get_state_display())
    today = timezone.localdate()
    days = proposal.waits(today)
    words = ngettext("waiting for %(count)d day", "waiting for %(count)d days", days) % {"count": days}
    return chip("waiting", words if days else _("proposed today"), TONES[proposal.escalation(today)])


@register.simple_tag
def state_chip(thing: ChangeProposal | FieldChange) -> SafeString:
    """The state of a proposal or of one change in it."""
    return chip(f"proposal_{thing.state}", thing.get_state_display())


@register.filter
def fields_in_words(thing: ChangeProposal) -> str:
    """What a proposal would change."""
    if thing.new:
        return pgettext("proposal", "A new facility")
    return " · ".join(str(change.get_field_display()) for change in thing.changes.all())


@register.filter
def lines_of(events: list[ProposalEvent]) -> list[dict[str, Any]]:
    """A history as the component shows it: which fields stand behind what happened."""
    labels = dict(Field.choices)
    return [
        {
            "at": event.at,
            "by": event.by,
            "acting": event.acting.short if event.acting else "",
            "what": ": ".join(
                str(part)
                for part in (event.get_what_display(), " · ".join(str(labels[name]) for name in event.fields))
                if part
            ),
            "note": event.note,
        }
        for event in events
    ]
