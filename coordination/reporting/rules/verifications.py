"""What differs between an edition, or a bulletin, as it stands and as its frozen inputs make it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum

from coordination.reporting.rules.edition_figures import Made
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.ties import Key


class Wrong(StrEnum):
    """What can be wrong with an edition or a bulletin."""

    NO_INPUTS = "no_inputs"
    REPORTS = "reports"
    INPUTS = "inputs"
    RECORD = "record"
    FIGURE = "figure"
    COVERAGE = "coverage"
    FIGURES = "figures"
    CONTENT = "content"
    VALUE = "value"
    POPULATION = "population"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was published: of which figure, where it is one, and what stands there against what should.

    `named` says by codes of what in a bulletin it is: of which value of an indicator, or of which population.
    """

    wrong: Wrong
    stands: str = ""
    again: str = ""
    place: int | None = None
    item: int | None = None
    category: int = 0
    named: str = ""

    def shape(self) -> dict[str, object]:
        """The finding as JSON holds it."""
        return asdict(self) | {"wrong": self.wrong.value}


# How many reports of a place an edition says; the oldest say only the first three.
COUNTS = ("expected", "received", "answered", "on_time", "answered_on_time", "excused")
HIDDEN, SHOWN = "hidden", "shown"


def compare_figures(stands: Mapping[Key, Decimal | None], made: Made) -> Iterator[Finding]:
    """Figures that are others, are missing, or should not be there; a hidden one is None.

    A number that the edition does not show is not told here either: rules that hide less than before would give it away.
    """
    again = made.figures
    for key in sorted({*stands, *again}):
        if key not in again or key not in stands or stands[key] != again[key]:
            anew = _told(again, key)
            if stands.get(key) is None and again.get(key) is not None:
                anew = SHOWN
            yield Finding(Wrong.FIGURE, _told(stands, key), anew, key.place, key.item, key.category)


def _told(held: Mapping[Key, Decimal | None], key: Key) -> str:
    if key not in held:
        return ""
    value = held[key]
    return HIDDEN if value is None else f"{value.normalize():f}"


def compare_coverage(stands: Mapping[int, Sequence[int | None]], made: Made) -> Iterator[Finding]:
    """Places of which other numbers of reports are told, each a row of `COUNTS`; what was never told is passed over."""
    for place in sorted({*stands, *made.covered}):
        again = [getattr(made.covered.get(place, Covered()), name) for name in COUNTS]
        told = stands.get(place, [None] * len(COUNTS))
        kept = [number if held is None and place in stands else held for held, number in zip(told, again, strict=True)]
        if kept != again:
            yield Finding(Wrong.COVERAGE, _row(told), _row(again), place)


def _row(counts: Sequence[int | None]) -> str:
    return " ".join("–" if number is None else str(number) for number in counts)
