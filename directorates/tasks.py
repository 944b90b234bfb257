"""Background work of the bottom floor."""

from celery import shared_task

from directorates.foundation import outbox


@shared_task(name="directorates.relay")
def relay() -> int:
    """Send to the broker what actions queued in the outbox."""
    return outbox.relay()
