"""Claims: who reads which waiting report, so that two do not read the same; a claim tells and never blocks."""

import datetime
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.submissions import Status, Submission
from directorates.models import User

# After so long a claim says nothing any more.
LAPSES = datetime.timedelta(days=1)


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Named queries over claims."""

    def standing(self, now: datetime.datetime) -> Self:
        """Those that say something now: not given up, not lapsed, and nothing was done with the report since."""
        return self.filter(
            ended=None, at__gt=now - LAPSES, at__gte=F("submission__changed"), submission__status=Status.SUBMITTED
        )


class Claim(models.Model):
    """A person reads a report: claimed by oneself, or handed over by someone with a note."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="claims")
    holder = models.ForeignKey(User, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    ended = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim of a report")
        verbose_name_plural = _("claims of reports")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["submission"], condition=Q(ended=None), name="one_claim_at_a_time")
        ]

    def __str__(self) -> str:
        """Holder and report."""
        return f"{self.holder_id} {self.submission_id}"


def claims_of(submissions: Iterable[UUID], now: datetime.datetime) -> dict[UUID, Claim]:
    """The claims that stand on some reports, by report."""
    rows = Claim.objects.standing(now).filter(submission__in=list(submissions)).select_related("holder", "by")
    return {row.submission_id: row for row in rows}


def claimed(now: datetime.datetime) -> Exists:
    """The condition that somebody claims a report."""
    return Exists(Claim.objects.standing(now).filter(submission=OuterRef("pk")))


def claimed_by(user: User, now: datetime.datetime) -> Exists:
    """The condition that a person claims a report."""
    return Exists(Claim.objects.standing(now).filter(submission=OuterRef("pk"), holder=user))
