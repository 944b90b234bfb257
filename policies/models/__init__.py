"""Shared policies: what each is, its versions and sections, how it came about, who has read it; mandates, disputes, branding."""

from policies.models.acknowledgements import Acknowledgement
from policies.models.ballots import Ballot, Elector, Vote
from policies.models.branding import BrandFile, BrandFormat, BrandKind, BrandState, BrandVersion
from policies.models.compliance import Compliance, ComplianceNote, Evidence
from policies.models.concerns import Concern, ConcernEvent
from policies.models.consultations import Consultation, PolicyComment
from policies.models.disputes import DisputeDeed, DisputeEvent, DisputeState, MandateDispute
from policies.models.mandates import Function, Mandate, MandateLimit, MandateOrigin, MandateState
from policies.models.papers import PolicyPaper
from policies.models.policies import Policy, PolicyKind
from policies.models.reviews import PolicyReview
from policies.models.sections import PolicySection
from policies.models.versions import PolicyInvitation, PolicyState, PolicyVersion

__all__ = [
    "Acknowledgement",
    "Ballot",
    "BrandFile",
    "BrandFormat",
    "BrandKind",
    "BrandState",
    "BrandVersion",
    "Compliance",
    "ComplianceNote",
    "Concern",
    "ConcernEvent",
    "Consultation",
    "DisputeDeed",
    "DisputeEvent",
    "DisputeState",
    "Elector",
    "Evidence",
    "Function",
    "Mandate",
    "MandateDispute",
    "MandateLimit",
    "MandateOrigin",
    "MandateState",
    "Policy",
    "PolicyComment",
    "PolicyInvitation",
    "PolicyKind",
    "PolicyPaper",
    "PolicyReview",
    "PolicySection",
    "PolicyState",
    "PolicyVersion",
    "Vote",
]
