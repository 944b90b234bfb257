"""Background work of the facility register."""

from celery import shared_task
from django.utils import timezone

from facilities.actions import proposals


@shared_task(name="facilities.escalate")
def escalate() -> int:
    """Write into the histories of proposals that they waited; scheduled each hour, safe twice."""
    return proposals.escalate(at=timezone.now())
