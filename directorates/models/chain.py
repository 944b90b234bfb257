"""The chain over the record: each link holds a digest of some entries and the hash of the link before it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directorates.models.audit import AuditEvent
from directorates.models.organisations import Organisation
from directorates.models.people import User

# What the first link holds in place of the hash before it.
BEGINNING = "0" * 64
# Hexadecimal digits of a SHA-256.
DIGITS = 64


class ChainLink(models.Model):
    """A link: how many entries, the SHA-256 of them, of the link before, and of itself (`rules/chain.py`); appended only."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(_("time"))
    count = models.PositiveIntegerField(_("entries"))
    digest = models.CharField(max_length=DIGITS)
    previous = models.CharField(max_length=DIGITS, unique=True)
    hash = models.CharField(max_length=DIGITS, unique=True)
    # When it was written: the last id that was given, and the first transaction that had not begun.
    last_id = models.BigIntegerField()
    next_transaction = models.BigIntegerField()
    # Every entry with an id up to this one is linked for good, so that the next look begins there.
    linked_to = models.BigIntegerField()

    class Meta:
        verbose_name = _("link of the record")
        verbose_name_plural = _("links of the record")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gt=0, count__gt=0), name="links_begin_at_one_and_hold_something"
            ),
            models.CheckConstraint(condition=~Q(hash=F("previous")), name="no_link_before_itself"),
        ]

    def __str__(self) -> str:
        """Number and the beginning of the hash."""
        return f"{self.number} {self.hash[:12]}"


class LinkedEvent(models.Model):
    """Which entry stands in which link: each in one."""

    event = models.OneToOneField(
        AuditEvent, models.PROTECT, primary_key=True, related_name="linked", db_constraint=False
    )
    link = models.ForeignKey(ChainLink, models.PROTECT, related_name="events")

    class Meta:
        verbose_name = _("linked entry")
        verbose_name_plural = _("linked entries")

    def __str__(self) -> str:
        """Entry and link."""
        return f"{self.event_id} in {self.link_id}"


class RecordWitness(models.Model):
    """Someone outside who gets the head of the chain each day by e-mail, so that nobody can write the record anew unseen."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("named"))
    ended = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("witness of the record")
        verbose_name_plural = _("witnesses of the record")
        ordering = ["organisation__code", "email"]

    def __str__(self) -> str:
        """Name and organisation."""
        return f"{self.name} · {self.organisation}"


class SentHead(models.Model):
    """A head that was sent to a witness: one a day."""

    witness = models.ForeignKey(RecordWitness, models.CASCADE, related_name="heads")
    day = models.DateField()
    link = models.ForeignKey(ChainLink, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("sent head of the record")
        verbose_name_plural = _("sent heads of the record")
        constraints = [models.UniqueConstraint(fields=["witness", "day"], name="one_head_a_day")]

    def __str__(self) -> str:
        """Witness and day."""
        return f"{self.witness_id} {self.day}"
