"""Periods of reports: months, quarters, years and weeks, keyed by their first day.

A week is never keyed by (year, week): programmes have numbered the same seven days differently, so a number is only a
label, made from the day and the programme's rule of the time. The ids that systems exchange always number weeks by the
four-day rule (week 1 has at least four days in the year), which for weeks from Monday is ISO 8601.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache, total_ordering
from typing import Literal

from babel.dates import format_date

from directorates.rules.text import latin_digits

Language = Literal["ar", "en"]

# Outside these years a date is a slip of the keyboard, and periods stay clear of the ends of the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2199
# Figures are shown from here on: a series beside them reaches ten years further back.
FIRST_SHOWN_YEAR = FIRST_YEAR + 10
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


class PeriodType(StrEnum):
    """How long a period is, and for a week on which day it begins."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WEEK = "week"
    WEEK_SUNDAY = "week_sunday"

    @property
    def is_week(self) -> bool:
        """Whether periods of this type are weeks."""
        return self in _FIRST_WEEKDAY


class WeekRule(StrEnum):
    """How a programme numbers its weeks within a year."""

    FOUR_DAY = "four_day"
    CONTAINS_JAN1 = "contains_jan1"
    ISO = "iso"


# A programme's rules: each with the day from which it holds, the earliest first.
WeekRules = tuple[tuple[date, WeekRule], ...]

_FIRST_WEEKDAY = {PeriodType.WEEK: 0, PeriodType.WEEK_SUNDAY: 6}
_WEEK_MARK = {PeriodType.WEEK: "W", PeriodType.WEEK_SUNDAY: "SunW"}
_MONTHS_LONG = {PeriodType.MONTH: 1, PeriodType.QUARTER: 3, PeriodType.YEAR: 12}


class PeriodError(ValueError):
    """What was given is no period; `code` is stable and `params` fill its message."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str] = params


@total_ordering
@dataclass(frozen=True)
class Period:
    """One period, known by its type and its first day."""

    type: PeriodType
    start: date

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.start.year <= LAST_YEAR:
            raise PeriodError("period_out_of_range", first=str(FIRST_YEAR), last=str(LAST_YEAR))
        if _first_day(self.start, self.type) != self.start:
            raise PeriodError("not_first_day", given=self.start.isoformat())

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return (self.start, self.last_day, self.type) < (other.start, other.last_day, other.type)

    @property
    def end(self) -> date:
        """The day after the last day, as date ranges in the database have it."""
        if self.type.is_week:
            return self.start + _WEEK
        return _months_later(self.start, _MONTHS_LONG[self.type])

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.end - _DAY

    @property
    def id(self) -> str:
        """The id that health systems exchange: 202404, 2024Q2, 2024, 2024W5, 2024SunW5."""
        if self.type.is_week:
            year, number = week_label(self, WeekRule.FOUR_DAY)
            return f"{year}{_WEEK_MARK[self.type]}{number}"
        if self.type is PeriodType.QUARTER:
            return f"{self.start.year}Q{_quarter(self.start)}"
        return f"{self.start.year}{self.start.month:02d}" if self.type is PeriodType.MONTH else f"{self.start.year}"

    def __str__(self) -> str:
        return self.id

    def next(self) -> Period:
        """The period that begins when this one has ended."""
        return Period(self.type, self.end)

    def previous(self) -> Period:
        """The period that ends on the day before this one begins."""
        return period_containing(self.start - _DAY, self.type)

    def children(self, period_type: PeriodType) -> tuple[Period, ...]:
        """The shorter periods that make up this one; weeks make up no month, so asking for them is an error."""
        if self.type.is_week or period_type.is_week or _MONTHS_LONG[period_type] > _MONTHS_LONG[self.type]:
            raise PeriodError("not_nested", outer=self.type.value, inner=period_type.value)
        return periods_between(period_type, self.start, self.last_day)

    def months(self) -> tuple[Period, ...]:
        """The months of a month, quarter or year, in order."""
        return self.children(PeriodType.MONTH)


def period_containing(day: date, period_type: PeriodType) -> Period:
    """The period of that type to which the day belongs."""
    return Period(period_type, _first_day(day, period_type))


def periods_between(period_type: PeriodType, first: date, last: date) -> tuple[Period, ...]:
    """Every period with at least one day from `first` to `last` (both included), in order."""
    if last < first:
        return ()
    found = [period_containing(first, period_type)]
    while found[-1].last_day < last:
        found.append(found[-1].next())
    return tuple(found)


_IDS: tuple[tuple[PeriodType, re.Pattern[str]], ...] = (
    (PeriodType.MONTH, re.compile(r"(\d{4})(\d{2})", re.ASCII)),
    (PeriodType.QUARTER, re.compile(r"(\d{4})Q(\d)", re.ASCII)),
    (PeriodType.YEAR, re.compile(r"(\d{4})()", re.ASCII)),
    (PeriodType.WEEK, re.compile(r"(\d{4})W(\d{1,2})", re.ASCII)),
    (PeriodType.WEEK_SUNDAY, re.compile(r"(\d{4})SunW(\d{1,2})", re.ASCII)),
)


def parse_period(text: object, period_type: PeriodType | None = None) -> Period:
    """The period of an exchanged id; `PeriodError` where there is none, or where it is not of the wanted type."""
    given = latin_digits(text.strip()) if isinstance(text, str) else ""
    for candidate, pattern in _IDS:
        if match := pattern.fullmatch(given):
            period = _numbered(candidate, int(match[1]), int(match[2] or 1), given)
            if period_type is not None and period_type is not candidate:
                raise PeriodError("wrong_period_type", given=given, expected=period_type.value)
            return period
    raise PeriodError("not_a_period", given=str(text)[:40] if isinstance(text, str | int) else "")


def _numbered(period_type: PeriodType, year: int, number: int, given: str) -> Period:
    """The period of that number within the year, or the error that the year has none."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError("period_out_of_range", first=str(FIRST_YEAR), last=str(LAST_YEAR))
    if period_type.is_week:
        start = _first_day(date(year, 1, 4), period_type) + _WEEK * (number - 1)
        if not 1 <= number <= 53 or week_label(Period(period_type, start), WeekRule.FOUR_DAY) != (year, number):
            raise PeriodError("no_such_period", given=given)
        return Period(period_type, start)
    month = (number - 1) * _MONTHS_LONG[period_type] + 1
    if not 1 <= month <= 12:
        raise PeriodError("no_such_period", given=given)
    return Period(period_type, date(year, month, 1))


