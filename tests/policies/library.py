"""A body that keeps policies, with whoever prepares and whoever reads them."""

import datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from directorates.models import Organisation, User
from directorates.models.validity import lasting
from directorates.roles import Role
from policies.actions.ballots import close_ballots, open_ballot, vote
from policies.actions.concerns import raise_concern
from policies.actions.consultations import open_consultation
from policies.actions.policies import begin_policy
from policies.actions.sections import keep_section
from policies.actions.versions import begin_version, bring_into_force, withdraw_policy
from policies.models import Ballot, Concern, Consultation, Policy, PolicySection, PolicyVersion, Vote
from policies.rules.ballots import Choice, Majority
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
RULE_AR, RULE_EN = "تُعقَّم الأدوات بعد كل مريض.", "Instruments are sterilised after every patient."


class Library:
    """The body with a policy manager, an NGO with a coordinator, and a policy whose first version is being written."""

    def __init__(self) -> None:
        CountryFactory()
        self.body: Organisation = BodyFactory()
        self.manager: User = member(Role.POLICY_MANAGER, self.body)
        self.ngo: Organisation = OrganisationFactory()
        self.reader: User = member(Role.NGO_COORDINATOR, self.ngo)
        self.today = timezone.localdate()
        self.draft: PolicyVersion = begin_policy(
            code="infection", kind="policy", name_ar="ضبط العدوى", name_en="Infection control",
            by=self.manager, at=timezone.now(),
        )  # fmt: skip
        self.policy: Policy = self.draft.policy

    def write(self, section: PolicySection | None = None, **said: Any) -> PolicySection:
        """Write a section of the draft, or a new one."""
        words = {"heading_ar": "التعقيم", "heading_en": "Sterilising", "text_ar": RULE_AR, "text_en": RULE_EN}
        return keep_section(
            version=self.draft, section=section, seen=said.pop("seen", None), by=said.pop("by", self.manager), at=timezone.now(),
            **words | said,
        )  # fmt: skip

    def force(self, **said: Any) -> PolicyVersion:
        """Bring the draft into force, from today where nothing else is said."""
        if "seen" not in said:
            self.draft.refresh_from_db()
        asked: dict[str, Any] = {"version": self.draft, "by": self.manager, "at": timezone.now()}
        asked |= {"adopted": self.today, "basis": "Meeting 4", "since": self.today, "seen": self.draft.edition}
        return bring_into_force(**asked | said)

    def holding(self, **said: Any) -> PolicyVersion:
        """A first version with one section, in force since ten days ago."""
        self.write()
        return self.force(adopted=self.today - 10 * DAY, since=self.today - 10 * DAY, **said)

    def withdraw(self, version: PolicyVersion, **said: Any) -> PolicyVersion:
        """Withdraw a version with today as its last day, which is before the first one of a version that is to come."""
        asked: dict[str, Any] = {"last_day": self.today, "why": "Nobody can do it", "by": self.manager}
        return withdraw_policy(version=version, at=timezone.now(), **asked | said)

    def consult(self, *organisations: Organisation, **said: Any) -> Consultation:
        """Ask organisations about the draft until in a week; it is written where nobody has."""
        if not self.draft.sections.exists():
            self.write()
        self.draft.refresh_from_db()
        asked: dict[str, Any] = {"first": self.today, "last": self.today + 7 * DAY, "question": "", "by": self.manager}
        asked |= {
            "version": self.draft,
            "organisations": organisations,
            "at": timezone.now(),
            "seen": self.draft.edition,
        }
        made = open_consultation(**asked | said)
        self.draft.refresh_from_db()
        return made

    def over(self) -> None:
        """Let the consultation about the draft be over since some days, before a ballot that is over as well."""
        days = lasting(self.today - 9 * DAY, self.today - 4 * DAY)
        Consultation.objects.filter(version=self.draft).update(valid=days)

    def concern(self, by: User | None = None, **said: Any) -> Concern:
        """A concern of the reader's organisation, or another's, about the draft."""
        asked: dict[str, Any] = {"about": "Gloves are short", "seriousness": "serious", "proposal": "", "section": None}
        asked |= {"version": self.draft, "key": uuid4(), "by": by or self.reader, "at": timezone.now()}
        return raise_concern(**asked | said)

    def ballot(self, *, over: bool = False, soon: bool = False, **said: Any) -> Ballot:
        """A ballot on the draft, which is written where nobody has; a simple majority of half of the directorates.

        Its time is over since a minute, where the test wants to do something after it was counted; or in a minute, where
        somebody is to vote before.
        """
        if not self.draft.sections.exists():
            self.write()
        self.draft.refresh_from_db()
        minute = datetime.timedelta(minutes=1)
        now = timezone.now() - (2 * DAY if over or soon else 0 * DAY)
        closes = now + 2 * DAY + (minute if soon else -minute)
        asked: dict[str, Any] = {"majority": Majority.SIMPLE, "quorum": 50, "closes": closes, "by": self.manager}
        made = open_ballot(**asked | {"version": self.draft, "seen": self.draft.edition, "at": now} | said)
        self.draft.refresh_from_db()
        return made

    def directors(self, count: int) -> list[User]:
        """As many directorates, each with a director."""
        return [member(Role.DIRECTOR, DirectorateFactory()) for _ in range(count)]

    def vote(self, ballot: Ballot, by: User, choice: Choice = Choice.FOR, reservation: str = "") -> Vote:
        """A vote."""
        at = min(timezone.now(), ballot.closes - datetime.timedelta(minutes=1))
        return vote(ballot=ballot, choice=choice, reservation=reservation, by=by, at=at)

    def count(self, ballot: Ballot) -> Ballot:
        """Let the time of a ballot be over, and count it."""
        assert close_ballots(at=ballot.closes) == 1
        ballot.refresh_from_db()
        return ballot

    def next_draft(self) -> PolicyVersion:
        """The draft of the next version."""
        self.draft = begin_version(policy=self.policy, by=self.manager, at=timezone.now())
        return self.draft

    def browser(self, person: User | None = None, language: str = "en") -> Client:
        """A browser in which a person, or the manager, is signed in with both steps."""
        client = signed_in(person or self.manager, language)
        show_second_factor(client, person or self.manager)
        return client
