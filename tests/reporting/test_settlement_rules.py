"""What counts of several reports by what was agreed on: a pure rule."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.settlements import Part, Reported, Terms, Way, derive, faults_of, summed_slots
from coordination.reporting.rules.specification import (
    ElementSpec,
    ElementType,
    OverPlace,
    SectionSpec,
    TemplateSpec,
)

ONE, OTHER, THIRD = 1, 2, 3
SIDES = {ONE, OTHER}
SPEC = TemplateSpec(
    "monthly",
    1,
    PeriodType.MONTH,
    (
        SectionSpec(
            "all",
            "",
            "",
            (
                ElementSpec("visits", ElementType.INTEGER, "", "", minimum=Decimal(0)),
                ElementSpec("births", ElementType.INTEGER, "", ""),
                ElementSpec("stay", ElementType.DECIMAL, "", "", over_place=OverPlace.AVERAGE),
                ElementSpec("open", ElementType.BOOLEAN, "", ""),
                ElementSpec("word", ElementType.TEXT, "", ""),
            ),
        ),
    ),
    (),
    {("visits", None): "s1", ("births", None): "s2", ("stay", None): "s3", ("open", None): "s4", ("word", None): "s5"},
)
SUMMED = summed_slots(SPEC)


def reported(who: int, **doc: Any) -> Reported:
    """What one said."""
    return Reported(who, f"report {who}", who * 10, doc)


PAIR = [reported(ONE, s1=10, s2=4, s3=2.5), reported(OTHER, s1=12, s3=3, s4=1)]


def overlay(terms: Terms, reports: list[Reported] | None = None) -> dict[str, int | float | None] | None:
    """What counts otherwise than in the report on which it stands."""
    found = derive(terms, PAIR if reports is None else reports, ONE, SUMMED, SIDES)
    return None if found is None else dict(found.overlay)


def test_only_counts_are_summed() -> None:
    assert {"s1", "s2"} == SUMMED


def test_one_report_that_is_taken_counts_as_it_was_sent() -> None:
    found = derive(Terms(Way.TAKE, OTHER), PAIR, ONE, SUMMED, SIDES)
    assert found is not None
    assert (found.ground.reporter, found.overlay) == (OTHER, {})


def test_the_larger_number_counts_cell_by_cell_and_means_stay_with_the_report_that_the_rule_chose() -> None:
    assert overlay(Terms(Way.LARGER)) == {"s1": 12}


def test_numbers_are_added_and_a_blank_adds_nothing() -> None:
    assert overlay(Terms(Way.ADD)) == {"s1": 22}


def test_each_counts_for_its_own_services_and_the_ground_where_both_answered() -> None:
    assert overlay(Terms(Way.SPLIT, ONE)) == {"s4": 1}
    assert overlay(Terms(Way.SPLIT, OTHER)) == {"s2": 4}


def test_single_cells_are_taken_added_given_or_left_out_and_the_others_stay() -> None:
    parts = {"s1": Part(add=True), "s2": Part(), "s3": Part(take=OTHER), "s4": Part(value=Decimal(1))}
    assert overlay(Terms(Way.VALUES, ONE, parts)) == {"s1": 22, "s2": None, "s3": 3, "s4": 1}


def test_what_equals_the_ground_is_no_change() -> None:
    assert overlay(Terms(Way.VALUES, ONE, {"s1": Part(value=Decimal(10)), "s2": Part(take=ONE)})) == {}


@pytest.mark.parametrize(
    "terms", [Terms(Way.TAKE, THIRD), Terms(Way.RULE), Terms(Way.VALUES, ONE, {"s1": Part(take=THIRD)})]
)
def test_terms_hold_only_while_the_reports_that_they_name_are_there(terms: Terms) -> None:
    assert overlay(terms) is None


@pytest.mark.parametrize("way", list(Way))
def test_nothing_holds_of_one_report_alone(way: Way) -> None:
    assert overlay(Terms(way, ONE, {"s1": Part(add=True)}), PAIR[:1]) is None


@pytest.mark.parametrize("way", [Way.ADD, Way.LARGER, Way.SPLIT])
def test_a_report_of_a_third_is_no_part_of_what_two_agreed_on(way: Way) -> None:
    terms = Terms(way, ONE if way is Way.SPLIT else None)
    assert overlay(terms, [*PAIR, reported(THIRD, s1=100, s2=100, s5=1)]) == overlay(terms)


def test_what_two_agreed_on_holds_with_no_third_in_the_place_of_one() -> None:
    assert overlay(Terms(Way.ADD), [PAIR[0], reported(THIRD, s1=100)]) is None


def test_where_the_chosen_report_is_silent_the_others_answer_in_one_order() -> None:
    three = [reported(THIRD), reported(OTHER, s1=5), reported(ONE, s1=4)]
    for given_in in (three, three[::-1]):
        found = derive(Terms(Way.SPLIT, THIRD), given_in, ONE, SUMMED, {ONE, OTHER, THIRD})
        assert found is not None
        assert found.overlay == {"s1": 4}


def test_everything_that_contradicts_is_told_at_once() -> None:
    parts = {"s3": Part(add=True), "s5": Part(value=Decimal(1)), "s1": Part(value=Decimal(-1)), "s2": Part(take=THIRD)}
    parts |= {"s9": Part(), "s4": Part(value=Decimal(2))}
    found = faults_of(Terms(Way.VALUES, THIRD, parts), [ONE, OTHER], SPEC, settled=False)
    assert {(one.field, one.code, one.slot) for one in found} == {
        ("taken", "no_side", ""),
        ("values", "not_summed", "s3"),
        ("values", "unknown", "s5"),
        ("values", "out_of_bounds", "s1"),
        ("values", "no_side", "s2"),
        ("values", "unknown", "s9"),
        ("values", "out_of_bounds", "s4"),
    }


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        (Terms(Way.TAKE), {("taken", "required")}),
        (Terms(Way.VALUES, ONE), {("values", "required")}),
        (Terms(Way.ADD, ONE), {("taken", "not_asked")}),
        (Terms(Way.LARGER, None, {"s1": Part()}), {("values", "not_asked")}),
        (Terms(Way.RULE), {("way", "nothing_settled")}),
    ],
)
def test_what_is_missing_or_too_much_is_told(terms: Terms, codes: set[tuple[str, str]]) -> None:
    found = faults_of(terms, [ONE, OTHER], SPEC, settled=False)
    assert {(one.field, one.code) for one in found} == codes


def test_a_settlement_can_be_taken_back_once_there_is_one() -> None:
    assert faults_of(Terms(Way.RULE), [ONE, OTHER], SPEC, settled=True) == []


DOCS = st.dictionaries(
    st.sampled_from(["s1", "s2", "s3"]), st.integers(0, 10**6) | st.integers(0, 99_900).map(lambda cents: cents / 100)
)
PARTS = st.dictionaries(
    st.sampled_from(["s1", "s2", "s3"]),
    st.builds(Part, take=st.sampled_from([ONE, OTHER]))
    | st.just(Part(add=True))
    | st.builds(Part, value=st.integers(0, 99).map(Decimal) | st.none()),
)


@given(DOCS, DOCS, PARTS)
def test_what_counts_is_the_ground_with_the_named_cells_in_its_place(
    one: dict[str, int | float], other: dict[str, int | float], parts: dict[str, Part]
) -> None:
    pair = [reported(ONE, **one), reported(OTHER, **other)]
    found = derive(Terms(Way.VALUES, ONE, parts), pair, OTHER, SUMMED, SIDES)
    assert found is not None
    whole = {slot: from_json(value) for slot, value in (one | dict(found.overlay)).items() if value is not None}
    for slot in {*one, *other}:
        if slot not in parts:
            assert whole.get(slot) == pair[0].number(slot)
        elif parts[slot].add:
            numbers = [n for report in pair if (n := report.number(slot)) is not None]
            assert whole.get(slot) == (sum(numbers, Decimal(0)) if numbers else None)


@given(DOCS, DOCS)
def test_who_is_asked_first_never_changes_a_sum_or_the_larger(
    one: dict[str, int | float], other: dict[str, int | float]
) -> None:
    pair = [reported(ONE, **one), reported(OTHER, **other)]
    for way in (Way.ADD, Way.LARGER):
        there = derive(Terms(way), pair, ONE, SUMMED, SIDES)
        back = derive(Terms(way), pair[::-1], ONE, SUMMED, SIDES)
        assert there == back


@given(PARTS)
def test_parts_are_read_as_they_were_kept(parts: dict[str, Part]) -> None:
    assert {slot: Part.read(part.stored()) for slot, part in parts.items()} == parts
