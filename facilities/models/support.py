"""Support: which NGO supports a facility, from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directorates.models import Organisation
from directorates.models.validity import Dated, DatedQuerySet
from facilities.models.facilities import Facility, Service


class Support(Dated):
    """An organisation's support of a facility for a time; several may support one facility at once.

    The share and the services are what was declared, by the supporter or by whoever keeps the register; nobody measured them.
    """

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="supports")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="supports")
    share = models.PositiveSmallIntegerField(_("declared share of the support, in per cent"), null=True)
    services = ArrayField(
        models.CharField(max_length=20, choices=Service), verbose_name=_("supported services"), default=list, blank=True
    )

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
            ),
            models.CheckConstraint(condition=Q(share__range=(1, 100)), name="a_share_is_of_a_hundred"),
        ]

    def __str__(self) -> str:
        """Organisation and facility."""
        return f"{self.organisation} · {self.facility}"

    @property
    def services_named(self) -> str:
        """The declared services in the reader's language; empty where none were declared."""
        return " · ".join(str(Service(one).label) for one in Service.values if one in self.services)
