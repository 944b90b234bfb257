"""Shared policies: what each is, its versions and sections, how it came about, who has read it; mandates and disputes; agreements."""

from policies.models.acknowledgements import Acknowledgement
from policies.models.agreements import Agreement, AgreementDeed, AgreementEvent, AgreementKind, AgreementState
from policies.models.amendments import AgreementText, Consent, TextKind, TextState
from policies.models.articles import Article
from policies.models.ballots import Ballot, Elector, Vote
from policies.models.concerns import Concern, ConcernEvent
from policies.models.consultations import Consultation, PolicyComment
from policies.models.disputes import DisputeDeed, DisputeEvent, DisputeState, MandateDispute
from policies.models.mandates import Function, Mandate, MandateLimit, MandateOrigin, MandateState
from policies.models.obligations import Obligation, ObligationEvent, ObligationState
from policies.models.parties import Party, PartyState, Signature
from policies.models.policies import Policy, PolicyKind
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
    "Concern",
    "ConcernEvent",
    "Consent",
    "Consultation",
    "DisputeDeed",
    "DisputeEvent",
    "DisputeState",
    "Elector",
    "Function",
    "Mandate",
    "MandateDispute",
    "MandateLimit",
    "MandateOrigin",
    "MandateState",
    "Obligation",
    "ObligationEvent",
    "ObligationState",
    "Party",
    "PartyState",
    "Policy",
    "PolicyComment",
    "PolicyInvitation",
    "PolicyKind",
    "PolicySection",
    "PolicyState",
    "PolicyVersion",
    "Signature",
    "TextKind",
    "TextState",
    "Vote",
]
