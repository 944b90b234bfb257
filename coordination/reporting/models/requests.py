"""Stored requests: a doubled request gets the first one's answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models import User


class StoredRequest(models.Model):
    """The key of a request, the digest of its body and its answer, written in one transaction with the effect."""

    account = models.ForeignKey(User, models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    # As it was sent, letter for letter; empty only within the transaction that computes it.
    answer = models.TextField(default="")
    headers = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("stored request")
        verbose_name_plural = _("stored requests")
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="one_effect_a_key")]

    def __str__(self) -> str:
        """The key."""
        return self.key
