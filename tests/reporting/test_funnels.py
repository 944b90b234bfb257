"""Funnels: limits that chance alone seldom passes, exact for small numbers, and wide where there is little to go by."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.funnels import HEIGHT, WIDTH, Unit, Verdict, draw, limits, mean_of, verdicts


def chance_of_at_most(count: int, number: int, mean: Fraction) -> Fraction:
    """The binomial distribution, added up term by term."""
    return sum((comb(number, k) * mean**k * (1 - mean) ** (number - k) for k in range(count + 1)), Fraction(0))


def quantile(number: int, mean: Fraction, tail: Fraction) -> Fraction:
    """The least share that reaches a probability, in exact arithmetic."""
    return Fraction(next(k for k in range(number + 1) if chance_of_at_most(k, number, mean) >= tail), number)


@pytest.mark.parametrize("number", [1, 2, 5, 12, 40])
@pytest.mark.parametrize("mean", [Fraction(1, 20), Fraction(1, 2), Fraction(79, 100)])
def test_limits_are_the_quantiles_of_the_binomial_distribution(number: int, mean: Fraction) -> None:
    held = limits(number, float(mean))
    for found, tail in (
        (held.outer_low, Fraction(1, 1000)),
        (held.low, Fraction(25, 1000)),
        (held.high, Fraction(975, 1000)),
        (held.outer_high, Fraction(999, 1000)),
    ):
        assert found == pytest.approx(float(quantile(number, mean, tail)), abs=1e-9)


def test_a_small_unit_is_not_marked_out_for_what_would_mark_out_a_large_one() -> None:
    # Of 548 sites 432 reported: 78.83 %. One that sent 2 of its 4 reports lies within; one that sent 200 of 400 does not.
    mean = 432 / 548
    assert limits(4, mean).verdict(2 / 4) is Verdict.WITHIN
    assert limits(400, mean).verdict(200 / 400) is Verdict.BEYOND
    assert limits(1, mean).verdict(0.0) is Verdict.WITHIN


@pytest.mark.parametrize("number", [1, 2, 3, 12, 90])
def test_whoever_has_few_reports_is_never_marked_out_for_sending_all_where_most_do(number: int) -> None:
    assert limits(number, 41 / 42).verdict(1.0) is Verdict.WITHIN
    assert limits(number, 1 / 42).verdict(0.0) is Verdict.WITHIN


@given(st.integers(1, 60), st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50))
def test_chance_alone_puts_no_more_outside_than_is_said(number: int, mean: Fraction) -> None:
    held = limits(number, float(mean))
    for low, high, most in ((held.low, held.high, 0.05), (held.outer_low, held.outer_high, 0.002)):
        below = chance_of_at_most(round(low * number) - 1, number, mean) if low else Fraction(0)
        above = 1 - chance_of_at_most(round(high * number), number, mean)
        assert below + above <= most + 1e-9
    assert 0 <= held.outer_low <= held.low <= held.high <= held.outer_high <= 1


@pytest.mark.parametrize("number", [10_000, 1_000_000])
def test_large_units_have_the_limits_of_the_normal_distribution(number: int) -> None:
    held = limits(number, 0.3)
    spread = (0.3 * 0.7 / number) ** 0.5
    assert held.low == pytest.approx(0.3 - 1.959964 * spread, abs=3 / number)
    assert held.outer_high == pytest.approx(0.3 + 3.090232 * spread, abs=3 / number)


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_where_all_or_none_did_everybody_is_alike(mean: float) -> None:
    assert limits(7, mean).verdict(mean) is Verdict.WITHIN
    assert verdicts([Unit(0, 3), Unit(0, 0)]) == [Verdict.WITHIN, None]


def test_the_mean_is_of_all_reports_and_not_of_rates() -> None:
    assert mean_of([Unit(1, 1), Unit(1, 3)]) == 0.5
    assert mean_of([]) is None
    assert mean_of([Unit(0, 0)]) is None


def test_everything_is_drawn_inside_and_mirrored_where_one_reads_from_right_to_left() -> None:
    units = [Unit(3, 4), Unit(0, 0), Unit(30, 90), Unit(88, 90)]
    drawn, mirrored = draw(units, rtl=False), draw(units, rtl=True)
    assert drawn is not None
    assert mirrored is not None
    # The first lies within, the second has no report.
    assert [dot.index for dot in drawn.dots] == [2, 3]
    assert drawn.within.count("M") == 1
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in (*drawn.dots, *mirrored.dots))
    assert [round(WIDTH - dot.x, 1) for dot in drawn.dots] == [dot.x for dot in mirrored.dots]
    assert draw([Unit(0, 0)], rtl=False) is None
    assert draw([Unit(0, 1)], rtl=True) is not None
