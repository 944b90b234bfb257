"""What is done with invitations to meetings: answer one for one's organisation, write who was there."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.meetings.actions.meetings import demand_begun, locked
from coordination.meetings.actions.minutes import demand_open
from coordination.meetings.models import Answer, Meeting, MeetingInvitation
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
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
def write_attendance(*, meeting: Meeting, present: Collection[int], by: User, at: datetime.datetime) -> Meeting:
    """Write which of the invited organisations, named by their ids, are there; all others are not.

    Problems: 409 `not_begun`, `called_off` or `closed`; 400 `invalid` where somebody is named who is not invited.
    """
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    demand_begun(held, at)
    demand_open(held)
    rows = list(held.invitations.select_related("organisation"))
    if set(present) - {one.organisation_id for one in rows}:
        message = _("Only organisations that were invited can be there.")
        raise Problem("invalid", message, errors=[Fault("present", "unknown", message)])
    changed = [one for one in rows if one.present is not (one.organisation_id in present)]
    for one in changed:
        one.present = one.organisation_id in present
    MeetingInvitation.objects.bulk_update(changed, ["present"])
    if changed:
        there = [one.organisation.code for one in rows if one.present]
        record(by, "write_attendance", held, present=there)
    return held
