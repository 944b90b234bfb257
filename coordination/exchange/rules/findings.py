"""What is found in a file: one thing at one place, kept without words so that it is read in either language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from coordination.exchange.tables import address
from directorates.rules.text import clean_text


class Weight(StrEnum):
    """Whether a finding keeps its row from being taken as it is, or is told only."""

    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One finding: a stable code with what fills its words, the sheet, row and column (from 0), and the item's names."""

    code: str
    sheet: str = ""
    row: int | None = None
    column: int | None = None
    weight: Weight = Weight.ERROR
    params: Mapping[str, str] = field(default_factory=dict)
    name_ar: str = ""
    name_en: str = ""

    @property
    def where(self) -> str:
        """The cell as a spreadsheet names it; the row alone where it is the whole row."""
        if self.row is None:
            return ""
        return str(self.row + 1) if self.column is None else address(self.row, self.column)

    def shape(self) -> dict[str, Any]:
        """As it is kept with a job."""
        return {
            "code": self.code,
            "sheet": clean_text(self.sheet),
            "row": self.row,
            "column": self.column,
            "weight": self.weight.value,
            # Whatever a stranger's cell holds, this can be kept.
            "params": {name: clean_text(text, multiline=True) for name, text in self.params.items()},
            "name": [self.name_ar, self.name_en],
        }


def finding_of(kept: Mapping[str, Any]) -> Finding:
    """The finding that `shape` kept."""
    return Finding(
        kept["code"],
        kept["sheet"],
        kept["row"],
        kept["column"],
        Weight(kept["weight"]),
        kept["params"],
        *kept["name"],
    )


def errors_in(findings: Iterable[Finding]) -> int:
    """How many of them are errors."""
    return sum(one.weight is Weight.ERROR for one in findings)
