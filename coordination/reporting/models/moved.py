"""Sub-districts that changed hands since they were counted: what figures by today's borders move between directorates.

The figures of directorates are stored as they were counted, each period by its own borders. Few sub-districts ever change
hands, so by today's borders only these are read, and given to whoever holds them today.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coordination.reporting.models.figure_statements import MOVED
from coordination.reporting.rules.figures import Covered


@dataclass
class Moved:
    """Sub-districts by period, with the directorate that they count for and the one that holds them today; and their coverage."""

    days: list[datetime.date] = field(default_factory=list)
    formers: list[int] = field(default_factory=list)
    givers: list[int] = field(default_factory=list)
    takers: list[int] = field(default_factory=list)
    covered: list[tuple[int, datetime.date, Covered]] = field(default_factory=list)

    @property
    def holders(self) -> set[int]:
        """Whose figures are not those that are stored."""
        return {*self.givers, *self.takers}

    @property
    def given(self) -> dict[str, list[Any]]:
        """The arrays that the statement takes."""
        return {"days": self.days, "formers": self.formers, "givers": self.givers, "takers": self.takers}

    def cover(self, covered: dict[int, dict[datetime.date, Covered]]) -> None:
        """Move what was expected and received to whoever holds it today; who is left with nothing is left out."""
        for holder, day, change in self.covered:
            held = covered.setdefault(holder, {})
            held[day] = held.get(day, Covered()) + change
        for holder in {holder for holder, _day, _change in self.covered}:
            covered[holder] = {day: one for day, one in covered[holder].items() if one.anything}
            if not covered[holder]:
                del covered[holder]


def moved(given: Mapping[str, Any]) -> Moved | None:
    """What changed hands, by the parameters of `MOVED`; None where reports of one sub-district and period count for several.

    Such cells cannot be taken from one directorate whole: figures are then read sub-district by sub-district.
    """
    found = Moved()
    for day, place, giver, taker, split, *counts in MOVED.rows(given):
        if split:
            return None
        change = Covered(*counts)
        found.covered += [(giver, day, -change), (taker, day, change)]
        if change.received:
            found.days.append(day)
            found.formers.append(place)
            found.givers.append(giver)
            found.takers.append(taker)
    return found
