"""Periods: their days, their ids, and the week numbers that programmes have printed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from epiweeks import Week
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.periods import (
    Period,
    PeriodError,
    PeriodType,
    WeekRule,
    WeekRules,
    days_late,
    due_date,
    parse_period,
    period_containing,
    period_name,
    period_short_name,
    periods_between,
    week_label,
)

DAYS = st.dates(date(1901, 1, 1), date(2198, 12, 1))
TYPES = st.sampled_from(PeriodType)
EWARN = ((date(2013, 1, 1), WeekRule.CONTAINS_JAN1), (date(2017, 1, 1), WeekRule.FOUR_DAY))

GOLDEN = [
    ("EWARN 2016", EWARN, date(2016, 4, 17), date(2016, 4, 23), (2016, 17)),
    ("EWARS 2017", EWARN, date(2017, 8, 20), date(2017, 8, 26), (2017, 34)),
    ("EWARS 2019", EWARN, date(2019, 4, 21), date(2019, 4, 27), (2019, 17)),
    ("EWARS 2019", EWARN, date(2019, 11, 17), date(2019, 11, 23), (2019, 47)),
    ("EWARS 2021", EWARN, date(2021, 12, 26), date(2022, 1, 1), (2021, 52)),
    ("EWARS 2022", EWARN, date(2022, 1, 9), date(2022, 1, 15), (2022, 2)),
    ("Syria 2024", EWARN, date(2023, 12, 31), date(2024, 1, 6), (2024, 1)),
    ("Syria 2024", EWARN, date(2024, 2, 18), date(2024, 2, 24), (2024, 8)),
    ("Syria 2024", EWARN, date(2024, 9, 29), date(2024, 10, 5), (2024, 40)),
    ("Syria 2024", EWARN, date(2024, 12, 22), date(2024, 12, 28), (2024, 52)),
]


@pytest.mark.parametrize(("programme", "rules", "first", "last", "label"), GOLDEN)
def test_printed_week_numbers_are_reproduced(
    programme: str, rules: WeekRules, first: date, last: date, label: tuple[int, int]
) -> None:
    week = Period(PeriodType.WEEK_SUNDAY, first)
    assert (week.last_day, week_label(week, rules)) == (last, label), programme


def test_the_iraqi_programme_numbers_weeks_from_monday_as_iso_does() -> None:
    week = period_containing(date(2016, 10, 9), PeriodType.WEEK)
    assert (week.start, week.last_day) == (date(2016, 10, 3), date(2016, 10, 9))
    assert week_label(week, WeekRule.ISO) == week_label(week, WeekRule.FOUR_DAY) == (2016, 40)


def test_the_printed_week_17_of_2016_is_week_16_for_exchange() -> None:
    week = Period(PeriodType.WEEK_SUNDAY, date(2016, 4, 17))
    assert week.id == "2016SunW16"
    assert week_label(week, WeekRule.CONTAINS_JAN1) == (2016, 17)
    assert week_label(week, WeekRule.ISO) == (2016, 16)


def test_a_changed_rule_holds_for_weeks_that_end_under_it() -> None:
    rules = ((date(2013, 1, 1), WeekRule.FOUR_DAY), (date(2022, 1, 1), WeekRule.CONTAINS_JAN1))
    assert week_label(Period(PeriodType.WEEK_SUNDAY, date(2021, 12, 19)), rules) == (2021, 51)
    assert week_label(Period(PeriodType.WEEK_SUNDAY, date(2021, 12, 26)), rules) == (2022, 1)


def test_no_week_label_is_lost_or_doubled_when_ewarn_changed_its_rule() -> None:
    weeks = periods_between(PeriodType.WEEK_SUNDAY, date(2016, 12, 1), date(2017, 1, 31))
    labels = [week_label(week, EWARN) for week in weeks]
    assert labels[3:7] == [(2016, 52), (2016, 53), (2017, 1), (2017, 2)]
    assert len(set(labels)) == len(labels)


def test_before_a_programmes_first_rule_weeks_are_numbered_as_for_exchange() -> None:
    week = Period(PeriodType.WEEK_SUNDAY, date(2012, 4, 15))
    assert week_label(week, EWARN) == week_label(week, WeekRule.FOUR_DAY)


def test_only_weeks_have_a_week_label() -> None:
    with pytest.raises(PeriodError) as refused:
        week_label(Period(PeriodType.MONTH, date(2019, 5, 1)), WeekRule.FOUR_DAY)
    assert refused.value.code == "not_a_week"


@given(DAYS)
def test_weeks_from_sunday_are_the_epidemiological_weeks_of_the_cdc(day: date) -> None:
    week, other = period_containing(day, PeriodType.WEEK_SUNDAY), Week.fromdate(day, system="cdc")
    assert (week.start, week.last_day) == (other.startdate(), other.enddate())
    assert week_label(week, WeekRule.FOUR_DAY) == (other.year, other.week)
    assert week.id == f"{other.year}SunW{other.week}"


@given(DAYS)
def test_weeks_from_monday_are_iso_weeks(day: date) -> None:
    week = period_containing(day, PeriodType.WEEK)
    assert week_label(week, WeekRule.FOUR_DAY) == week_label(week, WeekRule.ISO) == day.isocalendar()[:2]
    assert week.id == f"{day.isocalendar()[0]}W{day.isocalendar()[1]}"


@given(DAYS, st.sampled_from(WeekRule))
def test_consecutive_weeks_have_consecutive_labels(day: date, rule: WeekRule) -> None:
    week = period_containing(day, PeriodType.WEEK_SUNDAY)
    (year, number), (next_year, next_number) = week_label(week, rule), week_label(week.next(), rule)
    assert (next_year, next_number) in {(year, number + 1), (year + 1, 1)}


@given(DAYS)
def test_the_week_that_contains_1_january_is_week_1_under_that_rule(day: date) -> None:
    new_year = date(day.year, 1, 1)
    week = period_containing(new_year, PeriodType.WEEK_SUNDAY)
    assert week_label(week, WeekRule.CONTAINS_JAN1) == (day.year, 1)


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("202404", PeriodType.MONTH, date(2024, 4, 1), date(2024, 4, 30)),
        ("202402", PeriodType.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        ("202412", PeriodType.MONTH, date(2024, 12, 1), date(2024, 12, 31)),
        ("2024Q2", PeriodType.QUARTER, date(2024, 4, 1), date(2024, 6, 30)),
        ("2024", PeriodType.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
        ("2024W5", PeriodType.WEEK, date(2024, 1, 29), date(2024, 2, 4)),
        ("2024SunW5", PeriodType.WEEK_SUNDAY, date(2024, 1, 28), date(2024, 2, 3)),
        ("2021SunW1", PeriodType.WEEK_SUNDAY, date(2021, 1, 3), date(2021, 1, 9)),
        ("2020W53", PeriodType.WEEK, date(2020, 12, 28), date(2021, 1, 3)),
    ],
)
def test_exchanged_ids_are_read_and_written(text: str, kind: PeriodType, first: date, last: date) -> None:
    period = parse_period(text)
    assert (period.type, period.start, period.last_day, period.id) == (kind, first, last, text)


def test_an_id_may_come_with_arabic_digits_a_padded_week_or_spaces_around() -> None:
    assert parse_period("٢٠٢٤٠٤").id == "202404"
    assert parse_period(" 2024W05 ").id == "2024W5"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "not_a_period"),
        ("2024-04", "not_a_period"),
        ("2024w5", "not_a_period"),
        ("2024W", "not_a_period"),
        ("2024Q11", "not_a_period"),
        ("20240401", "not_a_period"),
        ("202४04", "not_a_period"),
        ("202404\x00", "not_a_period"),
        pytest.param("9" * 5000, "not_a_period", id="5,000 digits"),
        (None, "not_a_period"),
        (202404, "not_a_period"),
        (["202404"], "not_a_period"),
        ("202400", "no_such_period"),
        ("202413", "no_such_period"),
        ("2024Q0", "no_such_period"),
        ("2024Q5", "no_such_period"),
        ("2024W0", "no_such_period"),
        ("2024W53", "no_such_period"),
        ("2024SunW53", "no_such_period"),
        ("2199W99", "no_such_period"),
        ("0001", "period_out_of_range"),
        ("999912", "period_out_of_range"),
        ("9999W52", "period_out_of_range"),
    ],
)
def test_what_is_no_period_is_refused_with_a_code(given: object, code: str) -> None:
    with pytest.raises(PeriodError) as refused:
        parse_period(given)
    assert refused.value.code == code


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(PeriodError) as refused:
        parse_period("2024W5", PeriodType.WEEK_SUNDAY)
    assert refused.value.code == "wrong_period_type"
    assert refused.value.params == {"given": "2024W5", "expected": "week_sunday"}


@given(st.text(max_size=12))
def test_no_text_crashes_the_reader_of_ids(text: str) -> None:
    with suppress(PeriodError):
        assert parse_period(text).id


@given(DAYS, TYPES)
def test_an_id_leads_back_to_its_period(day: date, kind: PeriodType) -> None:
    period = period_containing(day, kind)
    assert parse_period(period.id) == parse_period(period.id, kind) == period


@given(DAYS, TYPES)
def test_a_day_lies_in_exactly_one_period_of_a_type(day: date, kind: PeriodType) -> None:
    period = period_containing(day, kind)
    assert period.start <= day <= period.last_day < period.end
    assert period.next().start == period.end
    assert period.next().previous() == period
    assert period.previous().end == period.start


@given(DAYS, st.integers(0, 800), TYPES)
def test_periods_between_two_days_follow_one_another_and_cover_both(first: date, days: int, kind: PeriodType) -> None:
    last = min(first + timedelta(days=days), date(2198, 12, 1))
    periods = periods_between(kind, first, last)
    assert periods[0].start <= first
    assert last <= periods[-1].last_day
    assert all(one.end == other.start for one, other in pairwise(periods))
    assert sorted(periods) == list(periods)


def test_between_days_in_the_wrong_order_there_are_no_periods() -> None:
    assert periods_between(PeriodType.MONTH, date(2019, 5, 2), date(2019, 5, 1)) == ()


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (PeriodType.MONTH, date(2019, 5, 2)),
        (PeriodType.QUARTER, date(2019, 5, 1)),
        (PeriodType.YEAR, date(2019, 2, 1)),
        (PeriodType.WEEK, date(2019, 5, 5)),
        (PeriodType.WEEK_SUNDAY, date(2019, 5, 6)),
    ],
)
def test_a_period_begins_on_its_first_day_only(kind: PeriodType, day: date) -> None:
    with pytest.raises(PeriodError) as refused:
        Period(kind, day)
    assert refused.value.code == "not_first_day"


def test_a_quarter_and_a_year_are_made_of_months() -> None:
    assert [month.id for month in parse_period("2024Q2").months()] == ["202404", "202405", "202406"]
    assert len(parse_period("2024").months()) == 12
    assert [quarter.id for quarter in parse_period("2024").children(PeriodType.QUARTER)][-1] == "2024Q4"
    assert parse_period("202404").months() == (parse_period("202404"),)


@pytest.mark.parametrize(
    ("outer", "inner"), [("2024", "week"), ("2024W5", "month"), ("202404", "quarter"), ("2024Q1", "year")]
)
def test_weeks_make_up_no_month_and_longer_periods_no_shorter(outer: str, inner: str) -> None:
    with pytest.raises(PeriodError) as refused:
        parse_period(outer).children(PeriodType(inner))
    assert refused.value.code == "not_nested"


def test_periods_are_ordered_by_their_first_day() -> None:
    ids = ["202404", "2024", "202312", "2024Q1", "202401"]
    assert [period.id for period in sorted(map(parse_period, ids))] == ["202312", "202401", "2024Q1", "2024", "202404"]


@pytest.mark.parametrize(
    ("code", "arabic", "english", "short"),
    [
        ("201905", "أيار 2019", "May 2019", "2019-05"),
        ("201901", "كانون الثاني 2019", "January 2019", "2019-01"),
        ("2019Q2", "الربع الثاني 2019", "Q2 2019", "2019-Q2"),
        ("2019", "2019", "2019", "2019"),
        (
            "2016SunW16",
            "الأسبوع الوبائي 17 لسنة 2016 (من 17 إلى 23 نيسان)",
            "Week 17, 2016 (17 to 23 April)",
            "2016-W17",
        ),
        (
            "2019SunW18",
            "الأسبوع الوبائي 18 لسنة 2019 (من 28 نيسان إلى 4 أيار)",
            "Week 18, 2019 (28 April to 4 May)",
            "2019-W18",
        ),
        (
            "2024SunW1",
            "الأسبوع الوبائي 1 لسنة 2024 (من 31 كانون الأول 2023 إلى 6 كانون الثاني 2024)",
            "Week 1, 2024 (31 December 2023 to 6 January 2024)",
            "2024-W01",
        ),
    ],
)
def test_periods_are_named_in_both_languages(code: str, arabic: str, english: str, short: str) -> None:
    period = parse_period(code)
    assert period_name(period, "ar", EWARN) == arabic
    assert period_name(period, "en", EWARN) == english
    assert period_short_name(period, EWARN) == short


@given(DAYS, TYPES)
def test_names_hold_latin_digits_only(day: date, kind: PeriodType) -> None:
    name = period_name(period_containing(day, kind), "ar")
    assert all(character in "0123456789" for character in name if character.isdigit())


def test_a_report_is_due_so_many_days_after_the_last_day_of_its_period() -> None:
    assert due_date(parse_period("201905"), 10) == date(2019, 6, 10)
    assert due_date(parse_period("2019SunW17"), 2) == date(2019, 4, 29)


def test_days_late_count_from_the_day_after_the_due_date() -> None:
    due = date(2019, 6, 10)
    assert [days_late(due, due + timedelta(days=n)) for n in (-3, 0, 1, 30)] == [0, 0, 1, 30]
