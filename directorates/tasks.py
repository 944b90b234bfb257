"""Background work of the bottom floor."""

from celery import shared_task
from django.utils import timezone

from directorates.foundation import notices, outbox


@shared_task(name="directorates.relay")
def relay() -> int:
    """Send to the broker what actions queued in the outbox."""
    return outbox.relay()


@shared_task(name="directorates.post_notices")
def post_notices() -> int:
    """Post the letters of fresh notices; queued with each notice, scheduled for those the mail server did not take."""
    return notices.post_all(now=timezone.now())
