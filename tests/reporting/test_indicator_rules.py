"""Indicators as arithmetic: one sum divided by another, exactly; whatever is not known is no zero, and says why."""

import datetime
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.indicators import (
    DAYS,
    NAMED,
    YEARS,
    Part,
    Reason,
    formula_of,
    words_of,
    years_of,
)
from coordination.reporting.rules.periods import parse_period
from coordination.reporting.rules.populations import Stated, counting, made_up, together
from coordination.reporting.rules.templates import NAME

MONTH = parse_period("201902")


def parts(**given: Part | int | Decimal) -> dict[Cell, Part]:
    """Operands by their names."""
    return {(name, None): one if isinstance(one, Part) else Part(Decimal(one)) for name, one in given.items()}


def test_printed_shares_come_out_as_they_are_and_not_as_they_were_printed() -> None:
    share = formula_of("a", "b", 100)
    sites = share.outcome(parts(a=432, b=548), MONTH)
    assert round(sites.value or 0, 2) == Decimal("78.83")
    # A print says 82.5.
    others = share.outcome(parts(a=1074, b=1300), MONTH)
    assert round(others.value or 0, 1) == Decimal("82.6")


def test_days_of_the_period_are_those_of_the_calendar() -> None:
    occupied = formula_of("patient_days", f"beds * {DAYS}", 100)
    held = parts(patient_days=700, beds=50)
    assert occupied.outcome(held, MONTH).value == 50
    assert occupied.outcome(held, parse_period("202002")).denominator == 50 * 29
    assert occupied.outcome(held, parse_period("2019Q1")).denominator == 50 * 90


@pytest.mark.parametrize(
    ("period", "years"),
    [
        ("201902", Fraction(1, 12)),
        ("2019Q1", Fraction(1, 4)),
        ("2019", Fraction(1)),
        ("2019W5", Fraction(7, 365)),
        ("2020W5", Fraction(7, 366)),
    ],
)
def test_a_population_is_scaled_to_the_length_of_the_period(period: str, years: Fraction) -> None:
    assert years_of(parse_period(period)) == years
    rate = formula_of("visits", f"_pop_total * {YEARS}", 1)
    found = rate.outcome(parts(visits=100, _pop_total=1200), parse_period(period))
    assert found.value is not None
    assert abs(Fraction(found.value) - 100 / (1200 * years)) < Fraction(1, 10**10)


def test_named_operands_can_never_be_codes_of_elements() -> None:
    assert not any(NAME.fullmatch(name) for name in NAMED)


def test_zero_below_is_told_as_such_and_zero_above_is_a_value() -> None:
    share = formula_of("a", "b", 100)
    zero = share.outcome(parts(a=3, b=0), MONTH)
    assert (zero.value, zero.reasons, zero.numerator, zero.denominator) == (None, (Reason.DIVIDED_BY_ZERO,), 3, 0)
    assert share.outcome(parts(a=0, b=3), MONTH).value == 0
    inside = formula_of("a / b", "a", 1)
    assert inside.outcome(parts(a=3, b=0), MONTH).reason is Reason.DIVIDED_BY_ZERO


@pytest.mark.parametrize("reason", [one for one in Reason if one is not Reason.DIVIDED_BY_ZERO])
def test_a_part_that_is_not_known_gives_no_value_and_its_reason(reason: Reason) -> None:
    share = formula_of("a", "b", 100)
    found = share.outcome(parts(a=Part(reason=reason), b=4), MONTH)
    assert (found.value, found.reasons, found.numerator, found.denominator) == (None, (reason,), None, 4)


def test_every_reason_is_told_the_gravest_first() -> None:
    share = formula_of("a", "b + c", 100)
    found = share.outcome(parts(a=Part(reason=Reason.NOT_REPORTED), b=Part(reason=Reason.HIDDEN)), MONTH)
    assert found.reasons == (Reason.HIDDEN, Reason.NOT_REPORTED)


def test_sides_that_are_answered_by_other_reports_are_marked() -> None:
    share = formula_of("a", "b", 100)
    one, other = answered(1, 3), answered(4, 3)
    assert share.outcome(parts(a=answered(1, 2), b=other), MONTH).uneven
    assert not share.outcome(parts(a=one, b=other), MONTH).uneven
    assert share.outcome(parts(a=one, b=replace(other, least=True)), MONTH).uneven


