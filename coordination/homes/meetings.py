"""What meetings ask of an organisation: invitations to answer, and action items that it took on."""

import datetime
from functools import cached_property

from django.utils import timezone

from coordination.homes.some import Some
from coordination.meetings.models import ActionItem, Meeting
from coordination.meetings.zones import hours_of
from directorates.models import User

Hours = list[tuple[str, str]]


class OfMeetings:
    """What waits for whoever answers and does it for the organisation acted for; nothing for anybody else."""

    def __init__(self, user: User, today: datetime.date) -> None:
        """Keep who asks."""
        self.user, self.today = user, today

    @cached_property
    def to_answer(self) -> Some[tuple[Meeting, Hours]]:
        """The first invitations that were not answered, with the hours of their meetings."""
        rows = Meeting.objects.to_answer(self.user, timezone.now()).select_related("organisation")
        found: Some[Meeting] = Some.of(rows, "meetings:meetings", "?state=to-answer")
        return found.told((one, hours_of(one.begins, one.ends, one.zone, self.user.zone)) for one in found)

    @cached_property
    def to_do(self) -> Some[tuple[ActionItem, bool]]:
        """The first action items that are open, each with whether it is late."""
        rows = ActionItem.objects.waiting_for(self.user).named()
        found: Some[ActionItem] = Some.of(rows, "meetings:action_items", "?whose=own")
        return found.told((one, one.is_late(self.today)) for one in found)
