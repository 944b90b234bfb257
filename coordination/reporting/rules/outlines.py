"""Outlines of places drawn small: degrees projected to a flat drawing of whole units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

Point = tuple[float, float]
Ring = list[tuple[int, int]]


@dataclass(frozen=True)
class Shape:
    """A place as it is drawn: its path, the middle of its greatest part, and how wide that is there."""

    code: str
    path: str
    middle: tuple[int, int]
    room: int


@dataclass(frozen=True)
class Outlines:
    """Every place of a map, and the size of the drawing."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def project(features: Iterable[Mapping[str, Any]], code: str, width: int = 930) -> Outlines:
    """Polygons in degrees as paths of whole units; a degree of longitude is as long as it is in the map's middle."""
    held = {str(one["properties"][code]): _rings(one["geometry"]) for one in features}
    points = [point for rings in held.values() for ring in rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = cos(radians((south + north) / 2))
    scale = width / ((east - west) * squeeze)

    def flat(ring: Sequence[Point]) -> Ring:
        return [(round((x - west) * squeeze * scale), round((north - y) * scale)) for x, y in ring]

    shapes = [_shape(name, [flat(ring) for ring in rings]) for name, rings in sorted(held.items())]
    return Outlines(width, round((north - south) * scale), tuple(shapes))


def _rings(geometry: Mapping[str, Any]) -> list[list[Point]]:
    """The rings of a polygon or of several."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(float(x), float(y)) for x, y, *_ in ring] for polygon in polygons for ring in polygon]


def _shape(code: str, rings: list[Ring]) -> Shape:
    greatest = max(rings, key=lambda ring: abs(_area(ring)))
    middle, room = _middle(greatest)
    return Shape(code, "".join(path for ring in rings if (path := _path(ring))), middle, room)


def _path(ring: Ring) -> str:
    """The ring in relative steps, without the steps that became nothing; islands of a point are left out."""
    steps, (x, y) = [], ring[0]
    for to_x, to_y in ring[1:]:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}".replace(" -", "-"))
            x, y = to_x, to_y
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z" if len(steps) > 2 else ""


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def _middle(ring: Ring) -> tuple[tuple[int, int], int]:
    """The middle of the widest of some lines across the ring, where a name has most room, and that room."""
    low, high = min(y for _, y in ring), max(y for _, y in ring)
    best: tuple[tuple[int, int], int] = ((ring[0][0], ring[0][1]), 0)
    centre = (low + high) / 2
    for step in range(3, 10):
        y = low + (high - low) * step / 12
        crossings = sorted(_crossings(ring, y))
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            # A little less room nearer the middle of the height is better than a little more at an end.
            worth = (right - left) * (1 - abs(y - centre) / (high - low + 1))
            if worth > best[1]:
                best = ((round((left + right) / 2), round(y)), round(worth))
    return best


def _crossings(ring: Ring, y: float) -> Iterable[float]:
    """Where a line across meets the ring."""
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 <= y) != (y2 <= y):
            yield x1 + (y - y1) * (x2 - x1) / (y2 - y1)
