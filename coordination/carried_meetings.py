"""Which stored fields the answers of the API about meetings carry; the others stand in `carried.py`."""

from collections.abc import Mapping

from coordination.carried_mandates import DISPUTE
from coordination.carrying import BODY, Carried, carried

POLICY = "policies.Policy"
TEXT = "policies.PolicyVersion"
MEETING = "meetings.Meeting"
INVITED = "meetings.MeetingInvitation"
MINUTES = "meetings.Minutes"
CORRECTION = "meetings.MinutesCorrection"
DECISION = "meetings.Decision"
ITEM = "meetings.ActionItem"
SAID = "meetings.ActionItemEvent"

_MEETING = carried(
    id=f"{MEETING}.id",
    kind=f"{MEETING}.kind",
    title=f"{MEETING}.title",
    begins=f"{MEETING}.begins",
    ends=f"{MEETING}.ends",
    zone=f"{MEETING}.zone",
    organisation=f"{MEETING}.organisation {BODY}.code",
    status=f"{MEETING}.called_off {MEETING}.ends",
)

MEETINGS: Mapping[str, Carried] = {
    "MeetingSerializer": _MEETING,
    "OneMeetingSerializer": _MEETING
    | carried(
        place=f"{MEETING}.place",
        agenda=f"{MEETING}.agenda",
        quorum=f"{MEETING}.quorum",
        called_off_why=f"{MEETING}.called_off_why",
        invited=f"{INVITED}.id",
        minutes=f"{MINUTES}.text",
        minutes_closed=f"{MINUTES}.closed",
        corrections=f"{CORRECTION}.text",
    ),
    "MeetingInvitationSerializer": carried(
        organisation=f"{INVITED}.organisation {BODY}.code",
        answer=f"{INVITED}.answer",
        present=f"{INVITED}.present",
        uninvited=f"{INVITED}.uninvited",
    ),
    "MinutesCorrectionSerializer": carried(
        at=f"{CORRECTION}.at", organisation=f"{CORRECTION}.acting {BODY}.code", text=f"{CORRECTION}.text"
    ),
    "DecisionSerializer": carried(
        id=f"{DECISION}.id",
        meeting=f"{DECISION}.meeting",
        number=f"{DECISION}.number",
        subject=f"{DECISION}.subject",
        text=f"{DECISION}.text",
        about=f"{DECISION}.policy_version {POLICY}.code {TEXT}.number {DECISION}.dispute {DISPUTE}.id {DECISION}.agreement "
        f"{DECISION}.brand_version",
        action_items=f"{ITEM}.id",
    ),
    "AboutSerializer": carried(kind="", code=f"{POLICY}.code {TEXT}.number"),
    "ActionItemSerializer": carried(
        id=f"{ITEM}.id",
        meeting=f"{ITEM}.meeting",
        decision=f"{ITEM}.decision {DECISION}.number",
        text=f"{ITEM}.text",
        owner=f"{ITEM}.owner {BODY}.code",
        due=f"{ITEM}.due",
        status=f"{SAID}.state",
        late=f"{SAID}.state {ITEM}.due",
    ),
}
