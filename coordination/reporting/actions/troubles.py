"""Watching consolidation: trouble is written down and told once where figures lag behind or a run failed, and is over by itself."""

import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.runs import note_broken_off
from coordination.reporting.models import ConsolidationRun, ConsolidationTrouble
from coordination.reporting.models.runs import WATCHING, TroubleKind, lag_now
from directorates.foundation.models import Notice
from directorates.foundation.notices import Told, notify
from directorates.models import Organisation
from directorates.models.deputies import holders, roles_with


def watch(*, at: datetime.datetime) -> list[TroubleKind]:
    """Look at consolidation as it is now; answer what is wrong. Safe twice, and at the same time.

    Whatever is wrong is told when it begins, to each person once; its notices count as read when it is over.
    """
    note_broken_off()
    wrong = {
        TroubleKind.LATE: lag_now() > settings.LONGEST_LAG,
        TroubleKind.FAILED: ConsolidationRun.objects.at_fault().exists(),
    }
    for kind, is_wrong in wrong.items():
        _begin(kind, at) if is_wrong else _end(kind, at)
    return [kind for kind, is_wrong in wrong.items() if is_wrong]


@transaction.atomic
def _begin(kind: TroubleKind, at: datetime.datetime) -> None:
    """Write down trouble that begins, and tell of it; whoever else writes it at the same time waits and finds it written."""
    trouble, new = ConsolidationTrouble.objects.get_or_create(kind=kind, until=None, defaults={"since": at})
    if new:
        values = {"what": kind.removeprefix("trouble_"), "minutes": int(settings.LONGEST_LAG.total_seconds() // 60)}
        told = [Told(person, _key(trouble), values) for person in sorted(_watchers(at))]
        notify("consolidation", told, url=reverse("reporting:runs"), at=at)


@transaction.atomic
def _end(kind: TroubleKind, at: datetime.datetime) -> None:
    """Write down that trouble is over; who has not read of it need not any more."""
    for trouble in ConsolidationTrouble.objects.select_for_update().open().filter(kind=kind):
        trouble.until = max(at, trouble.since)
        trouble.save(update_fields=["until"])
        Notice.objects.filter(kind="consolidation", key=_key(trouble), read=None).update(read=at)


def _key(trouble: ConsolidationTrouble) -> str:
    return f"consolidation:{trouble.pk}"


def _watchers(at: datetime.datetime) -> set[int]:
    """The people of the body who look after consolidation, deputies among them."""
    bodies = Organisation.objects.filter(kind="body").values_list("pk", flat=True)
    roles = {role for right in WATCHING for role in roles_with(right)}
    return {holder.person.pk for holder in holders(bodies, roles, timezone.localdate(at))}
