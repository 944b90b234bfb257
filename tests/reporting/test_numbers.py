"""Numbers as they are typed, sent and shown."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.numbers import (
    NumberProblem,
    as_json,
    format_number,
    from_json,
    parse_number,
    read_number,
)

NUMBERS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6)
)
ARABIC_INDIC = str.maketrans("0123456789.,-", "٠١٢٣٤٥٦٧٨٩٫٬\u2212")
PERSIAN = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", "0"),
        ("12", "12"),
        ("007", "7"),
        ("١٢٣", "123"),
        ("۱۲۳", "123"),
        ("1٢۳", "123"),
        ("1,234", "1234"),
        ("1,234,567.5", "1234567.5"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("1،234", "1234"),
        ("1 234", "1234"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("1\u202f234", "1234"),
        ("1.5", "1.5"),
        ("1٫5", "1.5"),
        (".5", "0.5"),
        ("1.50", "1.5"),
        ("1.500000000", "1.5"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("+5", "5"),
        ("-0", "0"),
        ("  12\t", "12"),
        ("\u200f12\u202c", "12"),
        ("999999999999999", "999999999999999"),
        ("0.000001", "0.000001"),
        ("123456789.123456", "123456789.123456"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: str) -> None:
    assert parse_number(typed) == Decimal(number)
    assert str(parse_number(typed)) == number or "E" not in str(Decimal(number))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1,5", "ambiguous_comma"),
        ("1,50", "ambiguous_comma"),
        ("0,250", "ambiguous_comma"),
        ("12,34", "ambiguous_comma"),
        ("1234,567", "ambiguous_comma"),
        ("1,2345", "ambiguous_comma"),
        ("1.234,5", "ambiguous_comma"),
        ("1 234,5", "ambiguous_comma"),
        ("١٬٥", "ambiguous_comma"),
        (",5", "ambiguous_comma"),
        ("", "not_a_number"),
        (" ", "not_a_number"),
        (".", "not_a_number"),
        ("-", "not_a_number"),
        ("5.", "not_a_number"),
        ("5-", "not_a_number"),
        ("--5", "not_a_number"),
        ("1 23", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1e5", "not_a_number"),
        ("0x1F", "not_a_number"),
        ("1_000", "not_a_number"),
        ("45%", "not_a_number"),
        ("½", "not_a_number"),
        ("²", "not_a_number"),
        ("१२", "not_a_number"),
        ("twelve", "not_a_number"),
        ("1\x002", "not_a_number"),
        pytest.param("x" * 100_000, "not_a_number", id="long text"),
        ("9" * 16, "too_long"),
        pytest.param("9" * 1000, "too_long", id="1,000 digits"),
        pytest.param("0" * 1000, "too_long", id="1,000 zeros"),
        ("1,000,000,000,000,000", "too_long"),
        ("1.0000001", "too_precise"),
        ("1234567890.123456", "too_precise"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_code(typed: str, code: str) -> None:
    with pytest.raises(NumberProblem) as refused:
        parse_number(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (True, "not_a_number"),
        (None, "not_a_number"),
        ([], "not_a_number"),
        ({"a": 1}, "not_a_number"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        (Decimal("sNaN"), "not_a_number"),
        (10**15, "too_long"),
        pytest.param(-(10**5000), "too_long", id="an integer of 5,001 digits"),
        (1e300, "too_long"),
        (Decimal("1E+1000000"), "too_long"),
        (Decimal("1E-1000000"), "too_precise"),
        (1e-7, "too_precise"),
    ],
)
def test_sent_values_that_are_no_number_are_refused_without_crashing(sent: object, code: str) -> None:
    with pytest.raises(NumberProblem) as refused:
        read_number(sent)
    assert refused.value.code == code


def test_sent_numbers_keep_the_digits_that_were_sent() -> None:
    assert read_number(0.1) == Decimal("0.1")
    assert read_number(12.0) == Decimal("12")
    assert read_number(Decimal("1E+3")) == Decimal(1000)
    assert read_number("١٢") == Decimal(12)


@given(NUMBERS)
def test_a_shown_number_is_read_back_unchanged(number: Decimal) -> None:
    shown = format_number(number)
    assert parse_number(shown) == number
    assert parse_number(shown.translate(ARABIC_INDIC)) == number
    assert parse_number(shown.translate(PERSIAN)) == number
    assert parse_number(shown.replace(",", "\u202f")) == number


@given(NUMBERS)
def test_a_number_passes_through_json_digit_for_digit(number: Decimal) -> None:
    assert from_json(json.loads(json.dumps(as_json(number)))) == number


@given(st.text(max_size=80) | st.text(alphabet="0123456789٠١٢۳ ,.٬٫+-eE", max_size=80))
def test_whatever_is_typed_is_a_number_within_bounds_or_a_problem(typed: str) -> None:
    with suppress(NumberProblem):
        number = parse_number(typed)
        assert number.is_finite()
        assert abs(number) < 10**15
        assert from_json(as_json(number)) == number


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1234.5", "1,234.5"), ("0", "0"), ("-1234567", "-1,234,567"), ("1E+6", "1,000,000"), ("2.50", "2.5")],
)
def test_numbers_are_shown_alike_in_both_languages(number: str, shown: str) -> None:
    assert format_number(Decimal(number), "ar") == format_number(Decimal(number), "en") == shown
