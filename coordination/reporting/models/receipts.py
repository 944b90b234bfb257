"""Receipt numbers: SY07-2024-0193 is the 193rd report received from SY07 in 2024."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReceiptSeries(models.Model):
    """The last number given in a governorate and a year of receiving; counted up in the transaction that files.

    The row is touched by the last statements of that transaction, so whoever waits for it waits for a commit only.
    """

    place = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("series of receipt numbers")
        verbose_name_plural = _("series of receipt numbers")
        constraints = [models.UniqueConstraint(fields=["place", "year"], name="one_series_a_place_and_year")]

    def __str__(self) -> str:
        """Place and year."""
        return f"{self.place}-{self.year}"
