"""Shared policies: what each is, its versions, their sections."""

from policies.models.policies import Policy, PolicyKind
from policies.models.sections import PolicySection
from policies.models.versions import PolicyState, PolicyVersion

__all__ = ["Policy", "PolicyKind", "PolicySection", "PolicyState", "PolicyVersion"]
