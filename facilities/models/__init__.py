"""The nouns of the facility register, a file each."""

from facilities.models.duplicates import Merge, NotDuplicate
from facilities.models.facilities import Facility, FacilityService
from facilities.models.placements import FormerPlacement
from facilities.models.position_grants import PositionApproval, PositionGrant, PositionReading
from facilities.models.positions import ExactPosition
from facilities.models.proposals import ChangeProposal, FieldChange, ProposalEvent
from facilities.models.statuses import OperatingStatus
from facilities.models.support import Support

__all__ = [
    "ChangeProposal",
    "ExactPosition",
    "Facility",
    "FacilityService",
    "FieldChange",
    "FormerPlacement",
    "Merge",
    "NotDuplicate",
    "OperatingStatus",
    "PositionApproval",
    "PositionGrant",
    "PositionReading",
    "ProposalEvent",
    "Support",
]
