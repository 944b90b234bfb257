"""Expressions over elements, the two sides of a rule: `deaths_afp.u5 + deaths_afp.5p`, `2 * consultations`.

One tree has two readers, Python (`evaluate`, `compare`) and SQL (`to_sql`, `compare_sql`); a property test holds them
equal against PostgreSQL. Both compute exactly: a side is a fraction until the last moment, so neither rounding nor the
scale of a numeric can make one reader call a rule broken that the other finds kept. Dividing by zero gives no value.

An operand is read cell by cell. `element.category` is one cell; `element` alone is the sum of all its cells. A cell is
missing when it holds no number, whatever the reason (blank, not known, closed), and what follows is the rule's choice:

- `skip_any`: the rule is not checked if any cell it reads is missing, one category of a summed element included;
- `skip_all`: it is not checked if all cells of both sides are missing; otherwise a missing cell counts as 0;
- `zero`: a missing cell counts as 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

from coordination.reporting.rules.numbers import NumberProblem, parse_number, plain

MAX_LENGTH = 500
MAX_DEPTH = 10
MAX_PARTS = 200
# A value that is returned is cut after so many decimals, because a fraction has none that end.
SHOWN_DECIMALS = 12

# (element, category); without a category, the only cell of an element or the element as a whole.
Cell = tuple[str, str | None]
# The cells that are asked of each element.
Cells = Mapping[str, Sequence[Cell]]
Values = Mapping[Cell, Decimal]
Slots = Mapping[Cell, str]


class Missing(StrEnum):
    """What a rule does about cells without a number."""

    SKIP_ANY = "skip_any"
    SKIP_ALL = "skip_all"
    ZERO = "zero"


class Operator(StrEnum):
    """How the sides of a rule are compared.

    The last two ask only whether a side was answered (any of its cells holds a number, 0 included), so `missing` says
    nothing to them: of a compulsory pair both sides are answered or neither, of an exclusive pair at most one.
    """

    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    COMPULSORY_PAIR = "compulsory_pair"
    EXCLUSIVE_PAIR = "exclusive_pair"


_COMPARISONS: Mapping[Operator, Callable[[Fraction, Fraction], bool]] = {
    Operator.EQUAL: eq,
    Operator.NOT_EQUAL: ne,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.GREATER: gt,
    Operator.AT_LEAST: ge,
}


class ExpressionProblem(ValueError):
    """The text is no expression over these elements; `code` is stable, `position` counts characters from 0."""

    def __init__(self, code: str, position: int = 0, given: str = "") -> None:
        super().__init__(f"{code} at {position}: {given}")
        self.code = code
        self.position = position
        self.params: Mapping[str, str] = {"position": str(position + 1), "given": given}


@dataclass(frozen=True)
class Number:
    """A literal number, never negative."""

    value: Decimal

    def operands(self) -> tuple[Cell, ...]:
        """The operands in the order in which they are written, repeated where they are."""
        return ()

    def __str__(self) -> str:
        return f"{self.value:f}"


@dataclass(frozen=True)
class Operand:
    """An element, or one category of it."""

    element: str
    category: str | None = None

    def operands(self) -> tuple[Cell, ...]:
        """Itself."""
        return ((self.element, self.category),)

    def __str__(self) -> str:
        return self.element if self.category is None else f"{self.element}.{self.category}"


@dataclass(frozen=True)
class Negation:
    """Minus something."""

    inner: Expression

    def operands(self) -> tuple[Cell, ...]:
        """Those of what it negates."""
        return self.inner.operands()

    def __str__(self) -> str:
        return f"-{self.inner}" if isinstance(self.inner, Number | Operand) else f"-({self.inner})"


@dataclass(frozen=True)
class Calculation:
    """Two expressions and one of + - * / between them."""

    sign: str
    left: Expression
    right: Expression

    def operands(self) -> tuple[Cell, ...]:
        """Those of the left, then those of the right."""
        return self.left.operands() + self.right.operands()

    def __str__(self) -> str:
        left, right = str(self.left), str(self.right)
        if isinstance(self.left, Calculation) and _binds(self.left) < _binds(self):
            left = f"({left})"
        if isinstance(self.right, Calculation) and _binds(self.right) <= _binds(self):
            right = f"({right})"
        return f"{left} {self.sign} {right}"


Expression = Number | Operand | Negation | Calculation


def _binds(calculation: Calculation) -> int:
    """How strongly its sign binds: * and / more than + and -."""
    return 2 if calculation.sign in "*/" else 1


def parse(text: str) -> Expression:
    """The tree of an expression, or an `ExpressionProblem` that says where the text stops being one."""
    if len(text) > MAX_LENGTH:
        raise ExpressionProblem("expression_too_long", MAX_LENGTH)
    return _Parser(_parts(text), len(text)).whole()


_PART = re.compile(
    r"\s*(?:(?P<number>\d++(?:\.\d++)?+(?![\w.]))|(?P<name>[A-Za-z_]\w*+(?:\.\w++)?+(?![.]))|(?P<sign>[-+*/()]))",
    re.ASCII,
)


@dataclass(frozen=True)
class _Part:
    """A number, a name or a sign, and where it stands."""

    kind: str
    text: str
    position: int


def _parts(text: str) -> list[_Part]:
    """The expression cut into its parts."""
    parts: list[_Part] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _PART.match(text, position)
        if match is None or match.lastgroup is None:
            position += len(text[position:]) - len(text[position:].lstrip())
            raise ExpressionProblem("expression_unexpected", position, text[position : position + 10])
        if len(parts) == MAX_PARTS:
            raise ExpressionProblem("expression_too_long", position)
        parts.append(_Part(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        position = match.end()
    return parts


class _Parser:
    """Reads sums of products, brackets and signs from left to right."""

    def __init__(self, parts: list[_Part], length: int) -> None:
        self.parts = parts
        self.next = 0
        self.depth = 0
        self.length = length

    def whole(self) -> Expression:
        """The whole text as one expression."""
        tree = self.sum()
        if self.next < len(self.parts):
            part = self.parts[self.next]
            raise ExpressionProblem("expression_unexpected", part.position, part.text)
        return tree

    def sum(self) -> Expression:
        """Products with + or - between them."""
        tree = self.product()
        while sign := self.taken("+-"):
            tree = Calculation(sign, tree, self.product())
        return tree

    def product(self) -> Expression:
        """Factors with * or / between them."""
        tree = self.factor()
        while sign := self.taken("*/"):
            tree = Calculation(sign, tree, self.factor())
        return tree

    def factor(self) -> Expression:
        """A number, an operand, something in brackets, or minus one of these."""
        if self.next == len(self.parts):
            raise ExpressionProblem("expression_incomplete", self.length)
        part = self.parts[self.next]
        if part.kind == "sign" and part.text not in "-(":
            raise ExpressionProblem("expression_unexpected", part.position, part.text)
        self.next += 1
        if part.kind == "number":
            return Number(_literal(part))
        if part.kind == "name":
            element, _, category = part.text.partition(".")
            return Operand(element, category or None)
        return self.nested(part)

    def nested(self, part: _Part) -> Expression:
        """What follows a minus or an opening bracket."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionProblem("expression_too_deep", part.position)
        tree = Negation(self.factor()) if part.text == "-" else self.sum()
        if part.text == "(" and not self.taken(")"):
            position = self.parts[self.next].position if self.next < len(self.parts) else self.length
            raise ExpressionProblem("expression_incomplete", position, ")")
        self.depth -= 1
        return tree

    def taken(self, signs: str) -> str:
        """The next part if it is one of these signs, then passed over; otherwise nothing."""
        if self.next < len(self.parts) and self.parts[self.next].text in tuple(signs):
            self.next += 1
            return self.parts[self.next - 1].text
        return ""


