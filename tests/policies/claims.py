"""A directorate and the medical office of a district in its governorate, with the body between them."""

import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directorates.models import Organisation, Place, User
from directorates.roles import Role
from policies.actions.disputes import appeal_decision, decide_appeal, decide_dispute
from policies.actions.mandates import state_mandate
from policies.models import Mandate, MandateDispute
from tests.factories import (
    BodyFactory,
    CountryFactory,
    DirectorateFactory,
    DistrictFactory,
    GovernorateFactory,
    OrganisationFactory,
    member,
    show_second_factor,
    signed_in,
)

DAY = datetime.timedelta(days=1)
# No word of the frame of a page.
BASIS = "The governorate's own programme"


class Claims:
    """Who states mandates, who keeps them and who reads them, in a governorate with a district."""

    def __init__(self) -> None:
        self.country: Place = CountryFactory()
        self.governorate: Place = GovernorateFactory(code="SY02", name_en="Aleppo", name_ar="حلب")
        self.district: Place = DistrictFactory(code="SY0204", parent=self.governorate, name_en="Azaz", name_ar="أعزاز")
        self.body: Organisation = BodyFactory()
        self.directorate: Organisation = DirectorateFactory(code="aleppo")
        self.office: Organisation = OrganisationFactory(code="azaz", kind="medical_office")
        self.keeper: User = member(Role.POLICY_MANAGER, self.body)
        self.director: User = member(Role.DIRECTOR, self.directorate)
        self.doctor: User = member(Role.ORGANISATION_ADMINISTRATOR, self.office)
        self.reader: User = member(Role.NGO_COORDINATOR, OrganisationFactory())
        self.today = timezone.localdate()

    def state(self, by: User, place: Place | None = None, **said: Any) -> Mandate:
        """A claim to immunization of the organisation that a person acts for, since ten days ago."""
        asked: dict[str, Any] = {"function": "immunization", "place": place or self.governorate, "came": "claimed"}
        asked |= {"organisation": by.acting, "since": self.today - 10 * DAY, "until": None, "basis": BASIS}
        return state_mandate(by=by, at=timezone.now(), **asked | said)

    def dispute(self, **said: Any) -> MandateDispute:
        """The directorate claims the governorate, the office its district."""
        self.wide: Mandate = self.state(self.director)
        self.narrow: Mandate = self.state(self.doctor, self.district, **said)
        return MandateDispute.objects.named().get()

    def decide(self, dispute: MandateDispute, for_whom: Organisation, **said: Any) -> MandateDispute:
        """A decision from today on."""
        asked: dict[str, Any] = {
            "decision": "One programme",
            "basis": "Meeting 9",
            "day": self.today,
            "by": self.keeper,
        }
        return decide_dispute(dispute=dispute, for_whom=for_whom, at=timezone.now(), **asked | said)

    def appeal(self, dispute: MandateDispute, by: User) -> None:
        """An appeal against a decision."""
        appeal_decision(dispute=dispute, text="Children were left out", by=by, at=timezone.now())

    def hear(self, dispute: MandateDispute, for_whom: Organisation, **said: Any) -> MandateDispute:
        """The outcome of an appeal, from today on."""
        asked: dict[str, Any] = {"decision": "Heard again", "basis": "Meeting 11", "day": self.today, "by": self.keeper}
        return decide_appeal(dispute=dispute, for_whom=for_whom, at=timezone.now(), **asked | said)

    def browser(self, person: User, language: str = "en") -> Client:
        """A browser in which a person is signed in with both steps."""
        client = signed_in(person, language)
        show_second_factor(client, person)
        return client


def again(mandate: Mandate) -> Mandate:
    """A mandate as it stands now."""
    found: Mandate = Mandate.objects.get(pk=mandate.pk)
    return found


def taken_along(client: Client, code: str, query: str) -> str:
    """A list as a file of comma-separated values, under the filters of an address."""
    answer = client.post(f"{reverse('exchange:export', args=[code])}?{query}", {"format": "csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    return answer.content.decode()
