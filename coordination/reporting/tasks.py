"""Background work of reporting."""

from celery import shared_task
from django.utils import timezone

from coordination.reporting.actions import consolidation, expected


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
    """Bring what is expected in step with the facts; scheduled each hour, queued when a fact changes, safe twice."""
    return expected.expect(today=timezone.localdate())
