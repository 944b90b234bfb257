"""Background work of reporting."""

from celery import shared_task

from coordination.reporting.actions import consolidation


@shared_task(name="reporting.drain")
def drain() -> int:
    """Compute figures again wherever marks stand; queued by every mark, collapsed by the relay, and scheduled."""
    return consolidation.drain().marks
