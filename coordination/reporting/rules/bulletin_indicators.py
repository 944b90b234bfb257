"""An indicator in a bulletin: worked out of what its editions show and of frozen populations, and of nothing else.

What an edition hides has no number here, so a value is made of numbers that every reader of the edition has already: it gives
nothing away that the edition hides, however values, sides and populations are put together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from coordination.reporting.rules.edition_inputs import canonical, sha256
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.indicators import Group, IndicatorFormula, Outcome, Part, Reason
from coordination.reporting.rules.numbers import plain
from coordination.reporting.rules.periods import Period

# A figure of an edition: place, element, and category (0 for the whole of the element).
Figure = tuple[int, int, int]


@dataclass(frozen=True)
class Told:
    """What an edition tells its readers: figures, None where one is hidden; in the places of few facilities nothing is shown."""

    figures: Mapping[Figure, Decimal | None] = field(default_factory=dict)
    few: Collection[int] = frozenset()

    def part(self, place: int, element: int, category: int) -> Part:
        """An operand at a place: its number, or why there is none."""
        key = place, element, category
        if place in self.few:
            return Part(reason=Reason.HIDDEN)
        if key not in self.figures:
            return Part(reason=Reason.NOT_REPORTED)
        number = self.figures[key]
        return Part(number, Reason.HIDDEN if number is None else None)


@dataclass(frozen=True)
class Operand:
    """An item that a formula reads: how it names it, and in which report's edition it stands as what."""

    cell: Cell
    report: int
    element: int
    category: int = 0


@dataclass(frozen=True)
class Worked:
    """A version of an indicator, with where each of its operands is read."""

    formula: IndicatorFormula
    operands: Sequence[Operand]

    def parts(self, told: Mapping[int, Told], place: int) -> dict[Cell, Part]:
        """Its operands at a place, by the edition of each report; of a report without one nothing is published."""
        return {
            one.cell: told[one.report].part(place, one.element, one.category)
            if one.report in told
            else Part(reason=Reason.NOT_PUBLISHED)
            for one in self.operands
        }

    def outcome(self, told: Mapping[int, Told], people: Mapping[str, int], place: int, period: Period) -> Outcome:
        """Its value at a place in one of the reports' own periods, divided by so many people of each group."""
        groups: dict[Cell, Part] = {
            (group.operand, None): Part(
                None if group.value not in people else Decimal(people[group.value]),
                Reason.NO_POPULATION if group.value not in people else None,
            )
            for group in self.formula.groups
        }
        return self.formula.outcome({**self.parts(told, place), **groups}, period)


class Cause(StrEnum):
    """Where it comes from that a correction has another value."""

    FIGURES = "figures"
    POPULATION = "population"
    FORMULA = "formula"


@dataclass(frozen=True)
class Basis:
    """What a value was made of: the version of the indicator, its operands as the edition tells them, and how many people."""

    version: int | None
    parts: Mapping[Cell, Part]
    people: Mapping[str, int]


def causes(before: Basis, after: Basis) -> tuple[Cause, ...]:
    """Where the difference of two values comes from; operands that only one of two formulas has are of the formula."""
    found = []
    common = before.parts.keys() & after.parts.keys()
    if any(before.parts[cell] != after.parts[cell] for cell in common):
        found.append(Cause.FIGURES)
    groups = {group.value for group in Group}
    if any(before.people.get(one) != after.people.get(one) for one in groups):
        found.append(Cause.POPULATION)
    if before.version != after.version:
        found.append(Cause.FORMULA)
    return tuple(found)


@dataclass(frozen=True)
class FormulaSaid:
    """A version as it is signed: `operands` name each item with the report that answers it."""

    indicator: str
    version: int
    numerator: str
    denominator: str
    factor: int
    decimals: int
    unit_ar: str
    unit_en: str
    operands: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PeopleSaid:
    """A figure of a source as it is signed; which of several of a source it is, the date tells."""

    place: str
    year: int
    group: str
    number: int
    source: str
    dated: date


@dataclass(frozen=True)
class ValueSaid:
    """A value as it is signed, with the populations that it was divided by: place, year and group of each."""

    indicator: str
    version: int | None
    period: str
    place: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    reasons: Sequence[str]
    people: Sequence[tuple[str, int, str]]


def digest_of_indicators(
    formulas: Iterable[FormulaSaid], values: Iterable[ValueSaid], people: Iterable[PeopleSaid]
) -> str:
    """The SHA-256 over all that a bulletin keeps of its indicators."""
    told = {
        "formulas": sorted(canonical(asdict(one)) for one in formulas),
        "values": sorted(canonical(_value_told(one)) for one in values),
        "populations": sorted(canonical(asdict(one)) for one in people),
    }
    return sha256(canonical(told))


def _value_told(one: ValueSaid) -> dict[str, object]:
    """A value as JSON holds it, its numbers in their one spelling."""
    numbers = {
        name: None if (number := getattr(one, name)) is None else f"{plain(number):f}"
        for name in ("value", "numerator", "denominator")
    }
    return asdict(one) | numbers | {"people": sorted(one.people)}
