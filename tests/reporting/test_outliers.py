"""What stands out: the rule on numbers alone, how it is found for one report and for all, and a reviewer's word on it."""

from __future__ import annotations

import datetime
import statistics
from decimal import Decimal
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.outliers import (
    CONSISTENT,
    SCORE,
    WINDOW,
    Answered,
    Asked,
    Candidate,
    Finding,
    Kind,
    Past,
    asked_of,
    chosen,
    finding_of,
    first_looked_at,
    stands_out,
    unusual,
)
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.specification import (
    ElementType,
    OverTime,
    SectionSpec,
    TemplateSpec,
    assign_slots,
)
from coordination.reporting.rules.trails import HEIGHT, WIDTH, trail
from tests.reporting.specifications import AGES, element

MAY = Period(PeriodType.MONTH, datetime.date(2019, 5, 1))
SECTIONS = (
    SectionSpec(
        "all",
        "الكل",
        "All",
        (
            element("visits", categories=AGES),
            element("deliveries"),
            element("fuel", ElementType.DECIMAL),
            element("beds", over_time=OverTime.LAST),
            element("ambulance", ElementType.BOOLEAN),
            *(element(f"cases_{number}") for number in range(12)),
            element("note", ElementType.TEXT),
        ),
    ),
)
SPEC = TemplateSpec("services", 1, PeriodType.MONTH, SECTIONS, (), assign_slots(SECTIONS))
ASKED = asked_of(SPEC)
YOUNG, OLD = SPEC.slots["visits", "u5"], SPEC.slots["visits", "5p"]
DELIVERIES, FUEL, BEDS = (SPEC.slots[code, None] for code in ("deliveries", "fuel", "beds"))
CASES = [SPEC.slots[f"cases_{number}", None] for number in range(12)]
USUAL = [31, 20, 45, 28, 33, 40, 25, 36]


def months(*documents: dict[str, Any]) -> Past:
    """The past of May: these documents in the months before it, the last one in April."""
    period, found = MAY, []
    for document in reversed(documents):
        period = period.previous()
        found.append((period.start, document))
    return Past(ASKED, found[::-1])


def found_in(doc: dict[str, Any], *past: dict[str, Any], **notes: dict[str, str]) -> list[tuple[str, str]]:
    """What stands out in May's report: kind and slot."""
    return [(one.kind.value, one.slot) for one in stands_out(MAY, doc, notes, months(*past))]


# An unusual figure


def test_a_figure_far_beyond_the_usual_ones_stands_out_with_its_range() -> None:
    (finding,) = stands_out(MAY, {DELIVERIES: 400}, {}, months(*({DELIVERIES: n} for n in USUAL)))
    assert (finding.kind, finding.slot, finding.value) == (Kind.UNUSUAL, DELIVERIES, 400)
    assert (finding.low, finding.high, finding.past) == (20, 45, 8)
    # By hand: the median of the eight is 32, that of their distances from it 5.5.
    assert finding.strength == pytest.approx(0.6745 * 368 / 5.5, abs=0.005)


def test_what_grows_with_the_season_does_not_stand_out_and_what_leaps_does() -> None:
    rising = [{DELIVERIES: n} for n in (2, 3, 2, 3, 4, 3, 5, 8, 12, 18, 25, 33)]
    assert found_in({DELIVERIES: 41}, *rising) == []
    assert found_in({DELIVERIES: 54}, *rising) == [("unusual", DELIVERIES)]


@pytest.mark.parametrize("slip", [400, 0])
def test_a_slip_that_was_approved_once_does_not_hide_the_next_one(slip: int) -> None:
    past = [{DELIVERIES: n} for n in (*USUAL, slip, *USUAL)]
    assert found_in({DELIVERIES: 390}, *past) == [("unusual", DELIVERIES)]
    # What came twice before is no slip.
    assert found_in({DELIVERIES: 390}, *past, {DELIVERIES: 410}) == ([] if slip else [("unusual", DELIVERIES)])
    # Of nine answers none stands aside: who knows little says little.
    assert found_in({DELIVERIES: 390}, {DELIVERIES: 400}, *past[:8]) == []


