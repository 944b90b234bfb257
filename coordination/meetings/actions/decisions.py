"""What is done with decisions: write one with its number, change it until the minutes are closed."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from coordination.meetings.about import KINDS
from coordination.meetings.actions.meetings import demand_begun, locked
from coordination.meetings.actions.minutes import demand_open
from coordination.meetings.models import Decision, Meeting
from coordination.meetings.models.decisions import ABOUT
from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

LONGEST_SUBJECT, LONGEST_DECISION, MOST_DECISIONS = 200, 10_000, 200


@transaction.atomic
def write_decision(
    *, meeting: Meeting, subject: str, text: str, about: Mapping[str, Any], by: User, at: datetime.datetime
) -> Decision:
    """Write a decision of a meeting under the next number; pressed twice it stands once.

    `about` names what it decides, by the fields in `ABOUT`. Problems: 409 `not_begun`, `called_off` or `closed`; 400 `invalid`.
    """
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    demand_begun(held, at)
    demand_open(held)
    said = _said(subject, text, about, by)
    if (there := held.decisions.filter(**said).first()) is not None:
        return there
    last = held.decisions.aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_DECISIONS:
        message = _("A meeting has at most %(most)d decisions.") % {"most": MOST_DECISIONS}
        raise Problem("invalid", message, errors=[Fault("subject", "too_many", message)])
    made = Decision.objects.create(meeting=held, number=last + 1, at=at, by=by, **said)
    record(by, "write_decision", made, meeting=held.pk, number=made.number)
    return made


@transaction.atomic
def change_decision(
    *,
    decision: Decision,
    subject: str,
    text: str,
    about: Mapping[str, Any],
    seen: Mapping[str, Any],
    by: User,
    at: datetime.datetime,
) -> Decision:
    """Write a decision anew, as long as the minutes are open; its number stays.

    `seen` is what a page began with. Problems: 409 `closed` or `changed`; 400 `invalid`.
    """
    require(by, Permission.MANAGE_MEETINGS, decision.meeting)
    meeting = locked(decision.meeting_id)
    demand_open(meeting)
    held: Decision = Decision.objects.named().get(pk=decision.pk)
    demand_unchanged(held.standing(), seen, held.standing_told())
    said = _said(subject, text, about, by)
    before = {name: getattr(held, name) for name in said}
    changed = [name for name, value in said.items() if before[name] != value]
    for name in changed:
        setattr(held, name, said[name])
    if changed:
        held.save()
        record(by, "change_decision", held, meeting=meeting.pk, number=held.number, fields=changed)
    return held


def _said(subject: str, text: str, about: Mapping[str, Any], by: User) -> dict[str, Any]:
    """What is kept of a decision; 400 `invalid` with everything that cannot be."""
    words = {"subject": clean_text(subject), "text": clean_text(text, multiline=True)}
    faults = [
        *text_faults(words["subject"], "subject", longest=LONGEST_SUBJECT, needed=_("Write what it is about.")),
        *text_faults(words["text"], "text", longest=LONGEST_DECISION, needed=_("Write what was decided.")),
    ]
    things = {name: about.get(name) for name in ABOUT}
    for name, thing in things.items():
        if thing is not None and not KINDS[name].offered(by).filter(pk=thing.pk).exists():
            faults.append(Fault(name, "unknown", _("This is not known here, or not open to this role.")))
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    return {**words, **things}
