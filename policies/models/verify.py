"""What a stranger who holds a hash is told: of which adopted text it is, and whether that is in force."""

import datetime
from dataclasses import dataclass

from directorates.foundation.sight import unwalled
from directorates.models.naming import in_language
from policies.models.policies import PolicyKind
from policies.models.versions import PolicyState, PolicyVersion


@dataclass(frozen=True)
class Verified:
    """An adopted text as a stranger may know it: what it is called and when it holds, never what it says nor who voted how.

    `current` is the number of the version that holds on the day; None where none does.
    """

    code: str
    kind: str
    name_ar: str
    name_en: str
    number: int
    sections: int
    papers: int
    pictures: int
    state: PolicyState
    first_day: datetime.date | None
    last_day: datetime.date | None
    current: int | None

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.name_ar, self.name_en)


@unwalled
def verified(digest: str, day: datetime.date) -> Verified | None:
    """The adopted text with a hash; None where there is none, and for texts that were only proposed: those are told to nobody."""
    found = PolicyVersion.objects.adopted().with_digest(digest).select_related("policy").first()
    if found is None:
        return None
    policy = found.policy
    current = policy.versions.at(day).values_list("number", flat=True).first()
    return Verified(
        policy.code,
        str(PolicyKind(policy.kind).label),
        policy.name_ar,
        policy.name_en,
        found.number,
        found.sections.count(),
        found.papers.count(),
        found.pictures.count(),
        found.state(day),
        found.first_day,
        found.last_day,
        current,
    )
