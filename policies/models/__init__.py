"""Shared policies: how each came about, who has read it; mandates and disputes; agreements; logo and stationery."""

from policies.models.acknowledgements import Acknowledgement
from policies.models.agreement_events import AgreementDeed, AgreementEvent
from policies.models.agreements import Agreement, AgreementKind, AgreementState
from policies.models.amendments import AgreementText, Consent, TextKind, TextState
from policies.models.articles import Article
from policies.models.ballots import Ballot, Elector, Vote
from policies.models.body_members import BodyMember, MemberState
from policies.models.branding import BrandFile, BrandFormat, BrandKind, BrandState, BrandVersion
from policies.models.compliance import Compliance, ComplianceNote, Evidence
from policies.models.concerns import Concern, ConcernEvent
from policies.models.consultations import Consultation, PolicyComment
from policies.models.disputes import DisputeDeed, DisputeEvent, DisputeState, MandateDispute
from policies.models.mandates import Function, Mandate, MandateLimit, MandateOrigin, MandateState
from policies.models.obligations import Obligation, ObligationEvent, ObligationState
from policies.models.papers import PolicyPaper
from policies.models.parties import Party, PartyState, Signature
from policies.models.pictures import PolicyPicture
from policies.models.policies import Policy, PolicyKind
from policies.models.reviews import PolicyReview
from policies.models.sections import PolicySection
from policies.models.versions import PolicyInvitation, PolicyState, PolicyVersion

__all__ = [
    "Acknowledgement",
    "Agreement",
    "AgreementDeed",
    "AgreementEvent",
    "AgreementKind",
    "AgreementState",
    "AgreementText",
    "Article",
    "Ballot",
    "BodyMember",
    "BrandFile",
    "BrandFormat",
    "BrandKind",
    "BrandState",
    "BrandVersion",
    "Compliance",
    "ComplianceNote",
    "Concern",
    "ConcernEvent",
    "Consent",
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
    "MemberState",
    "Obligation",
    "ObligationEvent",
    "ObligationState",
    "Party",
    "PartyState",
    "Policy",
    "PolicyComment",
    "PolicyInvitation",
    "PolicyKind",
    "PolicyPaper",
    "PolicyPicture",
    "PolicyReview",
    "PolicySection",
    "PolicyState",
    "PolicyVersion",
    "Signature",
    "TextKind",
    "TextState",
    "Vote",
]
