"""Shared policies: what each is, its versions, their sections; how it came about, and who has read it."""

from policies.models.acknowledgements import Acknowledgement
from policies.models.ballots import Ballot, Elector, Vote
from policies.models.concerns import Concern, ConcernEvent
from policies.models.consultations import Consultation, PolicyComment
from policies.models.policies import Policy, PolicyKind
from policies.models.sections import PolicySection
from policies.models.versions import PolicyInvitation, PolicyState, PolicyVersion

__all__ = [
    "Acknowledgement",
    "Ballot",
    "Concern",
    "ConcernEvent",
    "Consultation",
    "Elector",
    "Policy",
    "PolicyComment",
    "PolicyInvitation",
    "PolicyKind",
    "PolicySection",
    "PolicyState",
    "PolicyVersion",
    "Vote",
]
