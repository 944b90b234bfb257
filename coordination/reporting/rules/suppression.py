"""Small numbers in published figures: which are hidden, and which others are hidden so that none can be worked out.

A figure is hidden at first where few people, few facilities or mostly one organisation stand behind it (`Limits`). What is
shown must then not give it away: figures are tied by equations (a district is the sum of its sub-districts, the whole of an
item the sum of its categories, one side of a rule the other, an item a shown share of another). Where an equation leaves one
hidden figure alone, another one of it is hidden as well; after that the equations are solved together, and while any hidden
figure has but one value that fits, more is hidden. What is left was shown to be undetermined: no sum or difference of what
is published yields it. That no number is below 0 is not reckoned with: a shown 0 says that all that makes it is 0.

The rule and its two steps follow cell suppression as statistical offices use it (Hundepool and others, "Statistical
Disclosure Control", 2012, chapter 4); the audit is elimination over the integers modulo a prime.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

# Elimination is exact modulo this prime (2^61 - 1): fractions would grow, and floats would not be exact.
PRIME = (1 << 61) - 1


class Tie(NamedTuple):
    """An equation: the figures with their factors make nothing together, while the figure `given` is shown, if it names one.

    A share is given: it ties its two items by its value, and says nothing of them once it is hidden.
    """

    factors: Mapping[Any, int]
    given: Any = None

    def figures(self) -> tuple[Any, ...]:
        """All that take part in it."""
        return tuple(self.factors) if self.given is None else (*self.factors, self.given)


@dataclass(frozen=True)
class Limits:
    """From which number of people, and of facilities, a figure is shown; above which share of one organisation it is not."""

    smallest: int = 5
    facilities: int = 3
    share: int = 85


@dataclass(frozen=True)
class Behind:
    """What stands behind one figure: the number, how many facilities answer, and what the largest organisation gives."""

    number: Decimal
    facilities: int
    largest: Decimal

    def is_small(self, limits: Limits) -> bool:
        """Whether it tells of few: a number from 1 to below the smallest, few facilities, or mostly one organisation."""
        if self.facilities < limits.facilities or 0 < abs(self.number) < limits.smallest:
            return True
        # One organisation that knows its own part knows nearly all; of nothing there is nothing to know.
        return self.number != 0 and self.largest * 100 > abs(self.number) * limits.share


def hide(figures: Mapping[Any, Behind], ties: Iterable[Tie], limits: Limits) -> set[Any]:
    """Which figures are hidden: the small ones, and whatever would give one of them away.

    Of the figures that could be hidden as well the cheapest is chosen: not a small one again, the smallest place, a category
    before a whole, the smallest number; keys are (depth of the place, whether a whole, ...), compared in this order.
    """
    hidden = {key for key, one in figures.items() if one.is_small(limits)}
    for group in _groups(list(ties), hidden):
        _hide_more(group, hidden, lambda key: _cost(key, figures[key], limits))
    return hidden


def _cost(key: Any, behind: Behind, limits: Limits) -> tuple[Any, ...]:
    depth, whole = key[0], key[1]
    return (abs(behind.number) < limits.smallest, -depth, whole, abs(behind.number), str(key))


def _groups(ties: Sequence[Tie], hidden: Collection[Any]) -> list[list[Tie]]:
    """The ties that hang together by figures, each group by itself; those without anything hidden are left out."""
    above: dict[Any, Any] = {}

    def top(key: Any) -> Any:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for tie in ties:
        first, *others = tie.figures()
        for other in others:
            above[top(other)] = top(first)
    found = defaultdict[Any, list[Tie]](list)
    for tie in ties:
        found[top(tie.figures()[0])].append(tie)
    return [group for group in found.values() if any(key in hidden for tie in group for key in tie.figures())]


def _hide_more(group: Sequence[Tie], hidden: set[Any], cost: Callable[[Any], tuple[Any, ...]]) -> None:
    """Hide more of a group until no hidden figure of it can be worked out."""
    holding = defaultdict[Any, list[Tie]](list)
    for tie in group:
        for key in tie.figures():
            holding[key].append(tie)
    _leave_none_alone(group, holding, hidden, cost)
    while given_away := determined(group, hidden):
        fresh: set[Any] = set()
        for key in sorted(given_away, key=cost):
            around = [other for tie in holding[key] for other in tie.figures()]
            # What was hidden beside it just now may be enough: that is seen at the next look.
            if not fresh.isdisjoint(around):
                continue
            shown = [other for other in around if other not in hidden]
            # Where all around it is hidden, a neighbour's ties have what is left to hide.
            shown = shown or [other for tie in group for other in tie.figures() if other not in hidden]
            if not shown:
                return
            fresh.add(min(shown, key=cost))
            hidden |= fresh
        _leave_none_alone(group, holding, hidden, cost)


def _leave_none_alone(
    group: Sequence[Tie],
    holding: Mapping[Any, Sequence[Tie]],
    hidden: set[Any],
    cost: Callable[[Any], tuple[Any, ...]],
) -> None:
    """Hide a second figure wherever a tie has a single hidden one."""
    waiting = list(group)
    while waiting:
        tie = waiting.pop()
        inside = [key for key in tie.factors if key in hidden]
        others = [key for key in tie.figures() if key not in hidden]
        if len(inside) == 1 and others and tie.given not in hidden:
            second = min(others, key=cost)
            hidden.add(second)
            waiting.extend(holding[second])


def determined(ties: Iterable[Tie], hidden: Collection[Any]) -> set[Any]:
    """The hidden figures that have but one value that fits all ties, whatever that value is."""
    pivots: dict[Any, dict[Any, int]] = {}
    # In which reduced equations a figure stands that is not their first.
    standing = defaultdict[Any, set[Any]](set)
    for tie in ties:
        if tie.given in hidden:
            continue
        row = _reduced({key: factor % PRIME for key, factor in tie.factors.items() if key in hidden}, pivots)
        if not row:
            continue
        first = min(row, key=lambda key: len(standing[key]))
        inverse = pow(row[first], PRIME - 2, PRIME)
        row = {key: factor * inverse % PRIME for key, factor in row.items()}
        for other in list(standing.pop(first, ())):
            _subtract(pivots[other], row, first, other, standing)
        pivots[first] = row
        for key in row:
            if key != first:
                standing[key].add(first)
    return {first for first, row in pivots.items() if len(row) == 1}


def _reduced(row: dict[Any, int], pivots: Mapping[Any, Mapping[Any, int]]) -> dict[Any, int]:
    """A row without the first figures of the rows there are."""
    for first in [key for key in row if key in pivots]:
        factor = row[first]
        for key, other in pivots[first].items():
            row[key] = (row.get(key, 0) - factor * other) % PRIME
    return {key: factor for key, factor in row.items() if factor}


def _subtract(
    target: dict[Any, int], row: Mapping[Any, int], first: Any, named: Any, standing: Mapping[Any, set[Any]]
) -> None:
    """Take a row out of another one that holds its first figure."""
    factor = target[first]
    for key, other in row.items():
        left = (target.get(key, 0) - factor * other) % PRIME
        if left:
            target[key] = left
            if key != named:
                standing[key].add(named)
        else:
            target.pop(key, None)
            standing[key].discard(named)


def as_integers(factors: Mapping[Any, Fraction]) -> dict[Any, int]:
    """An equation with whole factors."""
    common = lcm(*(factor.denominator for factor in factors.values()))
    return {key: int(factor * common) for key, factor in factors.items() if factor}
