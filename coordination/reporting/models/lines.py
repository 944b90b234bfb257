"""The waiting reports as a line that is read one after another: marked ones first, as the inbox shows them, the oldest first."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet


@dataclass(frozen=True)
class Line:
    """Where a report stands among those that wait; one that waits no more stands nowhere, and the first comes next."""

    ids: tuple[UUID, ...]
    here: UUID

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self.ids)

    @cached_property
    def _place(self) -> int | None:
        return self.ids.index(self.here) if self.here in self.ids else None

    @property
    def position(self) -> int | None:
        """The place in the line, from 1."""
        return None if self._place is None else self._place + 1

    @property
    def previous(self) -> UUID | None:
        """The report before."""
        return self.ids[self._place - 1] if self._place else None

    @property
    def next(self) -> UUID | None:
        """The report after."""
        after = 0 if self._place is None else self._place + 1
        return self.ids[after] if after < self.count else None


def line_of(waiting: QuerySet[Any], here: UUID) -> Line:
    """The line of some waiting reports (`models.reviews.waiting`), seen from one report."""
    return Line(tuple(in_line(waiting).values_list("pk", flat=True)), here)


def in_line(waiting: QuerySet[Any]) -> QuerySet[Any]:
    """The waiting reports in the order in which they are read."""
    return waiting.order_by("-marked", "submitted", "pk")
