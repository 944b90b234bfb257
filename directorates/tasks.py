"""Background work of the bottom floor."""

from celery import shared_task
from django.utils import timezone

from directorates.actions import chain, sharing
from directorates.foundation import digests, notices, outbox


@shared_task(name="directorates.relay")
def relay() -> int:
    """Send to the broker what actions queued in the outbox."""
    return outbox.relay()


@shared_task(name="directorates.post_notices")
def post_notices() -> int:
    """Post the letters of fresh notices; queued with each notice, scheduled for those the mail server did not take."""
    return notices.post_all(now=timezone.now())


@shared_task(name="directorates.post_digests")
def post_digests() -> int:
    """Post the digests whose hour has come; scheduled hourly, for those the mail server did not take, and each goes once."""
    return digests.post_digests(now=timezone.now())


@shared_task(name="directorates.link_record")
def link_record() -> int:
    """Link what was recorded; scheduled every two seconds, so that an entry is in the chain within five."""
    return chain.link_record(at=timezone.now())


@shared_task(name="directorates.send_heads")
def send_heads() -> int:
    """Send the head of the record to its witnesses; scheduled daily, and again for letters the mail server did not take."""
    return chain.send_heads(day=timezone.localdate())


@shared_task(name="directorates.warn_of_ends")
def warn_of_ends() -> int:
    """Tell both sides of a sharing agreement that it ends soon; scheduled daily, each is told once."""
    return sharing.warn_of_ends(today=timezone.localdate(), at=timezone.now())
