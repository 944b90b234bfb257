"""The body with whoever keeps its meetings, a directorate and an NGO that are invited, and one that is not."""

import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from coordination.meetings.actions.action_items import add_action_item
from coordination.meetings.actions.decisions import write_decision
from coordination.meetings.actions.invitations import write_attendance
from coordination.meetings.actions.meetings import MeetingSaid, call_meeting
from coordination.meetings.actions.minutes import close_minutes, write_minutes
from coordination.meetings.models import ActionItem, Decision, Meeting, Minutes
from directorates.models import Organisation, User
from directorates.roles import Role
from tests.factories import (
    BodyFactory,
    CountryFactory,
    DirectorateFactory,
    OrganisationFactory,
    member,
    show_second_factor,
    signed_in,
)

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
# No words of the frame of a page.
TITLE, ITEM, SAID, PLACE = "Quarterly round", "Winter stocks", "The stores are counted twice.", "Green hall"


class Round:
    """Everybody who could sit at the table."""

    def __init__(self) -> None:
        CountryFactory()
        self.body: Organisation = BodyFactory()
        self.directorate: Organisation = DirectorateFactory()
        self.ngo: Organisation = OrganisationFactory()
        self.other: Organisation = OrganisationFactory()
        self.manager: User = member(Role.POLICY_MANAGER, self.body)
        self.director: User = member(Role.DIRECTOR, self.directorate)
        self.coordinator: User = member(Role.NGO_COORDINATOR, self.ngo)
        self.outsider: User = member(Role.NGO_COORDINATOR, self.other)
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)

    def said(self, **said: Any) -> MeetingSaid:
        """What is said of a meeting: in five days, where nothing else is."""
        begins = said.pop("begins", self.now.replace(microsecond=0) + 5 * DAY)
        words: dict[str, Any] = {
            "kind": "body",
            "title": TITLE,
            "zone": "Asia/Damascus",
            "place": PLACE,
            "agenda": [ITEM],
            "quorum": 50,
            "begins": begins,
            "ends": begins + 2 * HOUR,
            "invited": [self.directorate, self.ngo],
        }
        return MeetingSaid(**words | said)

    def called(self, *, by: User | None = None, **said: Any) -> Meeting:
        """A meeting that is to come."""
        return call_meeting(said=self.said(**said), by=by or self.manager, at=self.now)

    def held(self, **said: Any) -> Meeting:
        """A meeting that was held four days ago."""
        return self.called(begins=self.now.replace(microsecond=0) - 4 * DAY, **said)

    def attended(self, meeting: Meeting, *present: Organisation) -> Meeting:
        """The same with who was there."""
        there = {one.pk for one in present}
        return write_attendance(meeting=meeting, present=there, seen={}, by=self.manager, at=self.now)

    def written(self, meeting: Meeting, text: str = SAID, **said: Any) -> Minutes:
        """The minutes of a meeting."""
        asked: dict[str, Any] = {"seen": {}, "by": self.manager} | said
        return write_minutes(meeting=meeting, text=text, at=self.now, **asked)

    def closed(self, meeting: Meeting) -> Minutes:
        """Minutes with a text and attendance, closed."""
        self.attended(meeting, self.ngo)
        minutes = self.written(meeting)
        return close_minutes(meeting=meeting, seen=minutes.standing(), by=self.manager, at=self.now)

    def decided(self, meeting: Meeting, **said: Any) -> Decision:
        """A decision of a meeting."""
        asked: dict[str, Any] = {"subject": "Counting stores", "text": SAID, "about": {}, "by": self.manager} | said
        return write_decision(meeting=meeting, at=self.now, **asked)

    def taken_on(self, meeting: Meeting, **said: Any) -> ActionItem:
        """An action item for the NGO, due in ten days."""
        asked: dict[str, Any] = {"decision": None, "text": "Count the stores", "owner": self.ngo, "by": self.manager}
        return add_action_item(meeting=meeting, at=self.now, **asked | {"due": self.today + 10 * DAY} | said)

    def browser(self, person: User | None = None, language: str = "en") -> Client:
        """A browser in which a person, or the manager, is signed in with both steps."""
        client = signed_in(person or self.manager, language)
        show_second_factor(client, person or self.manager)
        return client
