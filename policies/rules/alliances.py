"""Who stands with whom: pure rules over the days on which organisations are parties of agreements.

Two organisations stand together on a day on which both are parties of one agreement. A *group* is whoever is joined so, directly
or through others. The *critical mass* of a day is the largest number of organisations each of which stands with each other:
they need nobody between them to act together. Finding it is the search for the largest clique (Bron and Kerbosch 1973, with the
pivot of Tomita and others 2006); its steps are counted over all days of a question, and where they run out the figure is a lower bound
and says so.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

# For some hundred organisations in agreements as they are, a few thousand steps are enough. A purse of them lasts for one question:
# whoever writes agreements that no search comes to the end of holds up nobody for longer than about a second.
STEPS = 50_000
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Tie:
    """An organisation is a party of an agreement from a day until a day, both included; None is open."""

    agreement: int
    organisation: int
    first: datetime.date
    last: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        """Whether it is on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Mass:
    """How many stand together on a day: each with each (`mutual`), and in the largest group; `exact` unless steps ran out."""

    day: datetime.date
    mutual: frozenset[int]
    group: frozenset[int]
    agreements: int
    exact: bool = True


def standing(ties: Iterable[Tie], day: datetime.date) -> dict[int, set[int]]:
    """The organisations that stand in each agreement on a day; an agreement in which one stands alone joins nobody."""
    found: dict[int, set[int]] = {}
    for tie in ties:
        if tie.holds(day):
            found.setdefault(tie.agreement, set()).add(tie.organisation)
    return {agreement: parties for agreement, parties in found.items() if len(parties) > 1}


def neighbours(agreements: Iterable[Collection[int]]) -> dict[int, set[int]]:
    """Of each organisation those with which it stands in an agreement."""
    found: dict[int, set[int]] = {}
    for parties in agreements:
        for one in parties:
            found.setdefault(one, set()).update(parties)
    return {one: others - {one} for one, others in found.items()}


def groups(agreements: Iterable[Collection[int]]) -> list[frozenset[int]]:
    """Whoever is joined by agreements, directly or through others; the largest group first."""
    near, found, seen = neighbours(agreements), [], set[int]()
    for begin in sorted(near):
        if begin in seen:
            continue
        group, ahead = set[int](), {begin}
        while ahead:
            group |= ahead
            ahead = set().union(*(near[one] for one in ahead)) - group
        seen |= group
        found.append(frozenset(group))
    return sorted(found, key=lambda group: (-len(group), min(group)))


@dataclass
class Purse:
    """The steps that are left to all searches of one question together."""

    left: int = STEPS


def most_mutual(agreements: Iterable[Collection[int]], purse: Purse | None = None) -> tuple[frozenset[int], bool]:
    """The largest set of organisations each of which stands with each other, and whether it is known that none is larger.

    Of several as large, the parties of one agreement come first.
    """
    whole = [frozenset(parties) for parties in agreements]
    # Every agreement is such a set already: a lower bound, whatever the search finds.
    best = min(whole, key=lambda one: (-len(one), sorted(one)), default=frozenset[int]())
    purse = purse or Purse()
    search = _Search(neighbours(whole), best, purse)
    search.grow(frozenset(), set(search.near), set())
    return search.best, purse.left > 0


class _Search:
    """The search for the largest clique, as far as the steps of a purse reach."""

    def __init__(self, near: Mapping[int, set[int]], best: frozenset[int], purse: Purse) -> None:
        self.near, self.best, self.purse = near, best, purse

    def grow(self, held: frozenset[int], open_to: set[int], done: set[int]) -> None:
        """Try whatever can be added to those that are held; what cannot become larger than the best is left."""
        self.purse.left -= 1
        if len(held) > len(self.best):
            self.best = held
        if not open_to or self.purse.left <= 0 or len(held) + len(open_to) <= len(self.best):
            return
        pivot = max(sorted(open_to | done), key=lambda one: len(self.near[one] & open_to))
        for one in sorted(open_to - self.near[pivot]):
            self.grow(held | {one}, open_to & self.near[one], done & self.near[one])
            open_to.discard(one)
            done.add(one)


def mass_on(ties: Iterable[Tie], day: datetime.date, purse: Purse | None = None) -> Mass:
    """How many stand together on a day."""
    held = standing(ties, day)
    mutual, exact = most_mutual(held.values(), purse)
    return Mass(day, mutual, next(iter(groups(held.values())), frozenset()), len(held), exact)


def mass_by_year(
    ties: Collection[Tie], first: int, last: int, until: datetime.date, purse: Purse | None = None
) -> list[Mass]:
    """The day of each year on which most stood each with each, and how many; the first of several such days.

    Only days on which something begins or a year does can be it. Nothing later than a day (`until`) is looked at.
    """
    starts = sorted({tie.first for tie in ties})
    known: dict[frozenset[Tie], Mass] = {}
    purse = purse or Purse()
    found = []
    for year in range(first, last + 1):
        begin, end = datetime.date(year, 1, 1), min(datetime.date(year, 12, 31), until)
        days = [begin, *(day for day in starts if begin < day <= end)] if begin <= end else []
        masses = []
        for day in days:
            held = frozenset(tie for tie in ties if tie.holds(day))
            if held not in known:
                known[held] = mass_on(held, day, purse)
            was = known[held]
            masses.append(Mass(day, was.mutual, was.group, was.agreements, was.exact))
        if masses:
            most = max(masses, key=lambda one: (len(one.mutual), len(one.group), -one.day.toordinal()))
            # Of a day on which the search ended early nobody knows whether it was the one.
            found.append(replace(most, exact=all(one.exact for one in masses)))
    return found
