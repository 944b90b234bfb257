"""Finding what may be a location in text that people typed: positions leak by notes more easily than by fields.

A text is read with Latin digits, in any of the ways in which positions are passed on: decimal degrees, degrees with minutes
(and seconds), MGRS and UTM, plus codes, and links to maps. Numbers alone count only where they lie in or around Syria, with
so many decimals that they point at a house and not at a governorate: case counts, percentages, dates, phone numbers
and P-codes stay what they are.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise
from urllib.parse import unquote

from directorates.rules.text import clean_text, latin_digits


class Way(StrEnum):
    """The ways in which a location is written."""

    DECIMAL = "decimal"
    DEGREES = "degrees"
    GRID = "grid"
    PLUS_CODE = "plus_code"
    LINK = "link"


# Syria with what lies around it, in degrees: refuges and roads over the border count too.
LATITUDES = (31.5, 38.0)
LONGITUDES = (35.0, 43.0)
# Three decimals, as `_NUMBER` asks, are about a hundred metres; two say no more than a village.
# So many characters may stand between a latitude and its longitude ("lat 35.93, lon = 36.63").
_BETWEEN = 24

_DECIMAL_MARKS = str.maketrans({"٫": ".", "·": "."})
# With a comma, three decimals are as likely thousands.
_NUMBER = re.compile(
    r"(?:(?<![\w.])-?(\d{2})\.(\d{3,15})(?!\d|\.\d)|(?<![\w.,])-?(\d{2}),(\d{4,15})(?!\d|[.,]\d))(?!\s?[%٪])"
)
# What can stand between the numbers of a pair: separators, and what people call them. No other word, and no number.
_SEPARATOR = re.compile(
    r"(?:[\s,;:/|=()\[\]{}\"'°º+\-&،؛]|\bn\b|\be\b|north|east|lat(?:itude)?|lon(?:g(?:itude)?)?|lng|and|x|y"
    r"|شمالا?|شرقا?|خط|دائرة|العرض|عرض|الطول|طول|و)*",
    re.IGNORECASE,
)
_MARK = r"\s*(?:°|º|˚|deg(?:rees)?\b|درجة|d\b)\s*"
_MINUTE = r"\s*(?:['’′‵´`]|min(?:utes)?\b|دقيقة|m\b)"
_DEGREES = re.compile(rf"(?<!\d)(\d{{2}}){_MARK}(?:و\s*)?(\d{{1,2}}(?:[.,]\d+)?){_MINUTE}", re.IGNORECASE)
_DECIMAL_DEGREES = re.compile(r"(?<![\w.,])(\d{2}[.,]\d{2,15})\s*(?:[°º˚]\s*)(?!\s*(?:c\b|م\b|مئوية))", re.IGNORECASE)
_SPACED_DEGREES = re.compile(
    r"(?<![\w.])([ns])\s?(3[1-8])[\s:](\d{1,2})[\s:](\d{1,2}(?:[.,]\d+)?)\W{1,4}([ew])\s?(\d{2,3})[\s:](\d{1,2})[\s:]\d",
    re.IGNORECASE,
)
# MGRS of the zones that Syria lies in (36S, 37S, 38S; T north of 40° is beyond it), two to five digits each way.
_MGRS = re.compile(
    r"(?<![a-z\d])3[678]\s?[rst]\s?[a-hj-np-z]{2}\s?(?:\d{3}\s?\d{3}|\d{4}\s?\d{4}|\d{5}\s?\d{5})(?!\d)", re.IGNORECASE
)
_UTM = re.compile(
    r"(?<![a-z\d])3[678]\s?[rstn]\s*[,:]?\s*(?:e\s?)?\d{6}(?:[.,]\d+)?\s*m?\s*e?[\s,;/]+(?:n\s?)?3[4-9]\d{5}(?!\d)",
    re.IGNORECASE,
)
# Full codes, and short ones beside a place; their alphabet has no vowels, so that few words are one.
_PLUS = re.compile(
    r"(?<![23456789cfghjmpqrvwx\w])(?:8[g][23456789cfghjmpqrvwx]{6}|[23456789cfghjmpqrvwx]{4})"
    r"\+[23456789cfghjmpqrvwx]{2,4}(?![\w+])",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:maps\.app\.goo\.gl|goo\.gl/maps|g\.co/maps|maps\.google\.|google\.[a-z.]{2,6}/maps|maps\.apple\.com|maps\.apple/p"
    r"|openstreetmap\.org|osm\.org|bing\.com/maps|binged\.it|wikimapia\.org|what3words\.com|w3w\.co|waze\.com"
    r"|yandex\.[a-z.]{2,6}/maps|maps\.yandex\.|her\.is/|wego\.here\.com|share\.here\.com|f4map\.com|organicmaps|omaps\.app|ge0://"
    r"|(?<![a-z])geo:-?\d)",
    re.IGNORECASE,
)


def ways(text: str) -> list[Way]:
    """The ways in which a text may give a location, each once, in the order of `Way`; none is the usual answer."""
    plain = _plain(text)
    return [way for way in Way if any(_READERS[way](part) for part in plain)]


def may_locate(text: str) -> bool:
    """Whether a text may give a location."""
    return bool(ways(text))


def _plain(text: str) -> list[str]:
    """The text with Latin digits and points, as typed and, where a link hides it, decoded."""
    plain = latin_digits(clean_text(text)).translate(_DECIMAL_MARKS)
    return list(dict.fromkeys((plain, unquote(plain))))


def _is_latitude(number: float) -> bool:
    return LATITUDES[0] <= number <= LATITUDES[1]


def _is_longitude(number: float) -> bool:
    return LONGITUDES[0] <= number <= LONGITUDES[1]


def _is_pair(one: float, other: float) -> bool:
    """Whether two numbers are a latitude and a longitude around Syria, in either order."""
    return (_is_latitude(one) and _is_longitude(other)) or (_is_longitude(one) and _is_latitude(other))


def _decimal(text: str) -> bool:
    """Two numbers with three decimals or more, with nothing but separators and their names between them."""
    found = list(_NUMBER.finditer(text))
    for one, other in pairwise(found):
        between = text[one.end() : other.start()]
        numbers = (float(match[0].replace(",", ".")) for match in (one, other))
        if len(between) <= _BETWEEN and _SEPARATOR.fullmatch(between) and _is_pair(*numbers):
            return True
    return False


def _degrees(text: str) -> bool:
    """Two angles with their marks, around Syria; minutes make degrees exact enough."""
    angles = [float(match[1]) + float(match[2].replace(",", ".")) / 60 for match in _DEGREES.finditer(text)]
    marked = [float(match[1].replace(",", ".")) for match in _DECIMAL_DEGREES.finditer(text)]
    pairs = [*pairwise(angles), *pairwise(marked)]
    return any(_is_pair(*pair) for pair in pairs) or _SPACED_DEGREES.search(text) is not None


def _grid(text: str) -> bool:
    return _MGRS.search(text) is not None or _UTM.search(text) is not None


def _plus_code(text: str) -> bool:
    """A code with a letter among its digits: 2345+67 is a sum."""
    return any(re.search(r"[cfghjmpqrvwx]", match[0], re.IGNORECASE) for match in _PLUS.finditer(text))


def _link(text: str) -> bool:
    return _LINK.search(text) is not None


_READERS: dict[Way, Callable[[str], bool]] = {
    Way.DECIMAL: _decimal,
    Way.DEGREES: _degrees,
    Way.GRID: _grid,
    Way.PLUS_CODE: _plus_code,
    Way.LINK: _link,
}
