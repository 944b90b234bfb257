"""Where proposals are made: a directorate, a facility of two supporters, the people who propose and decide."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from directorates.models import Organisation, Place
from directorates.models.validity import lasting
from directorates.roles import Role
from facilities.actions.decisions import decide
from facilities.actions.proposals import Wish, propose
from facilities.models import ChangeProposal, Facility, OperatingStatus
from facilities.models.proposals import Field, compared, seen
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    member,
)

DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2020, 1, 1)


@dataclass
class Register:
    """A facility with two supporters in a directorate's place; an NGO coordinator of each, an outsider, the deciders."""

    place: Place = field(default_factory=lambda: SubdistrictFactory(parent=DistrictFactory()))

    def __post_init__(self) -> None:
        self.body: Organisation = BodyFactory()
        self.directorate: Organisation = DirectorateFactory(for_place=self.place)
        self.uossm: Organisation = OrganisationFactory(code="uossm")
        self.sams: Organisation = OrganisationFactory(code="sams")
        self.pac: Organisation = OrganisationFactory(code="pac")
        self.nour = member(Role.NGO_COORDINATOR, self.uossm, name="Nour")
        self.tarek = member(Role.NGO_COORDINATOR, self.sams, name="Tarek")
        self.outsider = member(Role.NGO_COORDINATOR, self.pac, name="Pia")
        self.officer = member(Role.DATA_OFFICER, self.directorate, name="Lama")
        self.director = member(Role.DIRECTOR, self.directorate, name="Samer")
        self.administrator = member(Role.ADMINISTRATOR, self.body, name="Hala")
        self.facility: Facility = self.another("A")

    def another(self, code: str, **given: Any) -> Facility:
        """A facility that both support, with a history."""
        facility: Facility = FacilityFactory(
            code=code, **{"place": self.place, "supporters": [self.uossm, self.sams]} | given
        )
        OperatingStatus.objects.create(
            facility=facility, status=facility.status, valid=lasting(FIRST), at=timezone.now()
        )
        return facility

    def proposed(self, **given: Any) -> ChangeProposal:
        """A proposal by an NGO to change the type, unless said otherwise; `days` ago."""
        asked: dict[str, Any] = {
            "facility": self.facility,
            "wishes": [Wish(Field.TYPE, "hospital")],
            "reason": "Surgery has begun",
            "by": self.nour,
            "at": timezone.now() - given.pop("days", 0) * DAY,
        }
        return propose(**asked | given)

    def decided(self, proposal: ChangeProposal, *approve: str, **given: Any) -> ChangeProposal:
        """A decision of the competent directorate's officer."""
        asked: dict[str, Any] = {"refuse": (), "reason": "", "by": self.officer, "at": timezone.now()}
        return decide(proposal=proposal, approve=approve, **asked | given)


def read(proposal: ChangeProposal) -> str:
    """What someone saw who reads the proposal now."""
    return seen(compared(ChangeProposal.objects.get(pk=proposal.pk), timezone.localdate()))
