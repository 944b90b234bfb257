"""How shares are rounded, in one place: exactly, and half up, as a reader does it by hand."""

from decimal import Decimal


def percentage(part: int, whole: int, decimals: int = 1) -> Decimal | None:
    """A part of a whole in per cent: 432 of 548 is 78.8, or 78.83 with two decimals; None of nothing.

    It is reckoned in whole numbers and rounded once: 1074 of 1300 is 82.6, and never 82.5.
    """
    if whole <= 0 or part < 0:
        return None
    scaled = part * 100 * 10**decimals
    return Decimal((2 * scaled + whole) // (2 * whole)).scaleb(-decimals)
