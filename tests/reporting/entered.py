"""A facility that was entered twice in the register, and reported under either entry: for tests of merged entries."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordination.reporting.actions.counted import recount_by_register
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.settlements import Said, confirm_settlement, propose_settlement
from coordination.reporting.models import CountedReport, DoubleReport, Settlement, Submission
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.settlements import Way
from directorates.models import Organisation, User
from facilities.actions.duplicates import merge
from facilities.models import Facility
from tests.factories import FacilityFactory, OrganisationFactory, member
from tests.reporting.reports import Scene


class Entered(Scene):
    """One facility, entered twice: each entry was reported by another NGO, 10 and 12; the first was sent earlier."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.second_ngo: Organisation = OrganisationFactory()
        self.rival: User = member("ngo_coordinator", self.second_ngo)
        self.again: Facility = FacilityFactory(place=self.place, supporters=[self.second_ngo])
        earlier = timezone.now() - datetime.timedelta(days=1)
        self.first: Submission = self.sent(doc={"s1": 10}, at=earlier)
        self.second: Submission = self.sent(
            facility=self.again, reporter=self.second_ngo, by=self.rival, doc={"s1": 12}
        )

    def approve(self, *reports: Submission) -> None:
        """Approve some of them, as they stand."""
        for report in reports:
            report.refresh_from_db()
            approve(by=self.officer, submission=report, at=timezone.now())

    def merge(self, survivor: Facility, merged: Facility) -> None:
        """Merge two entries; what follows runs at once."""
        merge(survivor=survivor, merged=merged, reason="One building", by=self.officer, at=timezone.now())
        recount_by_register()

    @property
    def double(self) -> DoubleReport:
        """The double report that is not over, as it stands."""
        return DoubleReport.objects.named().exclude(state="over").get()

    @property
    def counted(self) -> dict[str, Decimal]:
        """The numbers that count."""
        row = CountedReport.objects.select_related("revision").get()
        whole = row.revision.doc | (row.overlay or {})
        return {slot: from_json(value) for slot, value in whole.items() if value is not None}

    def both_approved_and_merged(self) -> None:
        """Approve both, merge, and let the portal find what follows."""
        self.approve(self.first, self.second)
        self.merge(self.facility, self.again)
        attend(at=timezone.now())

    def propose(self, way: Way, by: User | None = None, **said: Any) -> Settlement:
        """What the NGO, or somebody else, proposes."""
        given = {"reason": "Two buildings"} | said
        return propose_settlement(
            double=self.double, said=Said(way, **given), by=by or self.coordinator, at=timezone.now()
        )

    def settle(self, way: Way, **said: Any) -> Settlement:
        """What both agreed on."""
        made = self.propose(way, **said)
        confirm_settlement(double=self.double, settlement=made, by=self.rival, at=timezone.now())
        return made
