"""Rules over elements: one tree, read by Python and by PostgreSQL to the same answer."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.reporting.rules.expressions import (
    Calculation,
    Cell,
    Expression,
    ExpressionProblem,
    Missing,
    Negation,
    Number,
    Operand,
    Operator,
    cells_read,
    compare,
    evaluate,
    parse,
)
from coordination.reporting.rules.expressions_sql import compare_sql, to_sql
from coordination.reporting.rules.numbers import as_json

CELLS: dict[str, tuple[Cell, ...]] = {
    "beds": (("beds", None),),
    "occupied": (("occupied", None),),
    "deaths": (("deaths", "u5"), ("deaths", "5p")),
}
SLOTS = {("beds", None): "s1", ("occupied", None): "s2", ("deaths", "u5"): "s3", ("deaths", "5p"): "s4"}
OPERANDS = [Operand("beds"), Operand("occupied"), Operand("deaths"), Operand("deaths", "u5"), Operand("deaths", "5p")]

NUMBERS = st.sampled_from([Decimal(n) for n in ("0", "1", "2", "3", "7", "0.5", "-4", "1000000", "0.000001")])
VALUES = st.dictionaries(st.sampled_from(list(SLOTS)), NUMBERS)
TREES: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from(OPERANDS) | st.builds(Number, NUMBERS.filter(lambda number: number >= 0)),
    lambda inner: st.builds(Negation, inner) | st.builds(Calculation, st.sampled_from("+-*/"), inner, inner),
    max_leaves=7,
)


def of(text: str, missing: str = "skip_any", **numbers: int | str) -> Decimal | None:
    """The value of an expression where these numbers were reported, `deaths_u5` being the category u5 of deaths."""
    return evaluate(parse(text), cells_of(**numbers), CELLS, Missing(missing))


def cells_of(**numbers: int | str) -> dict[Cell, Decimal]:
    """Reported numbers by cell."""
    names = {f"{element}_{category}" if category else element: (element, category) for element, category in SLOTS}
    return {names[name]: Decimal(number) for name, number in numbers.items()}


def kept(left: str, operator: str, right: str, missing: str = "skip_any", **numbers: int | str) -> bool | None:
    """Whether a rule is kept."""
    return compare(parse(left), Operator(operator), parse(right), cells_of(**numbers), CELLS, Missing(missing))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("12 / 3 / 2", 2),
        ("2 * -3", -6),
        ("--4", 4),
        ("-(2 + 3)", -5),
        ("0.5 + 1.25", "1.75"),
        ("1 / 3", "0.333333333333"),
        ("2 / 3 * 3", 2),
        ("-1 / 3", "-0.333333333333"),
        ("beds - occupied", 4),
        ("2*beds", 20),
        ("deaths", 5),
        ("deaths.u5 + deaths.5p", 5),
        ("deaths.5p", 3),
    ],
)
def test_expressions_are_computed_exactly_as_written(text: str, value: int | str) -> None:
    assert of(text, beds=10, occupied=6, deaths_u5=2, deaths_5p=3) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "expression_incomplete", 0),
        ("   ", "expression_incomplete", 3),
        ("beds +", "expression_incomplete", 6),
        ("(beds", "expression_incomplete", 5),
        ("(beds occupied)", "expression_incomplete", 6),
        ("beds occupied", "expression_unexpected", 5),
        ("beds)", "expression_unexpected", 4),
        ("* beds", "expression_unexpected", 0),
        ("()", "expression_unexpected", 1),
        ("beds; DROP TABLE cell", "expression_unexpected", 4),
        ('beds + "x"', "expression_unexpected", 7),
        ("beds + 'x'", "expression_unexpected", 7),
        ("deaths.", "expression_unexpected", 0),
        ("deaths.u5.m", "expression_unexpected", 0),
        ("5p", "expression_unexpected", 0),
        ("1.2.3", "expression_unexpected", 0),
        ("1e5", "expression_unexpected", 0),
        ("أسرة", "expression_unexpected", 0),
        ("9" * 20, "expression_unexpected", 0),
        ("beds <= 5", "expression_unexpected", 5),
    ],
)
def test_what_is_no_expression_is_refused_where_it_stops_being_one(text: str, code: str, position: int) -> None:
    with pytest.raises(ExpressionProblem) as refused:
        parse(text)
    assert (refused.value.code, refused.value.position) == (code, position)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("(" * 11 + "1" + ")" * 11, "expression_too_deep", id="11 brackets"),
        pytest.param("-" * 11 + "1", "expression_too_deep", id="11 signs"),
        pytest.param("+".join("1" * 101), "expression_too_long", id="201 parts"),
        pytest.param("beds" + " " * 500, "expression_too_long", id="504 characters"),
    ],
)
def test_length_and_depth_of_expressions_are_bounded(text: str, code: str) -> None:
    with pytest.raises(ExpressionProblem) as refused:
        parse(text)
    assert refused.value.code == code


@given(st.text(max_size=40) | st.text(alphabet="abc.12+-*/() ", max_size=40))
def test_no_text_crashes_the_reader_of_expressions(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionProblem as problem:
        assert 0 <= problem.position <= len(text)  # noqa: PT017 - other texts are expressions, and that is right
    else:
        assert parse(str(tree)) == tree


@given(TREES)
def test_a_tree_written_out_is_read_back_as_the_same_tree(tree: Expression) -> None:
    try:
        again = parse(str(tree))
    except ExpressionProblem as problem:
        assert problem.code == "expression_too_deep"  # noqa: PT017
    else:
        assert again == tree


def test_operands_are_told_in_the_order_in_which_they_are_written() -> None:
    assert parse("2 * (beds - deaths.u5) / -beds").operands() == (("beds", None), ("deaths", "u5"), ("beds", None))


@pytest.mark.parametrize("text", ["drugs", "deaths.m", "beds.u5"])
def test_an_operand_that_is_not_asked_is_refused(text: str) -> None:
    with pytest.raises(ExpressionProblem) as refused:
        cells_read(parse(text).operands(), CELLS)
    assert (refused.value.code, refused.value.params["given"]) == ("unknown_operand", text)


def test_a_division_by_zero_has_no_value_and_breaks_no_rule() -> None:
    assert of("beds / occupied", beds=5, occupied=0) is None
    assert of("1 / (beds / occupied)", beds=5, occupied=0) is None
    assert kept("beds / occupied", "<=", "1", beds=5, occupied=0) is None


def test_with_skip_any_a_rule_waits_for_every_cell_it_reads() -> None:
    assert kept("occupied", "<=", "beds", occupied=5) is None
    assert of("deaths", deaths_u5=2) is None
    assert kept("deaths", "<=", "beds", beds=1, deaths_u5=2) is None
    assert kept("occupied", "<=", "beds", occupied=5, beds=4) is False


def test_with_skip_all_a_rule_is_checked_as_soon_as_one_cell_of_either_side_is_answered() -> None:
    assert kept("occupied", "<=", "beds", "skip_all") is None
    assert kept("occupied", "<=", "beds", "skip_all", occupied=5) is False
    assert kept("occupied", "<=", "beds", "skip_all", beds=5) is True
    assert of("deaths", "skip_all", deaths_u5=2) == 2
    assert of("deaths", "skip_all") is None
    assert of("7", "skip_all") == 7


def test_with_zero_a_missing_cell_counts_as_nought() -> None:
    assert kept("occupied", "<=", "beds", "zero") is True
    assert kept("beds", ">", "0", "zero") is False
    assert of("deaths + 1", "zero") == 1


@pytest.mark.parametrize(
    ("operator", "outcomes"),
    [("==", (0, 1, 0)), ("!=", (1, 0, 1)), ("<", (1, 0, 0)), ("<=", (1, 1, 0)), (">", (0, 0, 1)), (">=", (0, 1, 1))],
)
def test_sides_are_compared(operator: str, outcomes: tuple[int, int, int]) -> None:
    assert tuple(kept("beds", operator, "2", beds=n) for n in (1, 2, 3)) == outcomes


def test_both_of_a_compulsory_pair_are_answered_or_neither() -> None:
    assert kept("beds", "compulsory_pair", "occupied") is True
    assert kept("beds", "compulsory_pair", "occupied", beds=0) is False
    assert kept("beds", "compulsory_pair", "occupied", beds=0, occupied=3) is True
    assert kept("beds", "compulsory_pair", "deaths", beds=0, deaths_5p=3) is True


def test_at_most_one_of_an_exclusive_pair_is_answered() -> None:
    assert kept("beds", "exclusive_pair", "occupied") is True
    assert kept("beds", "exclusive_pair", "occupied", beds=0) is True
    assert kept("beds", "exclusive_pair", "occupied", beds=0, occupied=0) is False


def test_only_generated_slot_names_and_numbers_reach_the_sql() -> None:
    tree = parse("beds + 2 * deaths.u5")
    assert to_sql(tree, SLOTS, CELLS, Missing.SKIP_ANY) == 'trunc(((r."s1") + (2::numeric * (r."s3"))), 12)'
    with pytest.raises(ValueError, match="not a slot"):
        to_sql(tree, SLOTS | {("beds", None): 's1" FROM people --'}, CELLS, Missing.ZERO)


def test_the_sql_of_the_deepest_expression_stays_short() -> None:
    text = "1"
    for _ in range(10):
        text = f"1 + 1 / ({text})"
    assert len(compare_sql(parse(text), Operator.EQUAL, parse(text), SLOTS, CELLS, Missing.ZERO)) < 100_000


def asked(sql: str, values: dict[Cell, Decimal]) -> object:
    """What PostgreSQL answers over a document with these numbers."""
    document = json.dumps({SLOTS[cell]: as_json(number) for cell, number in values.items()})
    columns = ", ".join(f'"{slot}" numeric' for slot in SLOTS.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} FROM jsonb_to_record(%s::jsonb) r({columns})", [document])
        return cursor.fetchone()[0]


postgres = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.django_db
@postgres
@given(TREES, VALUES, st.sampled_from(Missing))
def test_python_and_postgresql_find_the_same_value(
    tree: Expression, values: dict[Cell, Decimal], missing: Missing
) -> None:
    assert asked(to_sql(tree, SLOTS, CELLS, missing), values) == evaluate(tree, values, CELLS, missing)


@pytest.mark.django_db
@postgres
@given(TREES, st.sampled_from(Operator), TREES, VALUES, st.sampled_from(Missing))
def test_python_and_postgresql_find_the_same_rules_broken(
    left: Expression, operator: Operator, right: Expression, values: dict[Cell, Decimal], missing: Missing
) -> None:
    sql = compare_sql(left, operator, right, SLOTS, CELLS, missing)
    assert asked(sql, values) == compare(left, operator, right, values, CELLS, missing)


@pytest.mark.django_db
@postgres
@given(TREES, VALUES, st.sampled_from(Missing))
def test_a_value_equals_itself_however_it_is_divided(
    tree: Expression, values: dict[Cell, Decimal], missing: Missing
) -> None:
    thirds = Calculation("*", Calculation("/", tree, Number(Decimal(3))), Number(Decimal(3)))
    python = compare(thirds, Operator.EQUAL, tree, values, CELLS, missing)
    assert python is not False
    assert asked(compare_sql(thirds, Operator.EQUAL, tree, SLOTS, CELLS, missing), values) is python
