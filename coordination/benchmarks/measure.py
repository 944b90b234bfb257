"""How both sides are timed: interleaved, medians, one JSON object a line."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RUNS = 5


@dataclass
class Goal:
    """One goal: a ratio and its limit; not judged where the data are too small to say anything."""

    goal: str
    ratio: float
    limit: float
    least: bool = False  # the limit is a least, not a most
    judged: bool = True
    exact: bool = True
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether totals agree and, where judged, the ratio keeps its limit."""
        kept = self.ratio >= self.limit if self.least else self.ratio <= self.limit
        return self.exact and (kept or not self.judged)

    def line(self) -> str:
        """As it is printed."""
        rounded = {name: _rounded(value) for name, value in self.details.items()}
        shown = {"goal": self.goal, "ratio": _rounded(self.ratio), "limit": self.limit, "ok": self.ok}
        return json.dumps(shown | {"exact": self.exact, "judged": self.judged} | rounded)


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def peak_megabytes() -> float:
    """The most memory that this process held at once; what the process that started it held (`ru_maxrss`) is not counted."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def interleaved(*calls: Callable[[], object], runs: int = RUNS) -> list[list[float]]:
    """The times of several calls, each run in turn, so that a busy moment meets all of them."""
    times: list[list[float]] = [[] for _ in calls]
    for run in range(runs):
        order = list(enumerate(calls))
        for place, call in order if run % 2 == 0 else reversed(order):
            times[place].append(seconds(call))
    return times


def median(times: Sequence[float]) -> float:
    """The middle of some times."""
    return statistics.median(times)


def p95(times: Sequence[float]) -> float:
    """The time that 95 of 100 keep."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]
