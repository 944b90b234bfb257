"""A facility that a directorate's NGO and another one both reported: for tests of double reports and what is settled."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordination.reporting.actions.arbiters import name_arbiter
from coordination.reporting.actions.double_reports import WITHIN, attend
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.settlements import Said, confirm_settlement, propose_settlement
from coordination.reporting.models import CountedReport, DoubleReport, Settlement, Submission
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.settlements import Way
from directorates.models import Organisation, User
from tests.factories import OrganisationFactory, member
from tests.reporting.reports import Scene


class Doubled(Scene):
    """Two NGOs that reported the same facility and month, approved both: 10 and 2, 12 and 5."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.other: Organisation = OrganisationFactory()
        self.rival: User = member("ngo_coordinator", self.other)
        self.director: User = member("director", self.directorate)
        self.manager: User = member("data_manager", self.body)
        earlier = timezone.now() - datetime.timedelta(days=1)
        self.first: Submission = self.sent(doc={"s1": 10, "s2": 2}, at=earlier)
        self.second: Submission = self.sent(reporter=self.other, by=self.rival, doc={"s1": 12, "s2": 5})
        for report in (self.first, self.second):
            approve(by=self.officer, submission=report, at=timezone.now())
        attend(at=timezone.now(), everything=True)

    @property
    def double(self) -> DoubleReport:
        """The double report as it stands."""
        return DoubleReport.objects.named().get()

    @property
    def counted(self) -> dict[str, Decimal]:
        """The numbers that count."""
        row = CountedReport.objects.select_related("revision").get()
        whole = row.revision.doc | (row.overlay or {})
        return {slot: from_json(value) for slot, value in whole.items() if value is not None}

    def name(self, arbiter: Organisation, by: User | None = None) -> DoubleReport:
        """The double report with an arbiter whom the director, or somebody else, named once the time of the sides was over."""
        later = timezone.now() + WITHIN + datetime.timedelta(days=1)
        return name_arbiter(double=self.double, arbiter=arbiter, by=by or self.director, at=later)

    def propose(self, way: Way, by: User | None = None, **said: Any) -> Settlement:
        """What the NGO, or somebody else, proposes."""
        given = {"reason": "We agreed"} | said
        return propose_settlement(
            double=self.double, said=Said(way, **given), by=by or self.coordinator, at=timezone.now()
        )

    def settle(self, way: Way, **said: Any) -> Settlement:
        """What both agreed on."""
        made = self.propose(way, **said)
        confirm_settlement(double=self.double, settlement=made, by=self.rival, at=timezone.now())
        return made
