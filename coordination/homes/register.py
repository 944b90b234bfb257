"""What the upkeep of the facility register brings to a home: proposals to decide, and answers to one's own."""

import datetime
from functools import cached_property

from directorates.models import Organisation, User
from facilities.models import ChangeProposal
from facilities.models.proposals import ProposalQuerySet, ProposalState
from facilities.rules.proposals import Escalation

LINES = 5
# An answer stays on the home for so long.
NEWS = datetime.timedelta(days=14)


class Deciding:
    """The proposals that wait for a person's decision, of these the ones shown on the home: `after` so many days."""

    def __init__(self, user: User, today: datetime.date, after: Escalation = Escalation.DIRECTORATE) -> None:
        """Keep who asks."""
        self.user, self.today, self.after = user, today, after

    @cached_property
    def _rows(self) -> ProposalQuerySet:
        return ChangeProposal.objects.to_decide(self.user, self.today)

    @cached_property
    def count(self) -> int:
        """How many wait."""
        return self._rows.count()

    @cached_property
    def longest(self) -> list[ChangeProposal]:
        """Those that have waited longest."""
        return list(self._rows.asked_by(self.today - datetime.timedelta(days=self.after)).named()[:LINES])


class Proposing:
    """What an organisation proposed: what waits, and what was answered of late."""

    def __init__(self, user: User, organisation: Organisation, today: datetime.date) -> None:
        """Keep who asks."""
        self.today = today
        self._own = ChangeProposal.objects.visible_to(user).filter(acting=organisation)

    @cached_property
    def waiting(self) -> int:
        """How many wait for a decision."""
        return self._own.open().count()

    @cached_property
    def answered(self) -> list[ChangeProposal]:
        """What was approved, refused or overtaken in the last days, the last first."""
        ended = (ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.OVERTAKEN)
        rows = self._own.filter(state__in=ended, closed__date__gte=self.today - NEWS)
        return list(rows.named().order_by("-closed", "pk")[:LINES])