def answered(number: int, *reports: int | None) -> Part:
    """An operand that so many reports answer in each month of a quarter; None where it is not read from that month."""
    told = {datetime.date(2019, month, 1): one for month, one in enumerate(reports, 1) if one is not None}
    return Part(Decimal(number), None, sum(told.values()), told)


def test_reports_are_compared_month_by_month_and_not_three_months_with_one() -> None:
    quarter, share = parse_period("2019Q1"), formula_of("a", "b", 100)
    every, last = answered(30, 4, 4, 4), answered(10, None, None, 4)
    assert not share.outcome(parts(a=every, b=last), quarter).uneven
    assert share.outcome(parts(a=every, b=answered(10, None, None, 3)), quarter).uneven
    # Together as many, and in no month the same.
    assert share.outcome(parts(a=answered(3, 4, 5, 6), b=answered(3, 6, 5, 4)), quarter).uneven


@pytest.mark.parametrize("below", [f"b * {DAYS}", f"b * {YEARS}"])
def test_a_month_that_nobody_answers_is_marked_where_the_length_of_the_period_is_reckoned_with(below: str) -> None:
    quarter, last = parse_period("2019Q1"), answered(10, None, None, 4)
    rate = formula_of("a", below, 1)
    assert not rate.outcome(parts(a=answered(30, 4, 4, 4), b=last), quarter).uneven
    assert rate.outcome(parts(a=answered(20, 0, 4, 4), b=last), quarter).uneven
    # Without the length both sides lack the same month.
    assert not formula_of("a", "b", 1).outcome(parts(a=answered(20, 0, 4, 4), b=last), quarter).uneven


numbers = st.decimals(0, 10**9, places=2)


@given(numbers, numbers, st.sampled_from([1, 100, 1000]))
def test_the_value_is_the_exact_quotient_rounded_once(one: Decimal, other: Decimal, factor: int) -> None:
    found = formula_of("a", "b", factor).outcome(parts(a=one, b=other), MONTH)
    if not other:
        assert found.reason is Reason.DIVIDED_BY_ZERO
        return
    assert found.value is not None
    assert abs(Fraction(found.value) - Fraction(one) * factor / Fraction(other)) <= Fraction(1, 2 * 10**10)


def test_a_formula_is_written_out_with_the_names_of_its_items() -> None:
    names = {"a_1": "A", "b": "B", DAYS: "days"}
    written = words_of(
        formula_of(f"(a_1 - b.m) / (b * {DAYS})", "1", 1).numerator, lambda code, part: names[code] + (part or "")
    )
    assert written == "(A − Bm) ÷ (B × days)"


DAY = datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC)


def stated(place: int, number: int, dated: int, pk: int) -> Stated:
    return Stated(place, number, datetime.date(2019, 1, dated), DAY, pk)


def test_of_several_sources_the_latest_dated_counts_and_of_equal_ones_the_one_entered_last() -> None:
    found = counting([stated(1, 10, 5, 1), stated(1, 20, 3, 2), stated(2, 30, 1, 3), stated(2, 40, 1, 4)])
    assert {place: one.number for place, one in found.items()} == {1: 10, 2: 40}


def test_a_place_is_the_sum_of_its_parts_where_all_are_known_else_its_own_else_not_known() -> None:
    inside = {1: [2, 3], 2: [4, 5], 3: [6]}
    parts = {4: (4,), 5: (5,), 2: (4, 5), 6: (6,), 3: (6,), 1: (4, 5, 6)}
    assert made_up({4, 5, 6, 1}, inside, [1]) == parts
    assert made_up({4, 2, 6}, inside, [1])[1] == (2, 6)
    assert 1 not in made_up({4, 6}, inside, [1])
    assert made_up({4, 6, 1}, inside, [1])[1] == (1,)


def test_some_places_together_are_known_only_where_each_is() -> None:
    assert together([1, 2], {1: 3, 2: 4}) == 7
    assert together([1, 2], {1: 3}) is None
    assert together([], {}) is None
