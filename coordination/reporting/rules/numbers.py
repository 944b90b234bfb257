"""Numbers as people type them, as programs send them and as they are shown.

A number has at most 15 digits before the point, 6 after it and 15 in all: so it stands in a JSON document as a plain
number, comes back digit for digit, and no sum of a country overflows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from directorates.rules.text import DIRECTION_CHARACTERS, latin_digits

MAX_WHOLE_DIGITS = 15
MAX_DECIMALS = 6
MAX_DIGITS = 15
# Longer than any number with its separators; what is longer is not looked at twice.
_MAX_LENGTH = 60

_TYPED = str.maketrans(
    {"٫": ".", "٬": ",", "،": ",", "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " "}
    | {"\u2212": "-", "\ufe63": "-", "\uff0d": "-", "\uff0b": "+"}
    | dict.fromkeys(DIRECTION_CHARACTERS, "")
)
_SIGN = r"(?P<sign>[+-]?)"
_NUMBER = re.compile(
    _SIGN + r"(?P<whole>\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+)?(?:\.(?P<part>\d+))?", re.ASCII
)
_COMMA_BESIDE_DIGITS = re.compile(_SIGN + r"[\d .]*,[\d ,.]*\d", re.ASCII)
_DIGITS_ONLY = re.compile(_SIGN + r"[\d ,.]+", re.ASCII)


class NumberProblem(ValueError):
    """What was given is not a number that can be kept; `code` is stable and `params` fill its message."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str] = params


def parse_number(text: str) -> Decimal:
    """The number that was typed, with Latin, Arabic-Indic or Persian digits.

    Groups of exactly three digits may be separated by comma, ٬ or a space; the decimal mark is a point or ٫. A comma
    anywhere else (`1,5`, `0,250`) is decimal in one country and a slip in another, a factor of ten or a thousand
    apart, so it is refused as `ambiguous_comma` rather than guessed. Exponents, NaN and infinity are no numbers here.
    """
    typed = latin_digits(text).translate(_TYPED).strip()
    if len(typed) > _MAX_LENGTH:
        raise _too_long() if _DIGITS_ONLY.fullmatch(typed) else _not_a_number(text)
    match = _NUMBER.fullmatch(typed)
    if match is None and _COMMA_BESIDE_DIGITS.fullmatch(typed):
        raise NumberProblem("ambiguous_comma", given=typed)
    if match is None or not (match["whole"] or match["part"]):
        raise _not_a_number(text)
    whole = re.sub("[ ,]", "", match["whole"] or "0")
    return check_number(Decimal(f"{match['sign']}{whole}.{match['part'] or '0'}"))


def read_number(value: object) -> Decimal:
    """The number in a value of any JSON or spreadsheet type: typed text, or a number that is finite and fits."""
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _not_a_number(value)
    if isinstance(value, int):
        if abs(value) >= 10**MAX_WHOLE_DIGITS:  # before any conversion: Python refuses to print very long integers
            raise _too_long()
        return Decimal(value)
    return check_number(Decimal(repr(value)) if isinstance(value, float) else value)


def check_number(number: Decimal) -> Decimal:
    """The same number in its shortest form, or the problem that it is not finite, too long or too precise."""
    if not number.is_finite():
        raise _not_a_number(number)
    if not number:
        return Decimal(0)
    if number.adjusted() >= MAX_WHOLE_DIGITS:
        raise _too_long()
    _, digits, exponent = number.as_tuple()
    kept = "".join(map(str, digits)).lstrip("0")
    decimals = -int(exponent) - (len(kept) - len(kept.rstrip("0")))
    if decimals > MAX_DECIMALS or (decimals > 0 and len(kept.rstrip("0")) > MAX_DIGITS):
        raise NumberProblem("too_precise", decimals=str(MAX_DECIMALS), digits=str(MAX_DIGITS))
    return plain(number)


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 1.50 is 1.5, 1E+3 is 1000, -0 is 0."""
    if number == number.to_integral_value():
        return Decimal(int(number))
    return Decimal(f"{number:f}".rstrip("0"))


def as_json(number: Decimal) -> int | float:
    """The number as JSON holds it; exact both ways for every number that `check_number` lets through."""
    return int(number) if number == number.to_integral_value() else float(number)


def from_json(value: int | float) -> Decimal:
    """The number that `as_json` wrote."""
    return Decimal(value) if isinstance(value, int) else plain(Decimal(repr(value)))


def format_number(number: Decimal, language: str = "ar") -> str:
    """The number as it is shown: 1,234.5.

    Both languages print it alike (arabic.md, "Numerals"); the language is asked for so that no caller has to know.
    """
    return f"{plain(number):,f}"


def _too_long() -> NumberProblem:
    return NumberProblem("too_long", digits=str(MAX_WHOLE_DIGITS))


def _not_a_number(given: object) -> NumberProblem:
    """The problem, quoting the beginning of what was given."""
    return NumberProblem("not_a_number", given=str(given)[:40] if isinstance(given, str | float | Decimal) else "")
