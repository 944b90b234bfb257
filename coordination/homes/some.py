"""The first of what waits: a home shows some lines of each kind, and says how many more there are and where."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.urls import reverse

LINES = 6
Thing = TypeVar("Thing")


class Some(list[Thing]):
    """The first of what waits, how many `more` there are, and where all of them stand (`url`)."""

    more: int = 0
    url: str = ""

    @classmethod
    def of(cls, rows: Any, name: str, asked: str = "") -> Self:
        """The first of some rows; only where there are more than are shown, they are counted."""
        found = cls(rows[: LINES + 1])
        if len(found) > LINES:
            found.more = rows.count() - LINES
            del found[LINES:]
        found.url = f"{reverse(name)}{asked}"
        return found

    def told(self, things: Iterable[Any]) -> "Some[Any]":
        """The same about other things, as many."""
        found: Some[Any] = Some(things)
        found.more, found.url = self.more, self.url
        return found
