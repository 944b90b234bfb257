"""Telling whoever signs for an organisation that a bulletin waits, or came out."""

import datetime

from django.urls import reverse
from django.utils import timezone

from coordination.reporting.models import Bulletin
from coordination.reporting.rules.periods import period_name
from directorates.foundation.notices import Told, notify
from directorates.models import User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission


def tell_bulletin(bulletin: Bulletin, what: str, *, at: datetime.datetime, but: User) -> int:
    """Tell everybody who can sign for an organisation that is asked, once a content; never whoever did it."""
    asked = bulletin.signers.values_list("organisation", flat=True)
    found = holders(asked, roles_with(Permission.SIGN_BULLETINS), timezone.localdate(at))
    people = {one.person.pk for one in found if not one.membership.places.all()} - {but.pk}
    series, period = bulletin.series, bulletin.period
    named = {"ar": period_name(period, "ar"), "en": period_name(period, "en")}
    values = {
        "what": what,
        "series": {"ar": series.name_ar, "en": series.name_en},
        "period": period.id,
        # A week has its id alone: the labels of weeks are those of a programme.
        "named": {} if period.type.is_week else named,
        "until": bulletin.answer_until.isoformat() if bulletin.answer_until else "",
    }
    told = [Told(person, f"bulletin:{bulletin.pk}:{what}:{bulletin.digest[:16]}", values) for person in sorted(people)]
    return notify("bulletin", told, url=reverse("reporting:bulletin", args=[bulletin.pk]), at=at)
