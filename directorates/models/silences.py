"""Organisations that cannot speak: suspended, dissolved or sealed, and since when."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from directorates.foundation.sight import unwalled
from directorates.models.organisations import Organisation, OrganisationStatus, OrganisationStatusChange
from directorates.models.seals import DirectorateSeal, SealState


@dataclass(frozen=True)
class Silence:
    """Why an organisation cannot speak now: what became of it, and on which day."""

    state: OrganisationStatus | SealState
    since: datetime.date | None


def silences(organisations: Iterable[int]) -> dict[int, Silence]:
    """Which of some organisations cannot speak now, and why; asked anew at every use, and never kept."""
    asked = set(organisations)
    closed = DirectorateSeal.objects.closing().filter(organisation__in=asked)
    found = {one.organisation_id: Silence(SealState.SEALED, timezone.localdate(one.since)) for one in closed}
    idle = Organisation.objects.filter(pk__in=asked).exclude(status=OrganisationStatus.ACTIVE)
    states = {pk: OrganisationStatus(status) for pk, status in idle.values_list("pk", "status")}
    # Suspended outlasts a seal, and dissolved outlasts both.
    days = _days_of(states) if states else {}
    return found | {pk: Silence(state, days.get((pk, state))) for pk, state in states.items()}


@unwalled
def _days_of(organisations: Iterable[int]) -> dict[tuple[int, str], datetime.date]:
    """Since when some organisations are what they are; why stands behind the wall, and is read by nobody here."""
    changes = OrganisationStatusChange.objects.filter(organisation__in=list(organisations)).order_by("since", "pk")
    return {(pk, status): since for pk, status, since in changes.values_list("organisation", "status", "since")}


@unwalled
def dissolutions() -> dict[int, datetime.date]:
    """The dissolved organisations, each with the day of it."""
    rows: Any = Organisation.objects.dissolved()
    return dict(rows.values_list("pk", "dissolved_on"))
