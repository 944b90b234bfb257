"""Rules of exact positions: reading what people type, where it can lie at all, how it is packed and shown."""

import re
import struct
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from directorates.rules.text import DIRECTION_CHARACTERS, latin_digits

# Millionths of a degree: a tenth of a metre, which is finer than any receiver in a phone.
MICRO = 1_000_000
PACKED_BYTES = 8
# The rectangle around the country: what lies outside of it is a slip (the two swapped, a sign, another country).
SOUTH, NORTH, WEST, EAST = Decimal("32.2"), Decimal("37.4"), Decimal("35.4"), Decimal("42.5")
_TYPED = str.maketrans({"٫": ".", "،": ",", "\u2212": "-"} | dict.fromkeys(DIRECTION_CHARACTERS, ""))
_DEGREES = re.compile(r"([+-]?\d{1,3})(?:[.,](\d{1,15}))?\s*°?", re.ASCII)


class Position(NamedTuple):
    """Degrees north and degrees east, each in whole millionths."""

    latitude: int
    longitude: int

    def __repr__(self) -> str:
        """Never the degrees: this may end in a log."""
        return "Position(…)"


class PositionProblem(ValueError):
    """What was typed is no number of degrees, or lies outside of the country; it never quotes what was typed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_degrees(text: str) -> Decimal:
    """Degrees as people type them: Latin, Arabic-Indic or Persian digits, a point or a comma (., ٫, ،) before the decimals."""
    found = _DEGREES.fullmatch(latin_digits(text).translate(_TYPED).strip())
    if found is None:
        raise PositionProblem("not_degrees")
    whole, part = found.groups()
    return Decimal(f"{whole}.{part or '0'}")


def position_of(latitude: Decimal, longitude: Decimal) -> Position:
    """A position within the rectangle around the country, rounded to millionths of a degree."""
    if SOUTH <= longitude <= NORTH and WEST <= latitude <= EAST and not SOUTH <= latitude <= NORTH:
        raise PositionProblem("swapped")
    if not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        raise PositionProblem("outside_country")
    return Position(*(int((degrees * MICRO).to_integral_value()) for degrees in (latitude, longitude)))


def pack(position: Position) -> bytes:
    """The position in eight bytes, so that every encrypted one is as long as any other."""
    return struct.pack(">ii", *position)


def unpack(packed: bytes) -> Position:
    """The position that `pack` wrote."""
    return Position(*struct.unpack(">ii", packed))


def in_degrees(position: Position) -> tuple[str, str]:
    """Latitude and longitude as they are read out: six decimals, Latin digits in both languages."""
    return tuple(f"{Decimal(value) / MICRO:.6f}" for value in position)  # type: ignore[return-value]


def lies_inside(position: Position, geometry: Mapping[str, Any]) -> bool:
    """Whether a position lies inside a polygon or several, as GeoJSON draws them; holes are outside."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    x, y = position.longitude / MICRO, position.latitude / MICRO
    return any(sum(_crossings(ring, x, y) for ring in rings) % 2 == 1 for rings in polygons)


def _crossings(ring: Sequence[Sequence[float]], x: float, y: float) -> int:
    """How often a ray to the east crosses a ring."""
    found = 0
    for (x1, y1, *_up), (x2, y2, *_high) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            found += 1
    return found
