"""From frozen inputs to an edition: the same inputs give the same figures, hidden alike, whenever and wherever it is done.

Publishing and verifying call this one function; no table of figures is read by either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from coordination.reporting.rules.edition_inputs import Facts, Item, Spot
from coordination.reporting.rules.expressions import Cell, parse
from coordination.reporting.rules.figures import Covered, Sums
from coordination.reporting.rules.suppression import Behind, Tie, hide
from coordination.reporting.rules.ties import Key, Share, by_rule, by_share, over_categories, over_places

# What stands in a key's `category` for the whole of an item.
WHOLE = 0
# A share or a mean is cut here, as everywhere.
DECIMALS = 10


@dataclass(frozen=True)
class Counted:
    """A report that counts: where, about which facility, by whom, whether on time, and its numbers as they count."""

    subdistrict: int
    facility: int
    reporter: int
    on_time: bool
    doc: Mapping[str, Any]


@dataclass(frozen=True)
class Expected:
    """A report that was expected, and whether something excuses it while it does not come."""

    subdistrict: int
    facility: int
    excused: bool


@dataclass(slots=True)
class Figure:
    """One figure while it is added up: its sums, and what each organisation gives of its number."""

    sums: Sums = field(default_factory=Sums)
    by_organisation: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, sums: Sums, organisation: int) -> None:
        """A report's part."""
        self.sums = self.sums + sums
        self.by_organisation[organisation] += number_of(sums)

    def take(self, other: Figure) -> None:
        """The part of a place in it."""
        self.sums = self.sums + other.sums
        for organisation, number in other.by_organisation.items():
            self.by_organisation[organisation] += number

    def behind(self) -> Behind:
        """What stands behind it."""
        largest = max((abs(number) for number in self.by_organisation.values()), default=Decimal())
        return Behind(number_of(self.sums), self.sums.n, largest)


def number_of(sums: Sums) -> Decimal:
    """Of how many it tells: the sum, or the numerator of a share."""
    return (sums.total if sums.total is not None else sums.numerator) or Decimal()


@dataclass(frozen=True)
class Made:
    """An edition as it comes of its inputs: what is shown, what is hidden, how many reports came where."""

    shown: Mapping[Key, Decimal]
    hidden: frozenset[Key]
    covered: Mapping[int, Covered]

    @property
    def figures(self) -> dict[Key, Decimal | None]:
        """Every figure that the edition has, None where it is hidden: a gap would tell what is missing."""
        return dict(sorted((dict(self.shown) | dict.fromkeys(self.hidden)).items(), key=lambda one: one[0]))


def make(facts: Facts, counted: Sequence[Counted], expected: Iterable[Expected]) -> Made:
    """The figures of an edition: added up, small ones hidden with whatever would give them away."""
    places = {one.id: one for one in facts.places}
    figures = added_up(counted, facts.items, places)
    behind = {key: figure.behind() for key, figure in figures.items()}
    hidden = frozenset(hide(behind, ties_of(facts, figures), facts.limits))
    return Made(shown_of(facts, figures, hidden), hidden, covered(places, counted, expected))


def shown_of(facts: Facts, figures: Mapping[Key, Figure], hidden: Collection[Key]) -> dict[Key, Decimal]:
    """The figures that are not hidden; a share of nothing has no value."""
    items = {one.id: one for one in facts.items}
    found = {}
    for key, figure in figures.items():
        value = None if key in hidden else items[key.item].formula.of_period(figure.sums)
        if value is not None:
            found[key] = round(value, DECIMALS)
    return found


def told_figures(
    facts: Facts, figures: Mapping[Key, Decimal | None]
) -> Iterator[tuple[str, str, str | None, Decimal | None]]:
    """Each figure as its hash holds it: place, item and category by their codes, and the value, None where it is hidden."""
    places, items = {one.id: one.code for one in facts.places}, {one.id: one.code for one in facts.items}
    categories = {number: code for one in facts.items for code, number in one.categories.items()}
    for key, value in figures.items():
        category = categories.get(key.category, str(key.category)) if key.category else None
        yield places[key.place], items[key.item], category, value


def added_up(counted: Iterable[Counted], items: Sequence[Item], places: Mapping[int, Spot]) -> dict[Key, Figure]:
    """Every figure that anybody answers, in the order of its keys: sub-districts from reports, each place above from its places."""
    figures: dict[Key, Figure] = defaultdict(Figure)
    parts = [(one.id, number, part) for one in items for number, part in one.parts.items()]
    for row in counted:
        depth = places[row.subdistrict].level
        for item, category, part in parts:
            sums = part.of(row.doc)
            if sums.n:
                figures[Key(depth, category == WHOLE, row.subdistrict, item, category)].add(sums, row.reporter)
    for depth in range(max((one.level for one in places.values()), default=0), 0, -1):
        for key in [key for key in figures if key.depth == depth]:
            parent = places[key.place].parent
            if parent is not None:
                figures[key._replace(depth=depth - 1, place=parent)].take(figures[key])
    return {key: figures[key] for key in sorted(figures)}


def ties_of(facts: Facts, figures: Mapping[Key, Figure]) -> list[Tie]:
    """What ties the figures: places, categories, shares, and rules that demand two sides equal, which readers know."""
    parents = {one.id: one.parent for one in facts.places}
    found = [*over_places(figures, parents), *over_categories(figures)]
    by_code = {one.code: one for one in facts.items}
    for item in facts.items:
        numerator, denominator = by_code.get(item.numerator), by_code.get(item.denominator)
        if numerator and denominator:
            found += by_share(_shares(item, figures), figures, numerator.id, denominator.id)
    numbers = _numbers(facts.items)
    for left, right in facts.equal:
        found += by_rule(figures, parse(left), parse(right), numbers)
    return found


def _shares(item: Item, figures: Mapping[Key, Figure]) -> dict[Key, Share]:
    """The two sums of each share of an item."""
    return {
        key: Share(figure.sums.numerator or Decimal(), figure.sums.denominator)
        for key, figure in figures.items()
        if key.item == item.id and figure.sums.denominator
    }


def _numbers(items: Iterable[Item]) -> dict[Cell, Key]:
    """Item and category of each cell that a rule can name."""
    numbers: dict[Cell, Key] = {}
    for item in items:
        numbers[item.code, None] = Key(0, True, 0, item.id)
        for code, number in item.categories.items():
            numbers[item.code, code] = Key(0, False, 0, item.id, number)
    return numbers


def covered(places: Mapping[int, Spot], counted: Iterable[Counted], expected: Iterable[Expected]) -> dict[int, Covered]:
    """How many reports of each place were expected, count, came on time, and are excused."""
    found: dict[int, Covered] = defaultdict(Covered)
    came = {row.facility: row for row in counted}
    owed: dict[tuple[int, int], bool] = {}
    for one in expected:
        key = one.subdistrict, one.facility
        # Excused is what all excuse who owe it.
        owed[key] = owed.get(key, True) and one.excused
    for (subdistrict, facility), excused in owed.items():
        report = came.get(facility)
        part = Covered(
            1, 0, 0, int(report is not None), int(bool(report and report.on_time)), int(excused and not report)
        )
        for place in line(places, subdistrict):
            found[place] = found[place] + part
    for row in came.values():
        for place in line(places, row.subdistrict):
            found[place] = found[place] + Covered(received=1, on_time=int(row.on_time))
    return dict(found)


def line(places: Mapping[int, Spot], pk: int | None) -> Iterator[int]:
    """A place and everything it lies in."""
    while pk is not None and pk in places:
        yield pk
        pk = places[pk].parent
