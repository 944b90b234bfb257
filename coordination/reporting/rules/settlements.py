"""What counts of several reports about one facility and period by what their senders agreed on, and what speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from coordination.reporting.rules.answers import Problem
from coordination.reporting.rules.numbers import as_json, from_json
from coordination.reporting.rules.specification import ElementType, OverPlace, Severity, TemplateSpec
from coordination.reporting.rules.values import answers_of, evaluate


class Way(StrEnum):
    """How several reports become one."""

    TAKE = "take"  # one of them
    LARGER = "larger"  # of each sum the larger number: they speak of the same people
    ADD = "add"  # each sum added: they speak of different people
    SPLIT = "split"  # of some services one, of others another; where only one answered, that answer
    VALUES = "values"  # one of them, but for the cells that are named
    RULE = "rule"  # by the rule of the template again: what was settled is taken back


# One report is the ground of these; the others stand on the one that the rule chooses.
GROUNDED = (Way.TAKE, Way.SPLIT, Way.VALUES)


@dataclass(frozen=True)
class Part:
    """What counts in one cell: a reporter's own answer, all added, or a number; none of them means that nothing counts."""

    take: int | None = None
    add: bool = False
    value: Decimal | None = None

    def stored(self) -> dict[str, int | float | bool]:
        """As it is kept with the settlement."""
        if self.take is not None:
            return {"take": self.take}
        if self.add:
            return {"add": True}
        return {} if self.value is None else {"value": as_json(self.value)}

    @classmethod
    def read(cls, kept: Mapping[str, int | float | bool]) -> Part:
        """What `stored` wrote."""
        value, take = kept.get("value"), kept.get("take")
        return cls(
            None if take is None else int(take), bool(kept.get("add")), None if value is None else from_json(value)
        )


@dataclass(frozen=True)
class Terms:
    """What is agreed on: the way, on whose report it stands where it stands on one, and single cells by slot."""

    way: Way
    taken: int | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True)
class Reported:
    """What one reporter said, in the approved revision."""

    reporter: int
    submission_id: UUID | str
    revision_id: int
    doc: Mapping[str, int | float]

    def number(self, slot: str) -> Decimal | None:
        """What stands under a slot; None where it is blank, not known or closed."""
        return from_json(self.doc[slot]) if slot in self.doc else None


@dataclass(frozen=True)
class Derived:
    """The report that counts, and the cells in which another value counts; null there means not counted."""

    ground: Reported
    overlay: Mapping[str, int | float | None]


def summed_slots(spec: TemplateSpec) -> frozenset[str]:
    """The slots whose numbers may be added or compared by size: counts, no means, shares, yes or no."""
    return frozenset(
        slot
        for element, _cell, slot in spec.questions()
        if element.type.is_numeric and element.type is not ElementType.BOOLEAN and element.over_place is OverPlace.SUM
    )


def derive(
    terms: Terms, reports: Sequence[Reported], by_rule: int, summed: Iterable[str], sides: Collection[int]
) -> Derived | None:
    """What counts by some terms of the approved reports of those who agreed, of which the rule would choose that of `by_rule`.

    A report of anybody else is no part of it. None where they cannot hold now: taken back, fewer than two sides, or the
    report of one of them is missing. In whatever order the reports are given, the same comes out.
    """
    held = {one.reporter: one for one in sorted(reports, key=lambda one: one.reporter) if one.reporter in sides}
    ground = held.get(terms.taken if terms.way in GROUNDED and terms.taken is not None else by_rule)
    named = {part.take for part in terms.parts.values() if part.take is not None}
    whole = len(held) > 1 and held.keys() == set(sides)
    if terms.way is Way.RULE or ground is None or not whole or not named <= held.keys():
        return None
    wanted = _wanted(terms, list(held.values()), ground, summed)
    overlay = {
        slot: None if number is None else as_json(number)
        for slot, number in sorted(wanted.items())
        if number != ground.number(slot)
    }
    return Derived(ground, overlay)


