"""How much two entries of the register look like one facility: by their names, in both languages, and by their places."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

# From here on two names are alike; the share of three-letter pieces that they have in common.
ALIKE = 0.6
# Words, as search keys, that half of all facilities bear: they say nothing of which one it is.
_GENERAL = frozenset(
    (
        *("مشفي", "مركز", "صحي", "صحيه", "رعايه", "اوليه", "عياده", "متنقله", "نقطه", "طبيه", "طبي", "مخبر", "مستوصف"),
        *("hospital", "health", "centre", "center", "primary", "care", "clinic", "mobile", "medical", "point"),
        *("laboratory", "lab", "phc", "al", "the", "of"),
    )
)


@dataclass(frozen=True)
class Entry:
    """What is compared of an entry: its group (only entries of one group are compared), sub-district, names as keys.

    The pieces of the names are cut once, for every entry is compared with all others of its group. They are cut here:
    what PostgreSQL makes of Arabic letters depends on the locale of its server.
    """

    id: int
    group: tuple[str, int]
    place: int
    arabic: frozenset[str]
    english: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """How alike two entries are, from 0 to 1 by language, whether they share a name, and whether they share the place."""

    arabic: float
    english: float
    shared_name: bool
    same_place: bool

    @property
    def arabic_percent(self) -> float:
        """How alike the Arabic names are, from 0 to 100."""
        return self.arabic * 100

    @property
    def english_percent(self) -> float:
        """How alike the English names are, from 0 to 100."""
        return self.english * 100

    @property
    def score(self) -> float:
        """The order of a list: a shared name first, then the likeness; one sub-district before two."""
        return self.shared_name + max(self.arabic, self.english) + self.same_place / 4


def telling(key: str) -> str:
    """A name's key without the words that half of all facilities bear; the whole key where nothing else is in it."""
    return " ".join(word for word in key.split() if word not in _GENERAL) or key


def trigrams(text: str) -> frozenset[str]:
    """The three-letter pieces of a text's words, as PostgreSQL cuts them."""
    return frozenset(
        padded[start : start + 3]
        for word in text.split()
        for padded in [f"  {word} "]
        for start in range(len(word) + 1)
    )


def share(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of pieces that two names have in common, from 0 to 1."""
    return len(first & second) / len(first | second) if first | second else 0.0


def entry(*, id: int, group: tuple[str, int], place: int, search: str) -> Entry:  # noqa: A002 - the field's name
    """What is compared of a facility, from its search key: code, Arabic, English and other names between bars."""
    _code, arabic, english, *others = [*search.split(" | "), "", ""]
    names = frozenset(telling(key) for key in (arabic, english, *others) if key)
    numbers = frozenset(word for key in (arabic, english) for word in key.split() if word.isdecimal())
    return Entry(id, group, place, trigrams(telling(arabic)), trigrams(telling(english)), names, numbers)


def likeness(one: Entry, other: Entry) -> Likeness | None:
    """How alike two entries are, None where nothing says that they are one, or where their numbers say they are not."""
    if one.numbers and other.numbers and one.numbers != other.numbers:
        return None
    found = Likeness(
        share(one.arabic, other.arabic),
        share(one.english, other.english),
        bool(one.names & other.names),
        one.place == other.place,
    )
    return found if found.shared_name or max(found.arabic, found.english) >= ALIKE else None


def alike(entries: Iterable[Entry], mine: Container[int]) -> list[tuple[tuple[int, int], Likeness]]:
    """The pairs of ids (the smaller first) of which one is mine and that are alike, the likeliest first."""
    groups: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for one in sorted(entries, key=lambda one: one.id):
        groups[one.group].append(one)
    found = [
        ((one.id, other.id), why)
        for group in groups.values()
        for one, other in combinations(group, 2)
        if (one.id in mine or other.id in mine) and (why := likeness(one, other)) is not None
    ]
    return sorted(found, key=lambda pair: (-pair[1].score, pair[0]))


def standing_for(merged_into: Mapping[int, int]) -> dict[int, int]:
    """For each entry that was merged, and each that others were merged into, the one that stands in the end."""
    found = {}
    for one in {*merged_into, *merged_into.values()}:
        last = one
        while last in merged_into:
            last = merged_into[last]
        found[one] = last
    return found
