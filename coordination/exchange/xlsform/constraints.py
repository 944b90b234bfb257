"""What an XLSForm asks of an answer (`. >= 0 and . <= ${beds}`): bounds of our elements, or rules of our templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from coordination.reporting.rules.expressions import Cell, Expression, ExpressionProblem, Operator, parse
from coordination.reporting.rules.packages import renamed

LONGEST = 500
_COMPARED = re.compile(r"\.\s*(<=|>=|!=|=|<|>)\s*(.+)", re.DOTALL)
_REFERENCE = re.compile(r"\$\{([^}\s]{1,100})\}")
_OPERATORS: Mapping[str, Operator] = {
    "<=": Operator.AT_MOST,
    ">=": Operator.AT_LEAST,
    "<": Operator.LESS,
    ">": Operator.GREATER,
    "=": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
}


@dataclass
class Constraint:
    """What was understood: bounds with their ends, comparisons that become rules, and what could not be read."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    comparisons: list[tuple[Operator, Expression]] = field(default_factory=list)
    unread: str = ""


def constraint_of(text: str, *, whole: bool, uid_of: Callable[[str], str | None]) -> Constraint:
    """What a constraint asks; `uid_of` answers for the names of other questions, None where they are no numbers here."""
    found = Constraint()
    parts = re.split(r"\s+and\s+", text.strip()) if len(text) <= LONGEST else [text]
    for part in parts:
        match = _COMPARED.fullmatch(part.strip().strip("()").strip())
        if match is None or not _take(found, _OPERATORS[match[1]], match[2].strip(), whole, uid_of):
            return Constraint(unread=text[:LONGEST])
    return found


def _take(found: Constraint, operator: Operator, other: str, whole: bool, uid_of: Callable[[str], str | None]) -> bool:
    """Take one comparison; answer whether it could be read."""
    try:
        number = Decimal(other)
    except InvalidOperation:
        tree = _tree(other, uid_of)
        if tree is not None:
            found.comparisons.append((operator, tree))
        return tree is not None
    if not number.is_finite() or abs(number) > Decimal(10) ** 12 or number != round(number, 4):
        return False
    step = Decimal(1) if whole and number == int(number) else Decimal(0)
    if operator is Operator.AT_MOST or (operator is Operator.LESS and step):
        found.maximum = number - (step if operator is Operator.LESS else 0)
    elif operator is Operator.AT_LEAST or (operator is Operator.GREATER and step):
        found.minimum = number + (step if operator is Operator.GREATER else 0)
    else:
        tree = _tree(other, uid_of)
        if tree is None:
            return False
        found.comparisons.append((operator, tree))
    return True


def _tree(text: str, uid_of: Callable[[str], str | None]) -> Expression | None:
    """The other side as one of our expressions over uids; None where it is something else."""
    cells: dict[Cell, Cell] = {}
    stem = "q"
    while stem in text:
        stem += "q"

    def short(match: re.Match[str]) -> str:
        name = f"{stem}{len(cells) + 1}"
        cells[name, None] = (uid_of(match[1]) or "", None)
        return name

    replaced = re.sub(r"\bdiv\b", "/", _REFERENCE.sub(short, text))
    try:
        tree = parse(replaced)
    except ExpressionProblem:
        return None
    known = all(cell in cells and cells[cell][0] for cell in tree.operands())
    return renamed(tree, cells) if known else None
