"""Telling people of meetings and action items: one kind of notice, each key once; neither places nor agendas go into letters."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from coordination.meetings.models import Meeting
from directorates.foundation.notices import Told, notify
from directorates.models import Organisation, User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission


def people_of(organisations: Iterable[int], permission: Permission, day: datetime.date) -> set[int]:
    """Who holds a right of meetings in some organisations on a day; a role for some places holds none."""
    found = holders(organisations, roles_with(permission), day)
    return {one.person.pk for one in found if not one.membership.places.all()}


def names(thing: Organisation) -> dict[str, str]:
    """The names of an organisation, for words that are made in the reader's language later."""
    return {"ar": thing.name_ar, "en": thing.name_en}


def tell_invited(
    meeting: Meeting,
    what: str,
    organisations: Iterable[int],
    *,
    key: str = "",
    by: User,
    at: datetime.datetime,
    linked: bool = True,
) -> int:
    """Tell the people of some organisations what was done with a meeting; answers how many were told."""
    people = people_of(organisations, Permission.VIEW_MEETINGS, timezone.localdate(at)) - {by.pk}
    values: dict[str, Any] = {
        "what": what,
        "title": meeting.title,
        "day": timezone.localdate(meeting.begins).isoformat(),
        "organisation": names(meeting.organisation),
    }
    told = [Told(person, f"meeting:{meeting.pk}:{what}{key}", values) for person in sorted(people)]
    url = reverse("meetings:meeting", args=[meeting.pk]) if linked else ""
    return notify("meeting", told, url=url, at=at)
