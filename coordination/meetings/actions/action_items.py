"""What is done with action items: take one on in a meeting, say that it is done, drop it, open it again."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.meetings.actions.meetings import demand_begun, locked
from coordination.meetings.actions.telling import names, people_of
from coordination.meetings.models import ActionItem, ActionItemEvent, ActionState, Decision, Meeting
from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.permissions import Permission, may, require
from directorates.rules.text import clean_text

LONGEST_TEXT, LONGEST_NOTE, MOST_ITEMS, MOST_EVENTS = 2_000, 1_000, 300, 50
FARTHEST = datetime.timedelta(days=3 * 366)


@transaction.atomic
def add_action_item(
    *,
    meeting: Meeting,
    decision: Decision | None,
    text: str,
    owner: Organisation,
    due: datetime.date,
    by: User,
    at: datetime.datetime,
) -> ActionItem:
    """Write what an organisation takes on in a meeting, from one of its decisions or without; pressed twice it stands once.

    The owner called the meeting or was invited to it, and is told. Problems: 409 `not_begun` or `called_off`; 400 `invalid`.
    """
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    demand_begun(held, at)
    text = clean_text(text, multiline=True)
    if faults := _faults(held, decision, text, owner, due, at):
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    said = {"decision": decision, "text": text, "owner": owner, "due": due}
    there = held.action_items.open().filter(**said).first()
    if there is not None:
        return there
    made = ActionItem.objects.create(meeting=held, at=at, by=by, **said)
    _append(made, ActionState.OPEN, "", by, at)
    record(by, "add_action_item", made, meeting=held.pk, owner=owner.code, due=due.isoformat())
    tell_owner(made, "item", {owner.pk}, by=by, at=at)
    return made


def _faults(
    meeting: Meeting,
    decision: Decision | None,
    text: str,
    owner: Organisation,
    due: datetime.date,
    at: datetime.datetime,
) -> list[Fault]:
    """Everything that cannot be kept of an action item."""
    found = text_faults(text, "text", longest=LONGEST_TEXT, needed=_("Write what is to be done."))
    if decision is not None and decision.meeting_id != meeting.pk:
        found.append(Fault("decision", "unknown", _("This decision is of another meeting.")))
    if owner.pk not in {meeting.organisation_id, *meeting.invited_ids()}:
        found.append(
            Fault("owner", "unknown", _("Whoever takes something on was invited to the meeting or called it."))
        )
    if due < timezone.localdate(meeting.begins):
        found.append(Fault("due", "too_early", _("It is due on the day of the meeting or later.")))
    if due > timezone.localdate(at) + FARTHEST:
        found.append(Fault("due", "too_late", _("It is due at most three years ahead.")))
    if meeting.action_items.count() >= MOST_ITEMS:
        message = _("A meeting has at most %(most)d action items.") % {"most": MOST_ITEMS}
        found.append(Fault("text", "too_many", message))
    return found


@transaction.atomic
def say_of_action_item(
    *, action_item: ActionItem, state: str, note: str, by: User, at: datetime.datetime
) -> ActionItem:
    """Say that an action item is done, dropped (with a reason) or open again; said twice it stands once.

    Whoever is to do it says that it is done; the rest is for whoever called the meeting.
    """
    if state == ActionState.DONE and not may(by, Permission.MANAGE_MEETINGS, action_item):
        require(by, Permission.VIEW_MEETINGS, action_item)
    else:
        require(by, Permission.MANAGE_MEETINGS, action_item)
    held = ActionItem.objects.select_for_update(of=("self",)).get(pk=action_item.pk)
    if state not in ActionState.values:
        message = _("Choose one of the states.")
        raise Problem("invalid", message, errors=[Fault("state", "unknown", message)])
    needed = _("A reason is needed.") if state == ActionState.DROPPED else ""
    note = text_to_keep(note, "note", longest=LONGEST_NOTE, needed=needed)
    if held.state == state:
        return held
    if held.state != ActionState.OPEN and not may(by, Permission.MANAGE_MEETINGS, action_item):
        raise Problem("not_open", _("This action item is not open any more. Nothing was changed."), 409)
    if held.events.count() >= MOST_EVENTS:
        raise Problem("too_many", _("This was said too often. Write a new action item instead."), 409)
    _append(held, ActionState(state), note, by, at)
    record(by, str(state), held, meeting=held.meeting_id)
    return held


def _append(item: ActionItem, state: ActionState, note: str, by: User, at: datetime.datetime) -> None:
    ActionItemEvent.objects.create(item=item, state=state, note=note, at=at, by=by, acting_id=by.acting_id or 0)


def tell_owner(item: ActionItem, what: str, people: set[int], *, by: User | None, at: datetime.datetime) -> int:
    """Tell the people of some organisations of an action item, once for each day on which it is due; answers how many."""
    day = timezone.localdate(at)
    told = people_of(people, Permission.VIEW_MEETINGS, day) - {by.pk if by else 0}
    values = {"what": what, "day": item.due.isoformat(), "organisation": names(item.owner)}
    key = f"action:{item.pk}:{what}:{item.due.isoformat()}"
    url = reverse("meetings:action_item", args=[item.pk])
    return notify("meeting", [Told(one, key, values) for one in sorted(told)], url=url, at=at)
