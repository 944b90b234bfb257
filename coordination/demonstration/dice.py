"""Chance that falls the same way at every loading."""

import math
from random import Random


def dice(*parts: object) -> Random:
    """A source of chance for one thing, named by its parts."""
    return Random("tansiq:" + ":".join(str(part) for part in parts))  # noqa: S311 - invented data, not a secret


def count(random: Random, mean: float) -> int:
    """A count around a mean, as rare events fall (Poisson; for greater means its normal approximation)."""
    if mean <= 0:
        return 0
    if mean > 30:
        return max(0, round(random.gauss(mean, math.sqrt(mean) * 1.3)))
    limit, product, found = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        found += 1
    return found


def split(random: Random, whole: int, shares: tuple[float, ...]) -> list[int]:
    """A whole number split by shares, with a little chance; the parts add up."""
    parts, left = [], whole
    for share in shares[:-1]:
        part = min(left, max(0, round(whole * share * random.uniform(0.85, 1.15))))
        parts.append(part)
        left -= part
    return [*parts, left]
