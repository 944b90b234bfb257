"""Exact positions: in a table of their own that nothing reads yet; the application's role may not even select it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from facilities.models.facilities import Facility


class ExactPosition(models.Model):
    """Where exactly a facility stands; leaked coordinates kill, so no list, API, export, log or admin page touches this."""

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="+")
    latitude = models.DecimalField(max_digits=8, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)

    class Meta:
        verbose_name = _("exact location")
        verbose_name_plural = _("exact locations")
        default_permissions = ()

    def __str__(self) -> str:
        """Never the coordinates."""
        return "exact location"
