"""Three organisations and the body, who agree with one another."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.test import Client
from django.utils import timezone

from directorates.models import Organisation, User
from directorates.roles import Role
from policies.actions.agreements import AgreementSaid, begin_agreement, open_for_signature
from policies.actions.articles import keep_article
from policies.actions.signatures import record_agreement, sign_agreement
from policies.models import Agreement, Article, Party, Signature
from tests.factories import (
    BodyFactory,
    CountryFactory,
    DirectorateFactory,
    OrganisationFactory,
    member,
    show_second_factor,
    signed_in,
)

DAY = datetime.timedelta(days=1)
# No word of the frame of a page.
RULE_AR, RULE_EN = "تُخطَّط المشاريع معًا.", "Projects are planned jointly."


class Pacts:
    """A directorate and two NGOs, each with whoever signs for it; the body with a policy manager; somebody who reads."""

    def __init__(self) -> None:
        CountryFactory()
        self.body: Organisation = BodyFactory()
        self.keeper: User = member(Role.POLICY_MANAGER, self.body)
        self.directorate: Organisation = DirectorateFactory(code="idlib", name_en="Idlib HD", short_en="IDLIB")
        self.director: User = member(Role.DIRECTOR, self.directorate)
        self.first: Organisation = OrganisationFactory(code="sams", name_en="Sams", short_en="SAMS")
        self.second: Organisation = OrganisationFactory(code="uossm", name_en="Uossm", short_en="UOSSM")
        self.first_manager: User = member(Role.ORGANISATION_ADMINISTRATOR, self.first)
        self.second_manager: User = member(Role.ORGANISATION_ADMINISTRATOR, self.second)
        self.reader: User = member(Role.NGO_COORDINATOR, OrganisationFactory())
        self.today = timezone.localdate()

    def said(self, *parties: Organisation, **said: Any) -> AgreementSaid:
        """What a draft says: an accord of two where two are named, a charter of more."""
        words: dict[str, Any] = {
            "kind": "bilateral" if len(parties) == 2 else "charter",
            "name_ar": "اتفاق",
            "name_en": "Pact",
            "summary_ar": "",
            "summary_en": "",
            "rule": "all",
            "since": None,
            "until": None,
            "parties": list(parties),
        }
        return AgreementSaid(**words | said)

    def begin(self, *parties: Organisation, by: User | None = None, written: bool = True, **said: Any) -> Agreement:
        """A draft of the directorate, or of somebody else, with one article."""
        made = begin_agreement(
            said=self.said(*(parties or (self.directorate, self.first)), **said),
            by=by or self.director,
            at=timezone.now(),
        )
        if written:
            self.write(made, by=by)
        return made

    def write(self, agreement: Agreement, article: Article | None = None, **said: Any) -> Article:
        """An article of the text that is being written."""
        words = {"heading_ar": "التخطيط", "heading_en": "Planning", "text_ar": RULE_AR, "text_en": RULE_EN}
        text = article.text if article else agreement.texts.drafts().get()
        by = said.pop("by", None) or self.director
        seen = said.pop("seen", None)
        return keep_article(text=text, article=article, seen=seen, by=by, at=timezone.now(), **words | said)

    def open(self, *parties: Organisation, by: User | None = None, ago: int = 0, **said: Any) -> Agreement:
        """The same, open for signature since so many days."""
        made = self.begin(*parties, by=by, **said)
        return self.ask(made, by=by, ago=ago)

    def ask(self, agreement: Agreement, by: User | None = None, ago: int = 0) -> Agreement:
        """Open a draft for signature."""
        seen = agreement.texts.get().edition
        return open_for_signature(agreement=agreement, seen=seen, by=by or self.director, at=moment(ago))

    def sign(self, agreement: Agreement, by: User, ago: int = 0) -> Signature:
        """Sign for the organisation that a person acts for."""
        return sign_agreement(party=self.party(agreement, by), capacity="Director", by=by, at=moment(ago))

    def party(self, agreement: Agreement, by: User) -> Party:
        """The last row of the organisation that a person acts for."""
        found = Party.objects.filter(agreement=agreement, organisation=by.acting_id).order_by("pk").last()
        assert found is not None
        held: Party = found
        return held

    def signed(self, *people: User, ago: int = 0, **said: Any) -> Agreement:
        """An agreement that these people signed so many days ago; those of the directorate and of an NGO otherwise."""
        people = people or (self.director, self.first_manager)
        parties = [person.acting for person in people if person.acting]
        made = self.open(*parties, by=people[0], ago=ago, **said)
        for person in people:
            self.sign(made, person, ago)
        return again(made)

    def recorded(self, *parties: Organisation, since: datetime.date, by: User | None = None, **said: Any) -> Agreement:
        """An agreement that the body entered from paper."""
        by = by or self.keeper
        made = self.begin(*parties, by=by, since=since, **said)
        seen = made.texts.get().edition
        record_agreement(
            agreement=made, day=since, evidence="The paper in the archive", seen=seen, by=by, at=timezone.now()
        )
        return again(made)

    def browser(self, person: User, language: str = "en") -> Client:
        """A browser in which a person is signed in with both steps."""
        client = signed_in(person, language)
        show_second_factor(client, person)
        return client


def moment(ago: int) -> datetime.datetime:
    """Now, or so many days earlier."""
    return timezone.now() - ago * DAY


def again(agreement: Agreement) -> Agreement:
    """An agreement as it stands now."""
    found: Agreement = Agreement.objects.get(pk=agreement.pk)
    return found


def states(agreement: Agreement, day: datetime.date) -> Sequence[str]:
    """Where the parties stand, by the order in which they were named."""
    return [str(one.state(day)) for one in Party.objects.filter(agreement=agreement).order_by("pk")]
