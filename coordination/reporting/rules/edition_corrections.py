"""Small differences: an edition that corrects another hides what would tell, beside the old one, what single facilities changed.

The old edition is out: what it shows is known for good. Whoever holds both works out every difference of figures that both show,
and a difference that rests on few facilities, on few people or mostly on one organisation is as telling as such a figure. So each
such difference is one more unknown, tied to the new figure (and to the old one, where that was hidden), and the hiding of
`rules/suppression.py` runs over all of it at once. Where nothing changed, old and new are one number: what was shown stays
shown, since everybody knows it, and what was hidden stays hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from coordination.reporting.rules.edition_figures import (
    WHOLE,
    Counted,
    Expected,
    Figure,
    Made,
    added_up,
    covered,
    line,
    number_of,
    shown_of,
    ties_of,
)
from coordination.reporting.rules.edition_inputs import Facts, Spot
from coordination.reporting.rules.figures import Parts, Sums
from coordination.reporting.rules.suppression import Behind, Tie, hide
from coordination.reporting.rules.ties import Key

# What is hidden whatever stands behind it.
UNKNOWN = Behind(Decimal(), 0, Decimal())


@dataclass(frozen=True)
class Before:
    """An edition that was published before: what it was made of, and what it hides."""

    facts: Facts
    counted: Sequence[Counted]
    hidden: frozenset[Key]


class Beside(NamedTuple):
    """An unknown beside the new figures: an old figure that was hidden, or a difference that tells of few."""

    depth: int
    whole: bool
    kind: str
    which: int
    key: Key


def make_correction(
    facts: Facts, counted: Sequence[Counted], expected: Iterable[Expected], befores: Sequence[Before]
) -> Made:
    """An edition beside those that it corrects, the last one and whatever that one corrected."""
    places = {one.id: one for one in facts.places}
    figures = added_up(counted, facts.items, places)
    system = _System(facts, figures)
    for which, before in enumerate(befores):
        system.take(which, before, counted)
    hidden = system.hidden()
    shown = shown_of(facts, figures, hidden)
    return Made(shown, hidden, covered(places, counted, expected))


class _System:
    """All equations that somebody with every edition can write down."""

    def __init__(self, facts: Facts, figures: dict[Key, Figure]) -> None:
        self.facts, self.figures = facts, figures
        self.behind: dict[Any, Behind] = {key: figure.behind() for key, figure in figures.items()}
        self.known: set[Key] = set()
        self.more: list[Tie] = []

    def take(self, which: int, before: Before, counted: Sequence[Counted]) -> None:
        """What an older edition shows, hides, and tells of by its differences."""
        places = {one.id: one for one in before.facts.places}
        old = added_up(before.counted, before.facts.items, places)
        changes = changed(before, self.facts, counted)
        for key in old.keys() & self.figures.keys():
            if key not in changes:
                self._same(key, before)
        for tie in ties_of(before.facts, old):
            self._add_old(tie, which, before, changes)
        for key, change in changes.items():
            if change.behind().is_small(self.facts.limits):
                self._add_change(key, which, before)

    def _same(self, key: Key, before: Before) -> None:
        """Nothing changed: known for good, or as hidden as before."""
        if key in before.hidden:
            self.behind[key] = UNKNOWN
        else:
            self.known.add(key)

    def _add_old(self, tie: Tie, which: int, before: Before, changes: Mapping[Key, Figure]) -> None:
        """What tied the old figures, as far as they were hidden; a share that was hidden tied nothing."""
        if tie.given is not None and tie.given in before.hidden:
            return
        factors = {
            self._old(key, which, changes): factor for key, factor in tie.factors.items() if key in before.hidden
        }
        if factors:
            self.more.append(Tie(factors))

    def _old(self, key: Key, which: int, changes: Mapping[Key, Figure]) -> Any:
        """An old figure that was hidden: the new one itself, where nothing changed."""
        if key not in changes and key in self.figures:
            return key
        name = Beside(key.depth, key.whole, "old", which, key)
        self.behind[name] = UNKNOWN
        return name

    def _add_change(self, key: Key, which: int, before: Before) -> None:
        """A difference that tells of few: of a figure that is gone, too, there is a new one, which is hidden."""
        name = Beside(key.depth, key.whole, "change", which, key)
        self.behind[name] = UNKNOWN
        if key not in self.figures:
            self.figures[key] = Figure()
            self.behind[key] = UNKNOWN
        factors: dict[Any, int] = {key: 1, name: -1}
        if key in before.hidden:
            factors[self._old(key, which, {key: Figure()})] = -1
        self.more.append(Tie(factors))

    def hidden(self) -> frozenset[Key]:
        """Which of the new figures are hidden."""
        ties = [*self._new(), *self.more]
        found = hide(self.behind, ties, self.facts.limits)
        return frozenset(key for key in self.figures if key in found)

    def _new(self) -> Iterator[Tie]:
        """What ties the new figures; those that are known for good are no unknowns."""
        for tie in ties_of(self.facts, self.figures):
            factors = {key: factor for key, factor in tie.factors.items() if key not in self.known}
            if factors:
                yield Tie(factors, None if tie.given in self.known else tie.given)


def changed(before: Before, facts: Facts, counted: Sequence[Counted]) -> dict[Key, Figure]:
    """What changed between two editions of each figure: by how much, of how many facilities, and whose."""
    old = {row.facility: row for row in before.counted}
    new = {row.facility: row for row in counted}
    found: dict[Key, _Change] = defaultdict(_Change)
    for facility in sorted({*old, *new}):
        one, other = old.get(facility), new.get(facility)
        if one is not None and other is not None and (one.subdistrict, one.doc) == (other.subdistrict, other.doc):
            continue
        gave, gives = _given(one, before.facts), _given(other, facts)
        reporter = (other or one or new[facility]).reporter
        for key in {*gave, *gives}:
            if gave.get(key) != gives.get(key):
                found[key].add(number_of(gives.get(key, Sums())) - number_of(gave.get(key, Sums())), reporter)
    return {key: change.figure() for key, change in found.items()}


@dataclass
class _Change:
    """What changed of one figure, while it is added up."""

    number: Decimal = Decimal()
    facilities: int = 0
    by_organisation: dict[int, Decimal] | None = None

    def add(self, number: Decimal, organisation: int) -> None:
        """What one facility changed."""
        self.number, self.facilities = self.number + number, self.facilities + 1
        held = self.by_organisation = self.by_organisation or defaultdict(Decimal)
        held[organisation] += number

    def figure(self) -> Figure:
        """As a figure, so that it is small by the same rule."""
        return Figure(Sums(self.number, self.facilities), self.by_organisation or defaultdict(Decimal))


def _given(row: Counted | None, facts: Facts) -> dict[Key, Sums]:
    """What one report gives to each figure of its places."""
    if row is None:
        return {}
    places: dict[int, Spot] = {one.id: one for one in facts.places}
    parts: list[tuple[int, int, Parts]] = [
        (one.id, number, part) for one in facts.items for number, part in one.parts.items()
    ]
    above = [places[place] for place in line(places, row.subdistrict)]
    found = {}
    for item, category, part in parts:
        sums = part.of(row.doc)
        if sums.n:
            for place in above:
                found[Key(place.level, category == WHOLE, place.id, item, category)] = sums
    return found


@dataclass(frozen=True)
class Difference:
    """A figure that two editions show otherwise; None where one of them hides it or has none: `had` and `has` tell which."""

    key: Key
    before: Decimal | None
    after: Decimal | None
    had: bool = True
    has: bool = True


def differences(before: Mapping[Key, Decimal | None], after: Mapping[Key, Decimal | None]) -> list[Difference]:
    """Every figure that is otherwise in the later one, in the order of figures."""
    keys = sorted({*before, *after})
    rows = (Difference(key, before.get(key), after.get(key), key in before, key in after) for key in keys)
    return [row for row in rows if row.before != row.after or row.had != row.has]