def _wanted(
    terms: Terms, reports: Sequence[Reported], ground: Reported, summed: Iterable[str]
) -> dict[str, Decimal | None]:
    """The numbers that should count, of the cells that the way says anything about."""
    if terms.way is Way.LARGER:
        return {slot: max(found) for slot in summed if (found := _numbers(reports, slot))}
    if terms.way is Way.ADD:
        return {slot: sum(found, Decimal(0)) for slot in summed if (found := _numbers(reports, slot))}
    if terms.way is Way.SPLIT:
        slots = {slot for one in reports for slot in one.doc}
        silent = {
            slot: found[0] for slot in slots if ground.number(slot) is None and (found := _numbers(reports, slot))
        }
        return silent | {slot: _of_part(part, reports, slot) for slot, part in terms.parts.items()}
    if terms.way is Way.VALUES:
        return {slot: _of_part(part, reports, slot) for slot, part in terms.parts.items()}
    return {}


def _numbers(reports: Sequence[Reported], slot: str) -> list[Decimal]:
    """What the reports say under a slot, in the order of their reporters."""
    return [number for one in reports if (number := one.number(slot)) is not None]


def _of_part(part: Part, reports: Sequence[Reported], slot: str) -> Decimal | None:
    """What one cell comes to."""
    if part.take is not None:
        return next(one for one in reports if one.reporter == part.take).number(slot)
    if part.add:
        found = _numbers(reports, slot)
        return sum(found, Decimal(0)) if found else None
    return part.value


@dataclass(frozen=True)
class Breach:
    """What the template would have told whoever sent these numbers: a broken rule, or a number outside its bounds."""

    problem: Problem
    severity: Severity


def breaches_of(spec: TemplateSpec, doc: Mapping[str, int | float]) -> tuple[Breach, ...]:
    """Everything that numbers put together of several reports break, the bounds first."""
    outcome = evaluate(spec, answers_of(spec, doc, {}), complete=False)
    broken = [
        Breach(
            Problem(
                "rule_broken",
                one.rule,
                one.elements[0] if one.elements else None,
                None,
                {"message_ar": one.message_ar, "message_en": one.message_en},
            ),
            one.severity,
        )
        for one in outcome.warnings
    ]
    return (*(Breach(one, Severity.ERROR) for one in outcome.errors), *broken)


@dataclass(frozen=True)
class TermsFault:
    """Something in terms that contradicts the reports or itself: the field, a code, and the slot where it is one cell's."""

    field: str
    code: str
    slot: str = ""


def faults_of(terms: Terms, sides: Iterable[int], spec: TemplateSpec, *, settled: bool) -> list[TermsFault]:
    """Everything that speaks against some terms before anybody is asked about them."""
    known = set(sides)
    found = _of_ground(terms, known)
    if terms.way is Way.VALUES and not terms.parts:
        found.append(TermsFault("values", "required"))
    elif terms.parts and terms.way not in (Way.VALUES, Way.SPLIT):
        found.append(TermsFault("values", "not_asked"))
    if terms.way is Way.RULE and not settled:
        found.append(TermsFault("way", "nothing_settled"))
    codes = {slot: _of_cell(slot, part, known, spec) for slot, part in terms.parts.items()}
    if terms.way is Way.SPLIT:
        codes |= {slot: "not_split" for slot, part in terms.parts.items() if part.take is None}
    return found + [TermsFault("values", code, slot) for slot, code in codes.items() if code]


def _of_ground(terms: Terms, known: Collection[int]) -> list[TermsFault]:
    """What is wrong with whose report it stands on."""
    if terms.way not in GROUNDED:
        return [] if terms.taken is None else [TermsFault("taken", "not_asked")]
    if terms.taken is None:
        return [TermsFault("taken", "required")]
    return [] if terms.taken in known else [TermsFault("taken", "no_side")]


def _of_cell(slot: str, part: Part, known: Collection[int], spec: TemplateSpec) -> str:
    """The code of what is wrong with one cell; empty where nothing is."""
    if slot not in spec.numeric_slots:
        return "unknown"
    if part.take is not None and part.take not in known:
        return "no_side"
    if part.add and slot not in summed_slots(spec):
        return "not_summed"
    return "out_of_bounds" if part.value is not None and not _fits(part.value, slot, spec) else ""


def _fits(number: Decimal, slot: str, spec: TemplateSpec) -> bool:
    """Whether a number could have been reported under a slot."""
    element = spec.element(spec.cell_of[slot][0])
    if element is None:
        return False
    whole = element.type in (ElementType.INTEGER, ElementType.BOOLEAN)
    low = element.minimum is None or number >= element.minimum
    high = element.maximum is None or number <= element.maximum
    yes_or_no = element.type is not ElementType.BOOLEAN or number in (0, 1)
    return low and high and yes_or_no and (not whole or number == number.to_integral_value())
