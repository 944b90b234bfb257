"""How it is written down which stored fields an answer, a column or a line carries (`carried.py`)."""

from collections.abc import Mapping

Carried = Mapping[str, tuple[str, ...]]
BODY = "directorates.Organisation"


def carried(**named: str) -> dict[str, tuple[str, ...]]:
    """Names with the fields of each, written in one string with spaces between."""
    return {name: tuple(fields.split()) for name, fields in named.items()}
