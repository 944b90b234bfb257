"""The record of actions: appended only."""

from typing import ClassVar

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.sight import Way
from directorates.models.organisations import Organisation
from directorates.models.people import User
from directorates.roles import Permission
from directorates.scopes import Columns


class CurrentTransaction(Func):
    """The id of the writing transaction: a sealer may take events of finished transactions only."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class OfConnection(Func):
    """A setting of the connection (`foundation/sight.py`), nothing where it was not made."""

    template = "coalesce(current_setting('%(setting)s', true), '')"
    output_field = models.CharField()


class Ways(models.TextChoices):
    """How a deed came about, in words."""

    PAGE = Way.PAGE.value, pgettext_lazy("way", "a page")
    KEY = Way.KEY.value, pgettext_lazy("way", "a program with a key")
    TASK = Way.TASK.value, pgettext_lazy("way", "the portal by itself")
    COMMAND = Way.COMMAND.value, pgettext_lazy("way", "a command at the portal's machine")


class AuditEvent(models.Model):
    """Who did what to which thing, as which organisation, when and from where; written in the transaction of the deed."""

    at = models.DateTimeField(_("time"), db_default=TransactionNow())
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), null=True, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("acting as"), null=True, related_name="+")
    # Whose thing another organisation read: it stands in that one's record too.
    concerns = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("concerns"), null=True, related_name="+")
    what = models.CharField(_("what"), max_length=60)
    kind = models.CharField(_("kind of thing"), max_length=60)
    thing = models.CharField(_("thing"), max_length=64)
    refused = models.BooleanField(_("refused"), default=False)
    details = models.JSONField(_("details"), default=dict)
    # From the connection, so that entries written in bulk by SQL have them too.
    way = models.CharField(
        _("by way of"), max_length=8, choices=Ways, blank=True, db_default=OfConnection(setting="origin.way")
    )
    address = models.CharField(
        _("from the address"), max_length=45, blank=True, db_default=OfConnection(setting="origin.address")
    )

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.VIEW_RECORD: Columns(("acting_id", "concerns_id"))}

    class Meta:
        verbose_name = _("entry in the record")
        verbose_name_plural = _("record of actions")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "thing"], name="audit_thing"),
            models.Index(fields=["acting", "-id"], name="audit_of_organisation"),
        ]

    def __str__(self) -> str:
        """Deed and thing."""
        return f"{self.what} {self.kind} {self.thing}"
