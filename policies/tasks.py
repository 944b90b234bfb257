"""Background work of policies."""

from celery import shared_task
from django.utils import timezone

from policies.actions import acknowledgements, amendments, ballots, coming_ends, disputes, dissolutions, reviews


@shared_task(name="policies.close_ballots")
def close_ballots() -> int:
    """Count the ballots whose time is over; scheduled each minute, each is counted once."""
    return ballots.close_ballots(at=timezone.now())


@shared_task(name="policies.close_lapsed_disputes")
def close_lapsed_disputes() -> int:
    """Close the disputes whose days are over; scheduled daily, each is closed once."""
    return disputes.close_lapsed_disputes(at=timezone.now())


@shared_task(name="policies.remind_to_acknowledge")
def remind_to_acknowledge() -> int:
    """Remind organisations of what they have not acknowledged; scheduled daily, each is told once of each time."""
    return acknowledgements.remind_to_acknowledge(at=timezone.now())


@shared_task(name="policies.warn_of_reviews")
def warn_of_reviews() -> int:
    """Warn of reviews that are due; scheduled daily, each is told once of each time."""
    return reviews.warn_of_reviews(at=timezone.now())


@shared_task(name="policies.settle_proposals")
def settle_proposals() -> int:
    """Let amendments take force once the last that did not consent has left; scheduled daily, each does once."""
    return amendments.settle_proposals(at=timezone.now())


@shared_task(name="policies.follow_dissolutions")
def follow_dissolutions() -> int:
    """End what dissolved organisations stand in or lead; scheduled daily, each ends once."""
    return dissolutions.follow_dissolutions(at=timezone.now())


@shared_task(name="policies.warn_of_agreements")
def warn_of_agreements() -> int:
    """Warn of agreements that end and obligations that are due; scheduled daily, each is told once of each time."""
    return coming_ends.warn_of_agreements(today=timezone.localdate(), at=timezone.now())