def week_rule_on(rules: WeekRules, day: date) -> WeekRule:
    """The rule by which a programme numbers the week that ends on that day; the exchange's rule before its first."""
    held = [(valid_from, rule) for valid_from, rule in rules if valid_from <= day]
    return max(held, key=lambda entry: entry[0])[1] if held else WeekRule.FOUR_DAY


def week_label(period: Period, rule: WeekRule | WeekRules) -> tuple[int, int]:
    """The (year, number) that a programme prints for a week.

    With `four_day` a week belongs to the year of its fourth day, with `contains_jan1` to that of its last day; `iso`
    gives a week from Sunday the ISO number of its fourth day. A changed rule holds for weeks that end under it.
    """
    if not period.type.is_week:
        raise PeriodError("not_a_week", given=period.id)
    if not isinstance(rule, WeekRule):
        rule = week_rule_on(rule, period.last_day)
    fourth = period.start + 3 * _DAY
    if rule is WeekRule.ISO:
        year, number, _ = fourth.isocalendar()
        return year, number
    decisive = period.last_day if rule is WeekRule.CONTAINS_JAN1 else fourth
    return decisive.year, (decisive.timetuple().tm_yday - 1) // 7 + 1


def due_date(period: Period, due_days: int) -> date:
    """The last day on which a report is on time: so many days after the period's last day."""
    return period.last_day + timedelta(days=due_days)


def days_late(due: date, on: date) -> int:
    """How many days after the due date that day is; 0 on the due date and before."""
    return max((on - due).days, 0)


_LOCALES = {"ar": "ar_SY", "en": "en_GB"}
_WEEK_NAMES = {
    "ar": "الأسبوع الوبائي {number} لسنة {year} (من {first} إلى {last})",
    "en": "Week {number}, {year} ({first} to {last})",
}
# English has a short word for the quarter, Arabic has none.
_QUARTER_PATTERNS = {"ar": "QQQQ y", "en": "QQQ y"}


@lru_cache(maxsize=8192)
def period_name(period: Period, language: Language, week_rules: WeekRules = ()) -> str:
    """The period as a reader reads it; a week always with its dates beside the programme's number.

    Kept: filters offer hundreds of periods on every page, and writing a day in words takes longer than reading its report.
    """
    locale = _LOCALES[language]
    if period.type.is_week:
        year, number = week_label(period, week_rules)
        first, last = _day_names(period, locale)
        return _WEEK_NAMES[language].format(number=number, year=year, first=first, last=last)
    if period.type is PeriodType.YEAR:
        return str(period.start.year)
    pattern = _QUARTER_PATTERNS[language] if period.type is PeriodType.QUARTER else "LLLL y"
    return format_date(period.start, pattern, locale)


def period_short_name(period: Period, week_rules: WeekRules = ()) -> str:
    """The period for the head of a narrow column, the same in both languages: 2019-05, 2019-Q2, 2019, 2016-W17."""
    if period.type.is_week:
        year, number = week_label(period, week_rules)
        return f"{year}-W{number:02d}"
    if period.type is PeriodType.QUARTER:
        return f"{period.start.year}-Q{_quarter(period.start)}"
    return f"{period.start:%Y-%m}" if period.type is PeriodType.MONTH else str(period.start.year)


def _day_names(period: Period, locale: str) -> tuple[str, str]:
    """First and last day in words, saying month and year only where the other day does not."""
    first, last = period.start, period.last_day
    if first.year != last.year:
        return format_date(first, "d MMMM y", locale), format_date(last, "d MMMM y", locale)
    pattern = "d" if first.month == last.month else "d MMMM"
    return format_date(first, pattern, locale), format_date(last, "d MMMM", locale)


def _first_day(day: date, period_type: PeriodType) -> date:
    """The first day of the period to which the day belongs."""
    if period_type.is_week:
        return day - _DAY * ((day.weekday() - _FIRST_WEEKDAY[period_type]) % 7)
    length = _MONTHS_LONG[period_type]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def _months_later(day: date, months: int) -> date:
    """The first of the month that many months later."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _quarter(day: date) -> int:
    """The quarter of the year in which the day lies, 1 to 4."""
    return (day.month - 1) // 3 + 1
