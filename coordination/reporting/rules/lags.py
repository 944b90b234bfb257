"""The geometry of the picture of lag: a bar an hour under a line at the limit, time running with reading."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720.0, 96.0
# Room above the highest bar, or the limit.
TOP = 8.0
FULLNESS = 0.8
# What is not nothing is seen.
LEAST = 1.5


@dataclass(frozen=True)
class Bar:
    """One stretch of time: where its bar stands, and whether it passes the limit."""

    x: float
    y: float
    width: float
    height: float
    over: bool


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, in the units of the view box."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    limit: float


def draw(lags: Sequence[float], limit: float, *, rtl: bool) -> Picture:
    """Bars of some lags in seconds, the oldest first; the scale holds the limit and the longest of them."""
    most = max([limit, *lags]) or 1.0
    room = WIDTH / max(len(lags), 1)
    thick = round(room * FULLNESS, 1)

    def height(seconds: float) -> float:
        return round(seconds / most * (HEIGHT - TOP), 1)

    bars = []
    for place, lag in enumerate(lags):
        if lag <= 0:
            continue
        tall, x = max(height(lag), LEAST), room * place + (room - thick) / 2
        x = WIDTH - x - thick if rtl else x
        bars.append(Bar(round(x, 1), round(HEIGHT - tall, 1), thick, tall, lag > limit))
    return Picture(WIDTH, HEIGHT, tuple(bars), round(HEIGHT - height(limit), 1))