@given(
    rows=st.lists(st.lists(st.none() | st.integers(-3, 60) | st.just(900), min_size=4, max_size=4), max_size=40),
    begin=st.integers(0, 12),
    whole=st.booleans(),
)
def test_the_quick_way_over_a_long_past_finds_what_each_figure_by_itself_would(
    rows: list[list[int | None]], begin: int, whole: bool
) -> None:
    asked = Asked(tuple((f"s{number}", whole) for number in range(4)), (), (), ())
    period, documents = Period(PeriodType.MONTH, datetime.date(2010, 1, 1)), []
    for row in rows:
        documents.append((period, {f"s{at}": number for at, number in enumerate(row) if number is not None}))
        period = period.next()
    past = Past(asked, [(one.start, doc) for one, doc in documents])
    for one, doc in documents[begin:]:
        before = [held for _start, held in past.documents[past.before(one)]]
        wanted = {
            slot
            for slot in doc
            if unusual(doc[slot], sorted(held[slot] for held in before if slot in held), whole=whole)
        }
        assert {finding.slot for finding in stands_out(one, doc, {}, past)} == wanted


@pytest.mark.parametrize("value", [20, 32, 45, 50])
def test_a_figure_within_or_near_the_usual_ones_does_not(value: int) -> None:
    assert found_in({DELIVERIES: value}, *({DELIVERIES: n} for n in USUAL)) == []


def test_fewer_than_eight_answers_say_nothing_about_what_is_usual() -> None:
    past = [{DELIVERIES: n} for n in USUAL]
    assert found_in({DELIVERIES: 400}, *past[1:]) == []
    assert found_in({DELIVERIES: 400}, *past[1:], {FUEL: 1}) == []
    assert found_in({DELIVERIES: 400}, *past) == [("unusual", DELIVERIES)]


def test_only_the_last_two_dozen_periods_are_the_past() -> None:
    old = [{DELIVERIES: n} for n in USUAL]
    assert found_in({DELIVERIES: 400}, *old, *[{}] * (WINDOW - len(USUAL))) == [("unusual", DELIVERIES)]
    assert found_in({DELIVERIES: 400}, *old, *[{}] * (WINDOW - len(USUAL) + 1)) == []


@pytest.mark.parametrize(("value", "stands"), [(17, False), (21, False), (22, True), (1, False)])
def test_a_count_that_never_varied_may_vary_by_chance_as_counts_do(value: int, stands: bool) -> None:
    # Ten each time: the square root of ten is 3.16, and three and a half times that is 11.07.
    assert bool(found_in({DELIVERIES: value}, *[{DELIVERIES: 10}] * 9)) is stands


def test_another_number_that_never_varied_is_passed_over() -> None:
    assert found_in({FUEL: 99.5}, *[{FUEL: 1.5}] * 12) == []
    assert found_in({FUEL: 99.5}, *({FUEL: n / 2} for n in range(12))) == [("unusual", FUEL)]


def test_yes_and_no_never_stand_out() -> None:
    slot = SPEC.slots["ambulance", None]
    assert found_in({slot: 1}, *[{slot: 0}] * 12) == []


NUMBERS = st.integers(0, 10_000) | st.decimals(0, 500, places=2).map(float)


