"""What the pages of review say beside waiting reports: who reads each, how long it waits, who above was told."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from coordination.reporting.models.claims import Claim, claims_of
from coordination.reporting.models.reminders import DAYS, Escalation, Level, told_above
from coordination.reporting.models.submissions import Submission
from directorates.models import User


@dataclass(frozen=True)
class State:
    """One waiting report: its claim, whether that is the reader's, its days without review where many, who was told.

    `note` is what was written when it was handed over; colleagues of the reviewing organisation alone read it.
    """

    claim: Claim | None
    mine: bool
    note: str
    days: int | None
    told: tuple[Escalation, ...]


class States:
    """The states of some waiting reports, in two queries however many they are."""

    def __init__(self, reports: Iterable[Submission], user: User, now: datetime.datetime) -> None:
        """Keep the reports and who reads."""
        self.reports = {report.pk: report for report in reports}
        self.user, self.now = user, now

    @cached_property
    def _claims(self) -> dict[UUID, Claim]:
        return claims_of(self.reports, self.now)

    @cached_property
    def _told(self) -> dict[UUID, list[Escalation]]:
        return told_above(self.reports)

    def of(self, pk: UUID) -> State:
        """One report's."""
        claim, report = self._claims.get(pk), self.reports[pk]
        days = (self.now - report.changed).days
        mine = claim is not None and claim.holder_id == self.user.pk
        note = claim.note if claim is not None and report.reviewer_id == self.user.acting_id else ""
        return State(claim, mine, note, days if days >= DAYS[Level.DIRECTOR] else None, tuple(self._told.get(pk, ())))

    def is_others(self, pk: UUID) -> bool:
        """Whether someone else reads the report."""
        claim = self._claims.get(pk)
        return claim is not None and claim.holder_id != self.user.pk
