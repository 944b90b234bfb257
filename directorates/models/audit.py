"""The record of actions: appended only."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from directorates.models.organisations import Organisation
from directorates.models.people import User


class CurrentTransaction(Func):
    """The id of the writing transaction: a sealer may take events of finished transactions only."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class AuditEvent(models.Model):
    """Who did what to which thing, as which organisation, when; written in the transaction of the deed."""

    at = models.DateTimeField(_("time"), db_default=TransactionNow())
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), null=True, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("acting as"), null=True, related_name="+")
    what = models.CharField(_("what"), max_length=60)
    kind = models.CharField(_("kind of thing"), max_length=60)
    thing = models.CharField(_("thing"), max_length=64)
    refused = models.BooleanField(_("refused"), default=False)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("entry in the record")
        verbose_name_plural = _("record of actions")
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "thing"], name="audit_thing")]

    def __str__(self) -> str:
        """Deed and thing."""
        return f"{self.what} {self.kind} {self.thing}"
