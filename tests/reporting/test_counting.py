"""Which report counts, and how values become one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.counting import (
    Candidate,
    CountedBy,
    choose,
    completeness,
    over_time,
    ratio,
)
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.specification import OverTime

NOON = datetime(2019, 6, 5, 12, tzinfo=UTC)
VALUES = st.lists(st.none() | st.decimals(-1000, 1000, places=2), max_size=12)


def candidate(number: int, *, own: bool = False, hours: int = 0, approved: int = 48) -> Candidate:
    """A report sent so many hours after noon, by a directorate or by an NGO."""
    sent, done = NOON + timedelta(hours=hours), NOON + timedelta(hours=approved)
    return Candidate(number, number * 10, own, done, sent)


CANDIDATES = st.lists(
    st.builds(candidate, st.integers(1, 99), own=st.booleans(), hours=st.integers(0, 3)),
    unique_by=lambda found: found.submission_id,
    max_size=8,
)


def test_nothing_counts_without_an_approved_report() -> None:
    assert choose([]) is None


def test_a_single_report_counts_as_the_only_one() -> None:
    choice = choose([candidate(1)])
    assert choice is not None
    assert (choice.counted.submission_id, choice.rule, choice.set_aside) == (1, CountedBy.ONLY, ())


def test_the_directorates_own_report_counts_before_a_later_one_of_an_ngo() -> None:
    choice = choose([candidate(1, own=True), candidate(2, hours=5)])
    assert choice is not None
    assert (choice.counted.submission_id, choice.rule) == (1, CountedBy.DIRECTORATE_FIRST)
    assert [(aside.candidate.submission_id, aside.reason) for aside in choice.set_aside] == [(2, "directorate_first")]


def test_of_two_ngos_the_later_report_counts_however_late_the_other_was_approved() -> None:
    choice = choose([candidate(1, hours=0, approved=90), candidate(2, hours=5, approved=10)])
    assert choice is not None
    assert (choice.counted.submission_id, choice.rule) == (2, CountedBy.LATER_FIRST)
    assert choice.set_aside[0].reason is CountedBy.LATER_FIRST


def test_of_two_reports_sent_at_the_same_moment_the_greater_id_counts() -> None:
    choice = choose([candidate(2), candidate(1)])
    assert choice is not None
    assert choice.counted.submission_id == 2


def test_every_report_set_aside_has_its_own_reason() -> None:
    choice = choose([candidate(1), candidate(2, own=True), candidate(3, own=True, hours=1)])
    assert choice is not None
    assert choice.counted.submission_id == 3
    assert [(a.candidate.submission_id, a.reason) for a in choice.set_aside] == [
        (2, CountedBy.LATER_FIRST),
        (1, CountedBy.DIRECTORATE_FIRST),
    ]


@given(CANDIDATES, st.randoms())
def test_one_report_counts_and_none_is_lost_in_any_order(candidates: list[Candidate], order: Random) -> None:
    choice = choose(candidates)
    shuffled = order.sample(candidates, len(candidates))
    assert choose(shuffled) == choice
    found = [] if choice is None else [choice.counted, *(aside.candidate for aside in choice.set_aside)]
    assert sorted(c.submission_id for c in found) == sorted(c.submission_id for c in candidates)


@given(CANDIDATES)
def test_an_ngos_report_counts_only_where_no_directorate_reported(candidates: list[Candidate]) -> None:
    choice = choose(candidates)
    if choice is not None:
        assert choice.counted.reporter_is_directorate == any(c.reporter_is_directorate for c in candidates)


@pytest.mark.parametrize(
    ("formula", "value"), [(OverTime.SUM, 12), (OverTime.LAST, 7), (OverTime.AVERAGE, 6), (OverTime.NONE, None)]
)
def test_a_quarter_follows_the_formula_over_time_and_passes_over_what_is_missing(
    formula: OverTime, value: int | None
) -> None:
    assert over_time([Decimal(5), Decimal(7), None], formula) == value


@pytest.mark.parametrize("formula", list(OverTime))
def test_periods_without_any_value_have_none_and_not_zero(formula: OverTime) -> None:
    assert over_time([None, None], formula) is None
    assert over_time([], formula) is None


def test_a_reported_zero_is_a_value() -> None:
    assert over_time([Decimal(0), None], OverTime.LAST) == 0
    assert over_time([Decimal(0), Decimal(4)], OverTime.AVERAGE) == 2


@given(VALUES, VALUES)
def test_the_sum_of_a_year_is_the_sum_of_its_parts(first: list[Decimal | None], second: list[Decimal | None]) -> None:
    parts = [over_time(first, OverTime.SUM), over_time(second, OverTime.SUM)]
    assert over_time(first + second, OverTime.SUM) == over_time(parts, OverTime.SUM)
    assert over_time(first + second, OverTime.LAST) == over_time(
        [over_time(first, OverTime.LAST), over_time(second, OverTime.LAST)], OverTime.LAST
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "share"),
    [("1", "4", "0.25"), ("0", "4", "0"), ("1", "0", None), (None, "4", None), ("1", None, None)],
)
def test_a_ratio_needs_both_parts_and_a_denominator_that_is_not_zero(
    numerator: str | None, denominator: str | None, share: str | None
) -> None:
    one, other, expected = (None if part is None else Decimal(part) for part in (numerator, denominator, share))
    assert ratio(one, other) == expected


def test_completeness_is_received_over_expected() -> None:
    assert completeness(548, 432) == Decimal(432) / Decimal(548)
    assert completeness(0, 0) is None


def test_timeliness_comes_with_both_denominators() -> None:
    both = Covered(expected=10, received=8, on_time=6, answered=7, answered_on_time=5).timely
    assert (both.over_received, both.over_expected) == (Decimal("0.75"), Decimal("0.5"))
    nothing = Covered(expected=10).timely
    assert (nothing.over_received, nothing.over_expected) == (None, 0)
