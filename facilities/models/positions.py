"""Exact positions: encrypted, in a table of their own that a row policy guards (`migrations/0006_positions.py`)."""

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from directorates.foundation.ciphers import OVERHEAD
from directorates.models import Organisation, User
from facilities.models.facilities import Facility
from facilities.rules.positions import PACKED_BYTES


class ExactPosition(models.Model):
    """Where exactly a facility stands; leaked coordinates kill, so no list, API, export, log or admin page touches this.

    `actions/positions.py` alone encrypts and decrypts it; the keys are not in the database.
    """

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="+")
    key = models.CharField(_("id of the key"), max_length=16)
    ciphertext = models.BinaryField(_("encrypted location"))
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("entered by"), related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("acting as"), related_name="+")
    at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("exact location")
        verbose_name_plural = _("exact locations")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(key__regex="^[0-9a-f]{16}$"), name="position_names_its_key"),
            # Whoever reads lengths learns nothing from them.
            models.CheckConstraint(
                condition=Exact(
                    Func(F("ciphertext"), function="octet_length", output_field=models.IntegerField()),
                    OVERHEAD + PACKED_BYTES,
                ),
                name="positions_are_equally_long",
            ),
        ]

    def __str__(self) -> str:
        """Never the coordinates."""
        return "exact location"
