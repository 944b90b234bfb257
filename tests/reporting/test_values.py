"""The evaluation of a report's answers, alike for form, API and import."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.rules.values import Answer, Outcome, answers_of, evaluate, merge
from tests.reporting.specifications import SPEC

TODAY = date(2019, 6, 5)
GOOD = [Answer("beds", None, 30), Answer("visits", "u5", 100), Answer("visits", "5p", "1,200")]

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.decimals() | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
CODES = st.sampled_from([*(element.code for element in SPEC.elements), "drugs"]) | ANYTHING
ANSWERS = st.lists(
    st.builds(
        Answer,
        CODES,
        st.sampled_from([None, "", "u5", "5p", "m"]) | ANYTHING,
        ANYTHING | st.sampled_from(["5", "grid", "نعم", "2019-05-07", "45%"]),
        st.sampled_from([None, "reported", "not_known", "closed", "blank", "x"]) | ANYTHING,
        st.none() | st.text(max_size=8) | ANYTHING,
    ),
    max_size=12,
)


def read(*answers: Answer, complete: bool = False) -> Outcome:
    """The outcome of these answers on 5 June 2019."""
    return evaluate(SPEC, answers, complete=complete, today=TODAY)


def faults(outcome: Outcome) -> list[tuple[str, str]]:
    """Code and field of every fault."""
    return [(problem.code, problem.field) for problem in outcome.errors]


def test_numbers_stand_in_the_document_under_slot_names() -> None:
    outcome = read(*GOOD, complete=True)
    assert outcome.doc == {"s1": 30, "s3": 100, "s4": 1200}
    assert outcome.notes == {}
    assert outcome.errors == []


def test_zero_blank_not_known_and_closed_are_four_things() -> None:
    outcome = read(
        Answer("beds", None, "0"),
        Answer("occupied", None, "", "blank"),
        Answer("visits", "u5", None, "not_known"),
        Answer("visits", "5p", None, "closed"),
        complete=True,
    )
    assert outcome.doc == {"s1": 0}
    assert outcome.notes == {"s3": {"state": "not_known"}, "s4": {"state": "closed"}}
    assert outcome.errors == []


@pytest.mark.parametrize(
    ("element", "value", "doc", "notes"),
    [
        ("beds", "١٬٢٣٤", {"s1": 1234}, {}),
        ("fuel", "1٫5", {"s5": 1.5}, {}),
        ("fuel", Decimal("0.1"), {"s5": 0.1}, {}),
        ("stock", "45%", {"s6": 45}, {}),
        ("ambulance", True, {"s7": 1}, {}),
        ("ambulance", "لا", {"s7": 0}, {}),
        ("ambulance", 0, {"s7": 0}, {}),
        ("power", "grid", {}, {"s8": {"text": "grid"}}),
        ("note", " سطر \r\n\u202eآخر ", {}, {"s9": {"text": "سطر\nآخر"}}),
        ("note", 12, {}, {"s9": {"text": "12"}}),
        ("visited", "٢٠١٩-٠٥-٠٧", {}, {"s10": {"text": "2019-05-07"}}),
        ("visited", date(2019, 5, 7), {}, {"s10": {"text": "2019-05-07"}}),
        ("note", "  ", {}, {}),
    ],
)
def test_each_type_of_element_reads_its_values(element: str, value: object, doc: dict, notes: dict) -> None:
    outcome = read(Answer(element, None, value))
    assert (outcome.doc, outcome.notes, outcome.errors) == (doc, notes, [])


@pytest.mark.parametrize(
    ("answer", "code", "field"),
    [
        (Answer("drugs", None, 1), "unknown_element", "element"),
        (Answer(["beds"], None, 1), "wrong_type", "element"),
        (Answer(None, None, 1), "wrong_type", "element"),
        (Answer("occupancy", None, 1), "computed_element", "element"),
        (Answer("visits", None, 1), "category_required", "category"),
        (Answer("visits", "m", 1), "unknown_category", "category"),
        (Answer("beds", "u5", 1), "unknown_category", "category"),
        (Answer("beds", {"u5": 1}, 1), "wrong_type", "category"),
        (Answer("beds", None, [1]), "wrong_type", "value"),
        (Answer("beds", None, {"a": 1}), "wrong_type", "value"),
        (Answer("beds", None, True), "not_a_number", "value"),
        (Answer("beds", None, "many"), "not_a_number", "value"),
        (Answer("beds", None, float("nan")), "not_a_number", "value"),
        (Answer("beds", None, "1,5"), "ambiguous_comma", "value"),
        (Answer("beds", None, "9" * 1000), "too_long", "value"),
        (Answer("fuel", None, "0.0000001"), "too_precise", "value"),
        (Answer("beds", None, "1.5"), "not_whole", "value"),
        (Answer("beds", None, -1), "below_minimum", "value"),
        (Answer("beds", None, 2001), "above_maximum", "value"),
        (Answer("stock", None, 101), "above_maximum", "value"),
        (Answer("ambulance", None, "maybe"), "not_a_boolean", "value"),
        (Answer("ambulance", None, 2), "not_a_boolean", "value"),
        (Answer("power", None, "sun"), "unknown_option", "value"),
        (Answer("visited", None, "7 May"), "not_a_date", "value"),
        (Answer("visited", None, "1066-10-14"), "not_a_date", "value"),
        (Answer("visited", None, "2019-06-06"), "future_date", "value"),
        (Answer("note", None, "a\x00b"), "control_characters", "value"),
        (Answer("note", None, "x" * 4001), "text_too_long", "value"),
        (Answer("note", None, False), "wrong_type", "value"),
        (Answer("beds", None, 1, "sometimes"), "unknown_state", "state"),
        (Answer("beds", None, 1, ["closed"]), "unknown_state", "state"),
        (Answer("beds", None, 1, "closed"), "state_with_value", "state"),
        (Answer("beds", None, 1, "blank"), "state_with_value", "state"),
        (Answer("beds", None, 1, None, {"why": 1}), "wrong_type", "reason"),
        (Answer("beds", None, 1, None, "a\x1b"), "control_characters", "reason"),
        (Answer("beds", None, 1, None, "x" * 2001), "text_too_long", "reason"),
    ],
)
def test_each_fault_has_a_code_and_the_field_as_the_api_names_it(answer: Answer, code: str, field: str) -> None:
    assert faults(read(answer)) == [(code, f"values[0].{field}")]


def test_all_faults_are_told_at_once_in_the_order_given_then_what_is_missing_then_rules() -> None:
    outcome = read(
        Answer("note", None, "x\x00"),
        Answer("occupied", None, 45),
        Answer("beds", None, 30),
        Answer("beds", None, 31),
        Answer("visits", "u5", "x"),
        complete=True,
    )
    assert faults(outcome) == [
        ("control_characters", "values[0].value"),
        ("duplicate", "values[3]"),
        ("not_a_number", "values[4].value"),
        ("required", "values"),
        ("rule_broken", "values[1].value"),
    ]
    assert (outcome.errors[3].element, outcome.errors[3].category) == ("visits", "5p")
    assert outcome.errors[4].params["message_en"] == "occupied_beds: 45 and 30"


def test_a_draft_keeps_what_cannot_be_read_as_it_was_typed_and_still_tells() -> None:
    outcome = read(Answer("beds", None, "about 1,5"), Answer("visits", "u5", " ١٢؟ "))
    assert outcome.doc == {}
    assert outcome.notes == {"s1": {"raw": "about 1,5"}, "s3": {"raw": "١٢؟"}}
    assert faults(outcome) == [("not_a_number", "values[0].value"), ("not_a_number", "values[1].value")]


def test_a_draft_asks_for_nothing_that_is_missing() -> None:
    assert read().errors == []
    assert [code for code, _ in faults(read(complete=True))] == ["required"] * 3


def test_a_broken_error_rule_blocks_a_complete_report_and_only_warns_in_a_draft() -> None:
    answers = [*GOOD, Answer("occupied", None, 45)]
    assert faults(read(*answers, complete=True)) == [("rule_broken", "values[3].value")]
    draft = read(*answers)
    assert draft.errors == []
    assert [(broken.rule, broken.severity) for broken in draft.warnings] == [
        ("occupied_beds", "error"),
        ("many_visits", "warning"),
    ]
    assert not draft.warnings[0].needs_reason


def test_a_warning_asks_for_a_reason_and_stays_listed_with_it() -> None:
    (warning,) = read(*GOOD, complete=True).warnings
    assert (warning.rule, warning.elements, warning.needs_reason) == ("many_visits", ("visits",), True)
    explained = [*GOOD[:2], Answer("visits", "5p", 1200, None, "Outbreak in May")]
    (warning,) = read(*explained, complete=True).warnings
    assert (warning.reason, warning.needs_reason) == ("Outbreak in May", False)
    assert json.dumps(warning.shape())


def test_an_alert_asks_for_nothing() -> None:
    outcome = read(Answer("visits", "u5", 600))
    assert [(broken.rule, broken.needs_reason) for broken in outcome.warnings] == [("young", False)]


def test_a_rule_over_a_value_that_cannot_be_read_is_not_checked() -> None:
    outcome = read(Answer("beds", None, "x"), Answer("occupied", None, 45))
    assert outcome.warnings == []


def test_totals_are_sums_over_categories_and_computed_shares() -> None:
    outcome = read(*GOOD, Answer("occupied", None, 15))
    assert outcome.totals == {"visits": 1300, "occupancy": Decimal("0.5")}
    assert read(Answer("occupied", None, 15), Answer("beds", None, 0)).totals == {}


def test_changes_replace_what_they_name_and_keep_the_rest() -> None:
    before = read(*GOOD, Answer("note", None, "first"), Answer("occupied", None, 5, None, "counted twice"))
    changes = read(
        Answer("beds", None, None, "blank"),
        Answer("visits", "u5", "x"),
        Answer("note", None, ""),
        Answer("occupied", None, 6),
    )
    doc, notes = merge(before.doc, before.notes, changes)
    assert doc == {"s4": 1200, "s2": 6}
    assert notes == {"s3": {"raw": "x"}}
    assert before.doc["s1"] == 30


def test_the_answers_of_a_report_are_read_back_from_its_documents() -> None:
    outcome = read(*GOOD, Answer("ambulance", None, "yes"), Answer("fuel", None, None, "closed", "no fuel"))
    assert answers_of(SPEC, outcome.doc, outcome.notes) == [
        Answer("beds", None, Decimal(30), "reported", None),
        Answer("visits", "u5", Decimal(100), "reported", None),
        Answer("visits", "5p", Decimal(1200), "reported", None),
        Answer("fuel", None, None, "closed", "no fuel"),
        Answer("ambulance", None, True, "reported", None),
    ]


@given(ANSWERS, st.booleans())
def test_whatever_is_given_nothing_crashes_and_the_documents_can_be_stored(
    answers: list[Answer], complete: bool
) -> None:
    outcome = evaluate(SPEC, answers, complete=complete, today=TODAY)
    stored = json.dumps([outcome.doc, outcome.notes], allow_nan=False)
    assert "\\u0000" not in stored
    stored.encode()
    assert set(outcome.doc) <= set(SPEC.numeric_slots)
    assert all(isinstance(number, int | float) and not isinstance(number, bool) for number in outcome.doc.values())
    assert all(note and set(note) <= {"state", "reason", "text", "raw"} for note in outcome.notes.values())


@given(ANSWERS)
def test_documents_read_back_and_evaluated_again_stay_the_same(answers: list[Answer]) -> None:
    first = evaluate(SPEC, answers, complete=False, today=TODAY)
    doc, notes = json.loads(json.dumps([first.doc, first.notes]))
    second = evaluate(SPEC, answers_of(SPEC, doc, notes), complete=False, today=TODAY)
    if not any(problem.code == "control_characters" for problem in first.errors):
        assert (second.doc, second.notes) == (first.doc, first.notes)
    assert second.totals == first.totals


@given(ANSWERS, ANSWERS)
def test_merging_changes_is_the_same_as_answering_everything_at_once(one: list[Answer], other: list[Answer]) -> None:
    before, changes = read(*one), read(*other)
    doc, notes = merge(before.doc, before.notes, changes)
    at_once = read(*other, *(a for a in answers_of(SPEC, before.doc, before.notes)))
    if not any(problem.code == "control_characters" for problem in before.errors):
        assert (doc, notes) == (at_once.doc, at_once.notes)
