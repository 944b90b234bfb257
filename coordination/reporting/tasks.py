"""Background work of reporting."""

from celery import shared_task
from django.utils import timezone

from coordination.reporting.actions import consolidation, expected
from coordination.reporting.actions.expected import expect as expect_reports


@shared_task(name="reporting.drain")
def drain() -> int:
    """Compute figures again wherever marks stand; queued by every mark, collapsed by the relay, and scheduled.

    Each run also finds a rebuild whose worker was killed and has it started over.
    """
    marks = consolidation.drain().marks
    consolidation.resume_rebuild(at=timezone.now())
    return marks


@shared_task(name="reporting.rebuild")
def rebuild(job_id: int) -> bool:
    """Compute all figures anew."""
    return consolidation.rebuild(job_id)


@shared_task(name="reporting.expect")
def expect() -> int:
    """Bring what is expected in step with the facts; scheduled each hour, and queued when a fact changes."""
    return expect_reports(today=timezone.localdate())


@shared_task(name="reporting.expect")
def expect() -> int:
    """Write which reports are expected up to today; scheduled, and safe to run twice."""
    return expected.expect(today=timezone.localdate())
