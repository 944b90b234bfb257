"""Corrections that wait for somebody: requests to decide, and editions whose custodian has said nothing of corrections yet."""

from functools import cached_property

from coordination.reporting.models import CorrectionRequest, Edition
from coordination.reporting.models.errata import errata_due
from directorates.models import User
from directorates.permissions import Permission, may

LINES = 6


class CorrectionsWaiting:
    """What is to be decided, the longest waiting first, and the editions, the last first."""

    def __init__(self, user: User) -> None:
        """Keep who asks."""
        self.user = user

    @cached_property
    def requests(self) -> list[CorrectionRequest]:
        """The first requests to decide."""
        if not may(self.user, Permission.REVIEW_REPORTS):
            return []
        return list(CorrectionRequest.objects.to_decide(self.user).named().order_by("at", "pk")[:LINES])

    @cached_property
    def editions(self) -> list[Edition]:
        """The first editions that may need an erratum."""
        if not may(self.user, Permission.PUBLISH_EDITIONS):
            return []
        rows = errata_due(self.user).order_by("-period_start", "pk")
        return list(
            rows.select_related("template__programme").prefetch_related("template__programme__week_rules")[:LINES]
        )
