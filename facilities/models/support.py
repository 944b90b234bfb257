"""Support: which NGO supports a facility, from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models import Organisation
from directorates.models.validity import Dated, DatedQuerySet
from facilities.models.facilities import Facility


class Support(Dated):
    """An organisation's support of a facility for a time; several may support one facility at once."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="supports")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="supports")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("support of a facility")
        verbose_name_plural = _("support of facilities")
        ordering = ["facility", "valid"]
        constraints = [
            ExclusionConstraint(
                name="a_supporter_once_at_a_time",
                expressions=[
                    ("facility", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        """Organisation and facility."""
        return f"{self.organisation} · {self.facility}"
