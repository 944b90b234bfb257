"""A facility that two NGOs reported by two templates that ask some of the same items: for tests of shared items."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.settlements import Said, confirm_settlement, propose_settlement
from coordination.reporting.models import DoubleReport, Settlement, Submission, TemplateVersion
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures_across import asking, read_across
from coordination.reporting.rules.periods import parse_period
from coordination.reporting.rules.settlements import Way
from directorates.models import Organisation, Place, User
from facilities.models import Facility
from tests.factories import (
    DirectorateFactory,
    ElementFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    member,
    published,
)
from tests.reporting.reports import sent

FIRST, OTHER = {"visits": 10, "births": 2}, {"visits": 12, "births": 5, "beds": 30}


@dataclass
class Shared:
    """Two monthly templates that both ask visits and births; each NGO follows one. The second, sent later, counts by rule."""

    place: Place = field(default_factory=SubdistrictFactory)

    def __post_init__(self) -> None:
        self.directorate: Organisation = DirectorateFactory(for_place=self.place)
        self.ngo, self.other = (OrganisationFactory() for _side in range(2))
        self.officer = member("data_officer", self.directorate)
        self.director = member("director", self.directorate)
        self.coordinator, self.rival = (member("ngo_coordinator", one) for one in (self.ngo, self.other))
        self.facility: Facility = FacilityFactory(place=self.place, supporters=[self.ngo, self.other])
        self.visits, self.births = (ElementFactory(code=code) for code in ("visits", "births"))
        self.one = published(TemplateFactory(code="one"), [self.visits, self.births])
        beds = ElementFactory(code="beds")
        self.two = published(TemplateFactory(code="two"), [beds, self.births, self.visits])

    def report(self, version: TemplateVersion, reporter: Organisation, by: User, **said: int) -> Submission:
        """An approved report about the facility."""
        slots = {slot.element.code: slot.name for slot in version.template.slots.select_related("element")}
        doc: dict[str, int | float] = {slots[code]: number for code, number in said.items()}
        at = timezone.now() - datetime.timedelta(hours=2 if version == self.one else 1)
        made = sent(version, facility=self.facility, reporter=reporter, by=by, doc=doc, at=at)
        return approve(by=self.officer, submission=made, at=timezone.now())

    def both(self, first: dict[str, int] | None = None, other: dict[str, int] | None = None) -> "Shared":
        """Both reports, approved and found."""
        self.first = self.report(self.one, self.ngo, self.coordinator, **(FIRST if first is None else first))
        self.second = self.report(self.two, self.other, self.rival, **(OTHER if other is None else other))
        attend(at=timezone.now())
        return self

    @property
    def double(self) -> DoubleReport:
        """The double report as it stands."""
        return DoubleReport.objects.named().get()

    def settle(self, way: Way, **said: Any) -> Settlement:
        """What both agreed on."""
        wanted = Said(way, **({"reason": "We agreed"} | said))
        made = propose_settlement(double=self.double, said=wanted, by=self.coordinator, at=timezone.now())
        confirm_settlement(double=self.double, settlement=made, by=self.rival, at=timezone.now())
        return made

    def figure(self, element: str) -> Decimal | None:
        """The figure of an element over both templates, as the directorate reads it."""
        asked = asking(self.officer, element, parse_period("201905"))
        assert asked is not None
        found = read_across(asked, self.officer, FigureLevel.SUBDISTRICT)
        return found.value(self.place.pk)
