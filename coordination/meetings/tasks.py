"""Background work of meetings."""

from celery import shared_task
from django.utils import timezone

from coordination.meetings.actions import due


@shared_task(name="meetings.remind")
def remind() -> int:
    """Remind of action items that are due soon or late; scheduled each morning, safe twice."""
    return due.remind_of_action_items(today=timezone.localdate(), at=timezone.now())