def _literal(part: _Part) -> Decimal:
    """The number written there, within the bounds of all numbers."""
    try:
        return parse_number(part.text)
    except NumberProblem as problem:
        raise ExpressionProblem("expression_unexpected", part.position, part.text[:20]) from problem


def cells_read(operands: Sequence[Cell], cells: Cells) -> tuple[Cell, ...]:
    """Every cell that these operands read, each once; `ExpressionProblem` where one of them is not asked."""
    return tuple(dict.fromkeys(cell for element, category in operands for cell in _cells(element, category, cells)))


def _cells(element: str, category: str | None, cells: Cells) -> Sequence[Cell]:
    """The cells of one operand."""
    asked = cells.get(element, ())
    if not asked or (category is not None and (element, category) not in asked):
        raise ExpressionProblem("unknown_operand", given=element if category is None else f"{element}.{category}")
    return asked if category is None else ((element, category),)


def evaluate(tree: Expression, values: Values, cells: Cells, missing: Missing) -> Decimal | None:
    """The value of one side, cut after twelve decimals; None where it has none."""
    if missing is Missing.SKIP_ALL and _all_missing(tree.operands(), values, cells):
        return None
    exact = _exact(tree, values, cells, fill=missing is not Missing.SKIP_ANY)
    return None if exact is None else _shown(exact)


