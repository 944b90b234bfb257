"""Watching consolidation: trouble is written down and told once where figures lag behind or a run failed, and is over by itself."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.broken_rules import VALIDATE
from coordination.reporting.actions.runs import note_broken_off
from coordination.reporting.actions.schedules import CHECK
from coordination.reporting.models import ConsolidationRun, ConsolidationTrouble, ReportTemplate
from coordination.reporting.models.runs import OF_ONE_TEMPLATE, WATCHING, RunKind, TroubleKind, lag_now
from directorates.foundation.models import Job, Notice
from directorates.foundation.notices import Told, notify
from directorates.models import Organisation
from directorates.models.deputies import holders, roles_with

# A check of ten million values takes minutes; one that is not over after this long waits for a worker that does not come.
LONGEST_CHECK = datetime.timedelta(hours=12)
# Jobs about one template, and the kind of run that each is.
OF_JOBS = {CHECK: RunKind.CHECK, VALIDATE: RunKind.RULES}


def watch(*, at: datetime.datetime) -> list[TroubleKind]:
    """Look at consolidation as it is now; answer what is wrong. Safe twice, and at the same time.

    Whatever is wrong is told when it begins, to each person once; its notices count as read when it is over.
    """
    note_broken_off()
    wrong = set(_wrong(at))
    for one in sorted(wrong, key=str):
        _begin(one, at)
    _end_others(wrong, at)
    return sorted({one.kind for one in wrong})


class What(NamedTuple):
    """What is wrong: the kind, and of what failed the kind of run and the template of a check."""

    kind: TroubleKind
    run: str = ""
    template: int | None = None


def _wrong(at: datetime.datetime) -> Iterator[What]:
    """All that is wrong now. A check that nobody has run since long after it was asked for failed as well."""
    if lag_now() > settings.LONGEST_LAG:
        yield What(TroubleKind.LATE)
    failed = ConsolidationRun.objects.at_fault()
    for kind in failed.exclude(kind__in=OF_ONE_TEMPLATE).order_by().values_list("kind", flat=True).distinct():
        yield What(TroubleKind.FAILED, kind)
    of_one = failed.filter(kind__in=OF_ONE_TEMPLATE).values_list("kind", "templates")
    checks = {(kind, templates[0]) for kind, templates in of_one}
    unfinished = Job.objects.unfinished().filter(kind__in=OF_JOBS, asked__lt=at - LONGEST_CHECK)
    waiting = unfinished.values_list("kind", "arguments")
    checks |= {(OF_JOBS[kind].value, arguments["template"]) for kind, arguments in waiting}
    there = set(
        ReportTemplate.objects.filter(pk__in={template for _kind, template in checks}).values_list("pk", flat=True)
    )
    for kind, template in checks:
        if template in there:
            yield What(TroubleKind.FAILED, str(kind), template)


@transaction.atomic
def _begin(what: What, at: datetime.datetime) -> None:
    """Write down trouble that begins, and tell of it; whoever else writes it at the same time waits and finds it written."""
    known = {"kind": what.kind, "run": what.run, "template_id": what.template}
    trouble, new = ConsolidationTrouble.objects.get_or_create(**known, until=None, defaults={"since": at})
    kind = what.kind
    if new:
        values = {"what": kind.removeprefix("trouble_"), "minutes": int(settings.LONGEST_LAG.total_seconds() // 60)}
        told = [Told(person, _key(trouble), values) for person in sorted(_watchers(at))]
        notify("consolidation", told, url=reverse("reporting:runs"), at=at)


@transaction.atomic
def _end_others(wrong: set[What], at: datetime.datetime) -> None:
    """Write down that other trouble is over; who has not read of it need not any more."""
    for trouble in ConsolidationTrouble.objects.select_for_update().open():
        if What(TroubleKind(trouble.kind), trouble.run, trouble.template_id) in wrong:
            continue
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
