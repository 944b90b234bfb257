"""What is done with minutes: write them, close them for good, append a correction."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.meetings.actions.meetings import demand_begun, locked
from coordination.meetings.actions.telling import tell_invited
from coordination.meetings.models import Meeting, MeetingState, Minutes, MinutesCorrection
from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import User
from directorates.permissions import Permission, require
from policies.actions.sections import depth_faults
from policies.rules.markdown import words_of

LONGEST_MINUTES, LONGEST_CORRECTION, MOST_CORRECTIONS = 200_000, 10_000, 100


def demand_open(meeting: Meeting) -> None:
    """Raise 409 `closed` where the minutes of a meeting are closed: what was decided and who was there stands."""
    if Minutes.objects.filter(meeting=meeting, closed__isnull=False).exists():
        detail = _("The minutes are closed and do not change any more. What is wrong in them is corrected below them.")
        raise Problem("closed", detail, 409)


def markdown_to_keep(text: str, *, longest: int, needed: str = "") -> str:
    """A text in Markdown as it is kept; 400 `invalid` where it gives a location as typed or as read, is too long, or missing."""
    faults = location_faults(text=text) or location_faults(text=words_of(text[:longest]))
    faults += depth_faults(text=text[:longest])
    if needed and not text.strip():
        faults.append(Fault("text", "required", needed))
    if len(text) > longest:
        message = _("This text is too long: at most %(most)s characters.") % {"most": f"{longest:,}"}
        faults.append(Fault("text", "too_long", message))
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    return text


@transaction.atomic
def write_minutes(*, meeting: Meeting, text: str, seen: Mapping[str, Any], by: User, at: datetime.datetime) -> Minutes:
    """Write the minutes of a meeting that has begun, or write them anew.

    `seen` is what a page began with. Problems: 409 `not_begun`, `called_off`, `closed` or `changed`; 400 `invalid`.
    """
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    demand_begun(held, at)
    demand_open(held)
    text = markdown_to_keep(text, longest=LONGEST_MINUTES)
    kept = Minutes.objects.filter(meeting=held).first() or Minutes(meeting=held)
    demand_unchanged(kept.standing(), seen, kept.standing_told())
    if kept.pk is None or kept.text != text:
        kept.text, kept.changed, kept.changed_by = text, at, by
        kept.save()
        record(by, "write_minutes", kept, meeting=held.pk)
    return kept


@transaction.atomic
def close_minutes(*, meeting: Meeting, seen: Mapping[str, Any], by: User, at: datetime.datetime) -> Minutes:
    """Close the minutes for good: their text, the attendance and the decisions never change again; those invited are told.

    Problems: 409 `closed` or `changed`; 400 `invalid` with all that is missing: the end of the meeting, a text, who was there.
    """
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    demand_open(held)
    kept = Minutes.objects.filter(meeting=held).first() or Minutes(meeting=held)
    demand_unchanged(kept.standing(), seen, kept.standing_told())
    faults = []
    if held.state(at) is not MeetingState.HELD:
        faults.append(Fault("", "not_over", _("The meeting is not over, or was called off.")))
    if not kept.text.strip():
        faults.append(Fault("", "no_text", _("There are no minutes yet.")))
    if held.invitations.filter(present=None).exists():
        faults.append(Fault("", "no_attendance", _("Who was there is not written yet.")))
    if faults:
        raise Problem("invalid", _("The minutes cannot be closed yet; each fault is listed."), errors=faults)
    kept.closed, kept.closed_by = at, by
    kept.save(update_fields=["closed", "closed_by"])
    record(by, "close_minutes", kept, meeting=held.pk)
    tell_invited(held, "minutes", held.invited_ids(), by=by, at=at)
    return kept


@transaction.atomic
def correct_minutes(*, meeting: Meeting, text: str, by: User, at: datetime.datetime) -> MinutesCorrection:
    """Append a correction to minutes that are closed; pressed twice it stands once. 409 `not_closed` before they are."""
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    kept = Minutes.objects.filter(meeting=held, closed__isnull=False).first()
    if kept is None:
        raise Problem("not_closed", _("The minutes are not closed: change their text."), 409)
    text = markdown_to_keep(text, longest=LONGEST_CORRECTION, needed=_("Write what is put right."))
    last = kept.corrections.order_by("-pk").first()
    if last is not None and last.text == text:
        return last
    if kept.corrections.count() >= MOST_CORRECTIONS:
        message = _("Minutes have at most %(most)d corrections.") % {"most": MOST_CORRECTIONS}
        raise Problem("invalid", message, errors=[Fault("text", "too_many", message)])
    made = MinutesCorrection.objects.create(minutes=kept, text=text, at=at, by=by, acting_id=by.acting_id or 0)
    record(by, "correct_minutes", kept, meeting=held.pk)
    return made
