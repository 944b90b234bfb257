"""Reminders of action items because time passed: before the day on which they are due, and once it is past."""

import datetime

from coordination.meetings.actions.action_items import tell_owner
from coordination.meetings.models import ActionItem

# So many days before the owner is told; what has been late for longer than a month is told to nobody for the first time.
SOON, LATE = datetime.timedelta(days=3), datetime.timedelta(days=31)


def remind_of_action_items(*, today: datetime.date, at: datetime.datetime) -> int:
    """Tell the owners of open action items that they are due soon; of late ones also whoever called the meeting.

    Each is told once of each (the keys of the notices see to it), whatever day the task runs; answers how many notices are new.
    """
    rows = ActionItem.objects.open().filter(due__range=(today - LATE, today + SOON))
    told = 0
    for item in rows.select_related("owner", "meeting").order_by("due", "pk"):
        late = item.due < today
        whom = {item.owner_id, item.meeting.organisation_id} if late else {item.owner_id}
        told += tell_owner(item, "late" if late else "soon", whom, by=None, at=at)
    return told
