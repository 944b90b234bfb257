"""DHIS2's expressions over elements, read into our trees: `#{hJJlOnVOkV2.JKuWbG5bWAu} + 2`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from coordination.reporting.rules.expressions import Cell, Expression, ExpressionProblem, parse
from coordination.reporting.rules.packages import renamed

LONGEST = 5_000
_UID = r"[A-Za-z][A-Za-z0-9]{10}"
_OPERAND = re.compile(rf"#\{{({_UID})(?:\.({_UID}|\*))?(?:\.({_UID}|\*))?\}}")
# Reporting rates, constants, indicators, tracker's data, groups of organisation units, days of a period.
_FOREIGN = re.compile(r"(?:\b[A-Z][A-Za-z_]*\{|\[\w+\]|#\{)[^}\s]{0,40}\}?")
_FUNCTION = re.compile(r"([A-Za-z][A-Za-z_.]*)\s*\(")


class Untranslated(ValueError):
    """An expression that we cannot carry; `code` and `params` say why."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class _Placed(NamedTuple):
    """An operand that became a short name: where, and how many characters that took away."""

    position: int
    shorter: int


def translate(text: str, cell_of: Callable[[str, str | None], Cell]) -> Expression:
    """The tree of an expression, its operands as `cell_of` answers for (element, cell); `Untranslated` with the reason.

    Operands stand as short names while our own parser reads the text, so that its limits are those of our expressions.
    """
    if len(text) > LONGEST:
        raise Untranslated("expression_too_long")
    cells: dict[Cell, Cell] = {}
    # No word of the text may pass for one of our short names.
    stem = "q"
    while stem in text:
        stem += "q"
    placed: list[_Placed] = []
    parts: list[str] = []
    end = length = 0
    for match in _OPERAND.finditer(text):
        element, cell, attribute = match.groups()
        if attribute not in (None, "*"):
            raise Untranslated("expression_foreign", given=match[0])
        name = f"{stem}{len(cells) + 1}"
        cells[name, None] = cell_of(element, None if cell == "*" else cell)
        parts += [text[end : match.start()], name]
        length += match.start() - end + len(name)
        placed.append(_Placed(length, len(match[0]) - len(name)))
        end = match.end()
    short = "".join([*parts, text[end:]])
    if found := _FOREIGN.search(short):
        raise Untranslated("expression_foreign", given=found[0])
    if found := _FUNCTION.search(short):
        raise Untranslated("expression_function", given=found[1])
    try:
        tree = parse(short)
    except ExpressionProblem as problem:
        moved = sum(one.shorter for one in placed if one.position <= problem.position)
        params = dict(problem.params) | {"position": str(problem.position + moved + 1)}
        raise Untranslated(problem.code, **params) from problem
    # A bare word is a name for our parser, and nothing in theirs.
    if strange := [element for element, category in tree.operands() if (element, category) not in cells]:
        raise Untranslated("expression_unexpected", position=str(text.find(strange[0]) + 1), given=strange[0][:40])
    return renamed(tree, cells)
