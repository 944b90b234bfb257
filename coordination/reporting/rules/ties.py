"""What ties the figures of one edition to each other: equations by which one could be worked out from others."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from coordination.reporting.rules.expressions import Calculation, Cell, Expression, Negation, Number, Operand
from coordination.reporting.rules.suppression import Tie, as_integers


class Key(NamedTuple):
    """A figure: the depth of its place (0 the country), whether it is the whole of its item, place, item, category (0)."""

    depth: int
    whole: bool
    place: int
    item: int
    category: int = 0


class Share(NamedTuple):
    """The two sums that a share is made of."""

    numerator: Decimal
    denominator: Decimal


def over_places(keys: Collection[Key], parents: Mapping[int, int | None]) -> Iterator[Tie]:
    """A place is the sum of the places in it that answer, for each item and category."""
    there = set(keys)
    children = defaultdict[Key, list[Key]](list)
    for key in keys:
        parent = parents.get(key.place)
        if parent is not None and (above := key._replace(depth=key.depth - 1, place=parent)) in there:
            children[above].append(key)
    for above, inside in children.items():
        yield Tie({above: 1} | dict.fromkeys(inside, -1))


def over_categories(keys: Collection[Key]) -> Iterator[Tie]:
    """The whole of an item is the sum of its categories that are answered."""
    there = set(keys)
    parts = defaultdict[Key, list[Key]](list)
    for key in keys:
        if not key.whole and (whole := key._replace(whole=True, category=0)) in there:
            parts[whole].append(key)
    for whole, inside in parts.items():
        yield Tie({whole: 1} | dict.fromkeys(inside, -1))


def by_rule(keys: Collection[Key], left: Expression, right: Expression, numbers: Mapping[Cell, Key]) -> Iterator[Tie]:
    """At every place both sides of a rule that demands them equal; nothing of a rule that multiplies or divides items.

    `numbers` are item and category of each cell, at any place.
    """
    one, other = linear(left), linear(right)
    if one is None or other is None:
        return
    factors = {cell: one.get(cell, Fraction()) - other.get(cell, Fraction()) for cell in (*one, *other)}
    there, places = set(keys), {(key.depth, key.place) for key in keys}
    # In a fixed order: the same figures are hidden however often they are worked out.
    for depth, place in sorted(places):
        found = {
            numbers[cell]._replace(depth=depth, place=place): factor
            for cell, factor in factors.items()
            if cell in numbers
        }
        equation = as_integers({key: factor for key, factor in found.items() if key in there})
        if len(equation) > 1:
            yield Tie(equation)


def by_share(shares: Mapping[Key, Share], keys: Collection[Key], numerator: int, denominator: int) -> Iterator[Tie]:
    """While a share is shown, its numerator is that share of its denominator, at every place."""
    there = set(keys)
    for key, parts in shares.items():
        one, other = key._replace(item=numerator), key._replace(item=denominator)
        if one in there and other in there:
            yield Tie(as_integers({one: Fraction(parts.denominator), other: -Fraction(parts.numerator)}), key)


def linear(tree: Expression) -> dict[Cell, Fraction] | None:
    """The factor of each cell in an expression; a number by itself adds nothing; None where cells are multiplied."""
    if isinstance(tree, Number):
        return {}
    if isinstance(tree, Operand):
        return {(tree.element, tree.category): Fraction(1)}
    if isinstance(tree, Negation):
        return _times(linear(tree.inner), Fraction(-1))
    return _calculated(tree)


def _calculated(tree: Calculation) -> dict[Cell, Fraction] | None:
    one, other = linear(tree.left), linear(tree.right)
    if one is None or other is None:
        return None
    if tree.sign in "+-":
        signed = other if tree.sign == "+" else _times(other, Fraction(-1)) or {}
        return {cell: one.get(cell, Fraction()) + signed.get(cell, Fraction()) for cell in (*one, *signed)}
    if tree.sign == "*":
        if one and other:
            return None
        return _times(other, _constant(tree.left)) if other else _times(one, _constant(tree.right))
    divisor = _constant(tree.right)
    return _times(one, 1 / divisor) if not other and divisor else None


def _constant(tree: Expression) -> Fraction:
    """The value of an expression without cells; nothing where it divides by nothing."""
    if isinstance(tree, Number):
        return Fraction(tree.value)
    if isinstance(tree, Negation):
        return -_constant(tree.inner)
    if isinstance(tree, Operand):
        return Fraction()
    one, other = _constant(tree.left), _constant(tree.right)
    if tree.sign == "/":
        return one / other if other else Fraction()
    if tree.sign == "*":
        return one * other
    return one + other if tree.sign == "+" else one - other


def _times(factors: dict[Cell, Fraction] | None, number: Fraction) -> dict[Cell, Fraction] | None:
    return None if factors is None else {cell: factor * number for cell, factor in factors.items()}
