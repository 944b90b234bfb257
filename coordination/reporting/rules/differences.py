"""What lies between two figures: the difference and, of a base that is not nought, the share that it makes."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Difference:
    """How much more (or less, below nought) one figure is than its base; `share` is of the base, None where that is 0."""

    absolute: Decimal
    share: Decimal | None


def difference(base: Decimal | None, other: Decimal | None) -> Difference | None:
    """What lies between a base and another figure; None where one of them is not known, which is not 0."""
    if base is None or other is None:
        return None
    absolute = other - base
    return Difference(absolute, absolute / abs(base) if base else None)
