"""Reading nested data that people wrote (mappings, lists, texts), with every fault at its path."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from coordination.reporting.rules.numbers import NumberProblem, read_number
from directorates.rules.text import clean_text, has_control_characters

_Choice = TypeVar("_Choice", bound=StrEnum)
_ARABIC = re.compile(r"[\u0621-\u064a]")


@dataclass(frozen=True)
class SourceFault:
    """What is wrong at a path (keys and positions from 0, with points between); `params` fill the words of the code."""

    path: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Node:
    """One value of the data, where it stands, and the faults of the whole."""

    value: Any
    path: str
    faults: list[SourceFault]

    def fault(self, code: str, **params: str) -> None:
        """Add a fault here."""
        self.faults.append(SourceFault(self.path or ".", code, params))

    def child(self, key: str | int, value: Any) -> Node:
        """The node of a value inside this one."""
        return Node(value, f"{self.path}.{key}" if self.path else str(key), self.faults)

    def take(self, *, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, Node]:
        """The values of a mapping by key; missing and unknown keys are faults, missing ones come out as None."""
        given = self.value if isinstance(self.value, Mapping) else {}
        if not isinstance(self.value, Mapping):
            self.fault("not_a_mapping")
        for key in given:
            if key not in needed and key not in optional:
                self.child(key, None).fault("unknown_key", given=str(key)[:40])
        if isinstance(self.value, Mapping):
            for key in needed:
                if given.get(key) is None:
                    self.child(key, None).fault("missing_key", given=key)
        return {key: self.child(key, given.get(key)) for key in (*needed, *optional)}

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping whose keys are codes."""
        if self.value is None:
            return
        if not isinstance(self.value, Mapping):
            self.fault("not_a_mapping")
            return
        for key, value in self.value.items():
            yield str(key), self.child(str(key), value)

    def items(self) -> Iterator[Node]:
        """The entries of a list."""
        if self.value is None:
            return
        if not isinstance(self.value, list | tuple):
            self.fault("not_a_list")
            return
        for position, value in enumerate(self.value):
            yield self.child(position, value)

    def text(self, longest: int, *, arabic: bool = False) -> str:
        """A text as it is kept; empty where it is missing, which was told already."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            self.fault("not_a_text")
            return ""
        text = clean_text(self.value)
        if not text or has_control_characters(self.value):
            self.fault("unreadable_text")
        elif len(text) > longest:
            self.fault("text_too_long", limit=str(longest))
        elif arabic and not _ARABIC.search(text):
            self.fault("not_arabic", given=text[:40])
        return text

    def names(self, longest: int = 200) -> tuple[str, str]:
        """A name in Arabic and English."""
        if self.value is None:
            return "", ""
        both = self.take(needed=("ar", "en"))
        return both["ar"].text(longest, arabic=True), both["en"].text(longest)

    def code(self, pattern: re.Pattern[str], longest: int) -> str:
        """A code of the given form."""
        text = self.text(longest)
        if text and not pattern.fullmatch(text):
            self.fault("not_a_code", given=text[:40], pattern=pattern.pattern)
        return text

    def choice(self, kind: type[_Choice], default: _Choice | None = None) -> _Choice:
        """One of a list of words; the first of them where it is missing or unknown, which is told."""
        if self.value is None:
            return default or next(iter(kind))
        try:
            return kind(str(self.value))
        except ValueError:
            self.fault("unknown_word", given=str(self.value)[:40], known=", ".join(word.value for word in kind))
            return default or next(iter(kind))

    def whole(self, lowest: int, highest: int) -> int:
        """A whole number within bounds."""
        if self.value is None:
            return lowest
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not lowest <= self.value <= highest:
            self.fault("not_a_whole_number", lowest=str(lowest), highest=str(highest))
            return lowest
        return self.value

    def number(self) -> Decimal | None:
        """A number, or None where there is none."""
        return self._read(read_number, NumberProblem, "not_a_number")

    def day(self) -> dt.date | None:
        """A date, or None where there is none."""
        return self._read(_day, ValueError, "not_a_date")

    def flag(self, default: bool) -> bool:
        """Yes or no."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.fault("not_yes_or_no")
        return bool(self.value)

    def _read(self, read: Callable[[object], Any], problem: type[ValueError], code: str) -> Any:
        if self.value is None:
            return None
        try:
            return read(self.value)
        except problem:
            self.fault(code, given=str(self.value)[:40])
            return None


def _day(value: object) -> dt.date:
    """A date as YAML reads it, or written out."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    return dt.date.fromisoformat(str(value))