@given(value=NUMBERS, earlier=st.lists(NUMBERS, min_size=0, max_size=WINDOW), whole=st.booleans())
def test_the_score_is_that_of_the_textbook(value: Answered, earlier: list[Answered], whole: bool) -> None:
    ordered = sorted(earlier)
    found = unusual(value, ordered, whole=whole)
    inner = ordered[1:-1] if len(ordered) >= 10 else ordered
    if len(earlier) < 8 or inner[0] <= value <= inner[-1]:
        assert found is None
        return
    median = statistics.median(earlier)
    spread = statistics.median([abs(number - median) for number in earlier]) / CONSISTENT
    nearest = min(inner, key=lambda number: abs(number - value))
    leap = SCORE * max(sqrt(nearest), 1) if whole else (inner[-1] - inner[0]) / 2
    spread = max(spread, sqrt(median), 1) if whole else spread
    score = abs(value - median) / spread if spread else 0
    assert (found is not None) is (score > SCORE and abs(value - nearest) > leap)
    if found is not None:
        low, high, told = found
        assert min(earlier) <= low <= median <= high <= max(earlier)
        assert told == round(score, 2)


# A sudden zero


@pytest.mark.parametrize("doc", [{YOUNG: 0, OLD: 0}, {YOUNG: 0}, {}])
def test_zero_or_nothing_after_three_clear_answers_stands_out(doc: dict[str, int]) -> None:
    past = [{YOUNG: 10, OLD: n} for n in (30, 40, 20)]
    (finding,) = stands_out(MAY, doc, {}, months(*past))
    assert (finding.kind, finding.slot, finding.low, finding.high, finding.past) == (Kind.ZERO, YOUNG, 30, 50, 3)
    assert finding.value == (0 if doc else None)


def test_not_known_and_closed_explain_themselves() -> None:
    past = [{YOUNG: 10, OLD: 30}] * 3
    assert found_in({}, *past) == [("zero", YOUNG)]
    for state in ("not_known", "closed"):
        assert found_in({}, *past, **{OLD: {"state": state}}) == []


@pytest.mark.parametrize("past", [(30, 40), (30, 4, 40), (30, 40, 0), (0, 0, 0)])
def test_after_few_or_small_answers_a_zero_is_nothing(past: tuple[int, ...]) -> None:
    assert found_in({DELIVERIES: 0}, *({DELIVERIES: n} for n in past)) == []


def test_what_is_counted_at_one_moment_may_be_left_out() -> None:
    assert found_in({}, *[{BEDS: 40}] * 3) == []


# A copy


def test_the_same_figures_as_in_the_last_report_stand_out() -> None:
    doc = {slot: 3 + number for number, slot in enumerate(CASES)} | {BEDS: 40}
    assert found_in(doc | {BEDS: 41}, doc) == [("copy", "")]
    assert found_in(doc | {CASES[0]: 4}, doc) == []
    assert found_in(doc, doc | {DELIVERIES: 0}) == []
    # The last report that came, be it of two months before.
    assert found_in(doc, doc, {}) == []
    assert stands_out(MAY, doc, {}, Past(ASKED, [(datetime.date(2019, 3, 1), doc)]))[0].kind is Kind.COPY


def test_a_few_equal_figures_or_many_zeros_are_no_copy() -> None:
    few = dict.fromkeys(CASES, 0) | dict.fromkeys(CASES[:7], 4)
    assert found_in(few, few) == []
    assert found_in(few | {CASES[8]: 4}, few | {CASES[8]: 4}) == [("copy", "")]


# Round figures


def test_too_many_round_figures_here_and_before_stand_out() -> None:
    even, odd = dict.fromkeys(CASES, 20), dict.fromkeys(CASES, 23)
    rounded = even | {CASES[0]: 35, CASES[1]: 21}
    assert found_in(rounded, *[even] * 4) == [("round", "")]
    assert found_in(rounded, even, even, even) == []
    assert found_in(odd, *[even] * 20) == []
    assert found_in(rounded, *[odd] * 20) == []


