"""One answer: what a form, a request or a workbook gives for one element and category, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date
from decimal import Decimal
from enum import StrEnum

from coordination.reporting.rules.numbers import NumberProblem, format_number, read_number
from coordination.reporting.rules.specification import ElementSpec, ElementType
from directorates.rules.coordinates import may_locate
from directorates.rules.text import clean_text, has_control_characters, latin_digits

MAX_TEXT = 4_000
MAX_REASON = 2_000
# What was typed and is too long is kept whole, so that its writer can shorten it; a form sends no more than this.
MOST_KEPT = 200_000
# Before this a date in a report is a slip of the keyboard.
_EARLIEST = date(1900, 1, 1)

_YES = {"true", "yes", "1", "نعم"}
_NO = {"false", "no", "0", "لا"}


class State(StrEnum):
    """What an answer says; zero is a number, and none of these."""

    REPORTED = "reported"
    NOT_KNOWN = "not_known"
    CLOSED = "closed"
    BLANK = "blank"


@dataclass(frozen=True)
class Answer:
    """What was given for one element and category; its parts may be of any type that JSON or a workbook holds.

    Without a state, a value means reported and no value means blank.
    """

    element: object
    category: object = None
    value: object = None
    state: object = None
    reason: object = None


@dataclass(frozen=True)
class Problem:
    """A fault in what was given: a stable code, where (as the API names it), and what its message needs."""

    code: str
    field: str
    element: str | None = None
    category: str | None = None
    params: Mapping[str, str] = part(default_factory=dict, hash=False)


class AnswerProblem(ValueError):
    """A value that cannot be an answer to its element; `code` is stable and `params` fill its message."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str] = params


def is_blank(value: object) -> bool:
    """Whether nothing was given."""
    return value is None or (isinstance(value, str) and not clean_text(value) and not has_control_characters(value))


def read_value(element: ElementSpec, value: object, today: date | None) -> Decimal | str:
    """The answer in a value that is not blank: a number (a boolean as 0 or 1) or a text; raises `AnswerProblem`."""
    if not isinstance(value, str | int | float | Decimal | date):
        raise AnswerProblem("wrong_type")
    if element.type is ElementType.BOOLEAN:
        return _boolean(value)
    if element.type.is_numeric:
        return _number(element, value)
    if element.type is ElementType.DATE:
        return _date(value, today)
    text = read_text(value, MAX_TEXT)
    if element.type is ElementType.CHOICE and text not in {option.code for option in element.options}:
        raise AnswerProblem("unknown_option", given=text[:40])
    return text


def read_text(value: object, longest: int) -> str:
    """The text as it is kept; a workbook may hold a number where a text was meant."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise AnswerProblem("wrong_type")
    text = str(value)
    if has_control_characters(text):
        raise AnswerProblem("control_characters")
    text = clean_text(text, multiline=True)
    if len(text) > longest:
        raise AnswerProblem("text_too_long", limit=str(longest))
    if may_locate(text):
        raise AnswerProblem("location")
    return text


def bounds_problem(element: ElementSpec, number: Decimal) -> AnswerProblem | None:
    """What is wrong with a number that could be read: not whole, or outside the element's bounds (ends included)."""
    if element.type is ElementType.INTEGER and number != number.to_integral_value():
        return AnswerProblem("not_whole", given=format_number(number))
    percent = element.type is ElementType.PERCENT
    minimum = Decimal(0) if percent and element.minimum is None else element.minimum
    maximum = Decimal(100) if percent and element.maximum is None else element.maximum
    if minimum is not None and number < minimum:
        return AnswerProblem("below_minimum", given=format_number(number), minimum=format_number(minimum))
    if maximum is not None and number > maximum:
        return AnswerProblem("above_maximum", given=format_number(number), maximum=format_number(maximum))
    return None


def _number(element: ElementSpec, value: object) -> Decimal:
    """The number in a value; a percentage may carry its sign."""
    if element.type is ElementType.PERCENT and isinstance(value, str):
        value = clean_text(value).strip("%٪ ")
    return _number_of(value)


def _number_of(value: object) -> Decimal:
    """The number in a value, its problem told as an answer's."""
    try:
        return read_number(value)
    except NumberProblem as problem:
        raise AnswerProblem(problem.code, **problem.params) from problem


def _boolean(value: object) -> Decimal:
    """1 for yes and 0 for no, in the words of either language."""
    word = latin_digits(clean_text(str(value)[:20])).casefold() if isinstance(value, bool | str) else ""
    if word in _YES or (not isinstance(value, str) and value == 1):
        return Decimal(1)
    if word in _NO or (not isinstance(value, str) and value == 0):
        return Decimal(0)
    raise AnswerProblem("not_a_boolean")


def _date(value: object, today: date | None) -> str:
    """The date as 2019-05-07."""
    try:
        text = value.isoformat() if isinstance(value, date) else latin_digits(clean_text(str(value)[:40]))
        day = date.fromisoformat(text[:10] if isinstance(value, date) else text)
    except ValueError as problem:
        raise AnswerProblem("not_a_date", given=str(value)[:40]) from problem
    if day < _EARLIEST:
        raise AnswerProblem("not_a_date", given=day.isoformat())
    if today is not None and day > today:
        raise AnswerProblem("future_date", given=day.isoformat())
    return day.isoformat()
