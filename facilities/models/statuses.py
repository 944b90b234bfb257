"""Operating status: whether a facility works, since when and why."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models import User
from directorates.models.validity import Dated, DatedQuerySet
from facilities.models.facilities import Facility
from facilities.models.operating import NOT_EXPECTED, Operating

__all__ = ["NOT_EXPECTED", "Operating", "OperatingStatus"]


class OperatingStatus(Dated):
    """The status of a facility for a time, with the reason and who recorded it."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="statuses")
    status = models.CharField(_("operating status"), max_length=24, choices=Operating)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("operating status")
        verbose_name_plural = _("operating statuses")
        ordering = ["facility", "valid"]
        constraints = [
            ExclusionConstraint(
                name="one_status_at_a_time",
                expressions=[("facility", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        """The status."""
        return self.get_status_display()
