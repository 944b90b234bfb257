"""The quorum of a meeting: which share of the invited organisations is there."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Quorum:
    """How many were invited, how many came, and which share is needed, in percent; 0 needs nobody."""

    invited: int
    present: int
    share: int

    @property
    def needed(self) -> int:
        """So many have to be there: the share of those invited, rounded up, so that half of seven are four."""
        return -(-self.invited * self.share // 100)

    @property
    def reached(self) -> bool:
        """Whether enough are there."""
        return self.present >= self.needed


def quorum_of(presences: Sequence[bool | None], share: int) -> Quorum | None:
    """The quorum by who of the invited was there; None as long as that was written of nobody."""
    if not presences or all(one is None for one in presences):
        return None
    return Quorum(len(presences), sum(one is True for one in presences), share)
