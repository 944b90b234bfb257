"""What is done with invitations to meetings: answer one for one's organisation, write who was there."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.meetings.actions.meetings import demand_begun, locked
from coordination.meetings.actions.minutes import demand_open
from coordination.meetings.models import Answer, Meeting, MeetingInvitation
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import Organisation, User
from directorates.permissions import Permission, require


@transaction.atomic
def answer_invitation(*, meeting: Meeting, answer: str, by: User, at: datetime.datetime) -> MeetingInvitation:
    """Say for the organisation acted for whether it comes; it can be said anew until the meeting begins.

    Problems: 409 `not_invited`, or `over` where the meeting has begun or was called off.
    """
    require(by, Permission.VIEW_MEETINGS, MeetingInvitation(organisation_id=by.acting_id or 0))
    rows = MeetingInvitation.objects.select_for_update(of=("self",)).select_related("meeting")
    held = rows.filter(meeting=meeting.pk, organisation=by.acting_id).first()
    if held is None:
        raise Problem("not_invited", _("Your organisation is not invited to this meeting."), 409)
    if answer not in {Answer.COMING, Answer.NOT_COMING}:
        message = _("Say whether your organisation comes or not.")
        raise Problem("invalid", message, errors=[Fault("answer", "unknown", message)])
    if held.meeting.called_off is not None or held.meeting.begins <= at:
        raise Problem("over", _("This meeting has begun or was called off: nothing is answered any more."), 409)
    if held.answer != answer:
        held.answer, held.answered, held.answered_by = answer, at, by
        held.save(update_fields=["answer", "answered", "answered_by"])
        record(by, "answer_meeting", held, meeting=meeting.pk, answer=str(answer))
    return held


@transaction.atomic
def write_attendance(
    *, meeting: Meeting, present: Collection[int], uninvited: Collection[int] = (), seen: Mapping[str, Any], by: User,
    at: datetime.datetime,
) -> Meeting:  # fmt: skip
    """Write which of the invited organisations, named by their ids, are there, all others are not; and who came uninvited.

    Whoever came sees the meeting from now on. `seen` is what a page began with; what stands already is not written twice.
    Problems: 409 `not_begun`, `called_off`, `closed` or `changed`; 400 `invalid` with every
    fault: somebody is named as invited who is not, or came uninvited and was invited, does not act, or is taken out and
    took an action item on.
    """
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    demand_begun(held, at)
    demand_open(held)
    rows = list(held.invitations.select_related("organisation").filter(uninvited=False))
    before = set(held.invitations.filter(uninvited=True).values_list("organisation", flat=True))
    if before != set(uninvited) or any(one.present is not (one.organisation_id in present) for one in rows):
        demand_unchanged(held.attendance(), seen, held.attendance_told())
    if faults := list(_attendance_faults(held, {one.organisation_id for one in rows}, set(present), set(uninvited))):
        raise Problem("invalid", faults[0].message, errors=faults)
    came = _let_come(held, set(uninvited))
    changed = [one for one in rows if one.present is not (one.organisation_id in present)]
    for one in changed:
        one.present = one.organisation_id in present
    MeetingInvitation.objects.bulk_update(changed, ["present"])
    if changed or came:
        there = [one.organisation.code for one in rows if one.present]
        more = held.invitations.filter(uninvited=True).values_list("organisation__code", flat=True)
        record(by, "write_attendance", held, present=there, uninvited=list(more))
    return held


def _attendance_faults(meeting: Meeting, invited: set[int], present: set[int], uninvited: set[int]) -> Iterator[Fault]:
    """What cannot be of who was there."""
    if present - invited:
        yield Fault("present", "unknown", _("Only organisations that were invited can be there."))
    if uninvited & invited:
        yield Fault("uninvited", "invited", _("One of these was invited: it is written among those."))
    new = uninvited - set(meeting.invited_ids())
    if Organisation.objects.active().filter(pk__in=new).count() < len(new):
        yield Fault("uninvited", "not_active", _("One of these organisations does not act any more."))
    gone = meeting.invitations.filter(uninvited=True).exclude(organisation__in=uninvited).values("organisation")
    if meeting.action_items.filter(owner__in=gone).exists():
        words = _("One that came uninvited took an action item on: it stays written.")
        yield Fault("uninvited", "owns", words)


def _let_come(meeting: Meeting, uninvited: set[int]) -> bool:
    """Let these organisations be written as come uninvited, and no others; whether anything was changed."""
    before = set(meeting.invitations.filter(uninvited=True).values_list("organisation", flat=True))
    meeting.invitations.filter(uninvited=True, organisation__in=before - uninvited).delete()
    new = [
        MeetingInvitation(meeting=meeting, organisation_id=one, present=True, uninvited=True)
        for one in uninvited - before
    ]
    MeetingInvitation.objects.bulk_create(new)
    return before != uninvited
