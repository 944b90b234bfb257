"""A settlement reaches all levels in the time of one approval: the same marks, the same drain."""

import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.utils import timezone

from coordination.benchmarks.measure import Goal, median
from coordination.benchmarks.world import person_of
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.settlements import Said, confirm_settlement, propose_settlement
from coordination.reporting.models import DoubleReport, ReportTemplate, Revision, Submission
from coordination.reporting.rules.settlements import Way
from directorates.models import Organisation, User
from directorates.roles import Role

RUNS, WARM = 30, 10


def goals(template: ReportTemplate, ngo: Organisation, coordinator: User) -> Iterator[Goal]:
    """The drain after a settlement beside the drain after an approval; whole deeds beside it, not judged."""
    twin = Organisation.objects.create(code="ngo-twin", kind="ngo", name_ar="twin", name_en="twin")
    rival = person_of(twin, Role.NGO_COORDINATOR, "rival")
    approvals: list[tuple[float, float]] = []
    settlements: list[tuple[float, float]] = []
    for report in _waiting(template, ngo):
        officer = User.objects.get(email=f"officer-{report.reviewer.code.rpartition('-')[2]}@bench.invalid")
        # Like a settlement it changes what counts; the second report is set aside by rule and changes nothing.
        approvals.append(_timed(partial(approve, by=officer, submission=report, at=timezone.now())))
        second = _again(report, twin, rival)
        _timed(partial(approve, by=officer, submission=second, at=timezone.now()))
        attend(at=timezone.now())
        same = {"template": template, "period_start": report.period_start, "facility": report.facility_id}
        double = DoubleReport.objects.of_one_template().named().get(**same)
        said = Said(Way.ADD, "Two wards")
        made = propose_settlement(double=double, said=said, by=coordinator, at=timezone.now())
        confirm = partial(confirm_settlement, double=double, settlement=made, by=rival, at=timezone.now())
        settlements.append(_timed(confirm))
    deed, drained = _medians(approvals)
    ours, reached = _medians(settlements)
    details = {"settlement": reached, "approval": drained}
    yield Goal("a settlement reaches all levels, by one approval", reached / drained, 1.2, details=details)
    details = {"settlement": ours + reached, "approval": deed + drained}
    yield Goal("settling, by approving", (ours + reached) / (deed + drained), 2.0, judged=False, details=details)


def _waiting(template: ReportTemplate, ngo: Organisation) -> list[Submission]:
    """Reports of one NGO that wait for review."""
    rows = Submission.objects.filter(template=template, reporter=ngo, status="submitted", reviewer__kind="directorate")
    return list(rows.select_related("reviewer", "revision").order_by("pk")[: RUNS + WARM])


def _again(report: Submission, reporter: Organisation, by: User) -> Submission:
    """The same report by another NGO, sent later."""
    now, first = timezone.now(), report.revision
    fields = {field.attname: getattr(report, field.attname) for field in Submission._meta.concrete_fields}
    fields |= {"id": uuid.uuid4(), "reporter_id": reporter.pk, "status": "draft", "receipt": None, "revision_id": None}
    made = Submission.objects.create(**fields)
    doc = first.doc if first else {}
    made.revision = Revision.objects.create(submission=made, number=1, doc=doc, at=now, by=by)
    made.status, made.submitted, made.receipt = "submitted", now, f"TWIN-{made.pk}"[:30]
    made.save()
    return made


def _timed(deed: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of a deed, and of the drain after it."""
    began = time.perf_counter()
    deed()
    done = time.perf_counter()
    drain()
    return done - began, time.perf_counter() - done


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    """The medians of both parts, without the first ones."""
    kept = times[WARM:] or times
    return median([one for one, _ in kept]), median([other for _, other in kept])
