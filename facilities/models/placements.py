"""In which sub-district a facility lay before: where places are moved, split or merged, facilities are taken along."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models import Place, PlaceChange
from facilities.models.facilities import Facility


class FormerPlacement(models.Model):
    """The sub-district that a facility lay in until a day; from then on it lies where the next one, or its entry, says."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="former_placements")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("sub-district"))
    # The first day on which it lay elsewhere.
    until = models.DateField(_("until"))
    change = models.ForeignKey(PlaceChange, models.PROTECT, related_name="placements")

    class Meta:
        verbose_name = _("former place of a facility")
        verbose_name_plural = _("former places of facilities")
        default_permissions = ()
        ordering = ["facility", "until"]
        constraints = [models.UniqueConstraint(fields=["facility", "until"], name="a_facility_leaves_once_a_day")]

    def __str__(self) -> str:
        """Facility, place and day."""
        return f"{self.facility_id} {self.place} {self.until}"


def placed_on(day: str, facility: str = "f") -> str:
    """SQL: the sub-district in which a facility lay on a day; one index probe, and for most facilities nothing found."""
    return f"""coalesce((SELECT x.place_id FROM facilities_formerplacement x
        WHERE x.facility_id = {facility}.id AND x.until > {day} ORDER BY x.until LIMIT 1), {facility}.place_id)"""
