"""A body that keeps policies, with whoever prepares and whoever reads them."""

import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from directorates.models import Organisation, User
from directorates.roles import Role
from policies.actions.policies import begin_policy
from policies.actions.sections import keep_section
from policies.actions.versions import begin_version, bring_into_force, withdraw_policy
from policies.models import Policy, PolicySection, PolicyVersion
from tests.factories import BodyFactory, CountryFactory, OrganisationFactory, member, show_second_factor, signed_in

DAY = datetime.timedelta(days=1)
# No word of the frame of a page.
RULE_AR, RULE_EN = "تُعقَّم الأدوات بعد كل مريض.", "Instruments are sterilised after every patient."


class Library:
    """The body with a policy manager, an NGO with a coordinator, and a policy whose first version is being written."""

    def __init__(self) -> None:
        CountryFactory()
        self.body: Organisation = BodyFactory()
        self.manager: User = member(Role.POLICY_MANAGER, self.body)
        self.reader: User = member(Role.NGO_COORDINATOR, OrganisationFactory())
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

    def next_draft(self) -> PolicyVersion:
        """The draft of the next version."""
        self.draft = begin_version(policy=self.policy, by=self.manager, at=timezone.now())
        return self.draft

    def browser(self, person: User | None = None, language: str = "en") -> Client:
        """A browser in which a person, or the manager, is signed in with both steps."""
        client = signed_in(person or self.manager, language)
        show_second_factor(client, person or self.manager)
        return client
