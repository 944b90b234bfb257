"""Reading JSON that others wrote: bounded in bytes, depth and lengths; every fault at its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from coordination.reporting.rules.sources import Node, SourceFault
from directorates.rules.text import clean_text, has_control_characters

MOST_BYTES = 10 * 1024 * 1024
MOST_DEPTH = 40
IDENTIFIER = re.compile(r"[A-Za-z0-9]+", re.ASCII)
# Faults of one file are all told; beyond so many the file is another thing altogether.
MOST_FAULTS = 200


class FileProblem(ValueError):
    """The file cannot be used: what is wrong, all at once."""

    def __init__(self, faults: list[SourceFault]) -> None:
        super().__init__(", ".join(f"{fault.path}: {fault.code}" for fault in faults[:5]))
        self.faults = faults


def refused(code: str, **params: str) -> FileProblem:
    """A problem of the file as a whole."""
    return FileProblem([SourceFault(".", code, params)])


def read_json(content: bytes) -> Any:
    """The data of a file, or a `FileProblem`."""
    if len(content) > MOST_BYTES:
        raise refused("file_too_large", limit=str(MOST_BYTES // 1024 // 1024))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused("not_utf8") from None
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise refused("too_deep", limit=str(MOST_DEPTH)) from None
    except json.JSONDecodeError as problem:
        raise refused("not_json", line=str(problem.lineno), column=str(problem.colno)) from None
    except ValueError as problem:  # a number of thousands of digits, or NaN
        raise refused("not_json_number", given=str(problem)[:40]) from None
    if _is_deeper(found, MOST_DEPTH):
        raise refused("too_deep", limit=str(MOST_DEPTH))
    return found


def _no_constant(name: str) -> None:
    """NaN and Infinity are Python's own, and no JSON."""
    raise ValueError(name)


def _is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects stand deeper within one another than that."""
    level = [value]
    for _depth in range(most):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, dict | list))
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict | list))


class Given:
    """An object of the file: its parts by name, whatever else it holds; faults are told at their paths."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.data: Mapping[str, Any] = node.value if isinstance(node.value, Mapping) else {}
        if not isinstance(node.value, Mapping):
            node.fault("not_a_mapping")

    def has(self, key: str) -> bool:
        """Whether the part is there and says something."""
        return bool(self.data.get(key))

    def part(self, key: str) -> Node:
        """The node of a part."""
        return self.node.child(key, self.data.get(key))

    def text(self, key: str, longest: int, *, needed: bool = False) -> str:
        """A text as it is kept, empty where there is none."""
        part = self.part(key)
        if part.value is None:
            if needed:
                part.fault("missing_key", given=key)
            return ""
        if not isinstance(part.value, str):
            part.fault("not_a_text")
            return ""
        # Before it is cleaned: cleaning looks at every character, and a name of ten megabytes has many.
        if len(part.value) > 4 * longest:
            part.fault("text_too_long", limit=str(longest))
            return ""
        text = clean_text(part.value)
        if has_control_characters(part.value) or (needed and not text):
            part.fault("unreadable_text")
        elif len(text) > longest:
            part.fault("text_too_long", limit=str(longest))
        return text

    def flag(self, key: str) -> bool:
        """Yes or no; no where nothing is said."""
        return self.part(key).flag(False)

    def whole(self, key: str, lowest: int, highest: int, default: int = 0) -> int:
        """A whole number; the default where nothing is said."""
        part = self.part(key)
        return default if part.value is None else part.whole(lowest, highest)

    def items(self, key: str, most: int) -> Iterator[Given]:
        """The objects of a list; none where it is absent."""
        part = self.part(key)
        if isinstance(part.value, list) and len(part.value) > most:
            part.fault("too_many", limit=str(most))
            return
        for node in part.items():
            yield Given(node)

    @property
    def uid(self) -> str:
        """The object's own identifier."""
        text = self.text("id", 40, needed=True)
        if text and not IDENTIFIER.fullmatch(text):
            self.part("id").fault("not_a_code", given=text, pattern=IDENTIFIER.pattern)
        return text

    def rows(self, key: str, most: int) -> dict[str, Given]:
        """The objects of a list by their identifiers; one that stands there twice is a fault."""
        found: dict[str, Given] = {}
        for one in self.items(key, most):
            uid = one.uid
            if uid in found:
                one.part("id").fault("used_twice", given=uid)
            found.setdefault(uid, one)
        return found

    def reference(self, key: str) -> str:
        """The identifier of what a part points at; empty where there is none."""
        part = self.part(key)
        return Given(part).uid if part.value is not None else ""

    def references(self, key: str, most: int) -> list[tuple[str, Node]]:
        """The identifiers of what a list points at, with where they stand."""
        return [(one.uid, one.node) for one in self.items(key, most)]
