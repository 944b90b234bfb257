"""How near two names are to one another: the share of their letters, three by three, that they have in common.

The database's own measure knows only the letters of its locale, which are not Arabic everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

# From here on two names are told as near.
NEAR = 0.4


@lru_cache(maxsize=8192)
def threes(key: str) -> frozenset[str]:
    """Every three letters in a row of each word of a search key, with its beginning and its end."""
    return frozenset(
        padded[place : place + 3]
        for word in key.split()
        for padded in [f"  {word} "]
        for place in range(len(padded) - 2)
    )


def nearness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same letters) for two search keys."""
    left, right = threes(one), threes(other)
    return len(left & right) / len(left | right) if left and right else 0.0


def nearest(given: Sequence[str], others: Sequence[Sequence[str]]) -> list[int]:
    """The places of those that are near in at least one of their keys, the nearest first; empty keys say nothing."""
    scores = [max(nearness(*pair) for pair in zip(given, keys, strict=False)) for keys in others]
    near = [place for place, score in enumerate(scores) if score >= NEAR]
    return sorted(near, key=lambda place: -scores[place])
