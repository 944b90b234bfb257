"""The geometry of a timeline: a row for each organisation, in it a bar for each agreement in which it stands, time running with reading.

Lengths are the units of the drawing's view box. From right to left everything but the words is mirrored.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from policies.rules.alliances import Tie

TOP, MARGIN = 30.0, 2.0
# A row: its name above its lanes, a lane for each of the agreements that hold at the same time.
NAME, LANE, BAR, GAP = 22.0, 24.0, 20.0, 6.0
# Words of a year need so much room; a bar is never so thin that it is not seen.
ROOM, THIN = 52.0, 4.0
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """One tie as it is drawn."""

    agreement: int
    x: float
    y: float
    width: float
    # Where its number stands, and whether there is room for it.
    middle: float
    roomy: bool


@dataclass(frozen=True)
class Row:
    """One organisation: where its name stands, the line under its row, its bars."""

    organisation: int
    y: float
    line: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Year:
    """A line at the beginning of a year; `told` where its number stands beside it."""

    x: float
    year: int
    told: bool


@dataclass(frozen=True)
class Timeline:
    """Everything that is drawn; `day` is where the chosen day stands, None where it lies outside."""

    width: float
    height: float
    start: float
    rows: tuple[Row, ...]
    years: tuple[Year, ...]
    day: float | None


def lanes_of(ties: Sequence[Tie]) -> list[list[Tie]]:
    """Ties in as few lanes as they need: in none do two overlap; the earlier stands in the first that is free."""
    lanes: list[list[Tie]] = []
    for tie in sorted(ties, key=lambda one: (one.first, one.agreement)):
        for lane in lanes:
            last = lane[-1].last
            if last is not None and last < tie.first:
                lane.append(tie)
                break
        else:
            lanes.append([tie])
    return lanes


@dataclass(frozen=True)
class _Scale:
    """How days are laid out across the drawing."""

    first: datetime.date
    last: datetime.date
    width: float
    rtl: bool

    def along(self, day: datetime.date) -> float:
        """How far a day begins from where time begins; what lies outside stands at the edge."""
        days = (self.last - self.first).days + 1
        inside = min(max((day - self.first).days, 0), days)
        return MARGIN + inside / days * (self.width - 2 * MARGIN)

    def across(self, x: float) -> float:
        """The same from the left edge of the drawing."""
        return round(self.width - x if self.rtl else x, 1)

    def bar(self, tie: Tie, y: float) -> Bar:
        """A tie as a bar."""
        begin = self.along(tie.first)
        end = self.width - MARGIN if tie.last is None else self.along(tie.last + DAY)
        begin = min(begin, self.width - MARGIN - THIN)
        end = max(end, begin + THIN)
        x = self.across(end if self.rtl else begin)
        return Bar(
            tie.agreement, x, round(y, 1), round(end - begin, 1), self.across((begin + end) / 2), end - begin >= BAR
        )


def draw(
    ties: Iterable[Tie], order: Sequence[int], first: datetime.date, last: datetime.date, width: float, *,
    rtl: bool, day: datetime.date,
) -> Timeline:  # fmt: skip
    """The timeline of some ties from a day to a day, a row for each organisation in this order that has any."""
    by_organisation: dict[int, list[Tie]] = {}
    for tie in ties:
        if tie.first <= last and (tie.last is None or tie.last >= first):
            by_organisation.setdefault(tie.organisation, []).append(tie)
    scale, rows, y = _Scale(first, last, width, rtl), [], TOP
    for organisation in (one for one in order if one in by_organisation):
        lanes = lanes_of(by_organisation[organisation])
        bars = [scale.bar(tie, y + NAME + number * LANE) for number, lane in enumerate(lanes) for tie in lane]
        line = y + NAME + len(lanes) * LANE + GAP / 2
        rows.append(Row(organisation, round(y + NAME - GAP, 1), round(line, 1), tuple(bars)))
        y = line + GAP / 2
    shown = scale.across(scale.along(day)) if first <= day <= last else None
    return Timeline(width, round(y + 2, 1), scale.across(MARGIN), tuple(rows), _years(scale), shown)


def _years(scale: _Scale) -> tuple[Year, ...]:
    """A line at the beginning of each year; as many of their numbers as there is room for."""
    span = range(scale.first.year, scale.last.year + 1)
    every = max(1, ceil(len(span) * ROOM / scale.width))
    found = []
    for number, year in enumerate(span):
        begin = scale.along(max(datetime.date(year, 1, 1), scale.first))
        told = number % every == 0 and begin + ROOM / 2 <= scale.width
        found.append(Year(scale.across(begin), year, told))
    return tuple(found)
