"""Whom what happened to double reports is told: the sides, the arbiter, those above; never whoever did it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from coordination.reporting.models.double_reports import (
    BODY,
    DoubleDeed,
    DoubleReport,
    DoubleReportEvent,
)
from coordination.reporting.models.double_rows import naming_right
from coordination.reporting.rules.periods import period_name
from directorates.foundation.notices import Told, notify
from directorates.models import Organisation
from directorates.models.deputies import Holder, holders, roles_with
from directorates.models.organisations import Kind
from directorates.permissions import Permission

# Of these the directorate hears, or the body; whoever can name an arbiter is told so.
ABOVE = (DoubleDeed.ABOVE, DoubleDeed.SILENT)


def tell(events: Sequence[DoubleReportEvent]) -> None:
    """Tell of some events, all of one moment, in a handful of queries whatever their number."""
    if events:
        people = _People(timezone.localdate(events[0].at))
        people.ask(Permission.SUBMIT_REPORTS, {one.reporter_id for event in events for one in event.double.reports})
        told = [one for event in events for one in _told(event, people)]
        notify("double_report", told, at=events[0].at)


class _People:
    """Who holds which right in an organisation on a day; each organisation is asked about once."""

    def __init__(self, day: datetime.date) -> None:
        """Nobody was asked yet."""
        self.day = day
        self.known: dict[tuple[Permission, int], list[Holder]] = {}

    def ask(self, permission: Permission, organisations: Iterable[int]) -> None:
        """Learn who holds a right in some organisations, of which nobody asked yet."""
        asked = [one for one in set(organisations) if (permission, one) not in self.known]
        found = defaultdict[int, list[Holder]](list)
        for holder in holders(asked, roles_with(permission), self.day) if asked else ():
            found[holder.membership.organisation_id].append(holder)
        self.known |= {(permission, one): found[one] for one in asked}

    def with_right(self, permission: Permission, organisation: int) -> list[Holder]:
        """Those who hold a right in an organisation."""
        self.ask(permission, [organisation])
        return self.known[permission, organisation]


def _told(event: DoubleReportEvent, people: _People) -> Iterable[Told]:
    """Who is told of an event, each with the words for what they can do."""
    double = event.double
    can: dict[int, str] = {}
    for report in double.reports:
        found = people.with_right(Permission.SUBMIT_REPORTS, report.reporter_id)
        can |= {one.person.pk: "settle" for one in found if one.covers(report.place_path)}
    if event.kind == DoubleDeed.ARBITER and event.arbiter_id:
        can |= {one.person.pk: "decide" for one in people.with_right(Permission.ARBITRATE_REPORTS, event.arbiter_id)}
    if event.kind in ABOVE:
        can |= _above(double, people)
    can.pop(event.by_id or 0, None)
    values, url = _values(event), reverse("reporting:double_report", args=[double.pk])
    return (Told(pk, f"double:{double.pk}:{event.pk}", values | {"can": what}, url) for pk, what in can.items())


def _above(double: DoubleReport, people: _People) -> dict[int, str]:
    """Who above is told now, and what each can do: whoever can name an arbiter does; the body's data managers ask for it."""
    found: dict[int, str] = {}
    if double.told_above >= BODY:
        for body in Organisation.objects.filter(kind=Kind.BODY, status="active").values_list("pk", flat=True):
            found |= {one.person.pk: "ask" for one in people.with_right(Permission.RUN_CONSOLIDATION, body)}
    for reviewer in {report.reviewer_id: report.reviewer for report in double.reports}.values():
        found |= {one.person.pk: "name" for one in people.with_right(naming_right(reviewer), reviewer.pk)}
    return found


def _values(event: DoubleReportEvent) -> dict[str, Any]:
    """What the words are made from."""
    double = event.double
    rules = double.template.programme.week_rules_kept if double.period.type.is_week else ()
    return {
        "what": str(event.kind),
        "facility": {"ar": double.facility.name_ar, "en": double.facility.name_en},
        "template": {
            "ar": " · ".join(one.name_ar for one in double.templates),
            "en": " · ".join(one.name_en for one in double.templates),
        },
        "period": {language: period_name(double.period, language, rules) for language in ("ar", "en")},
        "due": double.due.isoformat(),
    }
