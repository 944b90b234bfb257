"""Double reports that wait for somebody: as a side, as the arbiter, as whoever can name one."""

from functools import cached_property

from django.db.models import QuerySet

from coordination.reporting.models import DoubleReport
from coordination.reporting.models.side_by_side import unclosed
from directorates.models import User

LINES = 6


def doubles_waiting(user: User) -> QuerySet[DoubleReport]:
    """The double reports that a person is to settle."""
    return unclosed(DoubleReport.objects.visible_to(user).to_settle(user), user)


class Doubles:
    """What is to be settled, the first due first."""

    def __init__(self, user: User) -> None:
        """Keep who asks."""
        self.user = user

    @cached_property
    def rows(self) -> list[DoubleReport]:
        """The first of them."""
        return list(doubles_waiting(self.user).named().order_by("due", "pk")[:LINES])  # type: ignore[attr-defined]
