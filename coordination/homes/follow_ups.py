"""Questions about values that wait for somebody: to be answered for the reporter, to be settled for who asked."""

from functools import cached_property

from django.db.models import QuerySet

from coordination.reporting.models import FollowUp
from directorates.models import User

LINES = 6


def follow_ups_waiting(user: User) -> QuerySet[FollowUp]:
    """The questions that wait for a person."""
    return FollowUp.objects.visible_to(user).waiting_for(user)


class FollowUps:
    """What waits, the first asked first."""

    def __init__(self, user: User) -> None:
        """Keep who asks."""
        self.user = user

    @cached_property
    def rows(self) -> list[FollowUp]:
        """The first of them."""
        return list(follow_ups_waiting(self.user).named().order_by("opened", "pk")[:LINES])  # type: ignore[attr-defined]
