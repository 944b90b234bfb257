"""Meetings and visits: who is invited, what was said, decided and taken on."""

from coordination.meetings.models.action_items import ActionItem, ActionItemEvent, ActionState
from coordination.meetings.models.decisions import Decision
from coordination.meetings.models.invitations import Answer, MeetingInvitation
from coordination.meetings.models.meetings import Meeting, MeetingKind, MeetingState
from coordination.meetings.models.minutes import Minutes, MinutesCorrection

__all__ = [
    "ActionItem",
    "ActionItemEvent",
    "ActionState",
    "Answer",
    "Decision",
    "Meeting",
    "MeetingInvitation",
    "MeetingKind",
    "MeetingState",
    "Minutes",
    "MinutesCorrection",
]
