"""What comes of a ballot: pure rules of quorum and majority, with their arithmetic."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

PERCENT = 100


class Choice(StrEnum):
    """What an organisation can vote."""

    FOR = "for"
    RESERVED = "reserved"  # for, with a reservation in words
    AGAINST = "against"
    ABSTAIN = "abstain"


class Majority(StrEnum):
    """How many have to be for it, of those who are for or against: abstaining takes part in the quorum alone."""

    SIMPLE = "simple"
    TWO_THIRDS = "two_thirds"
    CONSENSUS = "consensus"


class Outcome(StrEnum):
    """What came of a ballot."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    TIED = "tied"
    NO_QUORUM = "no_quorum"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class Tally:
    """How many electors there are and how many voted what; numbers of organisations."""

    electors: int
    plain: int = 0
    reserved: int = 0
    against: int = 0
    abstained: int = 0

    @classmethod
    def of(cls, choices: Iterable[Choice | None]) -> Self:
        """The tally of what each elector voted last, None where one did not."""
        found = Counter(choices)
        return cls(
            found.total(), found[Choice.FOR], found[Choice.RESERVED], found[Choice.AGAINST], found[Choice.ABSTAIN]
        )

    @property
    def in_favour(self) -> int:
        """Those for it, with or without reservation."""
        return self.plain + self.reserved

    @property
    def voted(self) -> int:
        """Those that took part."""
        return self.in_favour + self.against + self.abstained

    def needed(self, quorum: int) -> int:
        """How many have to take part for a quorum in percent: never fewer than that share, and one at least."""
        return max(-(-self.electors * quorum // PERCENT), 1)

    @property
    def decided(self) -> int:
        """Those that decide by the majority: for or against."""
        return self.in_favour + self.against

    def needed_for(self, majority: Majority) -> int:
        """How many of those for or against have to be for it; one at least, or nobody would adopt something."""
        return max(
            {
                Majority.SIMPLE: self.decided // 2 + 1,
                Majority.TWO_THIRDS: -(-2 * self.decided // 3),
                Majority.CONSENSUS: self.decided,
            }[majority],
            1,
        )

    def reaches(self, quorum: int) -> bool:
        """Whether enough took part."""
        return self.voted >= self.needed(quorum)

    def outcome(self, majority: Majority, quorum: int) -> Outcome:
        """What comes of it: without a quorum nothing; as many for as against is a tie, which adopts nothing either."""
        if not self.reaches(quorum):
            return Outcome.NO_QUORUM
        if self.in_favour == self.against:
            return Outcome.TIED
        return Outcome.ADOPTED if self.in_favour >= self.needed_for(majority) else Outcome.REJECTED
