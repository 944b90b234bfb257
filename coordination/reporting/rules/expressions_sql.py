"""The second reader of expressions: the same trees as SQL over the columns of `r`, one numeric column a slot.

Only slot names that we generate and literal numbers ever reach the SQL. What it computes, and what a missing cell
means, is written in `expressions.py`; a side is a fraction here too, its numerator and denominator two SQL texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coordination.reporting.rules.expressions import (
    SHOWN_DECIMALS,
    Cell,
    Cells,
    Expression,
    Missing,
    Negation,
    Number,
    Operand,
    Operator,
    Slots,
    cells_read,
)

_SIGNS = {
    Operator.EQUAL: "=",
    Operator.NOT_EQUAL: "<>",
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
    Operator.GREATER: ">",
    Operator.AT_LEAST: ">=",
}
_SLOT = re.compile(r"s[1-9]\d{0,4}", re.ASCII)


@dataclass(frozen=True)
class _Fraction:
    """A value as SQL: numerator, denominator (None for 1), and what must not be zero for it to exist."""

    numerator: str
    denominator: str | None = None
    divisors: tuple[str, ...] = ()


def to_sql(tree: Expression, slots: Slots, cells: Cells, missing: Missing) -> str:
    """The value of one side, as `evaluate` computes it; NULL where it has none."""
    side = _fraction(tree, _reader(slots, missing), cells)
    if side.denominator is None:
        value = f"trunc({side.numerator}, {SHOWN_DECIMALS})"
    else:
        scale = 10**SHOWN_DECIMALS
        value = f"(div({side.numerator} * {scale}::numeric, {side.denominator}) * {1 / scale:.{SHOWN_DECIMALS}f})"
    return _where(_conditions((side,), tree.operands(), slots, cells, missing), value)


def compare_sql(
    left: Expression, operator: Operator, right: Expression, slots: Slots, cells: Cells, missing: Missing
) -> str:
    """Whether a rule is kept, as `compare` decides it; NULL where it is not checked."""
    if operator in (Operator.COMPULSORY_PAIR, Operator.EXCLUSIVE_PAIR):
        one, other = (_answered(side.operands(), slots, cells) for side in (left, right))
        return f"({one} = {other})" if operator is Operator.COMPULSORY_PAIR else f"(NOT ({one} AND {other}))"
    read = _reader(slots, missing)
    a, b = _fraction(left, read, cells), _fraction(right, read, cells)
    # Both sides times the squares of both denominators: exact, and no denominator's sign turns the comparison.
    one = _product(a.numerator, a.denominator, b.denominator, b.denominator)
    other = _product(b.numerator, b.denominator, a.denominator, a.denominator)
    conditions = _conditions((a, b), left.operands() + right.operands(), slots, cells, missing)
    return _where(conditions, f"({one} {_SIGNS[operator]} {other})")


def _conditions(
    sides: Sequence[_Fraction], operands: Sequence[Cell], slots: Slots, cells: Cells, missing: Missing
) -> list[str]:
    """What must be true for there to be a value: no divisor is zero, and under `skip_all` something was answered."""
    conditions = [f"{divisor} <> 0" for side in sides for divisor in side.divisors]
    if missing is Missing.SKIP_ALL and operands:
        conditions.insert(0, _answered(operands, slots, cells))
    return conditions


def _where(conditions: Sequence[str], value: str) -> str:
    """The value under its conditions, otherwise NULL."""
    return f"CASE WHEN {' AND '.join(conditions)} THEN {value} END" if conditions else value


def _answered(operands: Sequence[Cell], slots: Slots, cells: Cells) -> str:
    """Whether any cell of these operands holds a number."""
    columns = [_column(slots[cell]) for cell in cells_read(operands, cells)]
    return f"(coalesce({', '.join(columns)}) IS NOT NULL)" if columns else "false"


def _reader(slots: Slots, missing: Missing) -> Callable[[Cell], str]:
    """How a cell is read: as it is, or 0 where it is missing."""
    if missing is Missing.SKIP_ANY:
        return lambda cell: _column(slots[cell])
    return lambda cell: f"coalesce({_column(slots[cell])}, 0)"


def _column(slot: str) -> str:
    """The column of a slot; anything but a generated name is a fault in our own code."""
    if not _SLOT.fullmatch(slot):
        raise ValueError(f"not a slot: {slot!r}")
    return f'r."{slot}"'


def _fraction(tree: Expression, read: Callable[[Cell], str], cells: Cells) -> _Fraction:
    """The exact value of a tree as numerator and denominator."""
    if isinstance(tree, Number):
        # Cast, or PostgreSQL would compute with integers that overflow.
        return _Fraction(f"{tree.value:f}::numeric")
    if isinstance(tree, Operand):
        return _Fraction(f"({' + '.join(read(cell) for cell in cells_read(tree.operands(), cells))})")
    if isinstance(tree, Negation):
        inner = _fraction(tree.inner, read, cells)
        return _Fraction(f"(-{inner.numerator})", inner.denominator, inner.divisors)
    return _calculated(tree.sign, _fraction(tree.left, read, cells), _fraction(tree.right, read, cells))


def _calculated(sign: str, a: _Fraction, b: _Fraction) -> _Fraction:
    """Two fractions added, subtracted, multiplied or divided."""
    divisors = a.divisors + b.divisors
    if sign == "/":
        inverted = _Fraction(b.denominator or "1::numeric", b.numerator)
        return _calculated("*", _Fraction(a.numerator, a.denominator, (*divisors, b.numerator)), inverted)
    denominator = _product(a.denominator, b.denominator) if a.denominator or b.denominator else None
    if sign == "*":
        return _Fraction(_product(a.numerator, b.numerator), denominator, divisors)
    one, other = _product(a.numerator, b.denominator), _product(b.numerator, a.denominator)
    return _Fraction(f"({one} {sign} {other})", denominator, divisors)


def _product(*factors: str | None) -> str:
    """The factors multiplied, those that are 1 left out."""
    written = [factor for factor in factors if factor is not None]
    return written[0] if len(written) == 1 else f"({' * '.join(written)})"
