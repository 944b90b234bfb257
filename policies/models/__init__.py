"""Shared policies: what each is, its versions, their sections; and mandates: who leads what where, and disputes over it."""

from policies.models.disputes import DisputeDeed, DisputeEvent, DisputeState, MandateDispute
from policies.models.mandates import Function, Mandate, MandateLimit, MandateOrigin, MandateState
from policies.models.policies import Policy, PolicyKind
from policies.models.sections import PolicySection
from policies.models.versions import PolicyState, PolicyVersion

__all__ = [
    "DisputeDeed",
    "DisputeEvent",
    "DisputeState",
    "Function",
    "Mandate",
    "MandateDispute",
    "MandateLimit",
    "MandateOrigin",
    "MandateState",
    "Policy",
    "PolicyKind",
    "PolicySection",
    "PolicyState",
    "PolicyVersion",
]