def test_honest_counts_of_which_few_reach_ten_are_not_taken_for_round() -> None:
    # A hundred and forty counts around six as chance deals them: those above nine are mostly tens.
    dealt = {5: 32, 6: 32, 7: 28, 8: 20, 9: 14, 10: 8, 11: 4, 12: 2}
    numbers = [number for number, times in dealt.items() for _time in range(times)]
    sections = (SectionSpec("all", "الكل", "All", tuple(element(f"few_{at}") for at in range(len(numbers)))),)
    spec = TemplateSpec("few", 1, PeriodType.MONTH, sections, (), assign_slots(sections))
    asked, period = asked_of(spec), Period(PeriodType.MONTH, datetime.date(2019, 1, 1))
    honest, rounded = [], []
    for turn in range(5):
        doc = dict(zip(spec.slots.values(), numbers[turn:] + numbers[:turn], strict=True))
        honest.append((period.start, doc))
        rounded.append((period.start, {slot: 5 * round(number / 5) for slot, number in doc.items()}))
        period = period.next()
    for documents, found in ((honest, []), (rounded, ["round"])):
        *before, (_may, doc) = documents
        assert [one.kind.value for one in stands_out(MAY, doc, {}, Past(asked, before))] == found


def test_what_concerns_the_whole_report_comes_first_then_the_strongest() -> None:
    past = [dict.fromkeys(CASES, 20) | {DELIVERIES: n, YOUNG: n, OLD: 9} for n in USUAL]
    doc = past[-1] | {DELIVERIES: 400, YOUNG: 4000}
    assert found_in(doc, *past) == [("unusual", YOUNG), ("unusual", DELIVERIES), ("round", "")]
    assert found_in(past[-1], *past) == [("copy", ""), ("round", "")]


def test_a_finding_is_kept_and_read_again_as_it_was() -> None:
    finding = Finding(Kind.UNUSUAL, "s3", 400, 20, 45.5, 8, 41.37)
    assert finding_of(finding.shape()) == finding


# The past


def test_of_two_reports_the_one_that_counts_is_the_past_then_the_same_bodys() -> None:
    april = datetime.date(2019, 4, 1)
    ids = ["0a", "0b", "0c"]
    ours, theirs = Candidate(april, False, 1, ids[2], {"s1": 1}), Candidate(april, False, 2, ids[1], {"s1": 2})
    counts = Candidate(april, True, 3, ids[0], {"s1": 3})
    assert chosen([ours, theirs], 1) == [(april, {"s1": 1})]
    assert chosen([ours, theirs], 2) == [(april, {"s1": 2})]
    assert chosen([ours, theirs], 9) == [(april, {"s1": 2})]
    assert chosen([theirs, counts, ours], 1) == [(april, {"s1": 3})]


@pytest.mark.parametrize(
    ("period", "first"),
    [
        (MAY, datetime.date(2017, 5, 1)),
        (Period(PeriodType.WEEK_SUNDAY, datetime.date(2019, 5, 5)), datetime.date(2018, 11, 18)),
        (Period(PeriodType.YEAR, datetime.date(1910, 1, 1)), datetime.date(1900, 1, 1)),
    ],
)
def test_the_past_begins_two_dozen_periods_before(period: Period, first: datetime.date) -> None:
    assert first_looked_at(period) == first


# The picture


def test_the_picture_shows_gaps_the_usual_band_and_this_answer_inside_its_frame() -> None:
    earlier = [
        (MAY.previous().previous().previous(), Decimal(20)),
        (MAY.previous().previous(), None),
        (MAY.previous(), Decimal(45)),
    ]
    drawn = trail(MAY, Finding(Kind.UNUSUAL, "s1", 400, 20, 45, 8, 9.0), earlier)
    assert drawn.line.count("M") == 2
    assert [x for x, _y in drawn.dots] == sorted(x for x, _y in drawn.dots)
    assert list(drawn.here) == [WIDTH - 4, 4]
    top, height = drawn.band
    # However far out this answer is, the past takes half of the height.
    assert HEIGHT / 2 <= top < top + height < HEIGHT
    assert [one[1] for one in drawn.rows] == [45, None, 20]
