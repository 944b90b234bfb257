"""Background work of the project itself."""

from celery import shared_task
from django.core.cache import cache

from coordination.health import WORKER_KEY, WORKER_SECONDS


@shared_task(name="coordination.alive")
def alive() -> None:
    """Show that a worker takes tasks; scheduled every fifteen seconds."""
    cache.set(WORKER_KEY, 1, timeout=WORKER_SECONDS)