def compare(
    left: Expression, operator: Operator, right: Expression, values: Values, cells: Cells, missing: Missing
) -> bool | None:
    """Whether a rule is kept; None where it is not checked, for want of values or by a division by zero."""
    if operator in (Operator.COMPULSORY_PAIR, Operator.EXCLUSIVE_PAIR):
        answered = [any(cell in values for cell in cells_read(side.operands(), cells)) for side in (left, right)]
        return answered[0] == answered[1] if operator is Operator.COMPULSORY_PAIR else not all(answered)
    if missing is Missing.SKIP_ALL and _all_missing(left.operands() + right.operands(), values, cells):
        return None
    fill = missing is not Missing.SKIP_ANY
    one, other = _exact(left, values, cells, fill), _exact(right, values, cells, fill)
    return None if one is None or other is None else _COMPARISONS[operator](one, other)


def value_of(tree: Expression, numbers: Mapping[Cell, Fraction | Decimal]) -> Fraction | None:
    """The exact value of a tree each of whose operands is one number, as an indicator's are; None where one is missing.

    Dividing by zero gives none either: whoever asks knows which operands there are, and so which of the two it was.
    """
    if isinstance(tree, Number):
        return Fraction(tree.value)
    if isinstance(tree, Operand):
        found = numbers.get((tree.element, tree.category))
        return None if found is None else Fraction(found)
    if isinstance(tree, Negation):
        inner = value_of(tree.inner, numbers)
        return None if inner is None else -inner
    return _calculated(tree.sign, value_of(tree.left, numbers), value_of(tree.right, numbers))


def _all_missing(operands: Sequence[Cell], values: Values, cells: Cells) -> bool:
    """Whether there are cells to read and none of them holds a number."""
    read = cells_read(operands, cells)
    return bool(read) and not any(cell in values for cell in read)


def _exact(tree: Expression, values: Values, cells: Cells, fill: bool) -> Fraction | None:
    """The exact value; None for a missing cell that is not to be filled with 0, or a division by zero."""
    if isinstance(tree, Number):
        return Fraction(tree.value)
    if isinstance(tree, Operand):
        found = [values.get(cell) for cell in _cells(tree.element, tree.category, cells)]
        if not fill and None in found:
            return None
        # Numbers have 15 digits at most, so a decimal sum of 200 of them is exact, and far quicker than one of fractions.
        return Fraction(sum((value for value in found if value is not None), Decimal(0)))
    if isinstance(tree, Negation):
        inner = _exact(tree.inner, values, cells, fill)
        return None if inner is None else -inner
    return _calculated(tree.sign, _exact(tree.left, values, cells, fill), _exact(tree.right, values, cells, fill))


def _calculated(sign: str, left: Fraction | None, right: Fraction | None) -> Fraction | None:
    """Two exact values added, subtracted, multiplied or divided; None where one has none, or by zero."""
    if left is None or right is None or (sign == "/" and not right):
        return None
    if sign in "+-":
        return left + right if sign == "+" else left - right
    return left * right if sign == "*" else left / right


def _shown(exact: Fraction) -> Decimal:
    """A fraction as a decimal number, cut (not rounded) so that SQL can do exactly the same."""
    cut = abs(exact.numerator) * 10**SHOWN_DECIMALS // exact.denominator
    return plain(Decimal((int(exact < 0), tuple(map(int, str(cut))), -SHOWN_DECIMALS)))
