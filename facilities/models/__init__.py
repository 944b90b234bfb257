"""The nouns of the facility register, a file each."""

from facilities.models.facilities import Facility, FacilityService
from facilities.models.positions import ExactPosition
from facilities.models.statuses import OperatingStatus
from facilities.models.support import Support

__all__ = ["ExactPosition", "Facility", "FacilityService", "OperatingStatus", "Support"]
